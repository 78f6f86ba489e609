"""Staff are told of what lasts, once, through another modem, and told again when it is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from mgov.bootstrap import shipped_table
from mgov.replies import septets
from mgov.store import alerts as store
from mgov.store import staff
from mgov.store.database import Database
from mgov.store.schema.messages import modem, outbound_message
from mgov.store.schema.staff import job_slot
from mgov.workflows import alerts
from mgov.workflows.alert_conditions import CHECKS, Facts
from mgov.workflows.alerts import AlertSettings, read_kinds

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
KINDS = read_kinds(shipped_table("alerts.toml"))
SETTINGS = AlertSettings(KINDS, site="NOC")
FACTS = Facts("noc", date(2026, 11, 24), frozenset({"m1", "m2"}))


@pytest.fixture
def watched(database: Database) -> Database:
    """Two modems, one member of the NOC with phone and address."""

    def fill(tx: Connection) -> None:
        for name in ("m1", "m2"):
            tx.execute(insert(modem).values(name=name, node="noc", driver="at", state="ready", last_seen=NOW))
        staff.add(
            tx, ["noc"], login="budi", phone="+628129990001", email="noc@example.go.id", created_at=NOW, created_by="t"
        )

    database.transact(fill)
    return database


def _state(db: Database, name: str, state: str, at: datetime) -> None:
    change = update(modem).where(modem.c.name == name).values(state=state, error="port is gone", last_seen=at)
    db.transact(lambda tx: tx.execute(change))


def _outbox(db: Database) -> list[dict[str, Any]]:
    query = select(outbound_message).order_by(outbound_message.c.id)
    return [dict(row) for row in db.read(lambda tx: tx.execute(query).mappings().all())]


def _sweep(db: Database, at: datetime, settings: AlertSettings = SETTINGS) -> int:
    db.transact(lambda tx: tx.execute(update(modem).where(modem.c.state == "ready").values(last_seen=at)))
    return alerts.sweep(db, settings, FACTS, at)


def test_what_lasts_is_told_once_by_sms_and_mail_through_another_modem(watched: Database) -> None:
    """A modem that stays down makes one SMS, not through itself, and one mail, each with the runbook's section."""
    _state(watched, "m1", "down", NOW)
    for seconds in range(0, 300, 15):
        _sweep(watched, NOW + timedelta(seconds=seconds))
    sms, mail = _outbox(watched)
    assert (sms["recipient"], sms["priority"], sms["avoid_modem"]) == ("+628129990001", "alert", "m1")
    assert "m1" in sms["text"]
    assert "panduan A1" in sms["text"]
    assert (mail["channel"], mail["recipient"]) == ("email", "noc@example.go.id")


def test_a_short_interruption_is_told_to_nobody(watched: Database) -> None:
    """What is over before `raise_after` leaves no alert and no text."""
    _state(watched, "m1", "down", NOW)
    _sweep(watched, NOW)
    _state(watched, "m1", "ready", NOW)
    for seconds in (60, 200, 400):
        _sweep(watched, NOW + timedelta(seconds=seconds))
    assert _outbox(watched) == []
    assert watched.read(store.open_alerts) == []


def test_flapping_is_one_alert(watched: Database) -> None:
    """A modem that comes and goes within `clear_after` is told of once."""
    _state(watched, "m1", "down", NOW)
    _sweep(watched, NOW)
    for minute in range(3, 13):
        _state(watched, "m1", "down" if minute % 2 else "ready", NOW + timedelta(minutes=minute))
        for seconds in (0, 30):
            _sweep(watched, NOW + timedelta(minutes=minute, seconds=seconds))
    assert len(_outbox(watched)) == 2


def test_the_end_is_told_to_who_was_told_the_beginning(watched: Database) -> None:
    """When it is over, staff read that it is over."""
    _state(watched, "m1", "down", NOW)
    _sweep(watched, NOW)
    _sweep(watched, NOW + timedelta(seconds=130))
    _state(watched, "m1", "ready", NOW + timedelta(seconds=140))
    _sweep(watched, NOW + timedelta(seconds=150))
    _sweep(watched, NOW + timedelta(seconds=220))
    texts = [row["text"] for row in _outbox(watched) if row["channel"] == "sms"]
    assert len(texts) == 2
    assert "SELESAI" in texts[1]


def test_many_alerts_at_once_are_one_digest(watched: Database) -> None:
    """A power cut that takes everything away does not send a text a modem."""
    for name in ("m1", "m2"):
        _state(watched, name, "down", NOW)
    _sweep(watched, NOW)
    _sweep(watched, NOW + timedelta(seconds=130))
    texts = [row["text"] for row in _outbox(watched) if row["channel"] == "sms"]
    assert len(texts) == 1
    assert "m1" in texts[0]
    assert "m2" in texts[0]


def test_a_phone_gets_no_more_texts_an_hour_than_its_share(watched: Database) -> None:
    """Beyond the share alerts wait, and come in one text when the hour is over."""
    few = AlertSettings(KINDS, site="NOC", texts_per_hour=2, mail=False)
    for number in range(5):
        moment = NOW + timedelta(minutes=number)
        alerts.see(watched, "sim_locked_by_hand", f"s{number}", "x", moment)
        _sweep(watched, moment, few)
    assert len(_outbox(watched)) == 2
    _sweep(watched, NOW + timedelta(minutes=62), few)
    texts = [row["text"] for row in _outbox(watched)]
    assert len(texts) == 3
    assert all(f"s{number}" in texts[2] for number in (2, 3, 4))


def test_a_failed_job_is_seen_and_over_when_it_runs_again(watched: Database) -> None:
    """The newest slot of a job decides."""
    values = {"job": "remind", "node": "noc", "started_at": NOW}
    watched.transact(
        lambda tx: tx.execute(insert(job_slot).values(**values, slot=NOW, outcome="failed", detail="no such folder"))
    )
    _sweep(watched, NOW)
    assert [(row["kind"], row["subject"]) for row in watched.read(store.raised)] == [("job_failed", "remind")]
    later = NOW + timedelta(hours=1)
    watched.transact(lambda tx: tx.execute(insert(job_slot).values(**values, slot=later, outcome="done")))
    _sweep(watched, later)
    assert watched.read(store.raised) == []


def test_the_daily_mail_lists_what_is_open(watched: Database) -> None:
    """What is not urgent comes with the mail of the day, once."""
    alerts.see(watched, "drift", "bca", "12 baris", NOW)
    _sweep(watched, NOW)
    assert _outbox(watched) == []
    for _ in range(2):
        alerts.daily_mail(watched, SETTINGS, date(2026, 11, 24), NOW, ["audit: 12 baris"])
    (mail,) = _outbox(watched)
    assert "format baru tidak dikenal bca" in mail["text"]
    assert "audit: 12 baris" in mail["text"]


def test_every_kind_has_words_for_the_air() -> None:
    """Each entry of alerts.toml is complete, its words are GSM-7, and what is watched has an entry."""
    assert set(CHECKS) <= set(KINDS)
    for kind in KINDS.values():
        assert all(septets(words) for words in kind.words.values())
    assert len({kind.runbook for kind in KINDS.values()}) == len(KINDS)
