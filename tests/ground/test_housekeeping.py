"""The jobs of a day do what they say, and what a restore holds stops the reminders too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mgov.bootstrap import housekeeping, job_runner
from mgov.config import Config, load
from mgov.domain.actor import Actor
from mgov.store import alerts, audit, staff
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message
from mgov.workflows import backup
from tests.ground.filled import fill

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock moves on between the import of this file and a test: what was a moment ago would be silence."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", datetime.now(UTC))


@pytest.fixture
def config(tmp_path: Path, migrated_sqlite_url: str) -> Config:
    """A site with mail and a folder for backups."""
    path = tmp_path / "mgov.toml"
    mail = '[smtp]\nhost = "127.0.0.1"\nsender = "a@example.go.id"\n'
    kept = f'[backup]\nfolder = "backups"\nkeep = 2\n[alerts]\nemails = ["noc@example.go.id"]\n{mail}'
    path.write_text(f'[database]\nurl = "{migrated_sqlite_url}"\n{kept}', encoding="utf-8")
    return load(path)


@pytest.fixture
def db(config: Config) -> Iterator[Database]:
    with closing(Database(config.database.url)) as opened:
        fill(opened)
        yield opened


def _run(config: Config, db: Database, name: str) -> str:
    jobs = {job.name: job for job in (*housekeeping(config, db).jobs(),)}
    return str(jobs[name].work())


def test_the_daily_backup_is_whole_and_old_ones_go(config: Config, db: Database, tmp_path: Path) -> None:
    """One checked file a run, not more than are to be kept; other files of the folder are left alone."""
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("mgov-20260101T000000Z.zip", "mgov-20260102T000000Z.zip", "notes.txt"):
        (folder / name).write_text("x", encoding="utf-8")
    assert "rows" in _run(config, db, "backup")
    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == "mgov-20260102T000000Z.zip"
    assert names[-1] == "notes.txt"
    assert len(names) == 3
    assert backup.check(folder / names[1]).rows > 50


def test_the_daily_mail_tells_the_audit_head(config: Config, db: Database) -> None:
    """The newest number and hash leave the database every day."""
    db.transact(lambda tx: audit.record(tx, Actor.system("t"), "test.note", "test", 1, {}, now=NOW))
    assert _run(config, db, "daily-mail") == "1 mails"
    head = db.read(audit.head)
    query = select(outbound_message.c.text).where(outbound_message.c.recipient == "noc@example.go.id")
    text = db.read(lambda tx: tx.execute(query).scalar_one())
    assert f"{head.number} {head.hash}" in text


def test_a_site_without_a_folder_makes_no_backups(config: Config, db: Database) -> None:
    """No folder, no job."""
    bare = config.model_copy(update={"backup": config.backup.model_copy(update={"folder": None})})
    assert "backup" not in {job.name for job in housekeeping(bare, db).jobs()}


def test_retention_runs_with_the_sites_days(config: Config, db: Database) -> None:
    """Nothing of these days is too old."""
    assert _run(config, db, "retention") == "nothing was too old"
    assert _run(config, db, "archive") == "nothing was old enough"


def test_no_reminders_while_a_backup_is_held(config: Config, db: Database, tmp_path: Path) -> None:
    """The reminders of the day may have gone out before the restore: a person decides first."""
    backup.take(db, tmp_path / "b.zip", program="1", now=NOW)
    backup.restore(db, tmp_path / "b.zip", now=NOW, actor=Actor.system("t"))
    remind = next(job for job in job_runner(config, db).jobs if job.name == "remind")
    assert "held" in str(remind.work())


def test_a_sweep_tells_the_noc(config: Config, db: Database) -> None:
    """What is wrong in the tables becomes a mail with the section of the guide."""
    db.transact(lambda tx: staff.add(tx, ["noc"], login="noc", phone="+628129990001", created_at=NOW, created_by="t"))
    old = outbound_message.update().where(outbound_message.c.state == "queued")
    db.transact(
        lambda tx: tx.execute(old.values(queued_at=NOW - timedelta(hours=2), not_before=NOW - timedelta(hours=2)))
    )
    keeper = housekeeping(config, db)
    keeper.sweep()
    assert keeper.sweep() == 0  # it has to last a minute first
    kinds = {row["kind"] for row in _alerts(db)}
    assert "queue_stuck" in kinds


def _alerts(db: Database) -> list[dict[str, object]]:

    return [dict(row) for row in db.read(alerts.open_alerts)]
