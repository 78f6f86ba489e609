"""A backup is one moment, is whole or refused, and what it had queued waits for a person after a restore."""

from __future__ import annotations

import json
import random
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import DBAPIError

from mgov.domain.actor import Actor
from mgov.domain.routing import SendRules
from mgov.store import dump, held, leases, outbox
from mgov.store.database import Database
from mgov.store.queue import Taker
from mgov.store.schema.messages import outbound_message
from mgov.store.schema.money import bill, settlement
from mgov.store.schema.staff import audit, transition
from mgov.workflows import backup, backup_file
from mgov.workflows.backup_file import BackupError
from tests.ground.filled import fill

LATER = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


@pytest.fixture
def empty(migrated_sqlite_url: str) -> Iterator[Database]:
    with closing(Database(migrated_sqlite_url)) as opened:
        yield opened


def _tallies(db: Database) -> dict[str, tuple[int, str]]:
    with dump.snapshot(db) as tx:
        return {t.name: (tally.rows, tally.digest) for t in dump.tables() for tally in [dump.tally_of(tx, t)]}


def _unaudited(db: Database) -> dict[str, tuple[int, str]]:
    """All but the audit, in which the restore itself is written."""
    return {name: found for name, found in _tallies(db).items() if name not in ("audit", "counter")}


def _take(db: Database, folder: Path) -> Path:
    path = folder / "backup.zip"
    backup.take(db, path, program="1", now=LATER)
    return path


def test_a_restored_database_has_every_row(filled: Database, empty: Database, tmp_path: Path) -> None:
    """From each kind of database into SQLite: counts and digests of all tables are the same."""
    path = _take(filled, tmp_path)
    manifest, _ = backup.restore(empty, path, now=LATER, actor=Actor.staff("t"), hold=False)
    assert manifest.rows > 50
    assert _unaudited(empty) == _unaudited(filled)
    assert path.stat().st_mode & 0o077 == 0


def test_a_backup_goes_back_into_its_own_kind(filled: Database, tmp_path: Path) -> None:
    """What was written since is gone, what was there is there, and the ledger's triggers work as before."""
    before = _unaudited(filled)
    path = _take(filled, tmp_path)
    filled.transact(lambda tx: outbox.queue_text(tx, to="+628125550001", text="x", now=LATER))
    backup.restore(filled, path, now=LATER, actor=Actor.staff("t"), hold=False)
    assert _unaudited(filled) == before
    values = {"bank_entry_id": 1, "bill_id": 1, "rule": "exact", "actor": "t", "at": LATER, "amount": 100_000}
    allocated = select(bill.c.allocated).where(bill.c.id == 1)
    filled.transact(lambda tx: tx.execute(insert(settlement).values(**values)))
    assert filled.read(lambda tx: tx.execute(allocated).scalar()) == 500_000
    with pytest.raises(DBAPIError):
        filled.transact(lambda tx: tx.execute(settlement.delete()))


def test_numbers_go_on_where_they_were(filled: Database, tmp_path: Path) -> None:
    """A number that was given out and deleted is not given out again after a restore."""
    highest = filled.read(lambda tx: dump.last_number(tx, outbound_message))
    path = _take(filled, tmp_path)
    backup.restore(filled, path, now=LATER, actor=Actor.staff("t"))
    fresh = filled.transact(lambda tx: outbox.queue_text(tx, to="+628120000009", text="x", now=LATER))
    assert fresh == (highest or 0) + 1


