"""A database that dies in the middle of a daemon's start is waited for, as one that is away from the beginning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mgov import daemon
from mgov.config import load
from mgov.store import migrate
from mgov.store.database import DatabaseUnavailableError


def _away_once(monkeypatch: pytest.MonkeyPatch, where: object, name: str) -> list[int]:
    """The first call finds the server gone; gives the calls."""
    calls: list[int] = []
    work: Callable[..., Any] = getattr(where, name)

    def tried(*arguments: object) -> object:
        calls.append(len(calls))
        if len(calls) == 1:
            raise DatabaseUnavailableError("server closed the connection")
        return work(*arguments)

    monkeypatch.setattr(where, name, tried)
    return calls


async def test_each_step_of_a_start_is_done_again(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither noting that the node begins nor naming its modems may end the daemon."""
    migrate.upgrade(sqlite_url)
    site = tmp_path / "mgov.toml"
    site.write_text(f'[database]\nurl = "{sqlite_url}"\n[web]\nport = 0\n', encoding="utf-8")
    monkeypatch.setattr(daemon, "DATABASE_PAUSE", 0.05)
    steps = [
        _away_once(monkeypatch, daemon.nodes, "start"),
        _away_once(monkeypatch, daemon.fleet, "enlist"),
        _away_once(monkeypatch, daemon, "replay_left_behind"),
    ]
    ready = asyncio.Event()
    running = daemon.Daemon(load(site))
    task = asyncio.create_task(running.run(lambda _daemon: ready.set()))
    await asyncio.wait_for(ready.wait(), 30)
    running.stop()
    await asyncio.wait_for(task, 30)
    assert [len(calls) for calls in steps] == [2, 2, 2]
