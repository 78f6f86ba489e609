"""A program runs on its own schema and on the next one; every other pair refuses with a sentence."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import text

from mgov.cli.main import main
from mgov.config import load
from mgov.daemon import Daemon
from mgov.store import migrate, outbox
from mgov.store.database import Database, temporary
from mgov.workflows import backup
from mgov.workflows.backup_file import BackupError

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LATER = '''"""A later revision, for a test."""
from alembic import op
import sqlalchemy as sa
revision, down_revision = "{0:04}", "{1:04}"
def upgrade() -> None:
    op.create_table("later_{0}", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("bill", sa.Column("later_{0}", sa.Integer, nullable=True))
def downgrade() -> None: ...
'''


def _upgrade_by(url: str, folder: Path, steps: int) -> str:
    """Bring a database so many invented revisions beyond this program."""
    migrations = folder / f"migrations-{steps}"
    shutil.copytree(migrate.MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
    head = int(migrate.head())
    for number in range(head + 1, head + steps + 1):
        (migrations / f"versions/{number:04}_later.py").write_text(LATER.format(number, number - 1), encoding="utf-8")
    with temporary(url) as db:

        def work(tx: object) -> None:
            config = migrate.configuration(tx)  # type: ignore[arg-type]
            config.set_main_option("script_location", str(migrations))
            command.upgrade(config, "head")

        db.transact(work)
    return f"{head + steps:04}"


def _site(folder: Path, url: str) -> list[str]:
    path = folder / "mgov.toml"
    path.write_text(f'[database]\nurl = "{url}"\n[web]\nport = 0\n', encoding="utf-8")
    return ["--config", str(path)]


def test_a_program_runs_on_the_next_schema(migrated_url: str, tmp_path: Path) -> None:
    """One revision newer: commands work, messages are queued, what the newer program added is left alone."""
    revision = _upgrade_by(migrated_url, tmp_path, 1)
    site = _site(tmp_path, migrated_url)
    done = CliRunner().invoke(main, [*site, "sms", "send", "--to", "+6281200000001", "--text", "halo"])
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(main, [*site, "status"]).exit_code == 0
    shown = CliRunner().invoke(main, [*site, "db", "current"])
    assert (shown.exit_code, revision in shown.output) == (0, True)
    with closing(Database(migrated_url)) as db:
        assert [row["text"] for row in db.read(outbox.listing)] == ["halo"]
        with pytest.raises(BackupError, match="use its own"):
            backup.take(db, tmp_path / "b.zip", program="1", now=NOW)


def test_a_program_refuses_a_schema_two_ahead(migrated_url: str, tmp_path: Path) -> None:
    """It says what the schema is and what to do, on the command line and as daemon."""
    revision = _upgrade_by(migrated_url, tmp_path, 2)
    done = CliRunner().invoke(main, [*_site(tmp_path, migrated_url), "status"])
    assert done.exit_code == 1
    assert revision in done.output
    assert "newer program" in done.output


async def test_the_daemon_refuses_a_schema_two_ahead(migrated_sqlite_url: str, tmp_path: Path) -> None:
    """It ends with the sentence instead of working half."""
    _upgrade_by(migrated_sqlite_url, tmp_path, 2)
    _site(tmp_path, migrated_sqlite_url)
    with pytest.raises(migrate.SchemaError, match="newer program"):
        await Daemon(load(tmp_path / "mgov.toml")).run()


def test_a_program_refuses_an_older_schema(sqlite_url: str, tmp_path: Path) -> None:
    """An empty database, and one that a migration has not reached."""
    done = CliRunner().invoke(main, [*_site(tmp_path, sqlite_url), "status"])
    assert (done.exit_code, "mgov db upgrade" in done.output) == (1, True)


@pytest.mark.parametrize(
    ("database", "program", "runs"),
    [
        ("0001", "0001", True),
        ("0002", "0001", True),
        ("0003", "0001", False),
        ("0001", "0002", False),
        (None, "0001", False),
        ("0010", "0009", True),
        ("0011", "0009", False),
        ("abc", "0001", False),
    ],
)
def test_pairs(database: str | None, program: str, runs: bool) -> None:
    """The rule by numbers."""
    assert (migrate.misfit(database, program) is None) == runs


def test_revisions_are_numbered() -> None:
    """The rule stands on numbers without holes."""
    names = sorted(path.name[:4] for path in (migrate.MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert names == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert migrate.head() == names[-1]


def test_an_invented_revision_is_a_real_one(migrated_url: str, tmp_path: Path) -> None:
    """The invented migrations do change the schema."""
    _upgrade_by(migrated_url, tmp_path, 1)
    with temporary(migrated_url) as db:
        table = f"later_{int(migrate.head()) + 1}"
        assert db.read(lambda tx: tx.execute(text(f"select count(*) from {table}")).scalar()) == 0
