"""A keyword that is an HTTP call on an agency's system."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mgov.store.database import Database, temporary
from tests.external.service import Service, serving
from tests.external.site import KIR, Site, until

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as service:
        yield service


@pytest.fixture
def database(migrated_sqlite_url: str) -> Iterator[Database]:
    with temporary(migrated_sqlite_url) as database:
        yield database


def _site(database: Database, folder: Path, url: str, timeout: float = 2, deadline: float = 30) -> Site:
    path = folder / "keywords.toml"
    path.write_text(KIR.format(url=url, timeout=timeout, deadline=deadline), encoding="utf-8")
    return Site(database, path)


def test_the_agency_answers_the_citizen(database: Database, tmp_path: Path, service: Service) -> None:
    """The fields go into the path, the message's number is the Idempotency-Key, the template makes the answer."""
    site = _site(database, tmp_path, service.url)
    assert site.ask("kir a1234bc ya pak") == "KIR A 1234 BC: 31/12/2026 di PKB Serang."
    [(line, _, headers)] = service.seen
    assert line == "GET /v1/kendaraan/A%201234%20BC"
    assert headers["Idempotency-Key"] == "1"
    assert headers["X-Api-Key"] == "k"


def test_nothing_there_is_an_answer_of_its_own(database: Database, tmp_path: Path, service: Service) -> None:
    """404 and an empty list say that there is nothing."""
    site = _site(database, tmp_path, service.url)
    service.status = 404
    assert site.ask("KIR A 1234 BC") == "A 1234 BC tidak terdaftar."
    service.status, service.body = 200, {"data": []}
    assert site.ask("KIR A 1 B") == "A 1 B tidak terdaftar."


def test_a_failure_is_tried_again_with_the_same_key(database: Database, tmp_path: Path, service: Service) -> None:
    """5xx is asked again a moment later; the agency can tell that it is the same request."""
    site = _site(database, tmp_path, service.url)
    service.status = 503

    async def talk() -> None:
        caller = site.caller()
        running = asyncio.create_task(caller.run())
        await until(lambda: service.seen)
        service.status = 200
        await until(site.answers)
        caller.stop()
        await running

    site.receive("KIR A 1234 BC")
    asyncio.run(talk())
    assert site.answers() == ["KIR A 1234 BC: 31/12/2026 di PKB Serang."]
    assert len({headers["Idempotency-Key"] for _, _, headers in service.seen}) == 1
    assert len(service.seen) >= 2


@pytest.mark.parametrize("body", [b"<html>", b"[1, 2]", b"{" * 5000, b'{"data": 7}', b"x" * 300_000])
def test_a_broken_answer_reaches_nobody(database: Database, tmp_path: Path, service: Service, body: bytes) -> None:
    """What is no JSON, no object or too long is said to be no answer."""
    site = _site(database, tmp_path, service.url, deadline=0.5)
    service.body = body
    assert "tidak menjawab" in site.ask("KIR A 1234 BC")


def test_missing_columns_do_not_break_the_answer(database: Database, tmp_path: Path, service: Service) -> None:
    """An answer without what the template needs is answered like none, and kept with its reason."""
    site = _site(database, tmp_path, service.url)
    service.body = {"data": {"other": 1}}
    assert "tidak menjawab" in site.ask("KIR A 1234 BC")
    assert site.states() == ["failed"]


def test_one_answer_says_that_the_system_is_down(database: Database, tmp_path: Path) -> None:
    """After the deadline there is exactly one answer, and no later one."""
    site = _site(database, tmp_path, "http://127.0.0.1:9", timeout=0.2, deadline=1.2)
    message_id = site.receive("KIR A 1234 BC")

    async def talk() -> None:
        caller = site.caller()
        running = asyncio.create_task(caller.run())
        await until(lambda: site.answers(message_id))
        await asyncio.sleep(1.5)
        caller.stop()
        await running

    asyncio.run(talk())
    assert len(site.answers(message_id)) == 1
    assert "KIR: sistem dinas sedang tidak menjawab" in site.answers(message_id)[0]


def test_a_slow_system_delays_nobody(database: Database, tmp_path: Path, service: Service) -> None:
    """While one agency's calls hang, other texts and another agency's keyword are answered at once."""
    service.delay = 3
    with serving() as quick:
        both = tmp_path / "keywords.toml"
        slow = KIR.format(url=service.url, timeout=10, deadline=30)
        other = (
            KIR.format(url=quick.url, timeout=2, deadline=30).replace("KIR", "RUJUKAN").replace('"kir"', '"rujukan"')
        )
        both.write_text(slow + other, encoding="utf-8")
        site = Site(database, both)

        async def talk() -> float:
            caller = site.caller()
            running = asyncio.create_task(caller.run())
            for _ in range(6):
                await asyncio.to_thread(site.receive, "KIR A 1234 BC")
            await until(lambda: service.seen)
            begin = time.monotonic()
            asked = await asyncio.to_thread(site.receive, "RUJUKAN A 1234 BC")
            helped = await asyncio.to_thread(site.receive, "BANTUAN")
            await until(lambda: site.answers(asked) and site.answers(helped))
            taken = time.monotonic() - begin
            caller.stop()
            await running
            return taken

        assert asyncio.run(talk()) < 2.5
    assert service.most_at_once <= 2


def test_a_field_that_is_wrong_is_asked_for_and_completed(database: Database, tmp_path: Path, service: Service) -> None:
    """The check's own message is the answer, and the next text completes it."""
    site = _site(database, tmp_path, service.url)
    message_id = site.receive("KIR tolong")
    assert site.answers(message_id) == ["Sebutkan nomor polisi. Format: KIR <nopol>"]
    assert service.seen == []
    assert site.ask("A 77 XY") == "KIR A 77 XY: 31/12/2026 di PKB Serang."


def test_a_question_can_be_dropped(database: Database, tmp_path: Path, service: Service) -> None:
    """BATAL ends the question; the next number is not taken for its answer."""
    site = _site(database, tmp_path, service.url)
    site.receive("KIR")
    assert "tidak ada yang kami lakukan" in site.answers(site.receive("BATAL"))[0]
    site.receive("A 77 XY")
    assert service.seen == []


def test_a_confirmation_of_payment_comes_first(database: Database, tmp_path: Path, service: Service) -> None:
    """A text that confirms a bill is never an agency's request, whatever word it begins with."""
    site = _site(database, tmp_path, service.url)
    site.receive("kir saya SKRD-2026-004512 sudah dibayar, bukti 0093482711 tgl 12/11/2026 jam 14.00")
    assert service.seen == []
    assert site.states() == []
