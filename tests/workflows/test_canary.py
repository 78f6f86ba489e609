"""The canary: a SIM that neither receives nor delivers is parked, and let go on when a text comes through again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.store import alerts, inbox, outbox, pauses
from mgov.store import modems as fleet
from mgov.store.database import Database
from mgov.workflows.canary import CANARY, CanarySettings, is_song, sing, sing_after_recovery
from mgov.workflows.receive import receive_text

START = datetime(2026, 11, 12, 7, 0, tzinfo=UTC)
SETTINGS = CanarySettings(timedelta(minutes=30), timedelta(minutes=5))
NUMBERS = {"isat": "+628150000001", "tsel": "+628110000001"}


def _fleet(db: Database, **numbers: str) -> None:
    for name, msisdn in numbers.items():
        values = {"state": "ready", "msisdn": msisdn, "sim": f"510{name}", "last_seen": START}
        db.transact(lambda tx, name=name, values=values: fleet.report(tx, name, **values))  # type: ignore[misc]


def _deliver(db: Database, now: datetime, *, dead: str = "") -> None:
    """The network delivers what was queued, but nothing from or to the dead SIM."""

    def work(tx: Connection) -> None:
        for row in outbox.listing(tx, state="queued"):
            sender, to = row["preferred_modem"], next(n for n, number in NUMBERS.items() if number == row["recipient"])
            if dead in (sender, to):
                continue
            words = {"channel": "sms", "sender": NUMBERS[sender], "text": row["text"], "modem": to}
            receive_text(tx, sent_at=now, received_at=now, identity=f"c{row['id']}", **words)

    db.transact(work)


def _parked(db: Database) -> set[str]:
    return {row["name"] for row in db.read(pauses.listing) if row["by"] == str(CANARY)}


def test_each_sim_texts_itself_and_the_next_by_no_other_sim(database: Database) -> None:
    """Two rounds ask every SIM both ways; each text is bound to the SIM that is asked."""
    _fleet(database, **NUMBERS)
    assert sing(database, SETTINGS, START).sung == 2
    assert sing(database, SETTINGS, START + timedelta(minutes=30)).sung == 2
    rows = database.read(outbox.listing)
    pairs = {(row["preferred_modem"], row["recipient"]) for row in rows}
    assert pairs == {(name, number) for name in NUMBERS for number in NUMBERS.values()}
    assert all(row["bound_sim"] == f"510{row['preferred_modem']}" and is_song(row["text"]) for row in rows)
    assert all(row["send_by"] is not None for row in rows)


def test_a_dead_sim_is_parked_and_its_partner_is_not(database: Database) -> None:
    """It is parked with an alert, and goes on when a text comes through again."""
    _fleet(database, **NUMBERS)
    now = START
    for _ in range(4):
        sing(database, SETTINGS, now)
        _deliver(database, now + timedelta(seconds=20), dead="isat")
        _expire(database)
        now += timedelta(minutes=30)
    sing(database, SETTINGS, now)
    assert _parked(database) == {"isat"}
    assert [row["kind"] for row in database.read(alerts.open_alerts)] == ["modem_parked"]
    for _ in range(3):
        _deliver(database, now + timedelta(seconds=20))
        _expire(database)
        now += timedelta(minutes=30)
        sing(database, SETTINGS, now)
    assert _parked(database) == set()


def test_what_a_person_paused_stays_paused(database: Database) -> None:
    """The canary lets go only what it parked."""
    _fleet(database, **NUMBERS)
    database.transact(lambda tx: pauses.add(tx, "modem", "isat", START, Actor.staff("budi"), "SIM diganti"))
    for minutes in (0, 30, 60):
        sing(database, SETTINGS, START + timedelta(minutes=minutes))
        _deliver(database, START + timedelta(minutes=minutes, seconds=20))
        _expire(database)
    assert [row["by"] for row in database.read(pauses.listing)] == ["staff:budi"]


def test_after_a_recovery_the_sim_texts_itself(database: Database) -> None:
    """At once, not at the next round."""
    _fleet(database, **NUMBERS)
    assert sing_after_recovery(database, "isat", SETTINGS, START) == 1
    [row] = database.read(outbox.listing)
    assert (row["preferred_modem"], row["recipient"]) == ("isat", NUMBERS["isat"])
    assert database.read(inbox.listing) == []


def _expire(db: Database) -> None:
    """What was queued has gone out or run out."""
    db.transact(lambda tx: outbox.expire(tx, START + timedelta(days=1)))
