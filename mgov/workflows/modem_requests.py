"""What people ask of a modem that the daemon holds: asked in the database, done by the modem's worker."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.store import audit, modem_requests
from mgov.store.database import Database


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to do: `kind` is one of `modem_requests.KINDS`, `argument` what to dial."""

    id: int
    kind: str
    argument: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request: `state` as in the database; `open`: the network waits for a further USSD answer."""

    state: str
    answer: str
    open: bool = False


def ask(db: Database, modem: str, kind: str, argument: str | None, actor: Actor, now: datetime) -> int:
    """Ask something of a modem; who asked what is kept in the audit."""

    def work(tx: Connection) -> int:
        told = {"code": _service(argument)} if argument else None
        audit.record(tx, actor, f"modem.{kind}", "modem", modem, told, now=now)
        return modem_requests.ask(tx, modem, kind, argument, now, actor)

    return db.transact(work)


def begin(tx: Connection, modem: str, now: datetime) -> Request | None:
    """Take the oldest request that waits for this modem."""
    row = modem_requests.waiting(tx, modem, now)
    if row is None or not modem_requests.change(tx, row["id"], "asked", "running"):
        return None
    return Request(row["id"], row["kind"], row["argument"] or "", row["asked_by"])


def finish(db: Database, request: Request, result: Result, now: datetime) -> None:
    """Write what became of a request."""
    values = {"answer": result.answer, "open": result.open, "finished_at": now, "argument": None}
    db.transact(lambda tx: modem_requests.change(tx, request.id, "running", result.state, **values))


def result(db: Database, number: int) -> Result:
    """What has become of a request so far."""
    row = db.read(lambda tx: modem_requests.get(tx, number))
    if row is None:
        return Result("failed", "no such request")
    return Result(row["state"], row["answer"] or "", bool(row["open"]))


def withdraw(db: Database, number: int, now: datetime) -> bool:
    """Take back a request that no worker has begun; False when one has."""
    return db.transact(lambda tx: modem_requests.change(tx, number, "asked", "withdrawn", finished_at=now))


def _service(code: str) -> str:
    """What of a USSD code may be kept for good: the service, and not the voucher or PIN behind it."""
    found = re.match(r"[*#]+\d+", code)
    return f"{found.group()}…" if found and found.group() != code.rstrip("#") else (code if found else "…")
