"""script/install in a scratch root: install, upgrade with a backup, go back, remove."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def install(root: Path, *arguments: str) -> str:
    """Run script/install in `root`; its messages."""
    command = [str(ROOT / "script/install"), *arguments, "--root", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.timeout(300)
def test_a_release_is_installed_upgraded_taken_back_and_removed(tmp_path: Path) -> None:
    """Going back keeps what came in since, unless asked for the backup; what an administrator edited stays."""
    config, database = tmp_path / "etc/mgov/mgov.toml", tmp_path / "var/lib/mgov/mgov.db"
    install(tmp_path)
    first = (tmp_path / "opt/mgov/current").resolve()
    assert f"sqlite:///{database}" in config.read_text()
    assert config.stat().st_mode & 0o007 == 0
    assert (tmp_path / "etc/mgov/audit.key").stat().st_mode & 0o007 == 0
    assert (tmp_path / "etc/systemd/system/mgov.service").exists()
    config.write_text(config.read_text() + "# edited here\n")
    execute(database, "create table kept (note text)")

    install(tmp_path)
    assert (tmp_path / "opt/mgov/current").resolve() != first
    assert "# edited here" in config.read_text()
    execute(database, "create table since_then (note text)")

    install(tmp_path, "rollback")
    assert (tmp_path / "opt/mgov/current").resolve() == first
    assert tables(database) >= {"kept", "since_then"}

    install(tmp_path)
    execute(database, "create table later_still (note text)")
    install(tmp_path, "rollback", "--restore")
    assert tables(database) & {"kept", "since_then", "later_still"} == {"kept", "since_then"}
    assert [path for path in (tmp_path / "var/lib/mgov/backups").iterdir() if "later_still" in tables(path)]

    install(tmp_path, "remove")
    assert not (tmp_path / "opt/mgov").exists()
    assert database.exists()
    install(tmp_path, "remove", "--purge")
    assert [path for path in tmp_path.rglob("*mgov*") if path.is_file()] == []


def execute(database: Path, statement: str) -> None:
    """One committed statement."""
    connection = sqlite3.connect(database)
    connection.execute(statement)
    connection.commit()
    connection.close()


def tables(database: Path) -> set[str]:
    """The tables' names."""
    connection = sqlite3.connect(database)
    names = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    connection.close()
    return names