def test_after_a_restore_nothing_old_is_sent_until_a_person_says_so(filled: Database, tmp_path: Path) -> None:
    """What the backup had queued is held, what it was sending is doubted; new messages leave."""
    path = _take(filled, tmp_path)
    _, count = backup.restore(filled, path, now=LATER, actor=Actor.staff("t"))
    assert count > 3
    assert filled.read(lambda tx: len(held.listing(tx))) == count
    late, taker = LATER + timedelta(days=400), Taker("m", "sim")
    assert filled.transact(lambda tx: leases.claim(tx, owner="o", now=late, taker=taker)) == []
    assert filled.transact(lambda tx: leases.claim_mail(tx, owner="o", now=late, rules=SendRules())) is None
    states = filled.read(lambda tx: set(tx.execute(select(outbound_message.c.state)).scalars()))
    assert "sending" not in states
    assert "uncertain" in states
    new = filled.transact(lambda tx: outbox.queue_text(tx, to="+628120000009", text="baru", now=LATER))
    [claimed] = filled.transact(lambda tx: leases.claim(tx, owner="o", now=late, taker=taker))
    assert claimed["id"] == new


def test_a_person_releases_or_expires_what_is_held(filled: Database, tmp_path: Path) -> None:
    """Released messages leave when they were due, expired ones never; then the site is as any other."""
    path = _take(filled, tmp_path)
    _, count = backup.restore(filled, path, now=LATER, actor=Actor.staff("t"))
    first, second, *_ = filled.read(lambda tx: [row["id"] for row in held.listing(tx)])
    assert filled.transact(lambda tx: held.release(tx, [first], now=LATER, actor=Actor.staff("t"))) == 1
    assert filled.transact(lambda tx: held.expire(tx, [second], now=LATER, actor=Actor.staff("t"))) == 1
    row = filled.read(lambda tx: outbox.get(tx, first))
    assert row is not None
    assert row["not_before"] < LATER
    assert filled.read(lambda tx: outbox.get(tx, second))["state"] == "expired"  # type: ignore[index]
    assert filled.transact(lambda tx: held.release(tx, None, now=LATER, actor=Actor.staff("t"))) == count - 2
    assert filled.read(held.listing) == []
    causes = select(transition.c.cause).where(transition.c.object_kind == "send", transition.c.object_id == first)
    assert {"held", "released"} <= set(filled.read(lambda tx: tx.execute(causes).scalars().all()))


def test_a_backup_under_writing_is_one_moment(filled: Database, empty: Database, tmp_path: Path) -> None:
    """Every message of a backup taken while others write has its history, and every audit row the one before it."""
    stop = threading.Event()
    errors: list[BaseException] = []

    def write() -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                to = f"+6281300{number:06d}"
                filled.transact(lambda tx, to=to: outbox.queue_text(tx, to=to, text="x", now=LATER))  # type: ignore[misc]
        except BaseException as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        path = _take(filled, tmp_path)
    finally:
        stop.set()
        writer.join()
    assert errors == []
    backup.restore(empty, path, now=LATER, actor=Actor.staff("t"), hold=False)

    def counts(tx: Connection) -> tuple[int | None, int | None]:
        sends = tx.execute(select(func.count()).where(outbound_message.c.recipient.like("+6281300%"))).scalar()
        queued = (
            select(func.count())
            .select_from(transition)
            .join(outbound_message, outbound_message.c.id == transition.c.object_id)
        )
        mine = (transition.c.object_kind == "send") & outbound_message.c.recipient.like("+6281300%")
        return sends, tx.execute(queued.where(mine)).scalar()

    sends, histories = empty.read(counts)
    assert sends == histories


@pytest.mark.parametrize("harm", ["cut", "row", "column", "text"])
def test_a_damaged_backup_is_refused_and_changes_nothing(filled: Database, tmp_path: Path, harm: str) -> None:
    """Cut off, a row missing, a strange column, or no backup at all: one sentence, and the database is as it was."""
    path = _take(filled, tmp_path)
    before = _tallies(filled)
    data = path.read_bytes()
    if harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "text":
        path.write_text("hello")
    else:
        _rewrite(path, _without_a_row if harm == "row" else _with_a_strange_column)
    with pytest.raises(BackupError):
        backup.restore(filled, path, now=LATER, actor=Actor.staff("t"))
    assert _tallies(filled) == before


