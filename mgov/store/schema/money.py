"""Bills, payment confirmations, bank accounts, entries and the ledger that allocates one to the other.

`bank_entry.allocated` and `bill.allocated` are kept by triggers on `settlement` (see `triggers.py`), so that no code
can allocate money that did not come in: the check constraint on the entry refuses it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    UniqueConstraint,
    false,
)

from mgov.store.schema.base import TABLE_OPTIONS, Id, Rupiah, line, metadata, moment, pk, prose, short

#: open: to be paid; cancelled: withdrawn by the agency; paid_elsewhere: paid at the counter or through e-Samsat.
BILL_STATES = ("open", "cancelled", "paid_elsewhere")

bill = Table(
    "bill",
    metadata,
    pk(),
    line("number", nullable=False, unique=True),
    Column("agency_id", Id, ForeignKey("agency.id"), nullable=False),
    Column("party_id", Id, ForeignKey("party.id"), index=True),
    short("payer_id"),
    line("payer_name"),
    line("payer_phone", index=True),
    line("object"),
    line("plate", index=True),
    line("description"),
    Column("amount", Rupiah, nullable=False),
    Column("unique_suffix", Integer, nullable=False, server_default="0"),
    Column("due_date", Date),
    line("pay_code", index=True),
    Column("number_key", BigInteger, index=True),
    Column("code_key", BigInteger, index=True),
    Column("payer_key", BigInteger, index=True),
    short("prefix", index=True),
    short("state", nullable=False, server_default="open"),
    Column("paid_on", Date),
    line("paid_ref"),
    Column("allocated", Rupiah, nullable=False, server_default="0"),
    Column(
        "overpaid", Rupiah, Computed("case when allocated > amount then allocated - amount else 0 end", persisted=True)
    ),
    Column(
        "status",
        String(16),
        Computed(
            "case when state = 'cancelled' then 'cancelled' when state = 'paid_elsewhere' then 'paid'"
            " when allocated >= amount then 'paid' when allocated > 0 then 'partly_paid' else 'open' end",
            persisted=True,
        ),
    ),
    Column(
        "unique_amount",
        Rupiah,
        Computed("case when unique_suffix > 0 then amount + unique_suffix else null end", persisted=True),
        index=True,
    ),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    CheckConstraint("amount >= 0", name="amount_not_negative"),
    CheckConstraint("allocated >= 0", name="allocated_not_negative"),
    CheckConstraint("state in ('open', 'cancelled', 'paid_elsewhere')", name="known_state"),
    Index("ix_bill_status", "status", "due_date"),
    Index("ix_bill_amount_owed", "amount"),
    **TABLE_OPTIONS,
)

#: Every amount a bill had, with the moment from which it was valid; None: from the beginning.
bill_amount = Table(
    "bill_amount",
    metadata,
    pk(),
    Column("bill_id", Id, ForeignKey("bill.id"), nullable=False, index=True),
    Column("amount", Rupiah, nullable=False),
    moment("valid_from"),
    moment("recorded_at", nullable=False),
    line("recorded_by", nullable=False),
    **TABLE_OPTIONS,
)

CONFIRMATION_STATUSES = ("awaiting_funds", "settled", "review", "rejected", "expired")

#: What a citizen said: a claim, never money.
confirmation = Table(
    "confirmation",
    metadata,
    pk(),
    line("identity", nullable=False, unique=True),
    Column("message_id", Id, index=True),
    short("group_key", index=True),
    line("sender", nullable=False, index=True),
    short("channel", nullable=False),
    line("bill_number", nullable=False, index=True),
    Column("bill_id", Id, ForeignKey("bill.id"), index=True),
    line("proof", index=True),
    Column("proof_key", BigInteger, index=True),
    Column("amount", Rupiah),
    moment("paid_at"),
    Column("paid_on", Date),
    short("bank"),
    short("paid_via"),
    short("status", nullable=False),
    short("reason"),
    short("rule"),
    Column("score", Integer),
    Column("bank_entry_id", Id, ForeignKey("bank_entry.id")),
    moment("received_at", nullable=False),
    moment("settled_at"),
    short("language"),
    Column("promised_on", Date),
    Column("repeats", Integer, nullable=False, server_default="0"),
    CheckConstraint(
        "status in ({})".format(", ".join(f"'{status}'" for status in CONFIRMATION_STATUSES)), name="known_status"
    ),
    Index("ix_confirmation_open", "status", "id"),
    **TABLE_OPTIONS,
)

bank_account = Table(
    "bank_account",
    metadata,
    pk(),
    line("number", nullable=False, unique=True),
    line("name"),
    short("bank"),
    line("holder"),
    short("currency", nullable=False, server_default="IDR"),
    moment("created_at", nullable=False),
    **TABLE_OPTIONS,
)

bank_statement = Table(
    "bank_statement",
    metadata,
    pk(),
    Column("account_id", Id, ForeignKey("bank_account.id"), nullable=False),
    line("file_name"),
    short("file_digest", nullable=False),
    short("format", nullable=False),
    line("number"),
    Column("opening", Numeric(24, 5)),
    Column("closing", Numeric(24, 5)),
    Column("covers_from", Date),
    Column("covers_to", Date),
    Column("entries", Integer, nullable=False),
    Column("entries_new", Integer, nullable=False),
    line("gap"),
    moment("imported_at", nullable=False),
    line("imported_by", nullable=False),
    Index("ix_bank_statement_coverage", "account_id", "covers_to"),
    **TABLE_OPTIONS,
)

#: twin: told before by a statement of another format, so no money of its own.
ENTRY_KINDS = ("ordinary", "reversal", "own_transfer", "other_income", "twin")

#: One line of a statement. `identity` is derived from its content, with a number among equal ones.
bank_entry = Table(
    "bank_entry",
    metadata,
    pk(),
    Column("account_id", Id, ForeignKey("bank_account.id"), nullable=False),
    short("identity", nullable=False),
    Column("statement_id", Id, ForeignKey("bank_statement.id"), nullable=False),
    line("booked_at", nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("value_date", Date, nullable=False),
    Column("amount", Rupiah, nullable=False),
    short("type", nullable=False),
    short("kind", nullable=False, server_default="ordinary"),
    line("reference"),
    prose("description", nullable=False),
    Column("balance", Numeric(24, 5)),
    Column("gross", Rupiah),
    Column("fee", Rupiah),
    Column("reverses_id", Id, ForeignKey("bank_entry.id"), index=True),
    Column("allocated", Rupiah, nullable=False, server_default="0"),
    Column("reviewed", Boolean, nullable=False, server_default=false()),
    moment("created_at", nullable=False),
    UniqueConstraint("identity", "account_id"),
    Index("ix_bank_entry_reference", "reference"),
    Index("ix_bank_entry_amount", "amount", "booked_on"),
    CheckConstraint("amount >= 0", name="amount_not_negative"),
    CheckConstraint("type in ('CR', 'DB')", name="credit_or_debit"),
    CheckConstraint("allocated >= 0 and allocated <= amount", name="allocated_within_amount"),
    CheckConstraint("type = 'CR' or allocated = 0", name="only_credits_settle"),
    **TABLE_OPTIONS,
)

#: What a credit is found by (see `mgov.domain.matching.keys`): its numbers, their parts, the bills that it names.
bank_entry_key = Table(
    "bank_entry_key",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("bank_entry_id", Id, ForeignKey("bank_entry.id"), primary_key=True, autoincrement=False, index=True),
    mysql_engine="InnoDB",
    sqlite_with_rowid=False,
)

#: The allocation ledger: rows are never changed or deleted; an undo is a row with a negative amount.
settlement = Table(
    "settlement",
    metadata,
    pk(),
    Column("bank_entry_id", Id, ForeignKey("bank_entry.id"), nullable=False, index=True),
    Column("bill_id", Id, ForeignKey("bill.id"), nullable=False, index=True),
    Column("confirmation_id", Id, ForeignKey("confirmation.id"), index=True),
    Column("amount", Rupiah, nullable=False),
    short("rule", nullable=False),
    Column("score", Integer),
    prose("reasons"),
    Column("reverses_id", Id, ForeignKey("settlement.id"), unique=True),
    line("actor", nullable=False),
    line("second_actor"),
    moment("at", nullable=False),
    CheckConstraint("amount <> 0", name="amount_not_zero"),
    CheckConstraint("(amount > 0) = (reverses_id is null)", name="only_an_undo_is_negative"),
    **TABLE_OPTIONS,
)

#: Doubt waits here for a person, with the candidates and the reasons.
review_case = Table(
    "review_case",
    metadata,
    pk(),
    short("kind", nullable=False),
    Column("confirmation_id", Id, ForeignKey("confirmation.id"), index=True),
    Column("bank_entry_id", Id, ForeignKey("bank_entry.id"), index=True),
    Column("bill_id", Id, ForeignKey("bill.id"), index=True),
    prose("reasons", nullable=False),
    prose("candidates", nullable=False),
    short("state", nullable=False, server_default="open"),
    moment("opened_at", nullable=False),
    moment("decided_at"),
    line("decided_by"),
    line("proposed_by"),
    prose("decision"),
    moment("escalated_at"),
    Column("version", Integer, nullable=False, server_default="0"),
    Index("ix_review_case_state", "state", "id"),
    **TABLE_OPTIONS,
)

#: Money that has to go back: overpaid, or left when a bill was lowered or cancelled.
refund = Table(
    "refund",
    metadata,
    pk(),
    Column("bill_id", Id, ForeignKey("bill.id"), index=True),
    Column("bank_entry_id", Id, ForeignKey("bank_entry.id"), index=True),
    Column("amount", Rupiah, nullable=False),
    short("state", nullable=False, server_default="due"),
    line("reason", nullable=False),
    moment("created_at", nullable=False),
    moment("decided_at"),
    line("decided_by"),
    CheckConstraint("amount > 0", name="amount_positive"),
    **TABLE_OPTIONS,
)
