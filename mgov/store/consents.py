"""Reminders on and off for an address, with the proof of what was said (UU 27/2022)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from mgov.store.schema.services import address_state, consent


def set_reminders(
    tx: Connection, address: str, channel: str, *, on: bool, wording: str, now: datetime, message_id: int | None
) -> None:
    """Let reminders go to an address, or none from now on; `channel` is sms or email."""
    opted_out_at = None if on else now
    known = tx.execute(select(address_state.c.address).where(address_state.c.address == address)).first()
    if known is None:
        kind = "email" if channel == "email" else "phone"
        tx.execute(insert(address_state).values(address=address, kind=kind, opted_out_at=opted_out_at))
    else:
        values = {"opted_out_at": opted_out_at} | ({"not_me_at": None} if on else {})
        tx.execute(update(address_state).where(address_state.c.address == address).values(**values))
    act = "reminders_on" if on else "reminders_off"
    tx.execute(insert(consent).values(address=address, act=act, wording=wording, at=now, message_id=message_id))


def has_opted_out(tx: Connection, address: str) -> bool:
    """Whether no reminder may go to an address."""
    query = select(address_state.c.opted_out_at).where(address_state.c.address == address)
    return tx.execute(query).scalar() is not None
