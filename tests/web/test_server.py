"""/metrics and /healthz say how it is, to whoever asks properly, and nothing that is sent to them hurts."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, insert

from mgov.store import outbox
from mgov.store.database import Database
from mgov.store.schema.messages import modem
from mgov.web.server import WebServer

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@asynccontextmanager
async def _served(db: Database, parts: dict[str, bool] | None = None, now: datetime = NOW) -> AsyncIterator[WebServer]:
    server = WebServer("127.0.0.1", 0, db, lambda: parts or {"engine": True}, clock=lambda: now)
    running = asyncio.create_task(server.run())
    try:
        yield server
    finally:
        server.stop()
        await asyncio.wait_for(running, 5)


def _with_a_modem(db: Database) -> None:
    def fill(tx: Connection) -> None:
        row = {"name": "m1", "node": "noc", "driver": "at", "state": "ready", "last_seen": NOW, "signal_dbm": -71}
        tx.execute(insert(modem).values(msisdn="+628111234567", **row))
        outbox.queue_text(tx, to="+628129876543", text="rahasia warga", now=NOW)

    db.transact(fill)


def _values(body: bytes) -> dict[tuple[str, ...], float]:
    """(measurement, its labels sorted) → value."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


async def test_measurements_are_in_the_format_and_name_nobody(database: Database) -> None:
    """Prometheus reads them; no phone number or text is in them."""
    _with_a_modem(database)
    async with _served(database) as server:
        status, media, body = await server.answer(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, media.partition(";")[0]) == (200, "text/plain")
    values = _values(body)
    assert values[("mgov_modem_up", "m1", "noc")] == 1
    assert values[("mgov_modem_signal_dbm", "m1")] == -71
    assert values[("mgov_outbox_messages", "queued", "sms", "transaction")] == 1
    assert b"628" not in body
    assert b"rahasia" not in body


async def test_a_modem_that_fell_silent_is_not_up(migrated_sqlite_url: str) -> None:
    """Its last row says ready; an hour without a word says otherwise."""
    db = Database(migrated_sqlite_url)
    _with_a_modem(db)
    async with _served(db, now=NOW + timedelta(hours=1)) as server:
        *_, body = await server.answer(b"GET /metrics HTTP/1.1\r\n\r\n")
    assert _values(body)[("mgov_modem_up", "m1", "noc")] == 0
    db.close()


async def test_health_is_bad_when_a_part_has_ended(migrated_sqlite_url: str) -> None:
    """200 while all is well, 503 with the part's name when not."""
    db = Database(migrated_sqlite_url)
    request = b"GET /healthz HTTP/1.1\r\n\r\n"
    async with _served(db) as server:
        status, _, body = await server.answer(request)
        assert (status, json.loads(body)["status"]) == (200, "ok")
    async with _served(db, {"Engine.run": False}) as server:
        status, _, body = await server.answer(request)
        assert (status, json.loads(body)["parts"]) == (503, {"Engine.run": False})
    db.close()


async def test_health_is_bad_when_the_database_is_away() -> None:
    """The answer comes nevertheless, and says so."""
    db = Database("postgresql+psycopg://nobody@127.0.0.1:1/mgov")
    async with _served(db) as server:
        status, _, body = await server.answer(b"GET /healthz HTTP/1.1\r\n\r\n")
        assert status == 503
        assert "refused" in json.loads(body)["database"]
    db.close()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 404),
        (b"GET /../../etc/passwd HTTP/1.1\r\n\r\n", 404),
        (b"POST /metrics HTTP/1.1\r\n\r\n", 405),
        (b"\x16\x03\x01\r\n\r\n", 400),
        (b"GET /healthz HTTP/2\r\n\r\n", 400),
        (b"HEAD /healthz HTTP/1.0\r\n\r\n", 200),
    ],
)
async def test_only_two_addresses_and_only_reading(migrated_sqlite_url: str, head: bytes, status: int) -> None:
    """Everything else is refused with its own status."""
    db = Database(migrated_sqlite_url)
    async with _served(db) as server:
        assert (await server.answer(head))[0] == status
    db.close()


async def test_a_taken_port_ends_nothing(migrated_sqlite_url: str) -> None:
    """The server waits for its port, and stops at once when asked."""
    db = Database(migrated_sqlite_url)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = WebServer("127.0.0.1", taken.getsockname()[1], db, dict)
        running = asyncio.create_task(server.run())
        await asyncio.sleep(0.2)
        assert not running.done()
        server.stop()
        await asyncio.wait_for(running, 5)
    db.close()


async def test_rubbish_on_the_wire_is_survived(migrated_sqlite_url: str) -> None:
    """Random octets, half requests and hang-ups; afterwards it answers."""
    db, chance = Database(migrated_sqlite_url), random.Random(35_2008)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = WebServer("127.0.0.1", port, db, dict)
    running = asyncio.create_task(server.run())
    await asyncio.sleep(0.2)
    for _ in range(100):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(chance.randbytes(chance.randrange(0, 20_000)) + chance.choice([b"", b"\r\n\r\n"]))
        writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (await asyncio.wait_for(reader.readline(), 10)).startswith(b"HTTP/1.1 200 ")
    writer.close()
    server.stop()
    await asyncio.wait_for(running, 5)
    db.close()