def test_a_turned_bit_is_refused_wherever_it_is(migrated_sqlite_url: str, tmp_path: Path) -> None:
    """One bit of each octet of the file, headers and seal included: refused with one sentence, none read otherwise."""
    path = _taken_from_filled(migrated_sqlite_url, tmp_path)
    data, chance = path.read_bytes(), random.Random(35_2008)
    for place in range(len(data)):
        path.write_bytes(_turned(data, place, chance.randrange(8)))
        with pytest.raises(BackupError, match=r"damaged|not a backup"):
            backup.check(path)


def test_a_backup_sealed_again_after_a_change_is_refused_or_reads_as_it_was(
    migrated_sqlite_url: str, tmp_path: Path
) -> None:
    """The reader meets what the seal would have refused: counts, sums and sizes find it, and no other error comes."""
    path = _taken_from_filled(migrated_sqlite_url, tmp_path)
    whole, data, refused = backup.check(path), path.read_bytes(), 0
    chance = random.Random(35_2008)
    for _ in range(2500):
        path.write_bytes(_turned(data, chance.randrange(len(data) - 64), chance.randrange(8)))
        with path.open("r+b") as file:
            backup_file.seal(file)
        try:
            assert backup.check(path) == whole
        except BackupError:
            refused += 1
    assert refused > 1500


def test_a_backup_from_before_seals_is_read(migrated_sqlite_url: str, tmp_path: Path) -> None:
    """Its rows are counted and compared as before; the newer format without its seal is refused."""
    path = _taken_from_filled(migrated_sqlite_url, tmp_path)
    whole = backup.check(path)
    _rewrite(path, lambda members: None, sealed=False)
    with pytest.raises(BackupError, match="seal is missing"):
        backup.check(path)
    _rewrite(path, _as_format_1, sealed=False)
    assert backup.check(path) == whole


def _taken_from_filled(url: str, folder: Path) -> Path:
    with closing(Database(url)) as db:
        fill(db)
        return _take(db, folder)


def _turned(data: bytes, place: int, bit: int) -> bytes:
    return data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]


def _rewrite(path: Path, change: Callable[[dict[str, bytes]], object], *, sealed: bool = True) -> None:
    """The same file with other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with path.open("w+b") as file, backup_file.writing(file) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    if not sealed:
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = b""


def _as_format_1(members: dict[str, bytes]) -> None:
    manifest = members[backup_file.MANIFEST]
    members[backup_file.MANIFEST] = manifest.replace(b'"format": 2', b'"format": 1')


def _without_a_row(members: dict[str, bytes]) -> None:
    lines = members["tables/bill.jsonl"].splitlines(keepends=True)
    members["tables/bill.jsonl"] = b"".join(lines[1:])


def _with_a_strange_column(members: dict[str, bytes]) -> None:
    manifest = json.loads(members[backup_file.MANIFEST])
    manifest["tables"]["bill"]["columns"][1] = "x = x; --"
    members[backup_file.MANIFEST] = json.dumps(manifest).encode()


def test_a_site_moves_to_another_database_without_loss(
    migrated_sqlite_url: str, migrated_postgresql_url: str, migrated_mariadb_url: str
) -> None:
    """SQLite to PostgreSQL and to MariaDB, and back: the same rows, and numbers go on."""
    with closing(Database(migrated_sqlite_url)) as source:
        fill(source)
        before, unaudited = _tallies(source), _unaudited(source)
        number = source.read(lambda tx: dump.last_number(tx, outbound_message))
        for url in (migrated_postgresql_url, migrated_mariadb_url):
            with closing(Database(url)) as target:
                came = backup.move(source, target, actor=Actor.system("t"), now=LATER)
                assert {name: (tally.rows, tally.digest) for name, tally in came.items()} == before
                assert _unaudited(target) == _unaudited(source)
                assert target.read(lambda tx: dump.last_number(tx, outbound_message)) == number
                with pytest.raises(DBAPIError):
                    target.transact(lambda tx: tx.execute(settlement.delete()))
                backup.move(target, source, actor=Actor.system("t"), now=LATER)
                assert _unaudited(source) == unaudited
                before = _tallies(source)
    assert audit.name in before
