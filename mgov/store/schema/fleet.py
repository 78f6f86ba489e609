"""What the fleet of SIMs needs: failed attempts, pauses, errands, balances over time, and how well each route works."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, false

from mgov.store.schema.base import TABLE_OPTIONS, Id, Rupiah, line, metadata, moment, pk, prose, short

#: One row a submission that was not accepted; the accepted one is told by its part.
send_attempt = Table(
    "send_attempt",
    metadata,
    pk(),
    Column("message_id", Id, ForeignKey("outbound_message.id"), nullable=False, index=True),
    Column("sequence", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    short("modem"),
    short("sim"),
    moment("ended_at", nullable=False),
    short("outcome", nullable=False),
    short("code"),
    prose("detail"),
    Index("ix_send_attempt_modem", "modem", "ended_at"),
    **TABLE_OPTIONS,
)

#: What is not sent for now: `scope` is `class` (a priority class) or `modem`, `name` which.
pause = Table(
    "pause",
    metadata,
    short("scope", primary_key=True),
    short("name", primary_key=True),
    moment("since", nullable=False),
    line("by", nullable=False),
    prose("reason"),
    **TABLE_OPTIONS,
)

#: Something that a person asks of a modem which its worker holds; `open`: the network waits for another USSD answer.
modem_request = Table(
    "modem_request",
    metadata,
    pk(),
    short("modem", nullable=False),
    short("kind", nullable=False),
    prose("argument"),
    short("state", nullable=False),
    prose("answer"),
    Column("open", Boolean, nullable=False, server_default=false()),
    moment("asked_at", nullable=False),
    line("asked_by", nullable=False),
    moment("finished_at"),
    Index("ix_modem_request_waiting", "modem", "state", "id"),
    **TABLE_OPTIONS,
)

#: What the operator said of a SIM's credit, each time it was asked.
sim_reading = Table(
    "sim_reading",
    metadata,
    pk(),
    short("sim", nullable=False),
    short("modem", nullable=False),
    moment("at", nullable=False),
    Column("balance", Rupiah),
    Column("valid_until", Date),
    prose("text", nullable=False),
    Index("ix_sim_reading_sim", "sim", "at"),
    **TABLE_OPTIONS,
)

#: How well texts to one operator's numbers go out by one modem; `poor` routes are used when nothing better is there.
route_standing = Table(
    "route_standing",
    metadata,
    short("modem", primary_key=True),
    short("operator", primary_key=True),
    short("state", nullable=False),
    Column("samples", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Column("median_seconds", Integer),
    moment("since", nullable=False),
    moment("measured_at", nullable=False),
    prose("reason"),
    **TABLE_OPTIONS,
)
