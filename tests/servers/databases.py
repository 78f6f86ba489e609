"""Fresh databases on the run's servers: empty ones, and ones that are migrated already (copied from a template)."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from mgov.store import migrate
from tests.servers.process import program
from tests.servers.shared import FOLDER, locked, server_url

TEMPLATE = "mgov_template"


@contextmanager
def fresh(kind: str, folder: Path, *, migrated: bool) -> Iterator[str]:
    """The URL of a new database of `kind`, dropped at the end; `folder` is where SQLite's file goes."""
    if kind == "sqlite":
        yield _sqlite(folder, migrated=migrated)
        return
    server = make_url(server_url(kind))
    name = f"mgov_{uuid.uuid4().hex[:12]}"
    if migrated:
        _ensure_template(kind, server)
    _MAKE[kind](server, name, migrated)
    try:
        yield _text(server.set(database=name))
    finally:
        _DROP[kind](server, name)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _sqlite(folder: Path, *, migrated: bool) -> str:
    path = folder / f"mgov-{uuid.uuid4().hex[:8]}.db"
    if migrated:
        template = Path(os.environ[FOLDER]) / "template.db"
        with locked("template"):
            if not template.exists():
                draft = template.with_name("draft.db")
                migrate.upgrade(f"sqlite:///{draft}")
                draft.rename(template)
        shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def _ensure_template(kind: str, server: URL) -> None:
    done = Path(os.environ[FOLDER]) / f"{kind}.template"
    with locked(f"{kind}-template"):
        if done.exists():
            return
        with _connected(server) as connection:
            connection.execute(text(f"CREATE DATABASE {TEMPLATE}"))
        migrate.upgrade(_text(server.set(database=TEMPLATE)))
        done.write_bytes(_dump(server) if kind == "mariadb" else b"")


def _client(name: str, server: URL) -> list[str]:
    return [program(name, f"/usr/bin/{name}"), "--no-defaults", "-h127.0.0.1", f"-P{server.port}", "-umgov"]


def _dump(server: URL) -> bytes:
    command = [*_client("mariadb-dump", server), "--routines", "--triggers", TEMPLATE]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _make_postgresql(server: URL, name: str, migrated: bool) -> None:
    with locked("postgresql-make"), _connected(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {TEMPLATE}" if migrated else "")))


def _make_mariadb(server: URL, name: str, migrated: bool) -> None:
    with _connected(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    if migrated:
        dump = Path(os.environ[FOLDER]) / "mariadb.template"
        subprocess.run([*_client("mariadb", server), name], input=dump.read_bytes(), check=True)


def _drop_postgresql(server: URL, name: str) -> None:
    with _connected(server) as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


def _drop_mariadb(server: URL, name: str) -> None:
    with _connected(server) as connection:
        left = connection.execute(
            text("SELECT id FROM information_schema.processlist WHERE db = :name"), {"name": name}
        )
        for (thread,) in left.all():
            connection.execute(text(f"KILL SOFT {int(thread)}"))
        for pause in (0.2, 0.5, 1.0, 2.0):  # a table that is still being written leaves "Directory not empty" (1010)
            try:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            except OperationalError:
                time.sleep(pause)
            else:
                return
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))


_MAKE = {"postgresql": _make_postgresql, "mariadb": _make_mariadb}
_DROP = {"postgresql": _drop_postgresql, "mariadb": _drop_mariadb}
