"""A line of the log says when in a way that nobody can read as another hour."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from mgov import logs


@pytest.fixture
def in_jakarta(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The host's zone for one test, as systemd hands it down."""
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
    structlog.reset_defaults()


@pytest.mark.usefixtures("in_jakarta")
def test_a_line_has_its_moment_with_the_offset_of_the_host() -> None:
    """Somebody who compares two hosts, or a log with the database, need not know which zone a host was set to."""
    stream = io.StringIO()
    logs.configure(stream)
    structlog.get_logger().info("modem ready", modem="tsel-1")
    line = json.loads(stream.getvalue())
    moment = datetime.fromisoformat(line["timestamp"])
    assert moment.utcoffset() == timedelta(hours=7)
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=10)
    assert line["event"] == "modem ready"
