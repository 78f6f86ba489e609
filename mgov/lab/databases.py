"""Empty databases for drills: a file in the drill's folder, or a new database on a server."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

_numbers = itertools.count(1)


@contextmanager
def empty_database(server: str | None, folder: Path) -> Iterator[str]:
    """The URL of an empty database; on a server it is made for the length of the block and then dropped.

    `server` is the URL of any database there, by a user who may create databases; None is a file in `folder`.
    """
    if server is None or server.startswith("sqlite"):
        yield f"sqlite:///{folder / 'mgov.db'}"
        return
    name = f"mgov_lab_{os.getpid()}_{next(_numbers)}"
    _run(server, f"create database {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        force = " with (force)" if make_url(server).get_backend_name() == "postgresql" else ""
        _run(server, f"drop database {name}{force}")


def _run(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
