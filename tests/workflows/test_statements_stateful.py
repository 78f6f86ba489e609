"""However statements overlap, repeat, come late, crash or come in another format: each payment is one entry."""

from __future__ import annotations

import io
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from mgov.domain.actor import Actor
from mgov.store import bank, migrate
from mgov.store.database import Database
from mgov.store.schema.money import bank_entry
from mgov.workflows.bank_import import TargetAccount, import_statement
from tests.workflows.payment_world import NOW, STRANGER, PaymentWorld
from tests.workflows.test_bank_import import DIALECTS

Row = tuple[str, str, int, str, str]  #: day, time, rupiah, CR or DB with the reference, words
DAYS = [f"2026-11-{day:02d}" for day in range(2, 7)]
BILLS = [f"SKRD-2026-00000{n}" for n in range(5)]
ACCOUNT = TargetAccount("0061", "RKUD", "BJB", "PEMPROV")


class CrashError(Exception):
    """The process ends in the middle of an import."""


def truth_of(day: str) -> list[Row]:
    """What really came on a day: a payment, two that nothing tells apart, one that went back, and the sweep."""
    place = DAYS.index(day)
    own = (day, "08:10:11", 100_000 + place, f"CR 71{place}000111222", f"BI-FAST CR BRI {BILLS[place]}")
    twin = (day, "09:20:00", 250_000, f"CR 55{place}000333444", "TRF MASSAL BCA")
    back = (day, "10:30:00", 75_000, f"CR 33{place}000999888", "BI-FAST CR BNI")
    gone = (day, "11:40:00", 75_000, f"DB 33{place}000999888", "REVERSAL BI-FAST CR BNI")
    return [own, twin, twin, back, gone]


def as_csv(rows: list[Row]) -> str:
    """Dialect generic, without balances."""
    lines = ["booked_at,value_date,amount,type,reference,description,balance"]
    for day, time, amount, number, words in rows:
        lines.append(f"{day}T{time}+07:00,{day},{amount},{number.replace(' ', ',')},{words},")
    return "\n".join(lines) + "\n"


def as_mt940(rows: list[Row]) -> str:
    """The same to the day, as SWIFT has no time."""
    lines = [":20:X", ":25:0061", ":28C:1"]
    for day, _, amount, number, words in rows:
        compact = date.fromisoformat(day).strftime("%y%m%d%m%d")
        lines += [f":61:{compact}{number[0]}{amount},00NTRF{number[3:]}", f":86:{words}"]
    return "\n".join(lines) + "\n"


class Statements(RuleBasedStateMachine):
    """One account that gets its statements in any way."""

    @initialize()
    def open_account(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{Path(self.folder.name) / 'books.db'}"
        migrate.upgrade(url)
        self.db = Database(url)
        self.world = PaymentWorld(self.db)
        for place, number in enumerate(BILLS):
            self.world.bill(number, 100_000 + place)
        self.came: Counter[Row] = Counter()

    @rule(first=st.integers(0, 4), count=st.integers(1, 3), swift=st.booleans(), cut=st.integers(0, 4))
    def statement_comes(self, first: int, count: int, *, swift: bool, cut: int) -> None:
        """Some days; of the last perhaps only what was booked until noon."""
        rows = self._rows(first, count, cut)
        self._take(as_mt940(rows) if swift else as_csv(rows))
        for row, times in Counter(rows).items():
            self.came[row] = max(self.came[row], times)

    @rule(first=st.integers(0, 4), step=st.sampled_from(["insert_entries", "close_statement"]))
    def import_crashes(self, first: int, step: str) -> None:
        """All of it or nothing."""
        with mock.patch.object(bank, step, side_effect=CrashError):
            try:
                self._take(as_csv(self._rows(first, 2, 0)))
            except CrashError:
                return

    @rule(place=st.integers(0, 4))
    def confirmation_comes(self, place: int) -> None:
        self.world.claim(BILLS[place], proof=f"71{place}000111222", sender=STRANGER)

    @rule()
    def matching_runs(self) -> None:
        self.world.match()

    @invariant()
    def each_payment_is_one_entry(self) -> None:
        if hasattr(self, "db"):
            assert self._entries() == self.came

    @invariant()
    def books_add_up(self) -> None:
        if hasattr(self, "db"):
            came, allocated, ledger = self.world.books()
            assert 0 <= allocated == ledger <= came

    @staticmethod
    def _rows(first: int, count: int, cut: int) -> list[Row]:
        days = [truth_of(day) for day in DAYS[first : first + count]]
        days[-1] = days[-1][: len(days[-1]) - cut]
        return [row for day in days for row in day]

    def _take(self, text: str) -> None:
        given = {"format": "auto", "dialects": DIALECTS, "actor": Actor.system("test"), "now": NOW}
        import_statement(self.db, io.BytesIO(text.encode()), ACCOUNT, zone=ZoneInfo("Asia/Jakarta"), **given)  # type: ignore[arg-type]

    def _entries(self) -> Counter[Row]:
        rows = self.db.read(lambda tx: tx.execute(select(bank_entry)).all())
        times = {row[3][3:] + row[3][0]: row for day in DAYS for row in truth_of(day)}
        return Counter(times[f"{row.reference}{row.type[0]}"] for row in rows)

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()


TestStatements = Statements.TestCase
TestStatements.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
