"""A private MariaDB server: loopback and socket only, an account without password, Debian's character set."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pymysql

from tests.servers.process import free_port, program, run, run_as, serve

ACCOUNT = "CREATE USER mgov@'127.0.0.1';\nGRANT ALL ON *.* TO mgov@'127.0.0.1' WITH GRANT OPTION;\n"


def start(folder: Path, **more: str) -> tuple[str, subprocess.Popen[bytes]]:
    """Make a server's data in `folder` and start it; returns the URL of its database `mysql` and the server.

    `more` are settings of the server, with `_` for `-`.
    """
    install = program("mariadb-install-db", "/usr/bin/mariadb-install-db")
    daemon = program("mariadbd", "/usr/sbin/mariadbd")
    as_user = run_as("mysql", folder)
    data, port, accounts = folder / "data", free_port(), folder / "accounts.sql"
    accounts.write_text(ACCOUNT)
    accounts.chmod(0o644)
    run(
        [install, "--no-defaults", f"--datadir={data}", "--skip-test-db", "--auth-root-authentication-method=normal"],
        folder,
        **as_user,
    )
    settings = {
        "datadir": data,
        "socket": folder / "mariadb.sock",
        "pid-file": folder / "mariadb.pid",
        "port": port,
        "bind-address": "127.0.0.1",
        "init-file": accounts,
        "character-set-server": "utf8mb4",
        "collation-server": "utf8mb4_general_ci",
        "innodb-log-file-size": "32M",
        "max-connections": 200,
    }
    settings |= {name.replace("_", "-"): value for name, value in more.items()}
    options = [f"--{name}={value}" for name, value in settings.items()]
    server = serve(
        [daemon, "--no-defaults", "--skip-name-resolve", *options], folder, lambda: _answers(port), **as_user
    )
    return f"mariadb+pymysql://mgov@127.0.0.1:{port}/mysql", server


def _answers(port: int) -> bool:
    try:
        pymysql.connect(host="127.0.0.1", port=port, user="mgov", connect_timeout=2).close()
    except pymysql.Error:
        return False
    return True
