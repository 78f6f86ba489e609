"""A MariaDB server of the lab's own, to be killed, and a replica of it: loopback only, every commit on the disk."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mgov.lab.server import STOP_SECONDS, USER, LabServer, NoServerError

START_SECONDS = 60.0
DATABASE = "mgov"
SITE = "site"  # as a gateway's own account: its database, and nothing of the server
_ACCOUNTS = (
    "set sql_log_bin = 0;\n"  # each server has its own accounts; a replica is not sent them twice
    f"create database if not exists {DATABASE};\n"
    f"create user if not exists {USER}@'127.0.0.1';\n"
    f"grant all on *.* to {USER}@'127.0.0.1' with grant option;\n"
    f"create user if not exists {SITE}@'127.0.0.1';\n"
    f"grant all on {DATABASE}.* to {SITE}@'127.0.0.1';\n"
)
#: Of a primary and its replica alike: either may be the other one day.
_REPLICATING = {
    "log-bin": "binlog",
    "binlog-format": "ROW",
    "sync-binlog": "1",
    "log-bin-trust-function-creators": "1",  # or an account that makes triggers needs SUPER
    "log-slave-updates": "1",
    "relay-log": "relay",
    "rpl-semi-sync-master-timeout": "3600000",  # waits for the replica, and does not go on alone
    "rpl-semi-sync-master-wait-point": "AFTER_SYNC",
}
_APPLIED = "Slave has read all relay log"
_APPLY_SECONDS = 60.0


class LabMariadb(LabServer):
    """One server in a folder."""

    SYSTEM_USER = "mysql"
    PLACES = ("/usr/sbin", "/usr/bin")

    @property
    def url(self) -> str:
        """Of the database that every server of the lab has."""
        return f"mariadb+pymysql://{USER}@127.0.0.1:{self.port}/{DATABASE}"

    def __enter__(self) -> Self:
        self._install()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it answers; what a kill left behind is recovered by MariaDB itself."""
        deadline = time.monotonic() + START_SECONDS
        self._server = self._launch()
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise NoServerError(f"MariaDB does not start: see {self.log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in order."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(STOP_SECONDS)

    def execute(self, *statements: str) -> list[dict[str, Any]]:
        """Run statements as the lab's account, which may do everything; returns the rows of the last."""
        import pymysql

        address: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "user": USER, "connect_timeout": 2}
        with (
            pymysql.connect(**address, autocommit=True) as connection,
            connection.cursor(pymysql.cursors.DictCursor) as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def _install(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        accounts = self._folder / "accounts.sql"
        accounts.write_text(_ACCOUNTS, encoding="utf-8")
        accounts.chmod(0o644)
        options = ["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal"]
        self._prepare("mariadb-install-db", *options, f"--datadir={self._folder / 'data'}")

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            "datadir": str(self._folder / "data"),
            "socket": str(self._folder / "mariadb.sock"),
            "pid-file": str(self._folder / "mariadb.pid"),
            "port": str(self.port),
            "bind-address": "127.0.0.1",
            "init-file": str(self._folder / "accounts.sql"),
            "character-set-server": "utf8mb4",
            "max-connections": "200",
            **self.settings,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return self._spawn("mariadbd", ["--no-defaults", "--skip-name-resolve", *options])

    def _answers(self) -> bool:
        import pymysql

        with contextlib.suppress(pymysql.Error):
            self.execute("select 1")
            return True
        return False


class LabMariadbPrimary(LabMariadb):
    """A server that another copies. `synchronous`: a commit is told only when the replica has it (semi-sync)."""

    def __init__(self, folder: Path, *, synchronous: bool) -> None:
        super().__init__(folder, {**_REPLICATING, "server-id": "1"})
        self._synchronous = synchronous

    def __enter__(self) -> Self:
        super().__enter__()
        self.execute(f"set global rpl_semi_sync_master_enabled = {int(self._synchronous)}")
        return self


class LabMariadbReplica(LabMariadb):
    """A replica by GTID, read-only until it is promoted."""

    def __init__(self, folder: Path, primary: LabMariadbPrimary) -> None:
        super().__init__(folder, {**_REPLICATING, "server-id": "2", "read-only": "1"})
        self._primary = primary

    def __enter__(self) -> Self:
        super().__enter__()
        source = f"master_host = '127.0.0.1', master_port = {self._primary.port}, master_user = '{USER}'"
        self.execute(
            "set global rpl_semi_sync_slave_enabled = 1",
            f"change master to {source}, master_use_gtid = slave_pos, master_connect_retry = 1",
            "start slave",
        )
        return self

    def cut_off(self) -> None:
        """Let nothing more come from the primary, as a broken line between two sites does."""
        self.execute("stop slave io_thread")

    def give_up_line(self) -> None:
        """Nothing more is to come; what was on its way is lost with the primary."""

    def promote(self) -> None:
        """Make it the primary, once it has applied what it was sent; returns when it takes writes."""
        deadline = time.monotonic() + _APPLY_SECONDS
        while _APPLIED not in str(self.execute("show slave status")[0]["Slave_SQL_Running_State"]):
            if time.monotonic() > deadline:
                raise NoServerError("the replica does not apply what it was sent")
            time.sleep(0.05)
        self.execute("stop slave", "reset slave all", "set global read_only = 0")
