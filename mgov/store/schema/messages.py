"""Messages in and out, by SMS and by mail: one inbox, one outbox, reports, modems and SIMs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from mgov.store.schema.base import TABLE_OPTIONS, Id, Rupiah, line, metadata, moment, pk, prose, short, state

INBOUND_STATES = ("received", "handled", "ignored", "set_aside", "incomplete", "unreadable")
OUTBOUND_STATES = ("queued", "sending", "uncertain", "sent", "delivered", "failed", "expired")

#: Classes of urgency: a smaller number leaves first.
PRIORITIES = {"alert": 0, "reply": 10, "transaction": 20, "reminder": 30, "bulk": 40}

#: Columns of `outbound_message` whose states are few among many: the index holds these, not what was sent long ago.
UNSETTLED = ("queued", "sending", "uncertain", "failed", "expired")
UNHANDLED = ("received", "set_aside", "incomplete", "unreadable")


def _only(condition: str) -> dict[str, Any]:
    """An index of some rows only; MariaDB knows none such, there it holds all rows that are not archived yet."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


def _one_of(states: tuple[str, ...]) -> str:
    return " or ".join(f"state = '{word}'" for word in states)  # SQLite's planner does not follow `in`


#: A PDU exactly as it came. The identity is derived from its content: the same part read again is the same row.
inbound_part = Table(
    "inbound_part",
    metadata,
    pk(),
    short("identity", nullable=False, unique=True),
    short("modem", nullable=False),
    short("sim"),
    line("sender"),
    moment("sent_at"),
    prose("pdu", nullable=False),
    Column("concat_reference", Integer),
    Column("concat_bits", Integer),
    Column("concat_total", Integer),
    Column("concat_sequence", Integer),
    state(),
    line("error"),
    Column("message_id", Id, index=True),
    moment("received_at", nullable=False),
    Index("ix_inbound_part_waiting", "state", "sender", "concat_reference", **_only("state = 'waiting'")),
    **TABLE_OPTIONS,
)

