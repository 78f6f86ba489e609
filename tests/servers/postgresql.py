"""A private PostgreSQL cluster: loopback and socket only, everyone trusted, fsync on as in real life."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg

from tests.servers.process import free_port, program, run, run_as, serve


def start(folder: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """Make a cluster in `folder` and start it; returns the URL of its database `postgres` and the server."""
    initdb = program("initdb", "/usr/lib/postgresql/*/bin/initdb")
    postgres = program("postgres", "/usr/lib/postgresql/*/bin/postgres")
    as_user = run_as("postgres", folder)
    data, port = folder / "data", free_port()
    run([initdb, "-D", str(data), "-U", "mgov", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"], folder, **as_user)
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder), "max_connections": "200"}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    server = serve([postgres, "-D", str(data), "-p", str(port), *options], folder, lambda: _answers(port), **as_user)
    return f"postgresql+psycopg://mgov@127.0.0.1:{port}/postgres", server


def _answers(port: int) -> bool:
    try:
        psycopg.connect(host="127.0.0.1", port=port, user="mgov", dbname="postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
