"""Mail out, against a real server on loopback that refuses, delays and drops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from mgov.mail.sender import MailSender, SmtpSettings
from mgov.store import outbox
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.services import address_state
from mgov.workflows.mail import IncomingMail, receive_mail
from tests.mail.sink import Sink


@pytest.fixture
def db(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


def put(db: Database, to: str, **values: Any) -> int:  # noqa: ANN401 - columns of the outbox
    now = datetime.now(UTC)
    defaults: dict[str, Any] = {"subject": "Pengingat", "priority": "reminder", "html": "<p>Halo</p>"}
    return db.transact(
        lambda tx: outbox.queue_text(tx, to=to, text="Halo", now=now, channel="email", **{**defaults, **values})
    )


def state(db: Database, number: int) -> str:
    query = select(outbound_message.c.state).where(outbound_message.c.id == number)
    return str(db.read(lambda tx: tx.execute(query).scalar_one()))


async def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is awaited is in the database
            await asyncio.sleep(0.05)


@asynccontextmanager
async def sending(db: Database, port: int) -> AsyncIterator[MailSender]:
    settings = SmtpSettings("127.0.0.1", port, "Pemprov Banten <sms@banten.example>", "test", tls="none", timeout=3)
    sender = MailSender(settings, db, asyncio.Event())
    running = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        sender.stop()
        await asyncio.wait_for(running, 5)


async def test_many_mails_leave_over_one_connection_with_all_their_headers(db: Database) -> None:
    """Text and HTML, a stable Message-ID, an easy way out, and one connection for all."""
    sink = Sink()
    await sink.start()
    numbers = [put(db, f"a{n}@example.org") for n in range(5)]
    async with sending(db, sink.port):
        await until(lambda: len(sink.mails) == 5 and all(state(db, n) == "sent" for n in numbers))
    await sink.stop()
    assert sink.connections == 1
    mail = sink.mails[0]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["List-Unsubscribe"] == "<mailto:sms@banten.example?subject=BERHENTI>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert len({m["Message-ID"] for m in sink.mails}) == 5


async def test_refusals_are_told_apart_by_recipient(db: Database) -> None:
    """For good: failed and the address is marked. For now: queued again. The others get theirs."""
    sink = Sink()
    await sink.start()
    gone, later, fine = put(db, "gone@example.org"), put(db, "later@example.org"), put(db, "slow@example.org")
    async with sending(db, sink.port):
        await until(lambda: state(db, fine) == "sent")
        assert (state(db, gone), state(db, later)) == ("failed", "queued")
        due_now(db, later)
        await until(lambda: state(db, later) == "sent")
    await sink.stop()
    marked = db.read(lambda tx: tx.execute(select(address_state.c.address)).scalars().all())
    assert marked == ["gone@example.org"]


async def test_a_mail_of_unknown_outcome_is_sent_again_under_the_same_name(db: Database) -> None:
    """The server closes after the content: the second copy has the same Message-ID, and nothing is lost."""
    sink = Sink()
    await sink.start()
    number = put(db, "drop@example.org")
    async with sending(db, sink.port):
        await until(lambda: state(db, number) == "queued" and code(db, number) == "dropped")
        first = mail_id(db, number)
        due_now(db, number)
        await until(lambda: state(db, number) == "sent")
    await sink.stop()
    assert [mail["Message-ID"] for mail in sink.mails] == [first]


async def test_a_server_that_is_down_for_a_while_loses_nothing(db: Database) -> None:
    """Nothing is claimed while nobody listens; when the server is back, everything leaves."""
    sink = Sink()
    await sink.start()
    await sink.stop()
    number = put(db, "a@example.org")
    async with sending(db, sink.port):
        await asyncio.sleep(0.5)
        assert state(db, number) == "queued"
        await sink.start(sink.port)
        await until(lambda: state(db, number) == "sent")
    await sink.stop()


async def test_an_answer_is_threaded_to_the_mail_it_answers(db: Database) -> None:
    """In-Reply-To and References name the citizen's mail, and no machine is invited to answer."""
    sink = Sink()
    await sink.start()
    question = receive_mail(db, IncomingMail("w@example.org", "BANTUAN", "halo", "<q1@example.org>", None), utc_now())
    put(db, "w@example.org", in_reply_to=question, priority="reply", html=None)
    async with sending(db, sink.port):
        await until(lambda: len(sink.mails) == 1)
    await sink.stop()
    mail = sink.mails[0]
    assert (mail["In-Reply-To"], mail["References"]) == ("<q1@example.org>", "<q1@example.org>")
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["List-Unsubscribe"] is None


def code(db: Database, number: int) -> str | None:
    query = select(outbound_message.c.error_code).where(outbound_message.c.id == number)
    return db.read(lambda tx: tx.execute(query).scalar_one())


def mail_id(db: Database, number: int) -> str | None:
    query = select(outbound_message.c.mail_id).where(outbound_message.c.id == number)
    return db.read(lambda tx: tx.execute(query).scalar_one())


def due_now(db: Database, number: int) -> None:
    def work(tx: Connection) -> None:
        moment = utc_now() - timedelta(seconds=1)
        tx.execute(update(outbound_message).where(outbound_message.c.id == number).values(not_before=moment))

    db.transact(work)


def utc_now() -> datetime:
    return datetime.now(UTC)
