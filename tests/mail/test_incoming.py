"""Mail in: read, kept once, and never answered when a machine wrote it."""

from __future__ import annotations

import asyncio
import smtplib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

import pytest
from sqlalchemy import select

from mgov.mail.incoming import read_mail
from mgov.mail.lmtp import LmtpServer
from mgov.store import outbox
from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message, outbound_message
from mgov.store.schema.services import address_state
from mgov.workflows.mail import receive_mail

OWN = frozenset({"sms@banten.example"})
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def db(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


def mail(text: str = "BANTUAN", **headers: str) -> bytes:
    message = EmailMessage()
    given = {"From": "Wati <wati@example.org>", "To": "sms@banten.example", "Message-ID": "<1@example.org>"}
    given |= {"Subject": "Tanya", "Date": "Tue, 24 Nov 2026 11:59:00 +0700"}
    for name, value in (given | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        message[name] = value
    message.set_content(text)
    return bytes(message)


BOUNCE = """From: MAILER-DAEMON@mx.example
To: sms@banten.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

BAYAR SKRD-2026-000001#123456#24/11/2026#10.00

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {original}
Subject: Pengingat

--b--
"""


def test_a_mail_is_read_for_its_sender_and_words() -> None:
    """The address, the text, the subject and the time; a mail of a person may be answered."""
    read = read_mail(mail("BANTUAN"), OWN)
    assert (read.sender, read.text, read.ignore) == ("wati@example.org", "BANTUAN", None)
    assert read.sent_at == datetime(2026, 11, 24, 4, 59, tzinfo=UTC)
    assert read_mail(mail("", Subject="Re: BANTUAN"), OWN).text == "BANTUAN"


def test_a_click_on_unsubscribe_is_taken_at_its_subject() -> None:
    """Mail clients fill the body with words of their own; in an answer to our confirmation the body counts."""
    click = mail("This message was automatically generated.", Subject="BERHENTI")
    assert read_mail(click, OWN).text == "BERHENTI"
    assert read_mail(mail("MULAI", Subject="Re: BERHENTI"), OWN).text == "MULAI"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"From": "sms@banten.example"},
        {"From": "MAILER-DAEMON@example.org"},
        {"From": "noreply@example.org"},
        {"List_Id": "<all.example.org>"},
        {"List_Unsubscribe": "<mailto:off@example.org>"},
        {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"},
        {"Received_SPF": "Fail (mx.banten.example: 203.0.113.9 is not permitted)"},
        {"Authentication_Results": "mx.banten.example; dmarc=fail header.from=example.org"},
        {"Authentication_Results": "mx.banten.example; spf=fail smtp.mailfrom=example.org; dkim=none"},
    ],
)
def test_a_machine_or_a_forger_is_never_answered(headers: dict[str, str]) -> None:
    """Each way in which a loop or a forgery could begin is named as a reason."""
    assert read_mail(mail(**headers), OWN).ignore


def test_authentic_and_ordinary_mail_is_not_suspected() -> None:
    """Passing results, and `Auto-Submitted: no`, do no harm; a null envelope sender does."""
    fine = "mx.banten.example; spf=pass smtp.mailfrom=example.org; dkim=pass; dmarc=pass"
    assert read_mail(mail(Authentication_Results=fine, Auto_Submitted="no"), OWN, "wati@example.org").ignore is None
    assert read_mail(mail(), OWN, "").ignore == "null sender"


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"From: =?x?q?=\r\n\r\n\x80", b"Content-Type: a;;=\r\n\r\nhi", b"\r\n" * 99]
)
def test_no_mail_can_make_the_reader_fail(raw: bytes) -> None:
    """Whatever arrives is read as something, and what has no sender is not answered."""
    assert read_mail(raw, OWN).ignore


def test_a_bounce_marks_the_address_of_our_mail_only(db: Database) -> None:
    """A bounce of a mail of ours fails it and marks its address; one of an unknown mail marks nothing."""
    values = {"to": "gone@example.org", "text": "Halo", "now": NOW, "channel": "email"}
    number = db.transact(lambda tx: outbox.queue_text(tx, **values))
    ours = "<mgov.1@banten.example>"
    change = outbound_message.update().where(outbound_message.c.id == number).values(state="sent", mail_id=ours)
    db.transact(lambda tx: tx.execute(change))
    for address, original in (
        ("other@example.org", ours),
        ("gone@example.org", "<forged@x>"),
        ("gone@example.org", ours),
    ):
        raw = BOUNCE.format(address=address, original=original).replace("<b1@", f"<b{address}{original[1:5]}@")
        receive_mail(db, read_mail(raw.encode(), OWN), NOW)
        marked = db.read(lambda tx: tx.execute(select(address_state.c.address)).scalars().all())
        assert marked == (["gone@example.org"] if (address, original) == ("gone@example.org", ours) else [])
    states = db.read(lambda tx: tx.execute(select(inbound_message.c.state)).scalars().all())
    assert set(states) == {"ignored"}


