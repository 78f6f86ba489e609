"""A year of reminders through the database: what happens is drawn by a seed, what must hold is computed beside it.

The site here does not send on weekends and holidays. Outages stop the scheduler or the sending for days, the clock is
set back, documents are extended, closed and imported late, people opt out and come back, sends fail.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from mgov.domain.actor import Actor
from mgov.store import consents, leases, outbox, reminders
from mgov.store.database import Database
from mgov.store.schema.documents import document, reminder
from mgov.store.schema.messages import outbound_message
from mgov.workflows import remind, remind_fallback
from mgov.workflows.documents import close_document, import_documents
from mgov.workflows.overdue import expire_overdue
from mgov.workflows.remind import RemindSettings
from tests.workflows.taking import take
from tests.workflows.test_remind import ACTOR, KINDS

WIB = ZoneInfo("Asia/Jakarta")
HEADER = "number,kind,agency,holder_id,holder_name,phone,email,issued_on,due_on,status,stages,zone\n"
#: Number of the document, its due date, the channel, the address.
Sent = tuple[str, date, int, str, str]
WORK = (time(6, 30), time(15, 30))
TICKS = (time(6, 30), time(8, 5), time(11), time(15, 30), time(19, 50), time(21, 30))


@dataclass
class Truth:
    """What this test itself knows: documents in force, who wants nothing, and what was sent when."""

    due: dict[str, date] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    contacts: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    sent: dict[Sent, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    texts: dict[tuple[str, str, date], int] = field(default_factory=lambda: defaultdict(int))
    expected: dict[tuple[str, date, int], date] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)


@dataclass
class Year:
    """One simulated year on one database."""

    db: Database
    settings: RemindSettings
    seed: int
    documents: int = 150
    first: date = date(2026, 1, 1)
    days: int = 365
    truth: Truth = field(default_factory=Truth)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self._made = 0

    def play(self) -> Truth:
        """Live through the year and two quiet weeks; returns the truth."""
        self._import(self.documents, self.first)
        down_until = mute_until = self.first
        for number in range(self.days + 14):
            day = self.first + timedelta(days=number)
            if number < self.days:
                self._happen(day)
                if self.random.random() < 0.03:
                    down_until = day + timedelta(days=self.random.choice((1, 1, 2, 3)))
                if self.random.random() < 0.03:
                    mute_until = day + timedelta(days=self.random.choice((1, 3, 5)))
            self._day(day, scheduler_up=day >= down_until, sending_up=day >= mute_until)
        return self.truth

    def wanted(self) -> set[Sent]:
        """Every reminder that had to be sent, or to have its reason: one for each channel and address."""
        return {
            (number, due, stage, channel, address)
            for number, due, stage in self.truth.expected
            for channel, address in self.truth.contacts[number]
        }

    def _day(self, day: date, *, scheduler_up: bool, sending_up: bool) -> None:
        for at in TICKS:
            now = datetime.combine(day, at, WIB) + timedelta(minutes=self.random.randrange(9))
            if self.random.random() < 0.01:
                now -= timedelta(hours=self.random.choice((1, 26)))  # the clock is wrong, and set right later
            if scheduler_up and at in WORK:
                self._work(now)
            if self.random.random() < 0.1 and day < self.first + timedelta(days=self.days):
                self._upset(day)  # between the last look of the scheduler and the sending
            if sending_up:
                self._send(now)

    def _work(self, now: datetime) -> None:
        on = now.astimezone(WIB).date()
        self._expect(on)
        remind.run(self.db, on, self.settings, now)
        remind.withdraw_obsolete(self.db, now)
        remind.rewrite_partly_obsolete(self.db, self.settings, now)
        remind_fallback.fall_back(self.db, self.settings, now)
        remind.reopen(self.db, self.settings, now)
        expire_overdue(self.db, now)

    def _expect(self, on: date) -> None:
        """What is due by the plainest rule: the last stage whose day has come, seen from the last day told for."""
        until = self.settings.quiet.told_until(on)
        for number in self.truth.open:
            due = self.truth.due[number]
            left = (due - (min(until, due) if due >= on else on)).days
            reached = [stage for stage in self.settings.stages if stage >= left]
            if reached and due >= on:
                self.truth.expected.setdefault((number, due, min(reached)), on)

    def _send(self, now: datetime) -> None:
        for channel in ("sms", "email"):
            while (row := self.db.transact(lambda tx, channel=channel: take(tx, now, channel))) is not None:
                self._settle(row, now)

    def _settle(self, row: outbox.Row, now: datetime) -> None:
        luck = self.random.random()
        state = "failed" if luck < 0.03 else "sent"

        def work(tx: Connection) -> None:
            leases.settle(
                tx, row, state=state, now=now, actor=Actor.system("year"), cause="drawn", sent_at=now, error="drawn"
            )
            if state == "sent":
                self._note(tx, row, now)

        self.db.transact(work)

    def _note(self, tx: Connection, row: outbox.Row, now: datetime) -> None:
        query = (
            select(document.c.number, reminder.c.due_on, reminder.c.stage, reminder.c.channel, reminder.c.address)
            .join(document, document.c.id == reminder.c.subject_id)
            .where(reminder.c.outbound_id == row["id"])
        )
        rows = tx.execute(query).all()
        where = row["channel"], str(row["recipient"]), now.astimezone(WIB).date()
        if self.truth.texts[where] and all(due > where[2] for _, due, *_ in rows):
            self.truth.mistakes.append(f"{where[1]} got another text at {now} that could have waited for tomorrow's")
        self.truth.texts[where] += 1
        for number, due, stage, channel, address in rows:
            self.truth.sent[number, due, stage, channel, address].append(now)
            if number not in self.truth.open or self.truth.due[number] != due:
                self.truth.mistakes.append(f"{number} was told at {now} though it was settled")
            if address in self.truth.silent:
                self.truth.mistakes.append(f"{address} was told at {now} though it wants nothing")
            if str(number) not in row["text"] and row["text"].count(";") < 11:
                self.truth.mistakes.append(f"{number} is not in its text")

    def _happen(self, day: date) -> None:
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            self.random.choice((self._extend, self._close, self._opt_out, self._opt_in, self._more))(day)

    def _upset(self, day: date) -> None:
        """Of what waits to be sent at this moment something is settled, or its address leaves."""
        query = (
            select(document.c.number, reminder.c.address)
            .join(reminder, (reminder.c.subject_id == document.c.id) & (reminder.c.subject_kind == "document"))
            .join(outbound_message, outbound_message.c.id == reminder.c.outbound_id)
            .where(outbound_message.c.state == "queued", document.c.status == "active")
            .order_by(reminder.c.id)
        )
        waiting = self.db.read(lambda tx: tx.execute(query).all())
        if not waiting:
            return
        number, address = self.random.choice(waiting)
        if self.random.random() < 0.5:
            self._close(day, str(number))
        else:
            self._opt_out(day, str(address))

    def _extend(self, day: date) -> None:
        number = self._one()
        self.truth.due[number] += timedelta(days=self.random.choice((30, 180, 365)))
        self._load([number], day)

    def _close(self, day: date, number: str | None = None) -> None:
        number = number or self._one()
        if number in self.truth.open:
            close_document(self.db, number, ACTOR, self._noon(day), duties=KINDS.duties)
            self.truth.open.discard(number)

    def _opt_out(self, day: date, address: str | None = None) -> None:
        address = address or self.random.choice(sorted({a for pairs in self.truth.contacts.values() for _, a in pairs}))
        now = self._noon(day)
        self.db.transact(lambda tx: consents.opt_out(tx, address, now))
        self.truth.silent.add(address)

    def _opt_in(self, day: date) -> None:
        if not self.truth.silent:
            return
        address = self.random.choice(sorted(self.truth.silent))

        def work(tx: Connection) -> None:
            reminders.reconsider(tx, day, addresses=consents.opt_in(tx, address))

        self.db.transact(work)
        self.truth.silent.discard(address)

    def _more(self, day: date) -> None:
        self._import(self.random.randrange(1, 4), day)

    def _import(self, count: int, day: date) -> None:
        numbers = []
        for _ in range(count):
            self._made += 1
            number = f"D-{self._made:04d}"
            self.truth.due[number] = day + timedelta(days=self.random.randrange(-20, 300))
            phone = f"+62812000{self.random.randrange(60):05d}"
            mail = (
                {("email", f"kontak{self.random.randrange(60)}@usaha.example")} if self.random.random() < 0.5 else set()
            )
            self.truth.contacts[number] = {("sms", phone), *mail}
            self.truth.open.add(number)
            numbers.append(number)
        self._load(numbers, day)

    def _load(self, numbers: list[str], day: date) -> None:
        lines = []
        for number in numbers:
            phones = ";".join(sorted(a for c, a in self.truth.contacts[number] if c == "sms"))
            mails = ";".join(sorted(a for c, a in self.truth.contacts[number] if c == "email"))
            lines.append(f"{number},TDG,DPMPTSP,,PT Maju,{phones},{mails},,{self.truth.due[number]},,,\n")
        import_documents(self.db, (HEADER + "".join(lines)).encode(), ACTOR, self._noon(day))

    def _one(self) -> str:
        return self.random.choice(sorted(self.truth.due))

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, time(6), WIB)


def unfinished(db: Database) -> list[str]:
    """Reminders that were neither sent nor have a recorded reason."""
    query = (
        select(document.c.number, reminder.c.stage, reminder.c.state, outbound_message.c.state)
        .join(document, document.c.id == reminder.c.subject_id)
        .outerjoin(outbound_message, outbound_message.c.id == reminder.c.outbound_id)
        .where(reminder.c.reason.is_(None))
    )
    rows = db.read(lambda tx: tx.execute(query).all())
    return [f"{number} stage {stage}: {state}/{sent}" for number, stage, state, sent in rows if sent != "sent"]


def known(db: Database) -> set[Sent]:
    """Every reminder that the database knows, sent or with its reason."""
    columns = (document.c.number, reminder.c.due_on, reminder.c.stage, reminder.c.channel, reminder.c.address)
    query = select(*columns).join(document, document.c.id == reminder.c.subject_id)
    return db.read(lambda tx: {(a, b, c, d, e) for a, b, c, d, e in tx.execute(query)})
