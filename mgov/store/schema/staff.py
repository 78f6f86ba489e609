"""Agencies, staff with their roles, the chained audit, and the history of every state."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, false

from mgov.store.schema.base import TABLE_OPTIONS, Id, line, metadata, moment, pk, prose, short

ROLES = ("administrator", "operator", "cashier", "leader", "noc", "auditor")

agency = Table(
    "agency",
    metadata,
    pk(),
    short("code", nullable=False, unique=True),
    line("name", nullable=False),
    line("contact_phone"),
    line("contact_email"),
    Column("unique_amounts", Boolean, nullable=False, server_default=false()),
    moment("created_at", nullable=False),
    **TABLE_OPTIONS,
)

staff = Table(
    "staff",
    metadata,
    pk(),
    short("login", nullable=False, unique=True),
    line("full_name"),
    Column("agency_id", Id, ForeignKey("agency.id")),
    line("phone", unique=True),
    line("email"),
    short("unix_user", unique=True),
    line("password_hash"),
    Column("password_failures", Integer, nullable=False, server_default="0"),
    moment("password_locked_until"),
    line("pin_hash"),
    Column("pin_failures", Integer, nullable=False, server_default="0"),
    moment("pin_locked_until"),
    Column("deputy_id", Id, ForeignKey("staff.id")),
    moment("deputy_until"),
    moment("disabled_at"),
    moment("created_at", nullable=False),
    line("created_by", nullable=False),
    **TABLE_OPTIONS,
)

staff_role = Table(
    "staff_role",
    metadata,
    Column("staff_id", Id, ForeignKey("staff.id"), primary_key=True),
    short("role", primary_key=True),
    CheckConstraint("role in ({})".format(", ".join(f"'{role}'" for role in ROLES)), name="known_role"),
    **TABLE_OPTIONS,
)

staff_session = Table(
    "staff_session",
    metadata,
    pk(),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    short("token_digest", nullable=False, unique=True),
    line("unix_user", nullable=False),
    moment("created_at", nullable=False),
    moment("expires_at", nullable=False),
    moment("revoked_at"),
    **TABLE_OPTIONS,
)

#: Append-only, chained: each row's hash covers the row before it, with a key that is not in the database.
audit = Table(
    "audit",
    metadata,
    pk(),
    Column("number", Id, nullable=False, unique=True),
    moment("at", nullable=False),
    line("actor", nullable=False),
    short("action", nullable=False),
    short("object_kind", nullable=False),
    line("object_id", nullable=False),
    prose("detail", nullable=False),
    short("key_name", nullable=False),
    short("previous_hash", nullable=False),
    short("hash", nullable=False, unique=True),
    **TABLE_OPTIONS,
)

#: Every transition of every object: what `mgov explain` tells.
transition = Table(
    "transition",
    metadata,
    pk(),
    short("object_kind", nullable=False),
    Column("object_id", Id, nullable=False),
    short("from_state"),
    short("to_state", nullable=False),
    moment("at", nullable=False),
    line("actor", nullable=False),
    short("cause", nullable=False),
    prose("detail"),
    Index("ix_transition_object", "object_kind", "object_id"),
    **TABLE_OPTIONS,
)

setting = Table(
    "setting",
    metadata,
    short("key", primary_key=True),
    prose("value", nullable=False),
    moment("changed_at", nullable=False),
    line("changed_by", nullable=False),
    **TABLE_OPTIONS,
)

node = Table(
    "node",
    metadata,
    short("name", primary_key=True),
    Column("lease_number", Id, nullable=False),
    short("version", nullable=False),
    short("state", nullable=False),
    moment("started_at", nullable=False),
    moment("heartbeat_at", nullable=False),
    prose("jobs"),  #: JSON: by job that nobody claims, or that had nothing to do, its last look
    **TABLE_OPTIONS,
)

#: One row a slot of a job: the unique key makes it run once, on whichever node comes first.
job_slot = Table(
    "job_slot",
    metadata,
    pk(),
    short("job", nullable=False),
    moment("slot", nullable=False),
    short("node", nullable=False),
    moment("started_at", nullable=False),
    moment("finished_at"),
    short("outcome"),
    prose("detail"),
    UniqueConstraint("job", "slot"),
    **TABLE_OPTIONS,
)
