"""The SIMs as assets: who they are, how often their memory was written, what their operator said of their credit."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.fleet import sim_reading
from mgov.store.schema.messages import outbound_part, sim

#: Only what is written to the SIM itself wears it: the modem's own memory (ME) does not.
SIM_MEMORY = "SM"

_WRITTEN = (
    update(sim)
    .where(
        sim.c.imsi == select(outbound_part.c.sim).where(outbound_part.c.id == bindparam("part_id")).scalar_subquery()
    )
    .values(memory_writes=sim.c.memory_writes + 1)
)


def seen(tx: Connection, imsi: str, now: datetime, **values: str | None) -> None:
    """Note that a SIM is in use; `values` are what it tells (iccid, msisdn, operator)."""
    told = {name: value for name, value in values.items() if value is not None}
    if tx.execute(update(sim).where(sim.c.imsi == imsi).values(seen_at=now, **told)).rowcount == 0:
        tx.execute(insert(sim).values(imsi=imsi, seen_at=now, **told))


def note_write(tx: Connection, part_id: int, storage: str | None) -> None:
    """Count that a part was written to the memory of the SIM that sends it."""
    if storage == SIM_MEMORY:
        tx.execute(_WRITTEN, {"part_id": part_id})


def memory_writes(tx: Connection) -> dict[str, int]:
    """How often each SIM's memory was written, by IMSI."""
    return {row.imsi: int(row.memory_writes) for row in tx.execute(select(sim.c.imsi, sim.c.memory_writes))}


def add_reading(
    tx: Connection, imsi: str, modem: str, now: datetime, balance: int | None, valid_until: date | None, text: str
) -> None:
    """Keep what an operator said of a SIM's credit."""
    tx.execute(
        insert(sim_reading).values(
            sim=imsi, modem=modem, at=now, balance=balance, valid_until=valid_until, text=text[:2000]
        )
    )


def last_reading(tx: Connection, imsi: str) -> RowMapping | None:
    """The newest reading of a SIM."""
    query = select(sim_reading).where(sim_reading.c.sim == imsi).order_by(sim_reading.c.at.desc()).limit(1)
    return tx.execute(query).mappings().first()


def balances(tx: Connection, imsi: str, since: datetime) -> list[tuple[datetime, int]]:
    """The balances of a SIM since a moment, oldest first."""
    columns = sim_reading.c
    query = select(columns.at, columns.balance).where(
        columns.sim == imsi, columns.at >= since, columns.balance.is_not(None)
    )
    return [(row.at, int(row.balance)) for row in tx.execute(query.order_by(columns.at))]
