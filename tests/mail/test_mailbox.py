"""A mailbox on a real Dovecot: read, kept once, moved when kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from imapclient import IMAPClient
from sqlalchemy import select

from mgov.mail import mailbox as mailbox_module
from mgov.mail.mailbox import ImapSettings, Mailbox
from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message
from mgov.store.schema.staff import setting
from mgov.workflows.mail import IncomingMail
from tests.mail import dovecot
from tests.mail.test_incoming import OWN, mail

pytestmark = pytest.mark.skipif(
    not dovecot.available() or os.geteuid() != 0, reason="needs Dovecot, and root to start it"
)


@pytest.fixture
def db(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


@pytest.fixture
def port() -> Iterator[int]:
    with dovecot.running() as number:
        yield number


def client(port: int) -> IMAPClient:
    connection = IMAPClient("127.0.0.1", port, ssl=False)
    connection.login(dovecot.USER, dovecot.PASSWORD)
    return connection


def put(port: int, raw: bytes) -> None:
    with client(port) as connection:
        connection.append("INBOX", raw)


def counts(port: int) -> tuple[int, int]:
    """How many mails lie in the inbox and in the done folder."""
    with client(port) as connection:
        found = []
        for folder in ("INBOX", "Done"):
            there = connection.folder_exists(folder)
            found.append(int(connection.folder_status(folder, ["MESSAGES"])[b"MESSAGES"]) if there else 0)
        return found[0], found[1]


def texts(db: Database) -> list[str]:
    query = select(inbound_message.c.text).order_by(inbound_message.c.id)
    return [text.strip() for text in db.read(lambda tx: tx.execute(query).scalars().all())]


async def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - it is awaited on a server
            await asyncio.sleep(0.1)


async def test_what_lies_there_and_what_comes_is_read_kept_once_and_moved(db: Database, port: int) -> None:
    """A mail from before the start, one during IDLE, and the same one again: two messages, three moved."""
    await asyncio.to_thread(put, port, mail("BANTUAN", Message_ID="<a@example.org>"))
    mailbox = Mailbox(ImapSettings("127.0.0.1", port, dovecot.USER, dovecot.PASSWORD, OWN, tls=False), db)
    running = asyncio.create_task(mailbox.run())
    try:
        await until(lambda: counts(port) == (0, 1))
        await asyncio.to_thread(put, port, mail("LAYANAN", Message_ID="<b@example.org>"))
        await until(lambda: counts(port) == (0, 2))
        await asyncio.to_thread(put, port, mail("LAYANAN", Message_ID="<b@example.org>"))
        await until(lambda: counts(port) == (0, 3))
    finally:
        mailbox.stop()
        await asyncio.wait_for(running, 10)
    assert texts(db) == ["BANTUAN", "LAYANAN"]


async def test_a_folder_made_anew_is_read_although_its_numbers_begin_again(db: Database, port: int) -> None:
    """Another UIDVALIDITY: the first mail has number 1 again, and is another mail; what was read stays read once."""
    settings = ImapSettings("127.0.0.1", port, dovecot.USER, dovecot.PASSWORD, OWN, tls=False, folder="Masuk")

    def anew(raw: bytes) -> int:
        with client(port) as connection:
            if connection.folder_exists("Masuk"):
                connection.delete_folder("Masuk")
            connection.create_folder("Masuk")
            connection.append("Masuk", raw)
            return int(connection.select_folder("Masuk")[b"UIDVALIDITY"])

    async def read_until(expected: list[str]) -> None:
        mailbox = Mailbox(settings, db)
        running = asyncio.create_task(mailbox.run())
        try:
            await until(lambda: texts(db) == expected)
        finally:
            mailbox.stop()
            await asyncio.wait_for(running, 10)

    first = await asyncio.to_thread(anew, mail("BANTUAN", Message_ID="<a@example.org>"))
    await read_until(["BANTUAN"])
    await asyncio.sleep(1.1)  # Dovecot's validity is a clock in seconds
    second = await asyncio.to_thread(anew, mail("LAYANAN", Message_ID="<b@example.org>"))
    assert first != second
    await read_until(["BANTUAN", "LAYANAN"])
    kept = db.read(lambda tx: tx.execute(select(setting.c.value).where(setting.c.key.like("imap:%"))).scalars().all())
    assert kept == [str(second)]


async def test_a_mail_that_cannot_be_kept_does_not_stop_the_others(
    db: Database, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After three tries it lies in the folder Failed, and the mail behind it was read meanwhile."""
    keep = mailbox_module.receive_mail

    def fail_for_one(database: Database, one: IncomingMail, *rest: Any) -> int | None:  # noqa: ANN401 - passed on
        if one.text == "RACUN":
            raise ValueError("cannot be kept")
        return keep(database, one, *rest)

    monkeypatch.setattr(mailbox_module, "receive_mail", fail_for_one)
    await asyncio.to_thread(put, port, mail("RACUN", Message_ID="<p@example.org>"))
    await asyncio.to_thread(put, port, mail("BANTUAN", Message_ID="<q@example.org>"))
    mailbox = Mailbox(ImapSettings("127.0.0.1", port, dovecot.USER, dovecot.PASSWORD, OWN, tls=False), db)
    running = asyncio.create_task(mailbox.run())
    try:
        await until(lambda: texts(db) == ["BANTUAN"])
        for number in range(3):
            await asyncio.to_thread(put, port, mail("LAYANAN", Message_ID=f"<r{number}@example.org>"))
            await asyncio.sleep(0.5)
        await until(lambda: failed(port) == 1)
    finally:
        mailbox.stop()
        await asyncio.wait_for(running, 10)


def failed(port: int) -> int:
    with client(port) as connection:
        return int(connection.folder_status("Failed", ["MESSAGES"])[b"MESSAGES"])
