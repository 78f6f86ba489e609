"""The database is reached by TLS only, where the site says so: by the gateway itself and by the portals."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from sqlalchemy.engine import make_url

from mgov.domain.actor import Actor
from mgov.lab.postgresql import LabPostgresql
from mgov.store import migrate
from mgov.store.database import Database
from mgov.workflows import portal_grants
from mgov.workflows.portals import PortalSettings, take
from tests.mail import certificates
from tests.servers import mariadb

pytestmark = pytest.mark.skipif(not certificates.available(), reason="openssl is not installed")
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
STAFF = Actor.staff("tester")
SECRET = "rahasia-portal"


@dataclass(frozen=True, slots=True)
class Server:
    """A database server with a certificate for `localhost`, and the words of a URL that ask for TLS."""

    kind: str
    url: str  #: without TLS
    tls: Callable[[Path], str]  #: with TLS, trusting the authority named

    def connect(self, role: str, authority: Path | None) -> Any:  # noqa: ANN401 - a DBAPI connection
        """As a portal's driver connects; without an authority in the clear."""
        address = make_url(self.url)
        where: dict[str, Any] = {"host": "localhost", "port": address.port, "user": role, "password": SECRET}
        if self.kind == "postgresql":
            tls = {"sslmode": "verify-full", "sslrootcert": str(authority)} if authority else {"sslmode": "disable"}
            return psycopg.connect(dbname=address.database, autocommit=True, **where, **tls)
        clear: dict[str, Any] = {"ssl": {"ca": str(authority)}} if authority else {"ssl_disabled": True}
        return pymysql.connect(database=address.database, autocommit=True, **where, **clear)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Servers run as other users, who must reach it, and their sockets need a short path."""
    with tempfile.TemporaryDirectory(prefix="mgov-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, folder: Path) -> Iterator[Server]:
    """A server that offers TLS, with a migrated database."""
    kind, files = request.param, certificates.make(folder / "ca")
    with (_Postgresql if kind == "postgresql" else _Mariadb)(folder, files) as found:
        migrate.upgrade(found.url)
        yield found


class _Postgresql:
    def __init__(self, folder: Path, files: certificates.Certificates | None) -> None:
        self._files, self._server = files, LabPostgresql(folder / "postgresql")

    def __enter__(self) -> Server:
        self._server.__enter__()
        if self._files is not None:
            key = _own(self._files.key, "postgres")
            self._server.set(ssl="on", ssl_cert_file=str(self._files.certificate), ssl_key_file=str(key))
        asked = "sslmode=verify-full&sslrootcert="
        clear = f"postgresql+psycopg://mgov@localhost:{self._server.port}/postgres"
        return Server("postgresql", clear, lambda authority: f"{clear}?{asked}{authority}")

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(*error)  # type: ignore[arg-type]


class _Mariadb:
    def __init__(self, folder: Path, files: certificates.Certificates | None) -> None:
        self._folder = folder / "mariadb"
        self._folder.mkdir()
        self._more = {"skip_ssl": "1"}
        if files is not None:
            key = _own(files.key, "mysql")
            self._more = {"ssl_cert": str(files.certificate), "ssl_key": str(key), "ssl_ca": str(files.authority)}

    def __enter__(self) -> Server:
        admin, self._server = mariadb.start(self._folder, **self._more)
        with closing(pymysql.connect(host="127.0.0.1", port=make_url(admin).port or 0, user="mgov")) as connection:
            connection.cursor().execute("create database mgov")
        address = make_url(admin).set(database="mgov", host="localhost")
        clear = address.render_as_string(hide_password=False)
        return Server("mariadb", clear, lambda authority: f"{clear}?ssl_ca={authority}")

    def __exit__(self, *error: object) -> None:
        self._server.terminate()
        self._server.wait(30)


def _own(key: Path, user: str) -> Path:
    """A copy of a key that only the server's user reads, as both servers demand or advise."""
    mine = key.with_name(f"{user}.key")
    shutil.copyfile(key, mine)
    mine.chmod(0o600)
    if os.getuid() == 0:
        account = pwd.getpwnam(user)
        os.chown(mine, account.pw_uid, account.pw_gid)
    return mine


def _check(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    config = folder / "mgov.toml"
    config.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    command = [sys.executable, "-c", "from mgov.cli.main import main; main()", "--config", str(config), "check"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def _database_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("database")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def test_the_gateway_speaks_tls_and_knows_the_server(server: Server, folder: Path) -> None:
    """With the authority's certificate the check passes, and the connection is encrypted."""
    url = server.tls(folder / "ca" / "ca.pem")
    assert _database_line(_check(folder, url)) == "database: fine"
    with closing(Database(url)) as db:
        if server.kind == "postgresql":
            asked = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
            assert db.read(lambda tx: tx.exec_driver_sql(asked).scalar()) is True
        else:
            asked = "show session status like 'Ssl_cipher'"
            assert db.read(lambda tx: tx.exec_driver_sql(asked).one()[1])


def test_a_wrong_authority_is_refused_in_one_line(server: Server, folder: Path) -> None:
    """A server whose certificate another authority signed is no server of ours."""
    stranger = certificates.make(folder / "stranger").authority
    done = _check(folder, server.tls(stranger))
    assert done.returncode == 1
    assert "certificate verify failed" in _database_line(done)


@pytest.mark.parametrize("make", [_Postgresql, _Mariadb])
def test_a_server_without_tls_is_refused_in_one_line(make: Any, folder: Path) -> None:  # noqa: ANN401
    """Nothing goes over the line in the clear because somebody switched TLS off at the other end."""
    stranger = certificates.make(folder / "stranger").authority
    with make(folder, None) as server:
        done = _check(folder, server.tls(stranger))
    assert done.returncode == 1
    assert any(word in _database_line(done) for word in ("SSL", "TLS"))


def test_a_portal_without_tls_gets_nothing(server: Server, folder: Path) -> None:
    """A role granted with --require-tls is refused, or sees and writes nothing, until it comes by TLS."""
    with closing(Database(server.url)) as db:
        portal_grants.grant(
            db, "BAPENDA", role="portal_bapenda", password=SECRET, require_tls=True, actor=STAFF, now=NOW
        )
        assert _order(server, None) == "refused"
        assert _order(server, folder / "ca" / "ca.pem") == "written"
        assert take(db, PortalSettings(), NOW).accepted == 1
        assert _sees(server, folder / "ca" / "ca.pem") == 1
        assert _sees(server, None) == 0


def _order(server: Server, authority: Path | None) -> str:
    statement = (
        "insert into portal_bill (agency, number, payer_name, description, amount, due_date)"
        " values ('BAPENDA', 'SKRD-2026-000001', 'Budi', 'Retribusi', 50000, '2026-12-31')"
    )
    try:
        with closing(server.connect("portal_bapenda", authority)) as connection:
            connection.cursor().execute(statement)
    except (psycopg.errors.InsufficientPrivilege, pymysql.err.OperationalError):
        return "refused"
    return "written"


def _sees(server: Server, authority: Path | None) -> int:
    try:
        with closing(server.connect("portal_bapenda", authority)) as connection:
            cursor = connection.cursor()
            cursor.execute("select count(*) from v1_bill")
            return int(cursor.fetchone()[0])
    except pymysql.err.OperationalError:
        return 0
