"""Bills, statement entries and confirmations put straight into a database, for the tests of payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update

from mgov.bootstrap import bank_words
from mgov.domain.actor import Actor
from mgov.domain.matching import Policy
from mgov.replies import Replies
from mgov.store import bank, payments
from mgov.store.bills import lookup_keys
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.money import bank_account, bank_entry, bank_statement, bill, bill_amount, settlement
from mgov.store.schema.staff import agency
from mgov.workflows.payment_answers import Answers
from mgov.workflows.payments import ClaimOutcome, record_claim
from mgov.workflows.payments_matching import MatchSummary, PaymentPolicy, match_all
from scheduler.calendar import Calendar

WIB = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=WIB)
PAID_AT = datetime(2026, 11, 23, 9, 30, tzinfo=WIB)
CITIZEN = "+6281234567890"
STRANGER = "+6281999999999"
REPLIES = Replies.load(Path(__file__).parents[2] / "config" / "replies.toml")
_WORDS = bank_words()
POLICY = PaymentPolicy(
    matching=Policy(reversal_words=_WORDS["reversal"], suspect_words=_WORDS["suspect"]), replies=REPLIES
)
TOLD = Answers(REPLIES, Calendar(), POLICY.zone)
CASHIER = Actor.staff("ani")
SECOND = Actor.staff("budi")


@dataclass
class PaymentWorld:
    """One database with an agency and an account."""

    db: Database

    def __post_init__(self) -> None:
        self.agency = self._insert(agency, code="BAPENDA", name="Bapenda", created_at=NOW)
        self.account = self._insert(bank_account, number="0061", created_at=NOW)
        self.statement = self._insert(
            bank_statement,
            account_id=self.account,
            file_digest="d",
            format="csv",
            entries=0,
            entries_new=0,
            imported_at=NOW,
            imported_by="staff:ani",
        )
        self.serial = 0

    def bill(self, number: str, amount: int, **values: object) -> int:
        """Add a bill."""
        shared = {"agency_id": self.agency, "created_at": NOW, "updated_at": NOW, "payer_name": "SITI NURAENI PUTRI"}
        row = {"number": number, "amount": amount, **shared, **values}
        bill_id = self._insert(bill, **row, **lookup_keys(row))
        self._insert(bill_amount, bill_id=bill_id, amount=amount, recorded_at=NOW, recorded_by="test")
        return bill_id

    def reprice(self, bill_id: int, amount: int, since: datetime) -> None:
        """Change a bill's amount from a moment on."""
        self._insert(bill_amount, bill_id=bill_id, amount=amount, valid_from=since, recorded_at=NOW, recorded_by="test")
        self.db.transact(lambda tx: tx.execute(update(bill).where(bill.c.id == bill_id).values(amount=amount)))

    def entry(self, reference: str, amount: int, *, type_: str = "CR", at: datetime = PAID_AT, text: str = "") -> int:
        """Add a statement entry."""
        self.serial += 1
        row = {
            "account_id": self.account,
            "identity": str(self.serial),
            "statement_id": self.statement,
            "booked_at": at.isoformat(),
            "booked_on": at.date(),
            "value_date": at.date(),
            "amount": amount,
            "type": type_,
            "reference": reference,
            "description": text,
            "created_at": NOW,
        }
        self.db.transact(lambda tx: bank.add_new_entries(tx, self.account, [row]))
        return self.db.read(lambda tx: int(tx.scalar(select(func.max(bank_entry.c.id))) or 0))

    def cover(self, first: date, last: date) -> None:
        """Say which days the account's statement covers."""
        values = {"covers_from": first, "covers_to": last}
        self.db.transact(lambda tx: tx.execute(update(bank_statement).values(**values)))

    def claim(self, *bills: str, proof: str, sender: str = CITIZEN, **values: object) -> ClaimOutcome:
        """Record a confirmation."""
        said: dict[str, Any] = {"amount": None, "paid_at": PAID_AT, "bank": "BRI", "now": NOW, "replies": REPLIES}
        said |= values
        return self.db.transact(
            lambda tx: record_claim(
                tx,
                message_id=None,
                sender=sender,
                channel="sms",
                bills=list(bills),
                proof=proof,
                **said,
            )
        )

    def match(self, now: datetime = NOW) -> MatchSummary:
        """Match everything open."""
        return match_all(self.db, now, POLICY)

    def payments(self) -> list[dict[str, Any]]:
        """All confirmations as listed."""
        return self.db.read(lambda tx: payments.listing(tx))

    def statuses(self) -> list[str]:
        """Their statuses, oldest first."""
        return [row["status"] for row in self.payments()]

    def bill_status(self, number: str) -> str:
        """How a bill stands."""
        return str(self.db.read(lambda tx: tx.scalar(select(bill.c.status).where(bill.c.number == number))))

    def texts(self, to: str = CITIZEN) -> list[str]:
        """What was queued to a number, oldest first."""
        query = select(outbound_message.c.text).where(outbound_message.c.recipient == to)
        return self.db.read(lambda tx: list(tx.scalars(query.order_by(outbound_message.c.id))))

    def books(self) -> tuple[int, int, int]:
        """Money in, money allocated by the entries, and the sum of the ledger."""

        def read(tx: Connection) -> tuple[int, int, int]:
            rows = tx.execute(select(bank_entry).where(bank_entry.c.type == "CR")).all()
            ledger = sum(tx.scalars(select(settlement.c.amount)))
            return sum(r.amount for r in rows), sum(r.allocated for r in rows), ledger

        return self.db.read(read)

    def _insert(self, table: Table, **values: object) -> int:
        result = self.db.transact(lambda tx: tx.execute(insert(table).values(**values)).inserted_primary_key)
        return int(result[0])
