"""The whole way: the daemon's engine and mail parts, with real servers on loopback."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import time
from pathlib import Path

from sqlalchemy import select

from mgov import config as configuration
from mgov.daemon import Daemon
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from tests.mail.sink import Sink
from tests.mail.test_incoming import mail
from tests.mail.test_sender import until

CONFIG = """
[database]
url = "{url}"
[smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
sender = "Pemprov Banten <sms@banten.example>"
[lmtp]
port = {lmtp}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_command_by_mail_is_answered_by_mail_once(migrated_sqlite_url: str, tmp_path: Path) -> None:
    """The same mail delivered twice gets one answer, in its thread; a machine's mail gets none."""
    sink, lmtp = Sink(), free_port()
    await sink.start()
    path = tmp_path / "mgov.toml"
    path.write_text(CONFIG.format(url=migrated_sqlite_url, smtp=sink.port, lmtp=lmtp), encoding="utf-8")
    daemon, ready = Daemon(configuration.load(path), ("engine", "mail")), asyncio.Event()
    running = asyncio.create_task(daemon.run(lambda _: ready.set()))
    await asyncio.wait_for(ready.wait(), 10)

    def deliver() -> None:
        with smtplib.LMTP("127.0.0.1", lmtp) as client:
            for _ in range(2):
                client.sendmail("wati@example.org", ["sms@banten.example"], mail("BANTUAN"))
            robot = mail("BANTUAN", Message_ID="<r@example.org>", Auto_Submitted="auto-generated")
            client.sendmail("robot@example.org", ["sms@banten.example"], robot)

    try:
        await asyncio.to_thread(_when_open, lmtp)
        await asyncio.to_thread(deliver)
        await until(lambda: len(sink.mails) == 1, 20)
        await asyncio.sleep(1)
    finally:
        daemon.stop()
        await asyncio.wait_for(running, 15)
        await sink.stop()
    assert [(m["To"], m["In-Reply-To"], m["Subject"]) for m in sink.mails] == [
        ("wati@example.org", "<1@example.org>", "Re: Tanya")
    ]
    db = Database(migrated_sqlite_url)
    states = db.read(lambda tx: tx.execute(select(outbound_message.c.state)).scalars().all())
    db.close()
    assert states == ["sent"]


def _when_open(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("nobody listens")
