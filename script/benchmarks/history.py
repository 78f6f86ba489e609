"""Years of messages in a minute: rows as they stand when everything was sent, written by the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from mgov.store.database import Database

_TABLES = ("inbound_message", "outbound_message", "outbound_part")
#: Messages of one statement.
CHUNK = 250_000

_SERIES = {
    "sqlite": "(with recursive s(n) as (select {first} union all select n + 1 from s where n < {last})"
    " select n from s)",
    "postgresql": "(select n from generate_series({first}, {last}) as n)",
    "mariadb": "(select cast(seq as signed) as n from seq_{first}_to_{last})",
}
#: A second for each message, the newest an hour ago.
_MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-1 hour', (n - {total}) || ' seconds')",
    "postgresql": "now() - interval '1 hour' + (n - {total}) * interval '1 second'",
    "mariadb": "utc_timestamp(6) - interval 1 hour + interval (n - {total}) second",
}
_IDENTITY = {
    "sqlite": "lower(hex(randomblob(32)))",
    "postgresql": "encode(sha256(n::text::bytea), 'hex')",
    "mariadb": "sha2(n, 256)",
}
_PHONE = {
    "sqlite": "'+62812' || (10000000 + n * 7919 % 89999999)",
    "postgresql": "'+62812' || (10000000 + n::bigint * 7919 % 89999999)",
    "mariadb": "concat('+62812', 10000000 + n * 7919 % 89999999)",
}
_KEY = {"sqlite": "'answer:' || n", "postgresql": "'answer:' || n", "mariadb": "concat('answer:', n)"}
_STATE = "case when n % 50 = 0 then 'failed' else 'delivered' end"
_TEXT = "'Tagihan SKRD-2026-004512 atas nama Anda Rp50.000 sudah LUNAS. Terima kasih.'"

_INSERTS = (
    "insert into inbound_message (id, identity, channel, modem, sender, text, sent_at, received_at, state, command,"
    " attempts, handled_at) select n, {identity}, 'sms', 't1', {phone}, 'TAGIHAN SKRD-2026-004512', {moment}, {moment},"
    " 'handled', 'BILL', 0, {moment} from {series} as s",
    "insert into outbound_message (id, channel, recipient, text, priority, urgency, state, dedupe_key, in_reply_to,"
    " modem, sim, parts, attempts, queued_at, not_before, sent_at, delivered_at, lease_number) select n, 'sms',"
    " {phone}, {text}, 'reply', 10, {state}, {key}, n, 't1', 'sim-1', 1, 1, {moment}, {moment}, {moment}, {moment}, 1"
    " from {series} as s",
    "insert into outbound_part (id, message_id, sequence, state, reference, modem, sim, attempts, submitted_at, status)"
    " select n, n, 1, 'delivered', n % 256, 't1', 'sim-1', 1, {moment}, 0 from {series} as s",
)
#: All but those of the primary keys, which parts point to.
_INDEXES = (
    "select i.tablename, i.indexname, i.indexdef, exists (select 1 from pg_constraint c where c.conname = i.indexname)"
    " from pg_indexes i where i.tablename = any(:tables) and i.indexname not like 'pk_%' order by 1, 2"
)
#: Sequences go on after rows that came with their numbers.
_GO_ON = "select setval(pg_get_serial_sequence('{table}', 'id'), greatest({total}, (select max(id) from {table})))"


def messages(db: Database) -> int:
    """How many messages the history holds, what measurements left behind among them."""

    def work(tx: Connection) -> int:
        newest = (tx.execute(text(f"select max(id) from {table}")).scalar() for table in _TABLES)  # noqa: S608 - ours
        return max(int(number or 0) for number in newest)

    return db.read(work)


def fill(db: Database, total: int) -> Iterator[int]:
    """Let the history hold `total` messages in and as many answers out; yields how many there are after each commit."""
    with db.engine.connect() as connection:
        if db.dialect == "sqlite":
            _hurry(connection)
        if db.dialect == "postgresql":
            yield from _fill_without_indexes(db, connection, total)
        else:
            yield from _fill(db, connection, total)
        if db.dialect == "sqlite":
            connection.invalidate()
        else:
            _settle_down(db, connection, total)


def _hurry(connection: Connection) -> None:
    """Of this connection only: a filling that is cut off may be begun again."""
    driver: Any = connection.connection.driver_connection
    driver.execute("pragma synchronous=off")
    driver.execute("pragma cache_size=-1500000")


def _fill(db: Database, connection: Connection, total: int) -> Iterator[int]:
    first = messages(db) + 1
    while first <= total:
        last = min(first + CHUNK - 1, total)
        connection.rollback()
        with connection.begin():
            _insert(db, connection, first, last, total)
        yield last
        first = last + 1


def _insert(db: Database, connection: Connection, first: int, last: int, total: int) -> None:
    for insert in _INSERTS:
        connection.execute(text(_written(insert, db.dialect, first, last, total)))


def _fill_without_indexes(db: Database, connection: Connection, total: int) -> Iterator[int]:
    """One transaction, as PostgreSQL undoes DDL too: an index is made in a fraction of the time of filling it."""
    beginning = messages(db) + 1
    if beginning > total:
        return
    connection.rollback()
    with connection.begin():
        indexes = connection.execute(text(_INDEXES), {"tables": list(_TABLES)}).all()
        for table, name, _, is_constraint in indexes:
            what = f"alter table {table} drop constraint {name}" if is_constraint else f"drop index {name}"
            connection.execute(text(what))
        for first in range(beginning, total + 1, CHUNK):
            last = min(first + CHUNK - 1, total)
            _insert(db, connection, first, last, total)
            yield last
        for table, name, definition, is_constraint in indexes:
            connection.exec_driver_sql(definition)
            if is_constraint:
                connection.execute(text(f"alter table {table} add constraint {name} unique using index {name}"))


def _written(insert: str, dialect: str, first: int, last: int, total: int) -> str:
    series = _SERIES[dialect].format(first=first, last=last)
    moment = _MOMENT[dialect].format(total=total)
    words = {"identity": _IDENTITY[dialect], "phone": _PHONE[dialect], "key": _KEY[dialect], "state": _STATE}
    return insert.format(series=series, moment=moment, text=_TEXT, **words).replace(":", r"\:")


def _settle_down(db: Database, connection: Connection, total: int) -> None:
    """What a day would bring by itself: statistics, and sequences after the rows that came with numbers."""
    connection.rollback()
    with connection.begin():
        for table in _TABLES:
            if db.dialect == "postgresql":
                connection.execute(text(_GO_ON.format(table=table, total=total)))
                connection.execute(text(f"analyze {table}"))
            else:
                connection.execute(text(f"analyze table {table}"))
