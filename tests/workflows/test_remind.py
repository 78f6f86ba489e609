"""Before it falls due: documents come in, reminders go out, each once."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, select, update

from mgov.domain.actor import Actor
from mgov.store import documents
from mgov.store.database import Database
from mgov.store.schema.documents import reminder
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.money import bill
from mgov.store.schema.services import address_state
from mgov.workflows import remind
from mgov.workflows.csv_import import ImportResult
from mgov.workflows.document_kinds import DocumentKinds
from mgov.workflows.documents import DocumentError, close_document, import_documents
from mgov.workflows.forecast import Forecast, forecast
from mgov.workflows.remind import RemindSettings
from mgov.workflows.reminder_text import Wording

CONFIG = Path(__file__).parents[2] / "config"
KINDS = DocumentKinds.read(tomllib.loads((CONFIG / "documents.toml").read_text(encoding="utf-8")))
TEXTS = tomllib.loads((CONFIG / "reminder_texts.toml").read_text(encoding="utf-8"))
SETTINGS = RemindSettings(Wording.read("Pemprov Banten", "id", KINDS, TEXTS))
ACTOR = Actor.system("test")
NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Asia/Jakarta"))
TODAY = NOON.date()
HEADER = "number,kind,agency,holder_id,holder_name,phone,email,issued_on,due_on,status\n"


@pytest.fixture
def db(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    yield database
    database.close()


def row(
    number: str, days: int, phone: str = "081200000001", email: str = "", status: str = "", kind: str = "TDG"
) -> str:
    return f"{number},{kind},DPMPTSP,,PT Maju,{phone},{email},,{TODAY + timedelta(days=days)},{status}\n"


def load(db: Database, *rows: str) -> ImportResult:
    return import_documents(db, (HEADER + "".join(rows)).encode(), ACTOR, NOON, duties=KINDS.duties)


def queued(db: Database, on: date = TODAY) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    outcome = remind.run(db, on, SETTINGS, NOON)
    remind.show(db, outcome, found.extend)
    assert outcome.reminders == len(found)
    return found


def test_each_document_is_reminded_once_on_each_address(db: Database) -> None:
    """Every phone and address gets it once; a second run for the same day queues nothing."""
    load(db, row("A-1", 30, "081200000001;081200000002", "a@example.org;B@example.org"), row("A-2", 200))
    first = queued(db)
    assert sorted((r["document"], r["stage"], r["channel"], r["to"]) for r in first) == [
        ("A-1", 30, "email", "a@example.org"),
        ("A-1", 30, "email", "b@example.org"),
        ("A-1", 30, "sms", "+6281200000001"),
        ("A-1", 30, "sms", "+6281200000002"),
    ]
    assert queued(db) == []
    assert [r["stage"] for r in queued(db, TODAY + timedelta(days=16))] == [14] * 4


def test_an_import_gets_only_the_latest_stage_still_true(db: Database) -> None:
    """Five days before it is one reminder, not four; long overdue it is none, with the reason kept."""
    load(db, row("SOON", 5), row("LATE", -40), row("FAR", 91))
    assert [(r["document"], r["stage"]) for r in queued(db)] == [("SOON", 7)]
    skipped = select(reminder.c.state, reminder.c.reason).where(reminder.c.state == "skipped")
    assert [tuple(r) for r in db.read(lambda tx: tx.execute(skipped).all())] == [("skipped", "older than 14 days")]


def test_one_text_carries_all_documents_of_an_address(db: Database) -> None:
    """A consultant with three companies gets one text that names all three, soonest first."""
    load(db, row("K-3", 30), row("K-1", 1), row("K-2", 7))
    rows = queued(db)
    assert len({r["text"] for r in rows}) == 1
    text = rows[0]["text"]
    assert text.index("K-1") < text.index("K-2") < text.index("K-3")
    assert len(db.read(lambda tx: tx.execute(select(outbound_message)).all())) == 1


def test_closed_renewed_and_opted_out_are_left_in_peace(db: Database) -> None:
    """Only active documents are reminded of, and nobody who said no; both are said."""
    values = {"address": "+6281200000009", "kind": "phone", "opted_out_at": NOON}
    db.transact(lambda tx: tx.execute(insert(address_state).values(**values)))
    load(db, row("C-1", 7, status="closed"), row("C-2", 7, status="in_renewal"), row("C-3", 7, "081200000009"))
    assert queued(db) == []
    reasons = db.read(lambda tx: tx.execute(select(reminder.c.reason)).scalars().all())
    assert reasons == ["opted out"]


def test_what_is_no_longer_true_is_withdrawn_before_it_leaves(db: Database) -> None:
    """Extended, closed or opted out after queueing: the message expires with a reason; the others stay."""
    load(db, row("W-1", 7, "081200000001"), row("W-2", 7, "081200000002"), row("W-3", 7, "081200000003"))
    queued(db)
    load(db, row("W-1", 370, "081200000001"))
    close_document(db, "W-2", ACTOR, NOON)
    assert remind.withdraw_obsolete(db, NOON) == 2
    states = db.read(
        lambda tx: dict(tx.execute(select(outbound_message.c.recipient, outbound_message.c.state)).tuples().all())
    )
    assert states == {"+6281200000001": "expired", "+6281200000002": "expired", "+6281200000003": "queued"}


def test_quiet_hours_decide_when_it_leaves_not_whether(db: Database) -> None:
    """Queued at three in the morning, it may leave at eight."""
    load(db, row("Q-1", 7))
    night = NOON.replace(hour=3)
    remind.run(db, TODAY, SETTINGS, night)
    leaves = db.read(lambda tx: tx.execute(select(outbound_message.c.not_before)).scalar_one())
    assert leaves == NOON.replace(hour=8)


def test_unpaid_bills_are_reminded_of_likewise(db: Database) -> None:
    """A bill due in a week is reminded of once; a paid one is not."""

    def put(tx: Connection) -> None:
        agency = documents.ensure_agencies(tx, {"BAPENDA"}, NOON)["BAPENDA"]
        same = {
            "agency_id": agency,
            "payer_phone": "+6281200000001",
            "amount": 5,
            "due_date": TODAY + timedelta(days=7),
        }
        when = {"created_at": NOON, "updated_at": NOON}
        tx.execute(insert(bill).values(number="SKRD-2026-000001", state="open", **same, **when))
        tx.execute(insert(bill).values(number="SKRD-2026-000002", state="paid_elsewhere", **same, **when))

    db.transact(put)
    assert [(r["document"], r["kind"]) for r in queued(db)] == [("SKRD-2026-000001", "TAGIHAN")]
    assert queued(db) == []


def test_three_nodes_together_queue_each_once(db: Database) -> None:
    """Three runs of the same day at once: every reminder exactly once, one text an address."""
    load(db, *[row(f"N-{n}", 30, f"08120000{n % 50:04d}") for n in range(300)])
    outcomes: list[int] = []
    nodes = [
        threading.Thread(target=lambda: outcomes.append(remind.run(db, TODAY, SETTINGS, NOON).reminders))
        for _ in range(3)
    ]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    assert sorted(outcomes) == [0, 0, 300]
    assert len(db.read(lambda tx: tx.execute(select(outbound_message)).all())) == 50


def test_a_preview_shows_the_same_and_keeps_nothing(db: Database) -> None:
    """The preview is what the run then does."""
    load(db, row("P-1", 7), row("P-2", 7))
    seen: list[dict[str, Any]] = []
    remind.preview(db, TODAY, SETTINGS, NOON, seen.extend)
    assert db.read(lambda tx: tx.execute(select(reminder)).all()) == []
    assert seen == queued(db)


def test_the_same_file_again_changes_nothing_and_bad_rows_are_named(db: Database) -> None:
    """Rows update by number; a bad one is named by line and column while the others go in, unless strict."""
    good, bad = row("I-1", 7), "I-2,TDG,DPMPTSP,,PT,,,,31-12-2026,\n"
    outcome = load(db, good, bad)
    assert (outcome.added, len(outcome.errors)) == (1, 1)
    assert "line 3" in str(outcome.errors[0])
    assert "due_on" in str(outcome.errors[0])
    again = load(db, good)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 1)
    strict = import_documents(db, (HEADER + row("I-3", 7) + bad).encode(), ACTOR, NOON, strict=True)
    assert strict.added == 0
    assert [r["number"] for r in db.read(lambda tx: list(documents.listing(tx)))] == ["I-1"]


def test_closing_a_quarter_opens_the_next_with_the_same_contacts(db: Database) -> None:
    """A closed LKPM opens the next quarter's; a permit opens nothing; closing twice is refused."""
    load(db, "LKPM-1,LKPM,DPMPTSP,,PT,081200000001,,,2027-01-15,\n", row("TDG-1", 7))
    opened = close_document(db, "LKPM-1", ACTOR, NOON, duties=KINDS.duties)
    assert opened == "LKPM-1-2027-TW1"
    following = close_document(db, opened, ACTOR, NOON, duties=KINDS.duties)
    assert following == "LKPM-1-2027-TW2"
    rows = {r["number"]: r for r in db.read(lambda tx: list(documents.listing(tx)))}
    assert (rows[opened]["due_on"], rows[following]["due_on"]) == (date(2027, 4, 15), date(2027, 7, 15))
    assert rows[following]["phone"] == "+6281200000001"
    assert close_document(db, "TDG-1", ACTOR, NOON, duties=KINDS.duties) is None
    with pytest.raises(DocumentError, match="closed already"):
        close_document(db, "TDG-1", ACTOR, NOON)


