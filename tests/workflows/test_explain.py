"""`explain` tells why a message is where it is, and dead letters are sent again once, by a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from mgov.domain.actor import Actor
from mgov.domain.message import Report
from mgov.domain.quotas import Quotas
from mgov.store import audit
from mgov.store import dead_letters as store
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.workflows import dead_letters, errands, pauses
from mgov.workflows.dead_letters import NotResentError
from mgov.workflows.explain import story
from mgov.workflows.explain_reading import read_how
from mgov.workflows.explain_words import SENTENCES, WORDS
from mgov.workflows.receive import receive_text
from mgov.workflows.reports import receive_reports
from modem_drivers.outcomes import CMS
from modem_drivers.radio import Outcome
from tests.workflows.sending import CITIZEN, NOW, ON_XL, claim, finish, origin, queue, report, row, send_all, sender

ACTOR = Actor.system("test")
LATER = NOW + timedelta(seconds=30)
ASKING = Actor.system("test")


def _told(db: Database, kind: str, number: int, lang: str = "id") -> str:
    return "\n".join(line["sentence"] for line in story(db, kind, number, actor=ASKING, lang=lang, now=LATER))


def test_every_sentence_is_there_in_both_languages() -> None:
    """With the same blanks to fill in; every outcome of a driver has its words."""
    for name, pair in {**SENTENCES, **WORDS}.items():
        indonesian, english = (sorted(_blanks(text)) for text in pair)
        assert indonesian == english, name
        assert all(pair)
    assert {outcome.value for outcome in Outcome} <= WORDS.keys()


def test_a_conversation_is_told_from_the_text_to_the_report(database: Database) -> None:
    """What came in, that it waits, the reply, its failed try with the sentence, the accepted part and its report."""
    number = database.transact(
        lambda tx: receive_text(
            tx,
            channel="sms",
            sender=CITIZEN,
            text="INFO",
            sent_at=NOW,
            received_at=NOW,
            identity="one",
            modem="t1",
            sim="sim-t1",
        )
    )
    assert number is not None
    assert "Menunggu giliran diproses" in _told(database, "message", number)
    report(database, "t1", "TELKOMSEL")
    reply = queue(database, "jawaban", priority="reply", in_reply_to=number, preferred_modem="t1")
    who = sender(database, "t1")
    task = claim(database, who)
    assert task is not None
    finish(database, who, task, "refused_for_now", code="CMS 42", detail=CMS[42].sentence)
    assert "belum waktunya" in _told(database, "send", reply)
    at = NOW + timedelta(minutes=1)
    task = claim(database, who, at)
    assert task is not None
    finish(database, who, task, now=at, reference=17)
    receive_reports(database, origin("t1"), [Report("pdu", 17, CITIZEN, 0, at)], at)
    told = _told(database, "message", number)
    for expected in (
        f"{CITIZEN} mengirim SMS; diterima modem t1",
        "Percobaan 1, bagian 1 lewat modem t1 (SIM sim-t1): ditolak untuk sementara [CMS 42] - jaringan padat",
        "diterima jaringan dengan acuan 17",
        "sampai di telepon tujuan (status 0)",
    ):
        assert expected in told
    english = _told(database, "message", number, "en")
    assert "refused for now [CMS 42] - congestion" in english
    assert "arrived at the phone (status 0)" in english


def test_a_number_that_only_an_outgoing_message_has_is_told_too(database: Database) -> None:
    """`message` finds both kinds; what is nowhere has no story."""
    number = queue(database)
    assert "masuk antrean" in _told(database, "message", number)
    assert story(database, "message", 99, actor=ASKING, now=NOW) == []


def test_why_a_message_waits(database: Database) -> None:
    """Pilot, paused class, paused modem, quota, no modem, own modem down: each is named, with who and until when."""
    held, plain = queue(database, to=ON_XL), queue(database, priority="reminder")
    assert "tidak ada modem yang siap" in _told(database, "send", plain)
    report(database, "t1", "TELKOMSEL")
    assert claim(database, sender(database, "t1", only_to=("+62899",))) is None
    assert "[routing] only_to" in _told(database, "send", held)
    pauses.pause(database, "class", "reminder", reason="libur", actor=ACTOR, now=NOW)
    assert "kelas reminder dijeda oleh system:test" in _told(database, "send", plain)
    assert ": libur" in _told(database, "send", plain)
    assert "class reminder was paused" in _told(database, "send", plain, "en")
    pauses.pause(database, "modem", "t1", reason=None, actor=ACTOR, now=NOW)
    other = queue(database, to="+628991")
    assert "modem t1 dijeda" in _told(database, "send", other)
    pauses.resume(database, "modem", "t1", actor=ACTOR, now=NOW)
    assert "giliran" in _told(database, "send", other)
    quotas = Quotas(per_day=1)
    assert send_all(database, sender(database, "t1", quotas=quotas)) == 1
    errands.note_quota(database, "t1", "sim-t1", quotas, NOW)
    waiting = queue(database, preferred_modem="t1")
    assert "kuota per_day modem t1 habis" in _told(database, "send", waiting)
    report(database, "t1", "TELKOMSEL", state="down", down_since=NOW, blocked=None)
    report(database, "t2", "TELKOMSEL")
    assert "MENUNGGU modem t1" in _told(database, "send", waiting)


def test_a_text_without_its_report_says_that_nobody_sends_it_again(database: Database) -> None:
    """It may have come to a modem that nobody listened to; with the report the remark is gone."""
    number = queue(database)
    report(database, "t1", "TELKOMSEL")
    who = sender(database, "t1")
    task = claim(database, who)
    assert task is not None
    finish(database, who, task, reference=17)
    assert "laporan kirim belum ada" in _told(database, "send", number)
    assert "no delivery report is here" in _told(database, "send", number, "en")
    receive_reports(database, origin("t1"), [Report("pdu", 17, CITIZEN, 0, NOW)], NOW)
    assert "laporan kirim belum ada" not in _told(database, "send", number)


def test_a_dead_letter_is_sent_again_once(database: Database) -> None:
    """As a new message with the same answer-to; the list forgets it, the audit knows who; a second time is refused."""
    report(database, "t1", "TELKOMSEL")
    who = sender(database, "t1")
    dead = queue(database, priority="reply")
    task = claim(database, who)
    assert task is not None
    finish(database, who, task, "refused_for_good", code="CMS 1", detail=CMS[1].sentence)
    assert [letter["id"] for letter in dead_letters.listing(database)] == [dead]
    assert "mgov sms resend" in _told(database, "send", dead)
    again = dead_letters.resend(database, dead, actor=ACTOR, now=LATER)
    assert (row(database, again)["state"], row(database, again)["priority"]) == ("queued", "reply")
    assert dead_letters.listing(database) == []
    assert [letter["resent_as"] for letter in dead_letters.listing(database, everything=True)] == [again]
    with pytest.raises(NotResentError, match=f"already, as {again}"):
        dead_letters.resend(database, dead, actor=ACTOR, now=LATER)
    assert f"sent again as {again}" in _told(database, "send", dead, "en")
    assert f"pengiriman ulang dari pesan keluar {dead}" in _told(database, "send", again)
    assert database.read(lambda tx: [entry["action"] for entry in audit.rows(tx)]) == ["sms.resend"]


def test_what_may_have_gone_out_is_sent_again_only_on_purpose(database: Database) -> None:
    """A doubt is no dead letter: a person has to say so; what is on its way cannot be sent again at all."""
    who = sender(database, "t1")
    doubtful = queue(database)
    task = claim(database, who)
    assert task is not None
    with pytest.raises(NotResentError, match="is sending"):
        dead_letters.resend(database, doubtful, actor=ACTOR, now=NOW)
    finish(database, who, task, "uncertain", code="timeout")
    with pytest.raises(NotResentError, match="--doubtful"):
        dead_letters.resend(database, doubtful, actor=ACTOR, now=NOW)
    assert dead_letters.resend(database, doubtful, actor=ACTOR, now=NOW, doubtful=True)
    assert database.read(lambda tx: store.resent_as(tx, doubtful)) is not None


def _blanks(text: str) -> list[str]:
    return [piece.split("}")[0] for piece in text.split("{")[1:]]


def test_what_was_queued_in_one_statement_is_told_as_well(database: Database) -> None:
    """Reminders are queued by the thousand without a line in the history each: the message itself tells."""
    values = {"channel": "sms", "recipient": CITIZEN, "text": "izin habis", "priority": "reminder", "urgency": 30}
    known = {**values, "state": "queued", "queued_at": NOW, "not_before": NOW, "subject_kind": "document"}
    database.transact(lambda tx: tx.execute(insert(outbound_message), [known]))
    told = _told(database, "send", 1)
    assert told.startswith(f"Pesan keluar 1 ke {CITIZEN} masuk antrean, prioritas reminder (dokumen): «izin habis»")


def test_how_a_text_was_read_is_told_in_indonesian() -> None:
    """The readers' rules have their words; what a citizen wrote stays as it is."""
    told = "keyword: BAYAR is PAY; proof: 5928; no keyword, the words ask for BILL; something new: x"
    assert read_how(told, "id") == (
        "kata kunci: BAYAR berarti PAY; nomor bukti: 5928; tanpa kata kunci, kalimatnya meminta BILL; something new: x"
    )
    assert read_how(told, "en") == told


def test_what_was_taken_back_on_purpose_is_no_dead_letter(database: Database) -> None:
    """A reminder that is no longer true expired rightly: it is neither listed nor sent again."""
    number = queue(database, priority="reminder")
    settled = {"state": "expired", "error_code": "obsolete"}
    database.transact(lambda tx: tx.execute(update(outbound_message).values(**settled)))
    assert dead_letters.listing(database) == []
    assert [letter["id"] for letter in dead_letters.listing(database, everything=True)] == [number]
    with pytest.raises(NotResentError, match="on purpose"):
        dead_letters.resend(database, number, actor=ACTOR, now=NOW)
