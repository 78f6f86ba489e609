"""What people ask of modems that a worker holds: one row a request, answered by the worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.database import wake
from mgov.store.schema.fleet import modem_request

KINDS = ("ussd", "ussd_end", "probe", "reset")
#: A request that no worker took for so long is of no use any more: who asked has gone.
LIVES = timedelta(minutes=2)

_R = modem_request.c
_NEXT = (
    select(modem_request)
    .where(_R.modem == bindparam("modem_"), _R.state == "asked", _R.asked_at >= bindparam("since"))
    .order_by(_R.id)
    .limit(1)
)
_GET = select(modem_request).where(_R.id == bindparam("request"))


def ask(tx: Connection, modem: str, kind: str, argument: str | None, now: datetime, by: object) -> int:
    """Ask something of a modem; its worker is woken. Returns the request's number."""
    row = {"modem": modem, "kind": kind, "argument": argument, "state": "asked", "asked_at": now, "asked_by": str(by)}
    number = int(tx.execute(insert(modem_request), row).inserted_primary_key[0])  # type: ignore[index]
    wake(tx, "outbox")
    return number


def waiting(tx: Connection, modem: str, now: datetime) -> RowMapping | None:
    """The oldest request that waits for this modem."""
    return tx.execute(_NEXT, {"modem_": modem, "since": now - LIVES}).mappings().first()


def change(tx: Connection, number: int, from_: str, to: str, **values: Any) -> bool:  # noqa: ANN401 - columns
    """Move a request from one state to the next; False when it has left that state already."""
    moved = update(modem_request).where(_R.id == number, _R.state == from_).values(state=to, **values)
    return tx.execute(moved).rowcount == 1


def get(tx: Connection, number: int) -> RowMapping | None:
    """One request with what became of it: `asked`, `running`, `done`, `failed` or `withdrawn`."""
    return tx.execute(_GET, {"request": number}).mappings().first()
