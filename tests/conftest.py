"""Fixtures for every room: fresh databases on real servers.

`database_url` (empty) and `migrated_url` (at the newest revision) run a test on each database in turn; `sqlite_url`,
`postgresql_url`, `mariadb_url` and `migrated_sqlite_url`, … are one database each.
MGOV_TEST_DATABASES=sqlite,postgresql leaves out what it does not name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers import shared

if TYPE_CHECKING:
    from mgov.store.database import Database


def pytest_configure(config: pytest.Config) -> None:
    """The controller makes the folder that all workers share."""
    if not hasattr(config, "workerinput"):
        shared.open_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller, last to leave, stops the servers."""
    if not hasattr(config, "workerinput"):
        shared.close_folder()


def _fresh(kind: str, folder: Path, *, migrated: bool) -> Iterator[str]:
    from tests.servers.databases import fresh  # here: tests without a database need not load SQLAlchemy

    if kind not in shared.selected():
        pytest.skip(f"MGOV_TEST_DATABASES leaves {kind} out")
    try:
        with fresh(kind, folder, migrated=migrated) as url:
            yield url
    except shared.ServerUnavailableError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(params=shared.selected())
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, on each kind of server in turn."""
    yield from _fresh(request.param, tmp_path, migrated=False)


@pytest.fixture(params=shared.selected())
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database at the newest revision, on each kind of server in turn."""
    yield from _fresh(request.param, tmp_path, migrated=True)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Iterator[str]:
    """An empty SQLite database."""
    yield from _fresh("sqlite", tmp_path, migrated=False)


@pytest.fixture
def postgresql_url(tmp_path: Path) -> Iterator[str]:
    """An empty PostgreSQL database."""
    yield from _fresh("postgresql", tmp_path, migrated=False)


@pytest.fixture
def mariadb_url(tmp_path: Path) -> Iterator[str]:
    """An empty MariaDB database."""
    yield from _fresh("mariadb", tmp_path, migrated=False)


@pytest.fixture
def migrated_sqlite_url(tmp_path: Path) -> Iterator[str]:
    """A SQLite database at the newest revision."""
    yield from _fresh("sqlite", tmp_path, migrated=True)


@pytest.fixture
def migrated_postgresql_url(tmp_path: Path) -> Iterator[str]:
    """A PostgreSQL database at the newest revision."""
    yield from _fresh("postgresql", tmp_path, migrated=True)


@pytest.fixture
def migrated_mariadb_url(tmp_path: Path) -> Iterator[str]:
    """A MariaDB database at the newest revision."""
    yield from _fresh("mariadb", tmp_path, migrated=True)


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """A migrated database, opened, on each kind of server in turn."""
    from mgov.store.database import Database  # here for the same reason

    opened = Database(migrated_url)
    yield opened
    opened.close()