def test_a_dry_run_tells_the_load_of_each_day_and_keeps_nothing(db: Database) -> None:
    """Five days before: one text now, one a day before, one on the day; the file is not imported."""
    expected: list[Forecast] = []
    data = (HEADER + row("F-1", 5, email="a@example.org")).encode()
    import_documents(db, data, ACTOR, NOON, dry_run=lambda tx: expected.append(forecast(tx, SETTINGS, TODAY, NOON)))
    assert {(day - TODAY).days: dict(counts) for day, counts in expected[0].days.items()} == {
        days: {"sms": 1, "email": 1} for days in (0, 4, 5)
    }
    assert db.read(lambda tx: list(documents.listing(tx))) == []


def test_a_dry_run_counts_one_text_a_day_for_a_consultant_of_many_companies(db: Database) -> None:
    """What is told of each day is what the runs of these days queue, text by text and part by part."""
    rows = [
        row(f"K-{n}", (90, 30, 14, 7, 3, 0)[n % 6], phone=("081200000001", "081200000002")[n % 9 == 0])
        for n in range(40)
    ]
    expected: list[Forecast] = []
    data = (HEADER + "".join(rows)).encode()
    import_documents(db, data, ACTOR, NOON, dry_run=lambda tx: expected.append(forecast(tx, SETTINGS, TODAY, NOON)))
    import_documents(db, data, ACTOR, NOON)
    told: dict[date, int] = {}
    parts = 0
    for days in range(100):
        outcome = remind.run(db, TODAY + timedelta(days=days), SETTINGS, NOON + timedelta(days=days))
        db.transact(lambda tx: tx.execute(update(outbound_message).values(state="sent", sent_at=NOON)))
        parts += outcome.parts
        if outcome.messages:
            told[TODAY + timedelta(days=days)] = outcome.sms
    assert {day: counts["sms"] for day, counts in expected[0].days.items()} == told
    assert abs(expected[0].parts - parts) <= len(told)
