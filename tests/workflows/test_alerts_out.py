"""Alerts: at once, at any hour, tier by tier, once, and only from a template that a second person approved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mgov.store import consents, outbox
from mgov.store.database import Database
from mgov.store.schema.documents import broadcast
from mgov.store.schema.messages import inbound_message, outbound_message
from mgov.workflows import broadcasts, groups
from mgov.workflows.alerts_out import WarningDoor, release_alert, take_folder
from mgov.workflows.broadcast_templates import BroadcastError, approve_template, put_template
from mgov.workflows.mail import IncomingMail, receive_mail
from mgov.workflows.warning_text import WarningTextError, is_signed, read_warning, signature_of
from tests.workflows.taking import take_all
from tests.workflows.test_broadcasts import ANI, BUDI, MEMBERS, NIGHT, SETTINGS

SECRET = b"kunci-bersama"
DOOR = WarningDoor(SETTINGS, SECRET, frozenset({"ews@bmkg.example"}))
VALUES = {"magnitude": "6.1", "place": "Selat Sunda"}
TEXT = f"template: gempa\nid: bmkg-1\nissued: {NIGHT.isoformat()}\nmagnitude: 6.1\nplace: Selat Sunda\n"


@pytest.fixture
def db(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    groups.import_group(database, MEMBERS, ANI, NIGHT)
    put_template(database, "gempa", "alert", "GEMPA M{magnitude} {place}. Jauhi pantai.", ANI, NIGHT, group="desa")
    approve_template(database, "gempa", BUDI, NIGHT)
    yield database
    database.close()


def messages(db: Database) -> list[tuple[str, str, str]]:
    columns = outbound_message.c
    query = select(columns.recipient, columns.priority, columns.text).order_by(columns.urgency, columns.id)
    return db.read(lambda tx: [(a, b, c) for a, b, c in tx.execute(query)])


def test_an_alert_overtakes_everything_at_night_tier_by_tier(db: Database) -> None:
    """One person releases at three at night; it is claimed before a waiting answer, the first tier first."""
    db.transact(lambda tx: outbox.queue_text(tx, to="+6281299999999", text="jawaban", now=NIGHT, priority="reply"))
    db.transact(lambda tx: consents.opt_out(tx, "+6281200000001", NIGHT))
    assert release_alert(db, "gempa", VALUES, ANI, NIGHT, SETTINGS).recipients == 4

    order = db.transact(lambda tx: [row["recipient"] for row in take_all(tx, NIGHT)])
    assert order == ["+6281200000001", "+6281200000004", "+6281200000002", "+6281299999999"]
    assert messages(db)[0][2] == "GEMPA M6.1 Selat Sunda. Jauhi pantai."


def test_without_an_approved_template_there_is_no_alert(db: Database) -> None:
    """Not from a template that waits, not from one for bulk, not with a blank too few or too many."""
    put_template(db, "baru", "alert", "Uji {x}", ANI, NIGHT, group="desa")
    put_template(db, "rapat", "bulk", "Rapat", ANI, NIGHT, group="desa")
    approve_template(db, "rapat", BUDI, NIGHT)
    for name, values in (("baru", {"x": "1"}), ("rapat", {}), ("gempa", {}), ("gempa", {**VALUES, "y": "1"})):
        with pytest.raises(BroadcastError):
            release_alert(db, name, values, ANI, NIGHT, SETTINGS)
    assert messages(db) == []


def test_a_dropped_file_releases_once(db: Database, tmp_path: Path) -> None:
    """The file moves to done; the same warning under another name does nothing more; a half-written one is left."""
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.json").write_text('{"template": "gempa", "id": "bmkg-1", "magnitude": 6.1, "place": "Selat Sunda"}')
    (tmp_path / ".c.txt").write_text("template: gempa")
    for name in ("a.txt", "b.json"):
        os.utime(tmp_path / name, (NIGHT.timestamp(),) * 2)
    taken = take_folder(db, tmp_path, DOOR, NIGHT)
    assert [(one.name, one.released is not None and one.released.again) for one in taken] == [
        ("a.txt", False),
        ("b.json", True),
    ]
    assert len(messages(db)) == 4
    assert sorted(p.name for p in (tmp_path / "done").iterdir()) == ["a.txt", "b.json"]
    assert (tmp_path / ".c.txt").exists()


def test_a_stale_or_wrong_file_is_refused_with_its_reason(db: Database, tmp_path: Path) -> None:
    """A warning of yesterday is no news, an unknown template no alert; both are told to the NOC."""
    (tmp_path / "old.txt").write_text(TEXT.replace("bmkg-1", "bmkg-2"), encoding="utf-8")
    (tmp_path / "odd.txt").write_text(TEXT.replace("gempa", "nuklir"), encoding="utf-8")
    late = NIGHT + timedelta(hours=1)
    for name in ("old.txt", "odd.txt"):
        os.utime(tmp_path / name, (NIGHT.timestamp(),) * 2)
    assert [one.released for one in take_folder(db, tmp_path, DOOR, late)] == [None, None]
    assert "too old" in (tmp_path / "refused" / "old.txt.reason.txt").read_text(encoding="utf-8")
    assert messages(db) == []


def test_a_file_that_is_signed_wrongly_releases_nothing(db: Database, tmp_path: Path) -> None:
    """A right signature releases, a wrong one never, none at all only where the folder alone is trusted."""
    signed = f"{TEXT}signature: {signature_of(TEXT, SECRET)}\n"
    changed = signed.replace("6.1", "8.9").replace("bmkg-1", "bmkg-2")
    for name, text in (("a.txt", changed), ("b.txt", TEXT.replace("bmkg-1", "bmkg-3")), ("c.txt", signed)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        os.utime(tmp_path / name, (NIGHT.timestamp(),) * 2)
    strict = replace(DOOR, sign_files=True)
    taken = take_folder(db, tmp_path, strict, NIGHT + timedelta(minutes=1))
    assert [(one.name, one.reason) for one in taken] == [
        ("a.txt", "its signature is not right"),
        ("b.txt", "it is not signed"),
        ("c.txt", ""),
    ]
    (tmp_path / "d.txt").write_text(changed, encoding="utf-8")
    os.utime(tmp_path / "d.txt", (NIGHT.timestamp(),) * 2)
    assert take_folder(db, tmp_path, DOOR, NIGHT + timedelta(minutes=1))[0].reason == "its signature is not right"
    assert {text for _, _, text in messages(db)} == {"GEMPA M6.1 Selat Sunda. Jauhi pantai."}


def mail(text: str, **changed: object) -> IncomingMail:
    values = {"sender": "ews@bmkg.example", "subject": "EWS", "message_id": f"<{hash(text)}@bmkg.example>"}
    return IncomingMail(text=text, sent_at=NIGHT, **{**values, **changed})  # type: ignore[arg-type]


def test_a_signed_mail_releases_and_any_other_does_not(db: Database) -> None:
    """Only the known sender with the right signature, and each warning once; nobody is answered."""
    signed = f"{TEXT}signature: {signature_of(TEXT, SECRET)}\n"
    forged = f"{TEXT.replace('6.1', '9.9')}signature: {signature_of(TEXT, SECRET)}\n"
    for one in (
        mail(TEXT),
        mail(forged),
        mail(signed, sender="ews@penipu.example"),
        mail(signed, ignore="sender not authentic", message_id="<x@bmkg.example>"),
    ):
        receive_mail(db, one, NIGHT, DOOR)
    assert messages(db) == []
    receive_mail(db, mail(signed, ignore="auto-submitted"), NIGHT, DOOR)
    receive_mail(db, mail(signed, message_id="<again@bmkg.example>"), NIGHT, DOOR)
    assert len(messages(db)) == 4
    states = db.read(lambda tx: tx.execute(select(inbound_message.c.state)).scalars().all())
    assert sorted(states) == ["handled", "handled", "ignored", "ignored", "ignored", "received"]


def test_the_report_says_who_was_reached(db: Database) -> None:
    """A line a tier; a phone counts when the network reported it delivered, a mail address when its server took it."""
    number = release_alert(db, "gempa", VALUES, ANI, NIGHT, SETTINGS).number
    columns = outbound_message.c

    def deliver(tx: object) -> None:
        for address, state in (("+6281200000001", "delivered"), ("camat@serang.example", "sent")):
            values = {"state": state, "sent_at": NIGHT, "delivered_at": NIGHT if state == "delivered" else None}
            tx.execute(outbound_message.update().where(columns.recipient == address).values(**values))  # type: ignore[attr-defined]

    db.transact(deliver)
    lines = broadcasts.summary(broadcasts.report(db, number))
    assert [(line["tier"], line["recipients"], line["reached"]) for line in lines] == [(1, 2, 1), (2, 2, 1)]
    stored = db.read(lambda tx: tx.execute(select(broadcast.c.approved_by, broadcast.c.kind)).one())
    assert tuple(stored) == (str(ANI), "alert")


@pytest.mark.parametrize("text", ["", "magnitude: 6", "template gempa", "template: a\ntemplate: b", '{"template": []}'])
def test_what_is_no_warning_is_refused(text: str) -> None:
    """A text without a template, a line without a key, a key twice."""
    with pytest.raises(WarningTextError):
        read_warning(text)


def test_a_signature_covers_every_line_in_any_order() -> None:
    """The same lines in another order have the same signature; one changed value has another."""
    lines = TEXT.splitlines()
    assert signature_of("\n".join(reversed(lines)), SECRET) == signature_of(TEXT, SECRET)
    assert signature_of(TEXT.replace("6.1", "6.2"), SECRET) != signature_of(TEXT, SECRET)
    assert is_signed(read_warning(f"{TEXT}signature: {signature_of(TEXT, SECRET)}"), SECRET)
