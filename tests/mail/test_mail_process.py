"""The daemon as a process, with real mail servers: a kill, a server that is down, and a payment wholly by mail."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient

from mgov.store import outbox
from mgov.store.database import Database
from tests.mail import dovecot, site
from tests.mail.server import SinkServer
from tests.mail.test_incoming import mail

MAILS = 12


@pytest.fixture
def server() -> Iterator[SinkServer]:
    running = SinkServer()
    running.start()
    yield running
    running.close()


def queue(url: str, names: list[str]) -> None:
    database, now = Database(url), datetime.now(UTC)

    def work(tx: object) -> None:
        for name in names:
            outbox.queue_text(tx, to=f"{name}@example.org", text="Halo", now=now, channel="email", subject="Halo")  # type: ignore[arg-type]

    database.transact(work)
    database.close()


def test_a_killed_daemon_loses_no_mail_and_doubles_at_most_the_one_in_doubt(
    migrated_sqlite_url: str, tmp_path: Path, server: SinkServer
) -> None:
    """Killed while the server has a mail and has not said so: that one comes twice under one name, no other does."""
    config = site.write(tmp_path, migrated_sqlite_url, smtp=server.sink.port)
    names = [f"a{n}" for n in range(MAILS)]
    names[5] = "hang5"
    queue(migrated_sqlite_url, names)
    server.sink.hanging = True
    with site.daemon(config, "mail", "scheduler") as process:
        site.until(lambda: "hang5@example.org" in server.recipients())
        site.stop(process, signal.SIGKILL)
    assert len(server.recipients()) == 6
    server.sink.hanging = False
    with site.daemon(config, "mail", "scheduler"):
        site.until(lambda: len(set(server.recipients())) == MAILS and len(server.recipients()) > MAILS)
        time.sleep(1)
    counts = Counter(server.recipients())
    assert {name for name, count in counts.items() if count > 1} == {"hang5@example.org"}
    assert counts["hang5@example.org"] == 2
    in_doubt = [str(m["Message-ID"]) for m in server.sink.mails if m["To"] == "hang5@example.org"]
    assert len(set(in_doubt)) == 1
    assert {row["state"] for row in site.rows(config, "sms", "outbox")} == {"sent"}


def test_a_mail_server_that_is_down_for_a_while_loses_nothing(
    migrated_sqlite_url: str, tmp_path: Path, server: SinkServer
) -> None:
    """Mails queued while nobody listens leave when the server is back, each once."""
    port = server.sink.port
    server.stop()
    config = site.write(tmp_path, migrated_sqlite_url, smtp=port)
    with site.daemon(config, "mail", "scheduler"):
        queue(migrated_sqlite_url, [f"a{n}" for n in range(MAILS)])
        time.sleep(3)
        assert {row["state"] for row in site.rows(config, "sms", "outbox")} == {"queued"}
        server.start(port)
        site.until(lambda: len(server.recipients()) == MAILS)
        time.sleep(1)
    assert Counter(server.recipients()) == Counter(f"a{n}@example.org" for n in range(MAILS))


BILLS = (
    "number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    "SKRD-2026-000777,BAPENDA,3604014107900003,Wati,,Reklame,Retribusi,250000,2026-12-31\n"
)
ACCOUNT = (
    '[imap]\nhost = "127.0.0.1"\nport = {port}\nuser = "{user}"\npassword = "{password}"\ntls = false\n'
    '[[account]]\nname = "RKUD"\nbank = "BJB"\nnumber = "0061234567001"\nholder = "RKUD PROV BANTEN"\n'
)
PROOF = "FT26328WATI7"


@pytest.mark.skipif(not dovecot.available() or os.geteuid() != 0, reason="needs Dovecot, and root to start it")
def test_a_confirmation_by_mail_is_answered_by_mail_and_settles(
    migrated_sqlite_url: str, tmp_path: Path, server: SinkServer
) -> None:
    """Mailbox, engine, outbox, statement: answered by mail in its thread, settled, and that is told by mail too."""
    today = datetime.now(UTC).astimezone()
    with dovecot.running() as port:
        extra = ACCOUNT.format(port=port, user=dovecot.USER, password=dovecot.PASSWORD)
        config = site.write(tmp_path, migrated_sqlite_url, smtp=server.sink.port, extra=extra)
        (tmp_path / "bills.csv").write_text(BILLS, encoding="utf-8")
        (tmp_path / "bank.csv").write_text(
            "booked_at,value_date,amount,type,reference,description,balance\n"
            f"{today:%Y-%m-%d},{today:%Y-%m-%d},250000,CR,{PROOF},SETORAN SKRD-2026-000777,\n",
            encoding="utf-8",
        )
        site.run(config, "bill", "import", str(tmp_path / "bills.csv"))
        with site.daemon(config, "engine", "mail", "scheduler"):
            text = f"BAYAR SKRD-2026-000777#{PROOF}#{today:%d/%m/%Y}#08:15#250000#BJB"
            _put(
                port,
                mail(
                    text, Message_ID="<bayar-1@example.org>", Subject="Bayar", Date=f"{today:%a, %d %b %Y %H:%M:%S %z}"
                ),
            )
            site.until(lambda: server.recipients() == ["wati@example.org"])
            claim = site.rows(config, "payment", "list")[0]
            assert (claim["channel"], claim["sender"], claim["status"]) == (
                "email",
                "wati@example.org",
                "awaiting_funds",
            )
            site.run(
                config, "bank", "import", str(tmp_path / "bank.csv"), "--account", "RKUD", "--format", "csv:generic"
            )
            site.until(lambda: site.rows(config, "payment", "list")[0]["status"] == "settled")
            site.until(lambda: len(server.recipients()) == 2)
    first, second = server.sink.mails
    assert first["In-Reply-To"] == "<bayar-1@example.org>"
    assert first["Subject"] == "Re: Bayar"
    assert second["To"] == "wati@example.org"
    assert "SKRD-2026-000777" in second.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert site.rows(config, "bill", "list")[0]["status"] == "paid"


def _put(port: int, raw: bytes) -> None:
    with IMAPClient("127.0.0.1", port, ssl=False) as client:
        client.login(dovecot.USER, dovecot.PASSWORD)
        client.append("INBOX", raw)
