"""The portals' inboxes and events: what waits, what became of it, and the numbers that a poller follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.engine import RowMapping

from mgov.store import counters
from mgov.store.schema import portal_doors
from mgov.store.schema.portals import portal_application, portal_bill, portal_document, portal_event, portal_grant

#: Channel on which PostgreSQL tells portals the number of the newest event.
EVENT_CHANNEL = "mgov_event"
INBOXES: dict[str, Table] = {"bill": portal_bill, "application": portal_application, "document": portal_document}
#: Whether an order waits to be taken, or an event for its number.
ANYTHING_WAITS = or_(
    exists().where(portal_bill.c.taken_at.is_(None)),
    exists().where(portal_application.c.taken_at.is_(None)),
    exists().where(portal_document.c.taken_at.is_(None)),
    exists().where(portal_event.c.number.is_(None)),
)
_WAITS = select(ANYTHING_WAITS)
_OUTCOME = {
    kind: update(table)
    .where(table.c.id == bindparam("row"))
    .values(taken_at=bindparam("at"), outcome=bindparam("what"), reason=bindparam("why"))
    for kind, table in INBOXES.items()
}
_NUMBER = update(portal_event).where(portal_event.c.id == bindparam("row")).values(number=bindparam("given"))


def open_doors(tx: Connection) -> None:
    """Install or renew what the database itself does for portals (see `portal_doors`)."""
    for ddl in portal_doors.statements(tx.dialect.name):
        tx.exec_driver_sql(ddl)


def close_doors(tx: Connection) -> None:
    """Take away what is in the way of a migration; `open_doors` brings it back."""
    for ddl in portal_doors.removals(tx.dialect.name):
        tx.exec_driver_sql(ddl)


def anything_waits(tx: Connection) -> bool:
    """Whether an order waits to be taken, or an event for its number."""
    return bool(tx.execute(_WAITS).scalar_one())


def lock(tx: Connection) -> None:
    """Hold the one lock under which orders are taken: two nodes would take two orders of one bill in either order."""
    counters.advance(tx, "portal", 0)


def waiting(tx: Connection, kind: str, limit: int, agencies: Collection[str] = (), share: int = 0) -> list[RowMapping]:
    """The oldest orders of a kind that nobody has taken.

    Where more wait than that, each of `agencies` that none of these is from has its own oldest `share` beside them: its
    one row does not wait behind another's ten thousand.
    """
    columns = INBOXES[kind].c
    query = select(INBOXES[kind]).where(columns.taken_at.is_(None)).order_by(columns.id)
    rows = list(tx.execute(query.limit(limit)).mappings())
    if len(rows) == limit:
        for agency in sorted(set(agencies) - {row["agency"] for row in rows}):
            rows += tx.execute(query.where(columns.agency == agency).limit(share)).mappings()
    return rows


def write_back(
    tx: Connection, kind: str, outcomes: Mapping[int, str | None], remarks: Mapping[int, str], now: datetime
) -> None:
    """Say of each order by its id that it was accepted (None), perhaps with a remark, or why it was refused."""
    rows = [
        {"row": row, "at": now, "what": "accepted" if why is None else "refused", "why": why or remarks.get(row)}
        for row, why in outcomes.items()
    ]
    if rows:
        tx.execute(_OUTCOME[kind], rows)


def number_events(tx: Connection, limit: int) -> int:
    """Give committed events the next numbers, without a gap; returns how many.

    Ids are taken before a commit and may show in another order; numbers are given after it, under one lock, so that a
    poller who has read number N has seen everything up to N.
    """
    counters.advance(tx, "portal_event", 0)
    query = select(portal_event.c.id).where(portal_event.c.number.is_(None)).order_by(portal_event.c.id).limit(limit)
    ids = list(tx.execute(query).scalars())
    if not ids:
        return 0
    last = counters.advance(tx, "portal_event", len(ids))
    first = last - len(ids) + 1
    tx.execute(_NUMBER, [{"row": row, "given": number} for number, row in enumerate(ids, first)])
    if tx.dialect.name == "postgresql":
        tx.execute(text("select pg_notify(:channel, :newest)"), {"channel": EVENT_CHANNEL, "newest": str(last)})
    return len(ids)


def events(tx: Connection, after: int = 0, agency: str | None = None, limit: int | None = None) -> list[RowMapping]:
    """Numbered events after a number, the oldest first."""
    query = select(portal_event).where(portal_event.c.number > after).order_by(portal_event.c.number).limit(limit)
    if agency is not None:
        query = query.where(portal_event.c.agency == agency)
    return list(tx.execute(query).mappings())


def engine_role(tx: Connection) -> str | None:
    """The role that this program itself is connected as; None on SQLite, which knows no roles."""
    if tx.dialect.name == "sqlite":
        return None
    words = {"postgresql": "session_user"}.get(tx.dialect.name, "substring_index(user(), '@', 1)")
    name: ColumnElement[str] = literal_column(words)
    return str(tx.execute(select(name)).scalar_one())


def grants(tx: Connection) -> dict[str, str]:
    """Which role writes for which agency."""
    return {row.role: row.agency for row in tx.execute(select(portal_grant.c.role, portal_grant.c.agency))}


def listing(tx: Connection) -> list[RowMapping]:
    """The grants, oldest first."""
    return list(tx.execute(select(portal_grant).order_by(portal_grant.c.granted_at, portal_grant.c.role)).mappings())


def note_grant(
    tx: Connection, role: str, agency: str, *, by: object, now: datetime, tls_required: bool = False
) -> None:
    """Let a role write and read for an agency, and for no other; perhaps only over a connection by TLS."""
    forget_grant(tx, role)
    values = {"role": role, "agency": agency, "granted_at": now, "granted_by": str(by), "tls_required": tls_required}
    tx.execute(insert(portal_grant).values(**values))


def forget_grant(tx: Connection, role: str) -> bool:
    """Take a role's agency away; False when it had none."""
    return tx.execute(portal_grant.delete().where(portal_grant.c.role == role)).rowcount == 1


def refused(tx: Connection, since: datetime) -> int:
    """How many orders were refused since a moment."""
    return sum(_refused_of(tx, table, since) for table in INBOXES.values())


def remove_taken(tx: Connection, before: datetime) -> int:
    """Drop orders that were taken before a moment; what they changed stays."""
    return sum(tx.execute(table.delete().where(table.c.taken_at < before)).rowcount for table in INBOXES.values())


def _refused_of(tx: Connection, table: Table, since: datetime) -> int:
    query = select(func.count()).where(table.c.outcome == "refused", table.c.taken_at >= since)
    return int(tx.execute(query).scalar_one())
