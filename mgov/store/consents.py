"""What an address said of being reminded, with the proof of it (UU 27/2022), and what holds for it now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.services import address_state, consent

REMINDERS_ON, REMINDERS_OFF, NOT_ME, EXTENDED = "reminders_on", "reminders_off", "not_me", "extended"


def record(
    tx: Connection,
    address: str,
    act: str,
    *,
    said: str | None,
    wording: str,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Keep the proof: what was said, what was answered, when; such rows are never changed."""
    values = {"address": address, "act": act, "said": said, "wording": wording, "at": now, "message_id": message_id}
    tx.execute(insert(consent).values(**values))


def opt_out(tx: Connection, address: str, now: datetime, *, by: str | None = None) -> None:
    """No reminder to an address from now on; `by` is the number whose BERHENTI also ends this address."""
    _put(tx, address, opted_out_at=now, opted_out_by=by)


def opt_in(tx: Connection, address: str) -> list[str]:
    """Reminders again, also for the addresses that this one's BERHENTI had ended; returns all of them."""
    columns = address_state.c
    mine = or_(columns.address == address, columns.opted_out_by == address)
    also = list(tx.execute(select(columns.address).where(mine, columns.opted_out_at.is_not(None))).scalars())
    tx.execute(update(address_state).where(mine).values(opted_out_at=None, opted_out_by=None))
    _put(tx, address, opted_out_at=None, opted_out_by=None)
    return sorted({address, *also})


def mark_not_me(tx: Connection, address: str, now: datetime) -> None:
    """An address said that it is not the holder's: only an agency lifts that."""
    _put(tx, address, not_me_at=now)


def clear_not_me(tx: Connection, address: str) -> None:
    """The agency found that the address is the holder's after all."""
    _put(tx, address, not_me_at=None)


def mark_bounced(tx: Connection, address: str, now: datetime) -> None:
    """Mail to an address came back as undeliverable."""
    _put(tx, address, bounced_at=now)


def clear_bounced(tx: Connection, address: str) -> bool:
    """An address takes mail again; whether it was marked."""
    columns = address_state.c
    marked = (columns.address == address) & columns.bounced_at.is_not(None)
    return tx.execute(update(address_state).where(marked).values(bounced_at=None)).rowcount > 0


def state_of(tx: Connection, address: str) -> RowMapping | None:
    """What holds for an address now."""
    return tx.execute(select(address_state).where(address_state.c.address == address)).mappings().first()


def has_opted_out(tx: Connection, address: str) -> bool:
    """Whether no reminder may go to an address because its holder said so."""
    row = state_of(tx, address)
    return row is not None and row["opted_out_at"] is not None


def is_not_me(tx: Connection, address: str) -> bool:
    """Whether an address said that it is not the recorded holder's."""
    row = state_of(tx, address)
    return row is not None and row["not_me_at"] is not None


def blocked(tx: Connection, addresses: Collection[str]) -> set[str]:
    """Those of the addresses to which nothing unasked may go."""
    columns = address_state.c
    why = or_(columns.opted_out_at.is_not(None), columns.not_me_at.is_not(None), columns.bounced_at.is_not(None))
    listed = list(addresses)
    found: set[str] = set()
    for start in range(0, len(listed), 900):
        some = listed[start : start + 900]
        found.update(tx.execute(select(columns.address).where(columns.address.in_(some), why)).scalars())
    return found


def still_his(address: ColumnElement[Any]) -> ColumnElement[bool]:
    """For a where: the address has not said that it is not the recorded holder's."""
    columns = address_state.c
    return ~exists().where(columns.address == address, columns.not_me_at.is_not(None))


def proofs(tx: Connection, address: str | None = None) -> list[RowMapping]:
    """The kept proofs, oldest first."""
    query = select(consent).order_by(consent.c.id)
    if address is not None:
        query = query.where(consent.c.address == address)
    return list(tx.execute(query).mappings())


def _put(tx: Connection, address: str, **values: Any) -> None:  # noqa: ANN401 - columns of the state
    known = tx.execute(select(address_state.c.address).where(address_state.c.address == address)).first()
    if known is None:
        kind = "email" if "@" in address else "phone"
        tx.execute(insert(address_state).values(address=address, kind=kind, **values))
    else:
        tx.execute(update(address_state).where(address_state.c.address == address).values(**values))
