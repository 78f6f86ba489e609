"""The chain of the audit, on three databases: written with the change, whole under load, and a tamperer shows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from mgov.audit_files import AuditFileError, AuditFiles
from mgov.domain.actor import Actor
from mgov.store import audit
from mgov.store.audit import Head
from mgov.store.database import Database
from mgov.store.schema.services import counter
from mgov.store.schema.staff import audit as table

NOW = datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC)
KEY = b"0123456789abcdef"


def write(db: Database, count: int = 1, what: str = "bill.import") -> None:
    for number in range(count):
        detail = {"note": f"baris {number} é🙏 \x1f|", "amount": 10**15}
        db.transact(
            lambda tx, detail=detail: audit.record(tx, Actor.staff("kasir"), what, "bill", "PKB-1", detail, now=NOW)
        )


def verdict(db: Database, keys: tuple[bytes, ...] = (KEY,), anchors: dict[str, Head] | None = None) -> audit.Verdict:
    return db.read(lambda tx: audit.verify(tx, list(keys), anchors))


def tamper(db: Database, *statements: Any) -> None:  # noqa: ANN401 - statements
    """What somebody with every right in the database can do."""

    if db.dialect == "postgresql":
        disarm = ["alter table audit disable trigger all"]
    else:
        disarm = [f"drop trigger if exists audit_no_{event}" for event in ("update", "delete")]
    for statement in (*map(text, disarm), *statements):
        db.transact(lambda tx, statement=statement: tx.execute(statement))


@pytest.fixture
def chained(database: Database) -> Database:
    database.audit_key = KEY
    write(database, 5)
    return database


def test_a_whole_chain_verifies_and_its_head_is_the_newest_row(chained: Database) -> None:
    """Five rows are five; the head is the last of them."""
    found = verdict(chained)
    assert (found.rows, found.fault) == (5, None)
    assert chained.read(audit.head) == Head(5, found.newest_hash)


def test_what_does_not_commit_is_not_in_the_audit(chained: Database) -> None:
    """A transaction that fails leaves no row, and none of it slips into the next one."""

    def fails(tx: Connection) -> None:
        audit.record(tx, Actor.staff("kasir"), "bill.import", "bill", "X", now=NOW)
        raise ValueError("not today")

    with pytest.raises(ValueError, match="not today"):
        chained.transact(fails)
    write(chained)
    assert verdict(chained).rows == 6


def test_the_change_and_its_row_are_one_commit(chained: Database) -> None:
    """When the row cannot be written, the change is not made either."""

    def work(tx: Connection) -> None:
        tx.execute(insert(counter).values(name="probe", value=1))
        audit.record(tx, Actor.staff("kasir"), "x.y", "k", "1", now=NOW)
        tx.info["audit"][0]["object_kind"] = None

    with pytest.raises(DBAPIError):
        chained.transact(work)
    assert chained.read(lambda tx: tx.execute(select(counter).where(counter.c.name == "probe")).first()) is None


TAMPERINGS: dict[str, Callable[[], list[Any]]] = {
    "an actor": lambda: [update(table).where(table.c.number == 2).values(actor="staff:lain")],
    "an action": lambda: [update(table).where(table.c.number == 5).values(action="bill.show")],
    "an object": lambda: [update(table).where(table.c.number == 1).values(object_id="PKB-2")],
    "a kind": lambda: [update(table).where(table.c.number == 1).values(object_kind="x")],
    "a detail": lambda: [update(table).where(table.c.number == 3).values(detail="{}")],
    "a time": lambda: [update(table).where(table.c.number == 3).values(at=NOW.replace(microsecond=1))],
    "a hash": lambda: [update(table).where(table.c.number == 4).values(hash="f" * 64)],
    "a link": lambda: [update(table).where(table.c.number == 4).values(previous_hash="f" * 64)],
    "a key's name": lambda: [update(table).where(table.c.number == 4).values(key_name="none")],
    "the first row gone": lambda: [delete(table).where(table.c.number == 1)],
    "a middle row gone": lambda: [delete(table).where(table.c.number == 3)],
    "the last row gone": lambda: [delete(table).where(table.c.number == 5)],
    "a row gone, the others renumbered": lambda: [
        delete(table).where(table.c.number == 3),
        update(table).where(table.c.number == 4).values(number=3),
        update(table).where(table.c.number == 5).values(number=4),
        update(counter).where(counter.c.name == "audit").values(value=4),
    ],
    "two rows exchanged": lambda: [
        update(table).where(table.c.number == 2).values(number=99),
        update(table).where(table.c.number == 3).values(number=2),
        update(table).where(table.c.number == 99).values(number=3),
    ],
    "a row inserted": lambda: [
        insert(table).values(
            number=6,
            at=NOW,
            actor="staff:lain",
            action="x.y",
            object_kind="k",
            object_id="1",
            detail="{}",
            key_name=audit.key_name(KEY),
            previous_hash="0" * 64,
            hash="a" * 64,
        ),
        update(counter).where(counter.c.name == "audit").values(value=6),
    ],
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_any_change_deletion_or_insertion_shows(chained: Database, what: str) -> None:
    """Whoever can rewrite the table, but has not the key, is found out."""
    tamper(chained, *TAMPERINGS[what]())
    assert verdict(chained).fault is not None


def test_a_tail_cut_with_its_counter_shows_by_the_anchor(chained: Database, tmp_path: Path) -> None:
    """With the counter set back the database alone looks whole; the anchor outside of it remembers more."""
    files = AuditFiles(tmp_path)
    files.remember(chained.read(audit.head))
    cut = [delete(table).where(table.c.number > 3), update(counter).where(counter.c.name == "audit").values(value=3)]
    tamper(chained, *cut)
    assert verdict(chained).fault is None
    fault = verdict(chained, anchors=files.anchors()).fault
    assert fault is not None
    assert "remembers row 5, 3 are there" in fault
    write(chained, 2, what="other.thing")
    files.remember(chained.read(audit.head))
    assert "remembers under this number" in str(verdict(chained, anchors=files.anchors()).fault)


def test_a_chain_written_anew_with_another_key_shows(chained: Database) -> None:
    """Who rewrites everything with a key of his own, or none, does not have the site's."""
    for key in (b"mine", audit.UNKEYED):
        chained.audit_key = key
        write(chained)
        assert "another key" in str(verdict(chained).fault)
        tamper(chained, delete(table).where(table.c.number == 6), update(counter).values(value=5))


