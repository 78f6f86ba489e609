"""A PostgreSQL server of the lab's own, to be killed: loopback only, fsync on as in real life."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from mgov.lab.server import STOP_SECONDS, USER, LabServer, NoServerError

START_SECONDS = 30.0


class LabPostgresql(LabServer):
    """One cluster in a folder."""

    SYSTEM_USER = "postgres"  # PostgreSQL refuses root
    PLACES = ("/usr/lib/postgresql/*/bin",)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def url(self) -> str:
        """Of the database that every cluster has."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._prepare("initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(10)
            self._server.kill()

    def start(self) -> None:
        """Start it and wait until it answers; what a kill left behind is recovered by PostgreSQL itself."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._server = self._launch()
            if self._answers(deadline):
                return
            if time.monotonic() > deadline:
                raise NoServerError(f"PostgreSQL does not start: see {self.log}")
            time.sleep(0.2)  # the backends of a killed server may still be going

    def set(self, **settings: str) -> None:
        """Change settings that take effect while it runs, and keep them (ALTER SYSTEM)."""
        import psycopg

        address = {"host": "127.0.0.1", "port": self.port, "user": USER, "dbname": "postgres"}
        with psycopg.connect(autocommit=True, **address) as connection:  # type: ignore[arg-type]
            for name, value in settings.items():
                connection.execute(f"alter system set {name} = '{value}'".encode())
            connection.execute("select pg_reload_conf()")

    def stop(self) -> None:
        """End it in order, with all that it holds on the disk."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(STOP_SECONDS)

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self._folder), **self.settings}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self._spawn("postgres", ["-D", str(self._data), "-p", str(self.port), *options])

    def _answers(self, deadline: float) -> bool:
        """Whether it takes connections before the deadline or its own end."""
        import psycopg

        while self._server is not None and self._server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(
                    host="127.0.0.1", port=self.port, user=USER, dbname="postgres", connect_timeout=2
                ).close()
                return True
            time.sleep(0.05)
        return False


class LabStandby(LabPostgresql):
    """A streaming standby of another cluster, read-only until it is promoted."""

    NAME = "standby"  # as `synchronous_standby_names` knows it

    def __init__(self, folder: Path, primary: LabPostgresql) -> None:
        super().__init__(folder)
        self._primary = primary

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        source = f"host=127.0.0.1 port={self._primary.port} user={USER} application_name={self.NAME}"
        self._prepare("pg_basebackup", "-d", source, "-D", str(self._data), "-X", "stream", "-c", "fast")
        with (self._data / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"primary_conninfo = '{source}'\n")
        (self._data / "standby.signal").touch()
        self.start()
        return self

    def promote(self) -> None:
        """Make it the primary; returns when it takes writes."""
        self._prepare("pg_ctl", "promote", "-w", "-D", str(self._data))

    def cut_off(self) -> None:
        """Let nothing more come from the primary, as a broken line between two sites does."""
        self._signal_receiver(signal.SIGSTOP)

    def give_up_line(self) -> None:
        """End the line that was cut off; what was on its way there is lost with it."""
        self._signal_receiver(signal.SIGTERM)
        self._signal_receiver(signal.SIGCONT)

    def _signal_receiver(self, number: signal.Signals) -> None:
        assert self._server is not None  # noqa: S101 - started
        children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text(encoding="ascii")
        for child in children.split():
            with contextlib.suppress(OSError):
                if b"walreceiver" in Path(f"/proc/{child}/cmdline").read_bytes():
                    os.kill(int(child), number)
