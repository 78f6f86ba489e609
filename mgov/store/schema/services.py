"""The information layer and the transaction layer: services, articles, parties, contacts, consent, applications."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    false,
    true,
)

from mgov.store.schema.base import TABLE_OPTIONS, Id, Rupiah, line, metadata, moment, pk, prose, short

SECTORS = ("pajak", "pendidikan", "investasi", "perindagkop", "ketenagakerjaan")

service = Table(
    "service",
    metadata,
    pk(),
    short("code", nullable=False, unique=True),
    line("name", nullable=False),
    short("sector", nullable=False),
    Column("agency_id", Id, ForeignKey("agency.id"), nullable=False),
    prose("requirements", nullable=False),
    Column("fee", Rupiah, nullable=False, server_default="0"),
    line("legal_basis"),
    Column("active", Boolean, nullable=False, server_default=true()),
    line("created_by"),
    moment("updated_at", nullable=False),
    line("updated_by", nullable=False),
    **TABLE_OPTIONS,
)

#: The author matters: an operator edits only what is his (Pergub 35/2008, Layer Informasi).
article = Table(
    "article",
    metadata,
    pk(),
    short("topic", nullable=False, unique=True),
    prose("body", nullable=False),
    line("author", nullable=False),
    short("author_role", nullable=False),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    **TABLE_OPTIONS,
)

#: One row an identity: a person by NIK, a company by NIB. `suspended_at`: a number on its record is said not to be its.
party = Table(
    "party",
    metadata,
    pk(),
    short("id_number", nullable=False, unique=True),
    line("name", nullable=False),
    moment("suspended_at"),
    moment("created_at", nullable=False),
    line("created_by", nullable=False),
    **TABLE_OPTIONS,
)

CONTACT_STATES = ("claimed", "verified", "rejected")

#: A phone or address of a party. `recorded` says that an agency's file names it; `claimed` is only somebody's word.
contact = Table(
    "contact",
    metadata,
    pk(),
    Column("party_id", Id, ForeignKey("party.id"), nullable=False),
    short("kind", nullable=False),
    line("address", nullable=False),
    short("state", nullable=False),
    Column("recorded", Boolean, nullable=False, server_default=false()),
    short("verified_how"),
    moment("verified_at"),
    line("code_digest"),
    moment("code_expires_at"),
    Column("code_failures", Integer, nullable=False, server_default="0"),
    moment("created_at", nullable=False),
    line("created_by", nullable=False),
    UniqueConstraint("party_id", "kind", "address"),
    Index("ix_contact_address", "address"),
    CheckConstraint("state in ('claimed', 'verified', 'rejected')", name="known_state"),
    CheckConstraint("kind in ('phone', 'email')", name="known_kind"),
    **TABLE_OPTIONS,
)

#: What holds for an address now: reminders off, not the holder, bounced. The wording is kept in `consent`.
#: `opted_out_by` is the number whose BERHENTI also ended this address: its MULAI brings it back.
address_state = Table(
    "address_state",
    metadata,
    line("address", primary_key=True),
    short("kind", nullable=False),
    moment("opted_out_at"),
    line("opted_out_by"),
    moment("not_me_at"),
    moment("bounced_at"),
    moment("notice_hour"),
    **TABLE_OPTIONS,
)

#: Proof of consent and of its withdrawal: append-only (UU 27/2022). `said` are the citizen's words, `wording` what he
#: was answered.
consent = Table(
    "consent",
    metadata,
    pk(),
    line("address", nullable=False),
    short("act", nullable=False),
    prose("said"),
    prose("wording", nullable=False),
    moment("at", nullable=False),
    Column("message_id", Id),
    Index("ix_consent_address", "address"),
    **TABLE_OPTIONS,
)

application = Table(
    "application",
    metadata,
    pk(),
    line("reference", nullable=False, unique=True),
    Column("service_id", Id, ForeignKey("service.id")),
    short("service_code"),
    Column("agency_id", Id, ForeignKey("agency.id"), nullable=False),
    Column("party_id", Id, ForeignKey("party.id"), index=True),
    line("applicant_name"),
    line("phone", index=True),
    prose("details"),
    short("status", nullable=False),
    prose("status_note"),
    Column("submitted_on", Date, nullable=False),
    line("filed_by"),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    moment("attended_at"),
    **TABLE_OPTIONS,
)

#: One row for each kind of number given out, such as application references of a year.
counter = Table(
    "counter",
    metadata,
    short("name", primary_key=True),
    Column("value", Id, nullable=False),
    **TABLE_OPTIONS,
)