inbound_message = Table(
    "inbound_message",
    metadata,
    pk(),
    short("identity", nullable=False, unique=True),
    short("channel", nullable=False),
    short("modem"),
    short("sim"),
    line("sender", nullable=False),
    line("recipient"),
    prose("text", nullable=False),
    line("subject"),
    line("mail_id"),
    moment("sent_at", nullable=False),
    moment("received_at", nullable=False),
    state(),
    short("command"),
    prose("fields"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("next_attempt_at"),
    prose("error"),
    moment("handled_at"),
    CheckConstraint("state in ({})".format(", ".join(f"'{state}'" for state in INBOUND_STATES)), name="known_state"),
    Index("ix_inbound_message_unhandled", "state", "sent_at", "id", **_only(_one_of(UNHANDLED))),
    Index("ix_inbound_message_sender", "sender", "state", "sent_at"),
    Index("ix_inbound_message_received", "received_at"),
    **TABLE_OPTIONS,
)

#: SMS and e-mail alike. `lease_number` fences: who no longer holds it may not settle the send. `closes_at` is the end
#: of the sending hours that an unasked message belongs to: from then on it waits for the next opening.
outbound_message = Table(
    "outbound_message",
    metadata,
    pk(),
    short("channel", nullable=False, server_default="sms"),
    line("recipient", nullable=False),
    prose("text", nullable=False),
    line("subject"),
    prose("html"),
    short("priority", nullable=False),
    Column("urgency", Integer, nullable=False),
    state(),
    line("dedupe_key", unique=True),
    Column("in_reply_to", Id, index=True),  # no foreign key: the text may be in the archive by then
    short("preferred_modem"),
    short("avoid_modem"),
    short("bound_sim"),  # parts went out by this SIM: the rest must carry the same number
    short("held"),  # why it is not sent although it is due: `only_to`
    Column("resend_of", Id),
    short("modem"),
    short("sim"),
    Column("parts", Integer, nullable=False, server_default="1"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("queued_at", nullable=False),
    moment("not_before", nullable=False),
    moment("held_from"),  # after a restore: the `not_before` that it had before it was held
    moment("closes_at"),
    moment("send_by"),
    moment("sent_at"),
    moment("delivered_at"),
    short("error_code"),
    prose("error"),
    short("lease_owner"),
    Column("lease_number", Id, nullable=False, server_default="0"),
    moment("lease_until"),
    short("subject_kind"),
    Column("subject_id", Id),
    line("mail_id"),
    Column("concat_reference", Integer),
    CheckConstraint("state in ({})".format(", ".join(f"'{state}'" for state in OUTBOUND_STATES)), name="known_state"),
    Index(
        "ix_outbound_message_unsettled",
        *("state", "channel", "urgency", "not_before", "id"),
        **_only(_one_of(UNSETTLED)),
    ),
    Index("ix_outbound_message_recipient", "recipient", "queued_at"),
    Index("ix_outbound_message_about", "subject_kind", "subject_id", **_only("subject_kind is not null")),
    Index("ix_outbound_message_resent", "resend_of", **_only("resend_of is not null")),
    Index("ix_outbound_message_mail", "mail_id", **_only("mail_id is not null")),
    Index("ix_outbound_message_sent", "sent_at", **_only("sent_at is not null")),
    **TABLE_OPTIONS,
)

outbound_part = Table(
    "outbound_part",
    metadata,
    pk(),
    Column("message_id", Id, ForeignKey("outbound_message.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    short("state", nullable=False),
    Column("reference", Integer),
    short("modem"),
    short("sim"),
    short("memory"),
    Column("memory_index", Integer),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("submitted_at"),
    moment("delivered_at"),
    Column("status", Integer),
    short("error_code"),
    UniqueConstraint("message_id", "sequence"),
    Index("ix_outbound_part_reference", "sim", "reference", "submitted_at"),
    Index("ix_outbound_part_used", "sim", "submitted_at"),
    **TABLE_OPTIONS,
)

#: A status report; `part_id` is empty while it is early and its message not yet known.
delivery_report = Table(
    "delivery_report",
    metadata,
    pk(),
    short("identity", nullable=False, unique=True),
    short("modem", nullable=False),
    short("sim"),
    Column("reference", Integer, nullable=False),
    line("recipient", nullable=False),
    Column("status", Integer, nullable=False),
    moment("discharged_at"),
    moment("received_at", nullable=False),
    prose("pdu", nullable=False),
    Column("part_id", Id, index=True),
    Index("ix_delivery_report_match", "sim", "reference", "received_at"),
    **TABLE_OPTIONS,
)

modem = Table(
    "modem",
    metadata,
    short("name", primary_key=True),
    short("node"),
    short("driver", nullable=False),
    line("port"),
    short("state", nullable=False),
    short("operator"),
    short("msisdn"),
    short("imei"),
    short("sim"),
    short("smsc"),
    line("model"),
    Column("signal_dbm", Integer),
    Column("storage_used", Integer),
    Column("storage_total", Integer),
    Column("balance", Rupiah),
    moment("balance_at"),
    Column("valid_until", Date),
    Column("days_left", Integer),  # until the balance is used up, at the rate of late
    short("blocked"),  # the quota that is used up
    moment("blocked_until"),
    moment("last_seen"),
    moment("down_since"),
    prose("error"),
    short("wish"),
    **TABLE_OPTIONS,
)

sim = Table(
    "sim",
    metadata,
    short("imsi", primary_key=True),
    short("iccid"),
    short("msisdn"),
    short("operator"),
    Column("memory_writes", Id, nullable=False, server_default="0"),
    Column("balance", Rupiah),
    moment("seen_at", nullable=False),
    **TABLE_OPTIONS,
)

#: What a citizen was asked and has not answered yet: at most one question a sender.
conversation = Table(
    "conversation",
    metadata,
    line("sender", primary_key=True),
    short("kind", nullable=False),
    prose("payload", nullable=False),
    Column("message_id", Id, nullable=False),
    moment("asked_at", nullable=False),
    moment("expires_at", nullable=False),
    **TABLE_OPTIONS,
)

#: An agency's own keyword that asks another system: made in the commit that reads the text, answered outside of it.
external_call = Table(
    "external_call",
    metadata,
    pk(),
    Column("message_id", Id, ForeignKey("inbound_message.id"), nullable=False, unique=True),
    short("keyword", nullable=False),
    prose("fields", nullable=False),
    short("state", nullable=False),
    prose("result"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("next_attempt_at", nullable=False),
    moment("created_at", nullable=False),
    Index("ix_external_call_state", "state", "next_attempt_at"),
    **TABLE_OPTIONS,
)
