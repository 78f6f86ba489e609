"""Backups: one file with every row of one moment, taken while the daemon runs, checked when written and restored."""

from __future__ import annotations

import os
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, dump, held, migrate
from mgov.store.database import Database
from mgov.store.dump import Tally
from mgov.workflows import access, backup_file
from mgov.workflows.backup_file import BackupError, Manifest


def take(db: Database, path: Path, *, program: str, now: datetime) -> Manifest:
    """Write a backup of one moment to `path` (mode 600), then read it back and check it. Raises `BackupError`."""
    _at_head(db)
    draft = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            with backup_file.writing(file) as archive:
                manifest = _write(db, archive, program, now)
            file.flush()
            os.fsync(file.fileno())
        check(draft)
        draft.replace(path)
    except OSError as error:
        raise BackupError(f"{error.filename or path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def check(path: Path) -> Manifest:
    """Read a whole backup and compare its seal, rows and digests. Raises `BackupError`."""
    archive, manifest = backup_file.opened(path)
    with archive:
        for name, expected in manifest.tables.items():
            tally = Tally()
            for line in backup_file.lines(archive, name, path):
                tally.add(line)
            _compare(name, expected, tally)
    return manifest


def restore(db: Database, path: Path, *, now: datetime, actor: Actor, hold: bool = True) -> tuple[Manifest, int]:
    """Fill a migrated database with a backup and hold what it had queued; returns the manifest and how many are held.

    Everything that the database had is gone afterwards. Raises `BackupError`, and then nothing was changed.
    """
    manifest = check(path)
    if manifest.revision != migrate.current(db):
        raise BackupError(f"{path}: made at schema {manifest.revision}, the database is at {migrate.current(db)}")

    sequences = {name: entry["sequence"] for name, entry in manifest.tables.items()}

    def work(tx: Connection) -> int:
        access.require(tx, actor, Right.BACKUP)
        with dump.emptied(tx):
            _load(tx, path)
            if db.dialect != "mariadb":
                _number(tx, sequences)  # what is written below gets new numbers
            count = held.hold(tx, taken_at=manifest.taken_at, now=now, actor=actor) if hold else 0
        if db.dialect == "mariadb":
            _number(tx, sequences)  # it commits: only when everything is in and held
        told = {"taken_at": manifest.taken_at, "rows": manifest.rows, "held": count}
        audit.record(tx, actor, "backup.restore", "database", path.name, told, now=now)
        return count

    return manifest, db.transact(work)


def move(source: Database, target: Database, *, actor: Actor, now: datetime) -> dict[str, Tally]:
    """Copy every row into a migrated database of another kind and compare counts and digests. Raises `BackupError`.

    The target may be used only when this returns. Nobody may write to the source meanwhile: stop the daemon first.
    Nothing is held: the same site goes on elsewhere.
    """
    _at_head(source)
    source.read(lambda tx: access.require(tx, actor, Right.BACKUP))
    came: dict[str, Tally] = {}
    with dump.snapshot(source) as old:
        sequences = {table.name: dump.last_number(old, table) for table in dump.tables()}

        def work(tx: Connection) -> None:
            with dump.emptied(tx):
                for table in dump.tables():
                    columns = [column.name for column in dump.kept_columns(table)]
                    came[table.name] = dump.load(tx, table, columns, dump.rows_of(old, table))
            _number(tx, sequences)

        target.transact(work)
    with dump.snapshot(target) as new:
        for table in dump.tables():
            there = dump.tally_of(new, table)
            _compare(table.name, {"rows": came[table.name].rows, "digest": came[table.name].digest}, there)
    told = {"rows": sum(tally.rows for tally in came.values()), "from": source.dialect, "to": target.dialect}
    target.audit_key = source.audit_key
    target.transact(lambda tx: audit.record(tx, actor, "database.move", "database", target.dialect, told, now=now))
    return came


def _at_head(db: Database) -> None:
    """A schema newer than this program has tables that it would leave out."""
    if migrate.current(db) != migrate.head():
        raise BackupError(f"the database is at {migrate.current(db)}, this program knows {migrate.head()}: use its own")


def _write(db: Database, archive: zipfile.ZipFile, program: str, now: datetime) -> Manifest:
    found: dict[str, dict[str, Any]] = {}
    with dump.snapshot(db) as tx:
        for table in dump.tables():
            tally = Tally(sequence=dump.last_number(tx, table))
            with archive.open(backup_file.member(table.name), "w", force_zip64=True) as member:
                for line in dump.rows_of(tx, table):
                    tally.add(line)
                    member.write(line.encode() + b"\n")
            columns = [column.name for column in dump.kept_columns(table)]
            found[table.name] = {
                "columns": columns, "rows": tally.rows, "digest": tally.digest, "sequence": tally.sequence
            }  # fmt: skip
        revision = migrate.revision_of(tx)
    manifest = Manifest(now, program, revision or "", db.dialect, found)
    backup_file.write_manifest(archive, manifest)
    return manifest


def _load(tx: Connection, path: Path) -> None:
    """All rows of a backup into emptied tables."""
    archive, manifest = backup_file.opened(path)
    with archive:
        for table in dump.tables():
            if (entry := manifest.tables.get(table.name)) is None:
                continue
            try:
                came = dump.load(tx, table, entry["columns"], backup_file.lines(archive, table.name, path))
            except (KeyError, TypeError, ValueError) as error:
                raise BackupError(f"{path}: {table.name}: not as mgov writes it: {error}") from error
            _compare(table.name, entry, came)


def _compare(name: str, expected: dict[str, Any], came: Tally) -> None:
    if (came.rows, came.digest) != (expected["rows"], expected["digest"]):
        raise BackupError(f"{name}: {expected['rows']} rows were written, {came.rows} are there or differ")


def _number(tx: Connection, sequences: dict[str, int | None]) -> None:
    for table in dump.tables():
        dump.go_on_from(tx, table, sequences.get(table.name))


def surplus(folder: Path, keep: int) -> list[Path]:
    """The backups of a folder beyond the newest `keep`, oldest first: only files named as `mgov backup` names them."""
    found = sorted(folder.glob("mgov-[0-9]*T[0-9]*Z.zip"))
    return found[: max(0, len(found) - keep)]