def test_a_bounce_that_speaks_of_us_ends_the_mail_and_not_the_address(db: Database) -> None:
    """An evening on a block list fails every mail of that evening; the addresses are reminded again tomorrow."""
    values = {"to": "gone@example.org", "text": "Halo", "now": NOW, "channel": "email"}
    number = db.transact(lambda tx: outbox.queue_text(tx, **values))
    ours = "<mgov.1@banten.example>"
    change = outbound_message.update().where(outbound_message.c.id == number).values(state="sent", mail_id=ours)
    db.transact(lambda tx: tx.execute(change))
    raw = BOUNCE.format(address="gone@example.org", original=ours).replace("5.1.1", "5.7.1")
    receive_mail(db, read_mail(raw.encode(), OWN), NOW)
    assert db.read(lambda tx: tx.execute(select(outbound_message.c.state)).scalar_one()) == "failed"
    assert db.read(lambda tx: tx.execute(select(address_state.c.address)).all()) == []


async def test_lmtp_says_yes_only_for_what_is_kept_and_keeps_it_once(db: Database) -> None:
    """The same mail delivered twice is one message; the answer comes after the commit."""
    server = LmtpServer("127.0.0.1", 0, OWN, db)
    running = asyncio.create_task(server.run())
    await asyncio.wait_for(server.ready.wait(), 5)

    def deliver() -> None:
        with smtplib.LMTP("127.0.0.1", server.port) as client:
            for _ in range(2):
                client.sendmail("wati@example.org", ["sms@banten.example"], mail())

    await asyncio.to_thread(deliver)
    server.stop()
    await asyncio.wait_for(running, 5)
    rows = db.read(lambda tx: tx.execute(select(inbound_message)).mappings().all())
    assert [(row["channel"], row["sender"], row["text"], row["state"]) for row in rows] == [
        ("email", "wati@example.org", "BANTUAN", "received")
    ]


async def test_lmtp_asks_the_server_to_keep_what_cannot_be_kept(tmp_path: object) -> None:
    """While the database is away the answer is 451: the mail server tries again."""
    db = Database(f"sqlite:///{tmp_path}/none.db")
    server = LmtpServer("127.0.0.1", 0, OWN, db)
    running = asyncio.create_task(server.run())
    await asyncio.wait_for(server.ready.wait(), 5)

    def deliver() -> int:
        with smtplib.LMTP("127.0.0.1", server.port) as client, pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("wati@example.org", ["sms@banten.example"], mail())
        return int(refused.value.smtp_code)

    assert await asyncio.to_thread(deliver) == 451
    server.stop()
    await asyncio.wait_for(running, 5)
    db.close()


async def test_a_photo_of_the_receipt_does_not_refuse_the_payment(db: Database) -> None:
    """Three megabytes beside the text are taken, never opened, and only the text is kept."""
    server = LmtpServer("127.0.0.1", 0, OWN, db)
    running = asyncio.create_task(server.run())
    await asyncio.wait_for(server.ready.wait(), 5)
    photo = MIMEImage(b"\xff\xd8" + bytes(3_000_000), "jpeg")
    photo.add_header("Content-Disposition", "attachment", filename="struk.jpg")
    whole = MIMEMultipart("mixed")
    whole["From"], whole["Message-ID"] = "Wati <wati@example.org>", "<foto@example.org>"
    whole.attach(MIMEText("BAYAR SKRD-2026-000777#FT26328WATI7#24/11/2026#08:15"))
    whole.attach(MIMEText(f"<p>{'x' * 20_000}</p>", "html"))  # some programs write lines longer than the 998 allowed
    whole.attach(photo)

    def deliver() -> None:
        with smtplib.LMTP("127.0.0.1", server.port) as client:
            client.sendmail("wati@example.org", ["sms@banten.example"], whole.as_bytes(policy=SMTP))

    await asyncio.to_thread(deliver)
    server.stop()
    await asyncio.wait_for(running, 5)
    kept = db.read(lambda tx: tx.execute(select(inbound_message.c.text, inbound_message.c.state)).all())
    assert kept == [("BAYAR SKRD-2026-000777#FT26328WATI7#24/11/2026#08:15", "received")]


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * 90_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(15_000)),
        b"X: " + b"a," * 400_000 + b"\r\n\r\nx",
        b"From: " + b"<" * 500_000 + b"\r\n\r\nx",
    ],
)
def test_no_mail_keeps_the_reader_busy(raw: bytes) -> None:
    """Ninety thousand parts, parts within parts, endless headers: all are read in a moment."""
    began = time.process_time()
    read_mail(raw, OWN)
    assert time.process_time() - began < 2.0
