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
    short("zone"),
    prose("holder_said"),
    moment("suspended_at"),
    line("created_by"),
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

#: What citizens said that an agency has to look at: a wrong number, an extension that is not in its file yet.
agency_task = Table(
    "agency_task",
    metadata,
    pk(),
    Column("agency_id", Id, ForeignKey("agency.id"), nullable=False),
    short("kind", nullable=False),
    line("address", nullable=False),
    Column("party_id", Id, ForeignKey("party.id"), index=True),
    line("holder_name"),
    prose("documents", nullable=False),
    prose("said", nullable=False),
    Column("message_id", Id),
    short("state", nullable=False, server_default="open"),
    moment("opened_at", nullable=False),
    moment("closed_at"),
    line("closed_by"),
    short("outcome"),
    prose("note"),
    CheckConstraint("state in ('open', 'closed')", name="known_state"),
    CheckConstraint("kind in ('not_me', 'extended')", name="known_kind"),
    Index("ix_agency_task_state", "state", "agency_id"),
    Index("ix_agency_task_address", "address"),
    **TABLE_OPTIONS,
)

#: Who is told together. `tier` 1 is told first.
recipient_group = Table(
    "recipient_group",
    metadata,
    pk(),
    short("name", nullable=False),
    line("address", nullable=False),
    line("label"),
    Column("tier", Integer, nullable=False, server_default="1"),
    UniqueConstraint("name", "address"),
    CheckConstraint("tier between 1 and 9", name="tier_in_range"),
    **TABLE_OPTIONS,
)

BROADCAST_KINDS = ("bulk", "alert")

#: A text approved beforehand by a second person; an alert is only ever released from one.
broadcast_template = Table(
    "broadcast_template",
    metadata,
    pk(),
    short("name", nullable=False, unique=True),
    short("kind", nullable=False),
    short("group_name"),
    line("subject"),
    prose("text", nullable=False),
    line("proposed_by", nullable=False),
    moment("created_at", nullable=False),
    line("approved_by"),
    moment("approved_at"),
    CheckConstraint("kind in ('bulk', 'alert')", name="known_kind"),
    CheckConstraint("approved_by is null or approved_by <> proposed_by", name="two_persons"),
    **TABLE_OPTIONS,
)

BROADCAST_STATES = ("proposed", "released", "stopped", "rejected")

#: One text to a group. `source` is the identity of the dropped file or mail that released it, so that it does so once.
broadcast = Table(
    "broadcast",
    metadata,
    pk(),
    short("group_name", nullable=False),
    short("kind", nullable=False),
    Column("template_id", Id, ForeignKey("broadcast_template.id")),
    line("source", unique=True),
    line("subject"),
    prose("text", nullable=False),
    short("state", nullable=False),
    Column("recipients", Integer, nullable=False, server_default="0"),
    Column("parts", Integer, nullable=False, server_default="0"),
    line("proposed_by", nullable=False),
    line("approved_by"),
    line("stopped_by"),
    prose("reason"),
    moment("created_at", nullable=False),
    moment("approved_at"),
    moment("stopped_at"),
    CheckConstraint("kind in ('bulk', 'alert')", name="known_kind"),
    CheckConstraint("state in ({})".format(", ".join(f"'{state}'" for state in BROADCAST_STATES)), name="known_state"),
    CheckConstraint("kind = 'alert' or approved_by is null or approved_by <> proposed_by", name="two_persons"),
    **TABLE_OPTIONS,
)
