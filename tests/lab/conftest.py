"""A place for daemons and database servers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """Its name is short, for ports and sockets, and a server's own user can reach it."""
    with tempfile.TemporaryDirectory(prefix="mgov-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
