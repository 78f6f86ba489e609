"""The schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from mgov.store.schema.base import UtcDateTime
from mgov.store.schema.triggers import statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "address_state",
        sa.Column("address", sa.String(length=191), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("opted_out_at", UtcDateTime(), nullable=True),
        sa.Column("not_me_at", UtcDateTime(), nullable=True),
        sa.Column("bounced_at", UtcDateTime(), nullable=True),
        sa.Column("notice_hour", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_address_state")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "agency",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=191), nullable=False),
        sa.Column("contact_phone", sa.String(length=191), nullable=True),
        sa.Column("contact_email", sa.String(length=191), nullable=True),
        sa.Column("unique_amounts", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("code", name=op.f("uq_agency_code")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "article",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column(
            "body",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("author", sa.String(length=191), nullable=False),
        sa.Column("author_role", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("topic", name=op.f("uq_article_topic")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=191), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.String(length=191), nullable=False),
        sa.Column(
            "detail",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "bank_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=191), nullable=False),
        sa.Column("name", sa.String(length=191), nullable=True),
        sa.Column("bank", sa.String(length=64), nullable=True),
        sa.Column("holder", sa.String(length=191), nullable=True),
        sa.Column("currency", sa.String(length=64), server_default="IDR", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_account_number")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "broadcast",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("group_name", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.String(length=64), nullable=False),
        sa.Column(
            "text",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("proposed_by", sa.String(length=191), nullable=False),
        sa.Column("approved_by", sa.String(length=191), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("address", sa.String(length=191), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column(
            "wording",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index("ix_consent_address", ["address"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("sender", sa.String(length=191), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column(
            "payload",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_conversation")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "delivery_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("modem", sa.String(length=64), nullable=False),
        sa.Column("sim", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=191), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("discharged_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column(
            "pdu",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("part_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_report")),
        sa.UniqueConstraint("identity", name=op.f("uq_delivery_report_identity")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("delivery_report", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_report_match", ["sim", "reference", "received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_report_part_id"), ["part_id"], unique=False)

    op.create_table(
        "inbound_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("modem", sa.String(length=64), nullable=True),
        sa.Column("sim", sa.String(length=64), nullable=True),
        sa.Column("sender", sa.String(length=191), nullable=False),
        sa.Column("recipient", sa.String(length=191), nullable=True),
        sa.Column(
            "text",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=191), nullable=True),
        sa.Column("mail_id", sa.String(length=191), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("command", sa.String(length=64), nullable=True),
        sa.Column(
            "fields",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=True),
        sa.Column(
            "error",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state in ('received', 'handled', 'ignored', 'set_aside', 'incomplete', 'unreadable')",
            name=op.f("ck_inbound_message_known_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("identity", name=op.f("uq_inbound_message_identity")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_message_received", ["received_at"], unique=False)
        batch_op.create_index("ix_inbound_message_sender", ["sender", "state", "sent_at"], unique=False)
        batch_op.create_index("ix_inbound_message_waiting", ["state", "sent_at", "id"], unique=False)

    op.create_table(
        "inbound_part",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("modem", sa.String(length=64), nullable=False),
        sa.Column("sim", sa.String(length=64), nullable=True),
        sa.Column("sender", sa.String(length=191), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column(
            "pdu",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("concat_reference", sa.Integer(), nullable=True),
        sa.Column("concat_bits", sa.Integer(), nullable=True),
        sa.Column("concat_total", sa.Integer(), nullable=True),
        sa.Column("concat_sequence", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("error", sa.String(length=191), nullable=True),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_part")),
        sa.UniqueConstraint("identity", name=op.f("uq_inbound_part_identity")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inbound_part", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_part_join", ["state", "sender", "concat_reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbound_part_message_id"), ["message_id"], unique=False)

    op.create_table(
        "job_slot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("job", sa.String(length=64), nullable=False),
        sa.Column("slot", UtcDateTime(), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column(
            "detail",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_slot")),
        sa.UniqueConstraint("job", "slot", name=op.f("uq_job_slot_job_slot")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "modem",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=True),
        sa.Column("driver", sa.String(length=64), nullable=False),
        sa.Column("port", sa.String(length=191), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("operator", sa.String(length=64), nullable=True),
        sa.Column("msisdn", sa.String(length=64), nullable=True),
        sa.Column("imei", sa.String(length=64), nullable=True),
        sa.Column("sim", sa.String(length=64), nullable=True),
        sa.Column("smsc", sa.String(length=64), nullable=True),
        sa.Column("model", sa.String(length=191), nullable=True),
        sa.Column("signal_dbm", sa.Integer(), nullable=True),
        sa.Column("storage_used", sa.Integer(), nullable=True),
        sa.Column("storage_total", sa.Integer(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.Column("balance_at", UtcDateTime(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("last_seen", UtcDateTime(), nullable=True),
        sa.Column("down_since", UtcDateTime(), nullable=True),
        sa.Column(
            "error",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("wish", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_modem")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "node",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("lease_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("heartbeat_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_node")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "party",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id_number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=191), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=191), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("id_number", name=op.f("uq_party_id_number")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "portal_application",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=191), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("applicant_id", sa.String(length=64), nullable=True),
        sa.Column("applicant_name", sa.String(length=191), nullable=True),
        sa.Column("phone", sa.String(length=191), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=True),
        sa.Column(
            "status_note",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column(
            "reason",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_application")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("portal_application", schema=None) as batch_op:
        batch_op.create_index("ix_portal_application_waiting", ["taken_at", "id"], unique=False)

    op.create_table(
        "portal_bill",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=191), nullable=False),
        sa.Column("payer_id", sa.String(length=64), nullable=True),
        sa.Column("payer_name", sa.String(length=191), nullable=True),
        sa.Column("payer_phone", sa.String(length=191), nullable=True),
        sa.Column("object", sa.String(length=191), nullable=True),
        sa.Column("description", sa.String(length=191), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_ref", sa.String(length=191), nullable=True),
        sa.Column("pay_code", sa.String(length=191), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column(
            "reason",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_bill")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("portal_bill", schema=None) as batch_op:
        batch_op.create_index("ix_portal_bill_waiting", ["taken_at", "id"], unique=False)

    op.create_table(
        "portal_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=191), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=True),
        sa.Column("holder_id", sa.String(length=64), nullable=True),
        sa.Column("holder_name", sa.String(length=191), nullable=True),
        sa.Column("phone", sa.String(length=191), nullable=True),
        sa.Column("email", sa.String(length=191), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=True),
        sa.Column("replaced_by", sa.String(length=191), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column(
            "reason",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_document")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("portal_document", schema=None) as batch_op:
        batch_op.create_index("ix_portal_document_waiting", ["taken_at", "id"], unique=False)

    op.create_table(
        "portal_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("object", sa.String(length=191), nullable=False),
        sa.Column(
            "detail",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_event")),
        sa.UniqueConstraint("number", name=op.f("uq_portal_event_number")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recipient_group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=191), nullable=False),
        sa.Column("tier", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_group")),
        sa.UniqueConstraint("name", "address", name=op.f("uq_recipient_group_name_address")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subject_kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=191), nullable=False),
        sa.Column("run_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=191), nullable=True),
        sa.Column("outbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "due_on",
            "stage",
            "channel",
            "address",
            name=op.f("uq_reminder_subject_kind_subject_id_due_on_stage_channel_address"),
        ),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_outbound_id"), ["outbound_id"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "value",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=191), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sim",
        sa.Column("imsi", sa.String(length=64), nullable=False),
        sa.Column("iccid", sa.String(length=64), nullable=True),
        sa.Column("msisdn", sa.String(length=64), nullable=True),
        sa.Column("operator", sa.String(length=64), nullable=True),
        sa.Column(
            "memory_writes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("imsi", name=op.f("pk_sim")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "transition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_state", sa.String(length=64), nullable=True),
        sa.Column("to_state", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=191), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column(
            "detail",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("transition", schema=None) as batch_op:
        batch_op.create_index("ix_transition_object", ["object_kind", "object_id"], unique=False)

    op.create_table(
        "bank_statement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_name", sa.String(length=191), nullable=True),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=191), nullable=True),
        sa.Column("opening", sa.Numeric(precision=24, scale=5), nullable=True),
        sa.Column("closing", sa.Numeric(precision=24, scale=5), nullable=True),
        sa.Column("covers_from", sa.Date(), nullable=True),
        sa.Column("covers_to", sa.Date(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("entries_new", sa.Integer(), nullable=False),
        sa.Column("gap", sa.String(length=191), nullable=True),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("imported_by", sa.String(length=191), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["bank_account.id"], name=op.f("fk_bank_statement_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("bank_statement", schema=None) as batch_op:
        batch_op.create_index("ix_bank_statement_coverage", ["account_id", "covers_to"], unique=False)

    op.create_table(
        "bill",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=191), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payer_id", sa.String(length=64), nullable=True),
        sa.Column("payer_name", sa.String(length=191), nullable=True),
        sa.Column("payer_phone", sa.String(length=191), nullable=True),
        sa.Column("object", sa.String(length=191), nullable=True),
        sa.Column("plate", sa.String(length=191), nullable=True),
        sa.Column("description", sa.String(length=191), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("unique_suffix", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("pay_code", sa.String(length=191), nullable=True),
        sa.Column("state", sa.String(length=64), server_default="open", nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_ref", sa.String(length=191), nullable=True),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "overpaid",
            sa.BigInteger(),
            sa.Computed("case when allocated > amount then allocated - amount else 0 end", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.String(length=16),
            sa.Computed(
                "case when state = 'cancelled' then 'cancelled' when state = 'paid_elsewhere' then 'paid' when allocated >= amount then 'paid' when allocated > 0 then 'partly_paid' else 'open' end",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state in ('open', 'cancelled', 'paid_elsewhere')", name=op.f("ck_bill_known_state")),
        sa.CheckConstraint("allocated >= 0", name=op.f("ck_bill_allocated_not_negative")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_bill_amount_not_negative")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_bill_agency_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_bill_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill")),
        sa.UniqueConstraint("number", name=op.f("uq_bill_number")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("bill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bill_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bill_pay_code"), ["pay_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_bill_payer_phone"), ["payer_phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_bill_plate"), ["plate"], unique=False)
        batch_op.create_index("ix_bill_status", ["status", "due_date"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=191), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("recorded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("verified_how", sa.String(length=64), nullable=True),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("code_digest", sa.String(length=191), nullable=True),
        sa.Column("code_expires_at", UtcDateTime(), nullable=True),
        sa.Column("code_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=191), nullable=False),
        sa.CheckConstraint("kind in ('phone', 'email')", name=op.f("ck_contact_known_kind")),
        sa.CheckConstraint("state in ('claimed', 'verified', 'rejected')", name=op.f("ck_contact_known_state")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contact_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("party_id", "kind", "address", name=op.f("uq_contact_party_id_kind_address")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_address", ["address"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=191), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("holder_name", sa.String(length=191), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=64), server_default="active", nullable=False),
        sa.Column("replaced_by", sa.String(length=191), nullable=True),
        sa.Column("stages", sa.String(length=191), nullable=True),
        sa.Column(
            "holder_said",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "status in ('active', 'in_renewal', 'closed', 'revoked')", name=op.f("ck_document_known_status")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_document_agency_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_document_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("number", name=op.f("uq_document_number")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("ix_document_due", ["due_on", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_party_id"), ["party_id"], unique=False)

    op.create_table(
        "external_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("keyword", sa.String(length=64), nullable=False),
        sa.Column(
            "fields",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column(
            "result",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["inbound_message.id"], name=op.f("fk_external_call_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_call")),
        sa.UniqueConstraint("message_id", name=op.f("uq_external_call_message_id")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("external_call", schema=None) as batch_op:
        batch_op.create_index("ix_external_call_state", ["state", "next_attempt_at"], unique=False)

    op.create_table(
        "outbound_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=64), server_default="sms", nullable=False),
        sa.Column("recipient", sa.String(length=191), nullable=False),
        sa.Column(
            "text",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=191), nullable=True),
        sa.Column(
            "html",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("priority", sa.String(length=64), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("dedupe_key", sa.String(length=191), nullable=True),
        sa.Column("in_reply_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("preferred_modem", sa.String(length=64), nullable=True),
        sa.Column("avoid_modem", sa.String(length=64), nullable=True),
        sa.Column("modem", sa.String(length=64), nullable=True),
        sa.Column("sim", sa.String(length=64), nullable=True),
        sa.Column("parts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("send_by", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.Column(
            "error",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column(
            "lease_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("subject_kind", sa.String(length=64), nullable=True),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mail_id", sa.String(length=191), nullable=True),
        sa.Column("concat_reference", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'uncertain', 'sent', 'delivered', 'failed', 'expired')",
            name=op.f("ck_outbound_message_known_state"),
        ),
        sa.ForeignKeyConstraint(["in_reply_to"], ["inbound_message.id"], name=op.f("fk_outbound_message_in_reply_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbound_message_dedupe_key")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbound_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbound_message_in_reply_to"), ["in_reply_to"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbound_message_mail_id"), ["mail_id"], unique=False)
        batch_op.create_index("ix_outbound_message_queue", ["state", "channel", "urgency", "id"], unique=False)
        batch_op.create_index("ix_outbound_message_recipient", ["recipient", "queued_at"], unique=False)
        batch_op.create_index("ix_outbound_message_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "service",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=191), nullable=False),
        sa.Column("sector", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "requirements",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("fee", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("legal_basis", sa.String(length=191), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=191), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_service_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("code", name=op.f("uq_service_code")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("full_name", sa.String(length=191), nullable=True),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("phone", sa.String(length=191), nullable=True),
        sa.Column("email", sa.String(length=191), nullable=True),
        sa.Column("unix_user", sa.String(length=64), nullable=True),
        sa.Column("password_hash", sa.String(length=191), nullable=True),
        sa.Column("pin_hash", sa.String(length=191), nullable=True),
        sa.Column("pin_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pin_locked_until", UtcDateTime(), nullable=True),
        sa.Column("deputy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deputy_until", UtcDateTime(), nullable=True),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=191), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_staff_agency_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["staff.id"], name=op.f("fk_staff_deputy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
        sa.UniqueConstraint("phone", name=op.f("uq_staff_phone")),
        sa.UniqueConstraint("unix_user", name=op.f("uq_staff_unix_user")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "application",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(length=191), nullable=False),
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("service_code", sa.String(length=64), nullable=True),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("applicant_name", sa.String(length=191), nullable=True),
        sa.Column("phone", sa.String(length=191), nullable=True),
        sa.Column(
            "details",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column(
            "status_note",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.String(length=191), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("attended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_application_agency_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_application_party_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_application_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("reference", name=op.f("uq_application_reference")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_phone"), ["phone"], unique=False)

    op.create_table(
        "bank_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booked_at", sa.String(length=191), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), server_default="ordinary", nullable=False),
        sa.Column("reference", sa.String(length=191), nullable=True),
        sa.Column(
            "description",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("balance", sa.Numeric(precision=24, scale=5), nullable=True),
        sa.Column("gross", sa.BigInteger(), nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reviewed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("type = 'CR' or allocated = 0", name=op.f("ck_bank_entry_only_credits_settle")),
        sa.CheckConstraint("type in ('CR', 'DB')", name=op.f("ck_bank_entry_credit_or_debit")),
        sa.CheckConstraint(
            "allocated >= 0 and allocated <= amount", name=op.f("ck_bank_entry_allocated_within_amount")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_bank_entry_amount_not_negative")),
        sa.ForeignKeyConstraint(["account_id"], ["bank_account.id"], name=op.f("fk_bank_entry_account_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["bank_entry.id"], name=op.f("fk_bank_entry_reverses_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_entry_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_entry")),
        sa.UniqueConstraint("account_id", "identity", name=op.f("uq_bank_entry_account_id_identity")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("bank_entry", schema=None) as batch_op:
        batch_op.create_index("ix_bank_entry_day", ["booked_on", "amount"], unique=False)
        batch_op.create_index("ix_bank_entry_reference", ["reference"], unique=False)

    op.create_table(
        "bill_amount",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=191), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_bill_amount_bill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_amount")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("bill_amount", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bill_amount_bill_id"), ["bill_id"], unique=False)

    op.create_table(
        "document_contact",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=191), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_contact_document_id")),
        sa.PrimaryKeyConstraint("document_id", "channel", "address", name=op.f("pk_document_contact")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("document_contact", schema=None) as batch_op:
        batch_op.create_index("ix_document_contact_address", ["address"], unique=False)

    op.create_table(
        "outbound_part",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=True),
        sa.Column("modem", sa.String(length=64), nullable=True),
        sa.Column("sim", sa.String(length=64), nullable=True),
        sa.Column("memory", sa.String(length=64), nullable=True),
        sa.Column("memory_index", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["outbound_message.id"], name=op.f("fk_outbound_part_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_part")),
        sa.UniqueConstraint("message_id", "sequence", name=op.f("uq_outbound_part_message_id_sequence")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbound_part", schema=None) as batch_op:
        batch_op.create_index("ix_outbound_part_reference", ["sim", "reference", "submitted_at"], unique=False)

    op.create_table(
        "staff_role",
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "role in ('administrator', 'operator', 'cashier', 'leader', 'noc', 'auditor')",
            name=op.f("ck_staff_role_known_role"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_role_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "role", name=op.f("pk_staff_role")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_staff_session_token_digest")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "confirmation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("identity", sa.String(length=191), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("group_key", sa.String(length=64), nullable=True),
        sa.Column("sender", sa.String(length=191), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("bill_number", sa.String(length=191), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("proof", sa.String(length=191), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("bank", sa.String(length=64), nullable=True),
        sa.Column("paid_via", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("rule", sa.String(length=64), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("bank_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("last_told_at", UtcDateTime(), nullable=True),
        sa.Column("repeats", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "status in ('awaiting_funds', 'settled', 'review', 'rejected', 'expired')",
            name=op.f("ck_confirmation_known_status"),
        ),
        sa.ForeignKeyConstraint(["bank_entry_id"], ["bank_entry.id"], name=op.f("fk_confirmation_bank_entry_id")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_confirmation_bill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("identity", name=op.f("uq_confirmation_identity")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmation_bill_id"), ["bill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_bill_number"), ["bill_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_group_key"), ["group_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_confirmation_open", ["status", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_proof"), ["proof"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_sender"), ["sender"], unique=False)

    op.create_table(
        "refund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bank_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=64), server_default="due", nullable=False),
        sa.Column("reason", sa.String(length=191), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=191), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_positive")),
        sa.ForeignKeyConstraint(["bank_entry_id"], ["bank_entry.id"], name=op.f("fk_refund_bank_entry_id")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_refund_bill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_bank_entry_id"), ["bank_entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_bill_id"), ["bill_id"], unique=False)

    op.create_table(
        "review_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("confirmation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bank_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "reasons",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "candidates",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=64), server_default="open", nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=191), nullable=True),
        sa.Column("proposed_by", sa.String(length=191), nullable=True),
        sa.Column(
            "decision",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("escalated_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["bank_entry_id"], ["bank_entry.id"], name=op.f("fk_review_case_bank_entry_id")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_review_case_bill_id")),
        sa.ForeignKeyConstraint(["confirmation_id"], ["confirmation.id"], name=op.f("fk_review_case_confirmation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_case")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("review_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_case_bank_entry_id"), ["bank_entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_case_bill_id"), ["bill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_case_confirmation_id"), ["confirmation_id"], unique=False)
        batch_op.create_index("ix_review_case_state", ["state", "id"], unique=False)

    op.create_table(
        "settlement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bank_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confirmation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column(
            "reasons",
            sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql"),
            nullable=True,
        ),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=191), nullable=False),
        sa.Column("second_actor", sa.String(length=191), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(amount > 0) = (reverses_id is null)", name=op.f("ck_settlement_only_an_undo_is_negative")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_settlement_amount_not_zero")),
        sa.ForeignKeyConstraint(["bank_entry_id"], ["bank_entry.id"], name=op.f("fk_settlement_bank_entry_id")),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_settlement_bill_id")),
        sa.ForeignKeyConstraint(["confirmation_id"], ["confirmation.id"], name=op.f("fk_settlement_confirmation_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["settlement.id"], name=op.f("fk_settlement_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_settlement_reverses_id")),
        mysql_charset="utf8mb4",
        mysql_collation="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("settlement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_bank_entry_id"), ["bank_entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_bill_id"), ["bill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlement_confirmation_id"), ["confirmation_id"], unique=False)

    for ddl in statements(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(ddl.replace("%", "%%") if op.get_bind().dialect.name == "postgresql" else ddl)


def downgrade() -> None:
    """There is nothing before the first schema."""
    raise RuntimeError("the first schema cannot be taken back; restore a backup")
