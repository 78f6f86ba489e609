"""What agencies' portals write (their inbox) and read (the events): never the core tables.

A row of an inbox is an order: add or change a bill, application or document. The database notes which role wrote it
(`written_by`; see `mgov.store.schema.portal_doors`), the engine takes it and writes back what became of it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, Index, Table, false, text

from mgov.store.schema.base import TABLE_OPTIONS, Id, Rupiah, line, metadata, moment, pk, prose, short

#: MariaDB, which has no partial indexes, keeps those that were taken as well.
_WAITING: dict[str, Any] = {"postgresql_where": text("taken_at is null"), "sqlite_where": text("taken_at is null")}

portal_bill = Table(
    "portal_bill",
    metadata,
    pk(),
    short("agency", nullable=False),
    line("number", nullable=False),
    short("payer_id"),
    line("payer_name"),
    line("payer_phone"),
    line("object"),
    line("description"),
    Column("amount", Rupiah),
    Column("due_date", Date),
    short("status"),
    Column("paid_on", Date),
    line("paid_ref"),
    line("pay_code"),
    line("written_by"),
    moment("written_at"),
    moment("taken_at"),
    short("outcome"),
    prose("reason"),
    Index("ix_portal_bill_waiting", "taken_at", "id"),
    Index("ix_portal_bill_turn", "taken_at", "agency", "id", **_WAITING),
    **TABLE_OPTIONS,
)

portal_application = Table(
    "portal_application",
    metadata,
    pk(),
    short("agency", nullable=False),
    line("reference", nullable=False),
    short("service"),
    short("applicant_id"),
    line("applicant_name"),
    line("phone"),
    short("status"),
    prose("status_note"),
    Column("submitted_on", Date),
    line("written_by"),
    moment("written_at"),
    moment("taken_at"),
    short("outcome"),
    prose("reason"),
    Index("ix_portal_application_waiting", "taken_at", "id"),
    Index("ix_portal_application_turn", "taken_at", "agency", "id", **_WAITING),
    **TABLE_OPTIONS,
)

portal_document = Table(
    "portal_document",
    metadata,
    pk(),
    short("agency", nullable=False),
    line("number", nullable=False),
    short("kind"),
    short("holder_id"),
    line("holder_name"),
    line("phone"),
    line("email"),
    Column("issued_on", Date),
    Column("due_on", Date),
    short("status"),
    line("replaced_by"),
    line("written_by"),
    moment("written_at"),
    moment("taken_at"),
    short("outcome"),
    prose("reason"),
    Index("ix_portal_document_waiting", "taken_at", "id"),
    Index("ix_portal_document_turn", "taken_at", "agency", "id", **_WAITING),
    **TABLE_OPTIONS,
)

#: Which database role writes and reads for which agency; only the engine's own role changes it.
portal_grant = Table(
    "portal_grant",
    metadata,
    short("role", primary_key=True),
    short("agency", nullable=False),
    moment("granted_at", nullable=False),
    line("granted_by", nullable=False),
    Column("tls_required", Boolean, nullable=False, server_default=false()),
    **TABLE_OPTIONS,
)

#: Written in the transaction of the event without a number; one writer numbers what is committed, without gaps.
portal_event = Table(
    "portal_event",
    metadata,
    pk(),
    Column("number", Id, unique=True),
    short("agency", nullable=False),
    short("kind", nullable=False),
    line("object", nullable=False),
    prose("detail", nullable=False),
    moment("at", nullable=False),
    Index("ix_portal_event_agency", "agency", "number"),
    **TABLE_OPTIONS,
)
