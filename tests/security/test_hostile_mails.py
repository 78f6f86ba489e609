"""Hostile mails and PDUs: read as far as they go or kept raw with a reason, in little time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from mgov.gateway.pdus import is_report, join_texts, part_of, report_of
from mgov.mail.compose import compose
from mgov.mail.incoming import MAX_TEXT, read_mail
from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message, inbound_part
from mgov.workflows.mail import receive_mail
from mgov.workflows.receive import Origin, receive_parts
from tests.security.hostile import BY_HAND, mutated

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DELIVER = "0791261100905100040C9126180000001000006211425000008211C8329BFD06DDDF723619D42ECFE7A0F1DB0D"
LONG = "07912611009051004406D0CB2E9A0C00006211425000008205050003CC0201C8329BFD06"
MAIL = (
    b"From: Wati <wati@example.org>\r\nTo: sms@banten.example\r\nSubject: BAYAR\r\nMessage-ID: <1@example.org>\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    b"TAGIHAN A 1234 BC\r\n--b\r\nContent-Type: application/zip\r\n\r\nPK\r\n--b--\r\n"
)
MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


@pytest.fixture
def db(migrated_sqlite_url: str) -> Database:
    return Database(migrated_sqlite_url)


def test_two_thousand_mutated_pdus_are_kept_and_crash_nothing(db: Database) -> None:
    """Every octet string that a modem may hand over is decoded or kept raw with the reason; none is lost."""
    chance = random.Random(7)
    pdus = [data.hex().upper() for raw in (DELIVER, LONG) for data in mutated(bytes.fromhex(raw), 900)]
    pdus += [chance.randbytes(chance.randrange(0, 180)).hex() for _ in range(150)] + list(BY_HAND)
    for pdu in pdus:
        is_report(pdu)
        report_of(pdu)
    parts = [part_of(pdu, NOW) for pdu in pdus]
    assert len({part.identity("sim") for part in parts}) > 1000
    receive_parts(db, Origin("m1", "sim"), parts, join_texts, NOW)
    assert _count(db, inbound_part) == len({part.identity("sim") for part in parts})
    assert _count(db, inbound_message) >= 1


def test_a_long_message_cannot_be_poisoned_by_strange_parts(db: Database) -> None:
    """Totals of 0 and 255 and numbers beyond the total are kept raw and join nothing wrong."""
    for total, sequence in ((0, 0), (255, 1), (2, 3), (3, 0), (255, 255), (1, 1)):
        pdu = LONG.replace("050003CC0201", f"050003CC{total:02X}{sequence:02X}")
        receive_parts(db, Origin("m1", "sim"), [part_of(pdu, NOW)], join_texts, NOW)
    assert _count(db, inbound_part) == 6


def test_a_thousand_spoilt_mails_are_read_as_far_as_they_go(db: Database) -> None:
    """Nothing in a mail raises; what is read is short, and can be kept."""
    for number, data in enumerate(mutated(MAIL, 1000)):
        mail = read_mail(data, frozenset())
        assert len(mail.text) <= MAX_TEXT
        assert "\n" not in mail.subject
        if number < 100:
            receive_mail(db, mail, NOW)


@pytest.mark.parametrize(
    "make",
    [
        lambda: MULTIPART + (b"--b\r\n" + MULTIPART) * 5000,
        lambda: b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        lambda: b"Subject: " + b"=?utf-8?q?" + b"=00" * 100_000 + b"?=\r\n\r\nx",
        lambda: b"From: " + b"(" * 50_000 + b"a@b\r\n\r\nx",
        lambda: b"From: " + b"a," * 100_000 + b"a@b\r\n\r\nx",
        lambda: b"To: " + b"<" * 100_000 + b"\r\n\r\nx",
        lambda: b"Content-Type: text/plain; " + b"x*0=a; " * 20_000 + b"\r\n\r\nx",
        lambda: b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
        lambda: b"Content-Type: text/html\r\n\r\n" + b"<!--" * 100_000,
        lambda: b"Content-Type: text/plain; charset=../../etc\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        lambda: b"\n" * 1_000_000,
        lambda: b"> " * 500_000,
        lambda: b"\x00" * 1_000_000,
        lambda: b"Date: " + b"1" * 100_000 + b"\r\n\r\nx",
        lambda: b"Authentication-Results: " + b"dmarc=" * 100_000 + b"\r\n\r\nx",
    ],
)  # fmt: skip
def test_mails_made_to_exhaust_the_reader_cost_little(make: Callable[[], bytes]) -> None:
    """Nested parts, endless headers and comments are read in seconds and raise nothing."""
    began = time.process_time()
    mail = read_mail(make(), frozenset())
    assert time.process_time() - began < 10
    assert len(mail.text) <= MAX_TEXT


@pytest.mark.parametrize("words", BY_HAND, ids=range(len(BY_HAND)))
def test_no_words_of_a_mail_become_a_header_of_the_answer(words: str) -> None:
    """Subject, sender's name and Message-ID are one line each in what we send: no Bcc, no second body."""
    raw = b"From: x <wati@example.org>\r\nMessage-ID: <" + words.encode("utf-8", "replace") + b">\r\n\r\nBANTUAN"
    answers = read_mail(raw, frozenset()).message_id
    row = {"id": 1, "queued_at": NOW, "recipient": "wati@example.org", "subject": words, "text": words, "html": None}
    mail = compose({**row, "in_reply_to": 1, "priority": "reply"}, "mgov <sms@banten.example>", answers, NOW)
    text = mail.as_bytes().decode("utf-8", "replace").partition("\r\n\r\n")[0]
    names = {line.partition(":")[0].lower() for line in text.split("\r\n") if line and line[0] not in " \t"}
    assert not names & {"bcc", "cc", "reply-to"}
    assert mail["To"] == "wati@example.org"


def _count(db: Database, table: object) -> int:
    return int(db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one()))  # type: ignore[arg-type]
