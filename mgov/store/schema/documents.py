"""Documents with a due date, their contacts, reminders, and broadcasts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, UniqueConstraint

from mgov.store.schema.base import TABLE_OPTIONS, Id, line, metadata, moment, pk, prose, short

DOCUMENT_STATUSES = ("active", "in_renewal", "closed", "revoked")

document = Table(
    "document",
    metadata,
    pk(),
    line("number", nullable=False, unique=True),
    short("kind", nullable=False),
    Column("agency_id", Id, ForeignKey("agency.id"), nullable=False),
    Column("party_id", Id, ForeignKey("party.id"), index=True),
    line("holder_name", nullable=False),
    Column("issued_on", Date),
    Column("due_on", Date, nullable=False),
    short("status", nullable=False, server_default="active"),
    line("replaced_by"),
    line("stages"),
    prose("holder_said"),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    CheckConstraint(
        "status in ({})".format(", ".join(f"'{status}'" for status in DOCUMENT_STATUSES)), name="known_status"
    ),
    Index("ix_document_due", "due_on", "status"),
    **TABLE_OPTIONS,
)

#: Where a document's holder is reminded, as the agency's file names it.
document_contact = Table(
    "document_contact",
    metadata,
    Column("document_id", Id, ForeignKey("document.id"), primary_key=True),
    short("channel", primary_key=True),
    line("address", primary_key=True),
    Index("ix_document_contact_address", "address"),
    **TABLE_OPTIONS,
)

#: One row a document (or bill), due date, stage, channel and address: the unique key makes a reminder happen once.
reminder = Table(
    "reminder",
    metadata,
    pk(),
    short("subject_kind", nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("stage", Integer, nullable=False),
    short("channel", nullable=False),
    line("address", nullable=False),
    Column("run_on", Date, nullable=False),
    short("state", nullable=False),
    line("reason"),
    Column("outbound_id", Id, index=True),
    moment("created_at", nullable=False),
    UniqueConstraint("subject_kind", "subject_id", "due_on", "stage", "channel", "address"),
    **TABLE_OPTIONS,
)

recipient_group = Table(
    "recipient_group",
    metadata,
    pk(),
    short("name", nullable=False),
    line("address", nullable=False),
    Column("tier", Integer, nullable=False, server_default="1"),
    UniqueConstraint("name", "address"),
    **TABLE_OPTIONS,
)

broadcast = Table(
    "broadcast",
    metadata,
    pk(),
    short("group_name", nullable=False),
    short("priority", nullable=False),
    prose("text", nullable=False),
    short("state", nullable=False),
    line("proposed_by", nullable=False),
    line("approved_by"),
    moment("created_at", nullable=False),
    moment("approved_at"),
    moment("stopped_at"),
    **TABLE_OPTIONS,
)
