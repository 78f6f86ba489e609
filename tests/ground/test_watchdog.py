"""systemd hears from the daemon exactly as long as all its parts live."""

from __future__ import annotations

import asyncio

import pytest

from mgov import watchdog


async def test_silence_begins_when_a_part_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead part is not hidden by the others."""
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    heard: list[str] = []
    alive, dying = asyncio.Event(), asyncio.Event()
    parts = [asyncio.create_task(event.wait()) for event in (alive, dying)]
    reassuring = asyncio.create_task(watchdog.reassure(parts, heard.append))
    await asyncio.sleep(0.05)
    assert len(heard) >= 2
    assert set(heard) == {"WATCHDOG=1"}
    dying.set()
    await asyncio.wait_for(reassuring, 1)
    alive.set()
    await asyncio.gather(*parts)


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 60.0),
        ({}, None),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),  # another process is watched
    ],
)
def test_only_the_watched_process_reassures(environment: dict[str, str], seconds: float | None) -> None:
    """The period is systemd's, and only for the process that it means."""
    assert watchdog.period(environment) == seconds
