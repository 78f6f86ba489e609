"""What keeping the service needs: alerts to staff, targets of the executive figures, and months that are closed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, UniqueConstraint

from mgov.store.schema.base import TABLE_OPTIONS, Rupiah, line, metadata, moment, pk, prose, short

ALERT_STATES = ("pending", "raised", "cleared")

#: One row while a condition lasts. `open_key` is `kind:subject` until it is cleared: there is one open row of each.
#: pending: seen, but not yet for as long as `raise_after`; `gone_at`: since when it is not seen any more (hysteresis).
alert = Table(
    "alert",
    metadata,
    pk(),
    short("kind", nullable=False),
    line("subject", nullable=False),
    line("open_key", unique=True),
    short("state", nullable=False),
    prose("detail", nullable=False),
    moment("since", nullable=False),
    moment("seen_at", nullable=False),
    Column("times_seen", Integer, nullable=False, server_default="1"),
    moment("gone_at"),
    moment("raised_at"),
    moment("cleared_at"),
    moment("told_at"),
    moment("told_cleared_at"),
    line("acknowledged_by"),
    CheckConstraint("state in ('pending', 'raised', 'cleared')", name="known_state"),
    Index("ix_alert_state", "state", "id"),
    **TABLE_OPTIONS,
)

#: What a topic of the figures is to bring in a year; `agency` is a code, empty for the province.
target = Table(
    "target",
    metadata,
    pk(),
    short("topic", nullable=False),
    short("agency", nullable=False, server_default=""),
    Column("year", Integer, nullable=False),
    Column("amount", Rupiah, nullable=False),
    moment("updated_at", nullable=False),
    line("updated_by", nullable=False),
    UniqueConstraint("topic", "agency", "year"),
    CheckConstraint("amount >= 0", name="amount_not_negative"),
    **TABLE_OPTIONS,
)

#: The figures of a month as they were when it was closed: what comes later is shown as a correction, never mixed in.
closed_figure = Table(
    "closed_figure",
    metadata,
    pk(),
    short("month", nullable=False),
    short("topic", nullable=False),
    short("agency", nullable=False, server_default=""),
    Column("bills", Integer, nullable=False),
    Column("billed", Rupiah, nullable=False),
    Column("paid", Rupiah, nullable=False),
    Column("outstanding", Rupiah, nullable=False),
    moment("closed_at", nullable=False),
    line("closed_by", nullable=False),
    UniqueConstraint("month", "topic", "agency"),
    **TABLE_OPTIONS,
)