def test_a_new_key_verifies_together_with_the_old_one(chained: Database) -> None:
    """After a change of keys both are kept, the new one first."""
    chained.audit_key = b"the new key"
    write(chained)
    assert verdict(chained, (b"the new key", KEY)).fault is None
    assert verdict(chained, (b"the new key",)).fault is not None


def test_writers_at_once_make_one_whole_chain(database: Database) -> None:
    """Eight writers, each its own transactions: no row is lost, none doubled, the chain is whole."""
    database.audit_key = KEY
    threads = [threading.Thread(target=write, args=(database, 15)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verdict(database)
    assert (found.rows, found.fault) == (120, None)


def test_a_long_transaction_does_not_hold_the_chain(database: Database) -> None:
    """Noting early in a long transaction blocks nobody: the lock is taken just before the commit."""
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time anyway")
    database.audit_key = KEY
    write(database)
    noted, go_on = threading.Event(), threading.Event()

    def long(tx: Connection) -> None:
        audit.record(tx, Actor.staff("kasir"), "bank.import", "account", "1", now=NOW)
        noted.set()
        go_on.wait(20)

    thread = threading.Thread(target=database.transact, args=(long,))
    thread.start()
    assert noted.wait(10)
    write(database)  # would wait for ever, if the lock were held
    assert database.read(audit.head).number == 2
    go_on.set()
    thread.join()
    assert (verdict(database).rows, verdict(database).fault) == (3, None)


def test_strange_texts_stay_in_their_column(database: Database) -> None:
    """Names with controls, quotes, emoji, NUL or 10,000 letters are kept as one line and verify."""
    database.audit_key = KEY
    for name in ("a\nb", "x\x00y", "';drop table audit;--", "🙏" * 300, "\ud800", '{"n": 1}', ""):
        database.transact(lambda tx, name=name: audit.record(tx, name, name, name, name, {"n": name}, now=NOW))
    assert verdict(database).fault is None
    assert all("\n" not in row["actor"] for row in database.read(lambda tx: list(audit.rows(tx))))


def test_the_anchor_goes_only_forward_and_a_spoilt_one_is_said(tmp_path: Path) -> None:
    """An older head does not overwrite a newer one; an unreadable anchor is a fault, not an empty one."""
    files = AuditFiles(tmp_path)
    files.remember(Head(7, "7" * 64))
    files.remember(Head(3, "3" * 64))
    assert list(files.anchors().values()) == [Head(7, "7" * 64)]
    files.reset_anchor(Head(3, "3" * 64))
    assert list(files.anchors().values()) == [Head(3, "3" * 64)]
    (tmp_path / "audit.anchor").write_text("0\n")
    with pytest.raises(AuditFileError):
        files.anchors()


def test_the_key_is_made_once_and_is_closed_to_others(tmp_path: Path) -> None:
    """The first use makes it, mode 0600; later uses read the same."""
    files = AuditFiles(tmp_path)
    key = files.writing_key()
    assert len(key) == 64
    assert AuditFiles(tmp_path).keys() == [key]
    assert (tmp_path / "audit.key").stat().st_mode & 0o777 == 0o600


def test_the_key_is_not_in_the_database(chained: Database) -> None:
    """No table holds the key or anything that it could be got from."""
    with chained.engine.connect() as connection:
        rows = connection.execute(text("select * from audit")).all()
    assert all(KEY.decode() not in str(row) and KEY.hex() not in str(row) for row in rows)
