"""TLS is verified: mail goes to and comes from the server that our authority names, and to no other."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from mgov.mail.mailbox import ImapSettings, Mailbox
from mgov.mail.sender import MailSender, SmtpSettings
from mgov.store.database import Database
from tests.mail import certificates, dovecot
from tests.mail.certificates import Certificates
from tests.mail.sink import Sink
from tests.mail.test_incoming import OWN, mail
from tests.mail.test_mailbox import texts
from tests.mail.test_sender import code, put, state, until

pytestmark = pytest.mark.skipif(not certificates.available(), reason="needs openssl")


@pytest.fixture
def db(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url)
    yield database
    database.close()


@pytest.fixture
def ours(tmp_path: Path) -> Certificates:
    return certificates.make(tmp_path / "ours")


async def sent(db: Database, sink: Sink, tls: str, ca_file: Path | None, host: str = "localhost") -> bool:
    """Whether a mail leaves within two seconds."""
    number = put(db, "a@example.org")
    settings = SmtpSettings(
        host,
        sink.port,
        "sms@banten.example",
        "test",
        tls=tls,
        ca_file=str(ca_file) if ca_file else None,
        timeout=3,  # type: ignore[arg-type]
    )
    sender = MailSender(settings, db, asyncio.Event())
    running = asyncio.create_task(sender.run())
    try:
        await until(lambda: state(db, number) == "sent", 2)
    except TimeoutError:
        assert state(db, number) == "queued"
        assert code(db, number) is None
        return False
    finally:
        sender.stop()
        await asyncio.wait_for(running, 5)
    return True


@pytest.mark.parametrize(("tls", "at_once"), [("starttls", False), ("tls", True)])
async def test_mail_leaves_only_to_a_server_that_our_authority_names(
    db: Database, ours: Certificates, tmp_path: Path, tls: str, at_once: bool
) -> None:
    """With the right authority it leaves; with another one, none, or under another name nothing is even claimed."""
    other = certificates.make(tmp_path / "other")
    sink = Sink(ours.server_context(), at_once=at_once)
    await sink.start()
    try:
        assert not await sent(db, sink, tls, other.authority)
        assert not await sent(db, sink, tls, None)
        assert not await sent(db, sink, tls, ours.authority, host="127.0.0.1")
        assert sink.mails == []
        assert await sent(db, sink, tls, ours.authority)
    finally:
        await sink.stop()


async def test_a_server_without_tls_gets_nothing_where_tls_is_asked_for(db: Database, ours: Certificates) -> None:
    """STARTTLS that is not offered is no reason to send in the clear."""
    sink = Sink()
    await sink.start()
    try:
        assert not await sent(db, sink, "starttls", ours.authority)
        assert sink.mails == []
    finally:
        await sink.stop()


@pytest.mark.skipif(not dovecot.available() or os.geteuid() != 0, reason="needs Dovecot, and root to start it")
async def test_a_mailbox_is_read_only_from_a_server_that_our_authority_names(
    db: Database, ours: Certificates, tmp_path: Path
) -> None:
    """IMAP over TLS: read with the right authority, and nothing is handed over with another."""
    other = certificates.make(tmp_path / "other")
    with dovecot.running(ours) as port:
        await asyncio.to_thread(_append, port, ours, mail("BANTUAN"))
        for authority, expected in ((other.authority, []), (ours.authority, ["BANTUAN"])):
            settings = ImapSettings(
                "localhost", port, dovecot.USER, dovecot.PASSWORD, OWN, tls=True, ca_file=str(authority)
            )
            mailbox = Mailbox(settings, db)
            running = asyncio.create_task(mailbox.run())
            await _settle(db, expected)
            mailbox.stop()
            await asyncio.wait_for(running, 10)
            assert texts(db) == expected


async def _settle(db: Database, expected: list[str]) -> None:
    for _ in range(100 if expected else 15):
        await asyncio.sleep(0.1)
        if expected and await asyncio.to_thread(texts, db) == expected:
            return


def _append(port: int, ours: Certificates, raw: bytes) -> None:
    context = ssl.create_default_context(cafile=str(ours.authority))
    with IMAPClient("localhost", port, ssl=True, ssl_context=context) as client:
        client.login(dovecot.USER, dovecot.PASSWORD)
        client.append("INBOX", raw)
