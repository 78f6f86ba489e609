"""Years of messages in minutes: rows as the site's jobs leave them, written by the database itself.

A conversation is a text in and its answer out, with all that hangs on them: the part of the answer, six transitions,
and for 90 days the raw part and the report of delivery. Conversations are spread evenly over the two years that are
kept. What is older than the 60 days of `[privacy] archive_days` stands in the archive, the rest in the queue's tables;
a history of which nothing was archived is the worst case. Rows go into tables without indexes, which are made after:
the same indexes in a fraction of the time. Then it is counted that no part is without its message.
"""

# ruff: noqa: S608 - every part of these statements is a constant of this file, or a number

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from mgov.store.database import Database

DAYS_KEPT = 730
DAYS_IN_QUEUE = 60
DAYS_RAW = 90
TRANSITIONS = 6


@dataclass(frozen=True, slots=True)
class History:
    """So many messages, in and out together; with `archived` the older ones stand in the archive."""

    messages: int
    archived: bool = True

    @property
    def conversations(self) -> int:
        """Numbered from 1, the oldest first."""
        return self.messages // 2

    def first_of(self, days: int) -> int:
        """The first conversation of the last so many days."""
        return self.conversations - self.conversations * days // DAYS_KEPT + 1

    @property
    def name(self) -> str:
        """As a heading."""
        return f"{self.messages:,}" + ("" if self.archived or not self.messages else ", nothing archived")


@dataclass(frozen=True, slots=True)
class _Words:
    """What the databases say in different ways; `n` is the number of the conversation."""

    series: str  #: rows (n, at) from {first} to {last}
    at: str  #: of conversation n of {total}, {step} seconds each
    hash: str  #: 64 hexadecimal digits that nobody can foresee, as a digest of a PDU has them
    phone: str
    number: str  #: n as text, behind {word}


_WORDS = {
    "sqlite": _Words(
        "(with recursive s(n, at) as (select {first}, {at_first} union all select n + 1, {at_next} from s"
        " where n < {last}) select n, at from s)",
        "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-1 hour', ((({n}) - {total}) * {step}) || ' seconds')",
        # in the order of the rows, as this index alone cannot be made after them, and spread over all keys
        "printf('%013x', (n - {first}) * (4503599627370496 / ({last} - {first} + 1)))"
        " || '9ce8ee0aa49c8a53cd10adbf5bc4dd59fe8e59b6e26b3d7dbc6'",
        "'+62812' || (10000000 + n * 7919 % 89999999)",
        "{word} || n",
    ),
    "postgresql": _Words(
        "(select n, {at} as at from generate_series({first}::bigint, {last}) as n)",
        "now() - interval '1 hour' + (({n}) - {total}) * {step} * interval '1 second'",
        "encode(sha256((n::text || {salt})::bytea), 'hex')",
        "'+62812' || (10000000 + n * 7919 % 89999999)",
        "{word} || n",
    ),
    "mariadb": _Words(
        "(select cast(seq as signed) as n, {at} as at from seq_{first}_to_{last})",
        "utc_timestamp(6) - interval 1 hour + interval (({n}) - {total}) * {step} second",
        "sha2(concat(n, {salt}), 256)",
        "concat('+62812', 10000000 + n * 7919 % 89999999)",
        "concat({word}, n)",
    ),
}
_STATE = "case when n % 50 = 0 then 'failed' else 'delivered' end"
_ANSWER = "'Tagihan SKRD-2026-004512 atas nama Anda Rp50.000 sudah LUNAS. Terima kasih.'"
_PDU = "'0891261889900000F0040C9126181232547600006211422213158214D4E0B0F82CA7CF2A50D3C2CD6490C564351C'"

_RAW = (
    "insert into inbound_part (id, identity, modem, sim, sender, sent_at, pdu, state, message_id, received_at)"
    " select n, {hash}, 't1', 'sim-1', {phone}, at, {pdu}, 'joined', n, at from {series} as s",
    "insert into delivery_report (id, identity, modem, sim, reference, recipient, status, discharged_at, received_at,"
    " pdu, part_id) select n, {hash}, 't1', 'sim-1', n % 256, {phone}, 0, at, at, {pdu}, n from {series} as s",
)
_MESSAGES = (
    "insert into {archive}inbound_message (id, identity, channel, modem, sender, text, sent_at, received_at, state,"
    " command, attempts, handled_at) select n, {hash}, 'sms', 't1', {phone}, 'TAGIHAN SKRD-2026-004512', at, at,"
    " 'handled', 'BILL', 0, at from {series} as s",
    "insert into {archive}outbound_message (id, channel, recipient, text, priority, urgency, state, dedupe_key,"
    " in_reply_to, modem, sim, parts, attempts, queued_at, not_before, sent_at, delivered_at, lease_number) select n,"
    " 'sms', {phone}, {answer}, 'reply', 10, {state}, {key}, n, 't1', 'sim-1', 1, 1, at, at, at, at, 1"
    " from {series} as s",
    "insert into {archive}outbound_part (id, message_id, sequence, state, reference, modem, sim, attempts,"
    " submitted_at, delivered_at, status) select n, n, 1, 'delivered', n % 256, 't1', 'sim-1', 1, at, at, 0"
    " from {series} as s",
)
#: Six a conversation, one after the other: {i} counts them from 0.
_TRANSITION = (
    "insert into transition (id, object_kind, object_id, from_state, to_state, at, actor, cause)"
    " select n + 1, case when n % 6 < 2 then 'message' else 'send' end, n / 6 + 1,"
    " case n % 6 when 0 then null when 1 then 'received' when 2 then null when 3 then 'queued' when 4 then 'sending'"
    " else 'sent' end,"
    " case n % 6 when 0 then 'received' when 1 then 'handled' when 2 then 'queued' when 3 then 'sending'"
    " when 4 then 'sent' else 'delivered' end, at,"
    " case n % 6 when 0 then 'phone:+628121234567' when 3 then 'system:noc-1/t1' when 4 then 'system:noc-1/t1'"
    " when 5 then 'system:network' else 'system:engine' end,"
    " case n % 6 when 0 then 'sms' when 1 then 'keyword: TAGIHAN is BILL' when 2 then 'answer' when 3 then 'claimed'"
    " when 4 then 'accepted' else 'delivery report' end from {series} as s"
)
_LIVE = ("inbound_message", "outbound_message", "outbound_part")
_TABLES = (*_LIVE, *(f"archived_{table}" for table in _LIVE), "inbound_part", "delivery_report", "transition")
_ORPHANS = (
    "select count(*) from {archive}outbound_part as part left join {archive}outbound_message as message"
    " on message.id = part.message_id where message.id is null"
)


def fill(db: Database, history: History) -> None:
    """Write a history into an empty database, as settled as if it had been there for a day."""
    if not history.conversations:
        return
    with db.engine.connect() as connection:
        with _hurried(connection, db.dialect), _without_indexes(connection, db.dialect):
            for statement in _statements(history, db.dialect):
                _run(connection, statement)
        if orphans := sum(_orphans(connection)):
            raise RuntimeError(f"{orphans} parts without their message")
        _settle_down(connection, db.dialect)
        connection.invalidate()  # with the settings that it had for this


def _run(connection: Connection, statement: str) -> None:
    with connection.begin():
        connection.execute(text(statement.replace(":", r"\:")))


def _orphans(connection: Connection) -> list[int]:
    with connection.begin():
        counted = [connection.execute(text(_ORPHANS.format(archive=where))) for where in ("", "archived_")]
        return [int(result.scalar_one()) for result in counted]


def _statements(history: History, dialect: str) -> Iterator[str]:
    total = history.conversations
    for statement in _RAW:
        yield _written(statement, dialect, history.first_of(DAYS_RAW), total, total)
    first = history.first_of(DAYS_IN_QUEUE) if history.archived else 1
    for statement in _MESSAGES:
        yield _written(statement, dialect, first, total, total)
        if first > 1:
            yield _written(statement, dialect, 1, first - 1, total, archive="archived_")
    transition = _TRANSITION.replace("n / 6", "n div 6") if dialect == "mariadb" else _TRANSITION
    yield _written(transition, dialect, 0, TRANSITIONS * total - 1, TRANSITIONS * total)


def _written(statement: str, dialect: str, first: int, last: int, total: int, archive: str = "") -> str:
    """One statement of rows `first` to `last` of `total` that are spread over the time that is kept."""
    words = _WORDS[dialect]
    step = f"{DAYS_KEPT * 86_400 / total:.9f}"
    number = "cast(seq as signed)" if dialect == "mariadb" else "n"
    places = {"at": number, "at_first": first, "at_next": "n + 1"}
    moments = {name: words.at.format(n=n, total=total, step=step) for name, n in places.items()}
    return statement.format(
        archive=archive,
        series=words.series.format(first=first, last=last, **moments),
        hash=words.hash.format(first=first, last=last, salt=f"'{statement[12:20]}'"),  # of each table its own
        phone=words.phone,
        key=words.number.format(word="'answer:'"),
        state=_STATE,
        answer=_ANSWER,
        pdu=_PDU,
    )


@contextmanager
def _hurried(connection: Connection, dialect: str) -> Iterator[None]:
    """Without the care that real rows get: a filling that is cut off is begun anew."""
    driver: Any = connection.connection.driver_connection
    settings, back = _HURRY[dialect], _BACK.get(dialect, ())
    _set(driver, settings)
    yield
    _set(driver, back)


_HURRY = {
    "sqlite": (
        *("pragma journal_mode=off", "pragma synchronous=off", "pragma foreign_keys=off", "pragma secure_delete=off"),
        *("pragma cache_size=-1000000", "pragma temp_store=memory"),
    ),
    "postgresql": ("set synchronous_commit = off", "set maintenance_work_mem = '1GB'", "set jit = off"),
    "mariadb": ("set unique_checks = 0", "set foreign_key_checks = 0", "set sql_log_bin = 0"),
}
_BACK = {"sqlite": ("pragma journal_mode=wal",)}


def _set(driver: Any, settings: Sequence[str]) -> None:  # noqa: ANN401 - a connection of any driver
    cursor = driver.cursor()
    for setting in settings:
        cursor.execute(setting)
    cursor.close()
    driver.commit()


@contextmanager
def _without_indexes(connection: Connection, dialect: str) -> Iterator[None]:
    """Make the indexes after the rows. MariaDB does so by itself for the first statement of an empty table."""
    take, give = {"postgresql": _of_postgresql, "sqlite": _of_sqlite}.get(dialect, _none)(connection)
    for statement in take:
        _run(connection, statement)
    yield
    for statement in give:
        _run(connection, statement)


def _none(_connection: Connection) -> tuple[list[str], list[str]]:
    return [], []


def _of_sqlite(connection: Connection) -> tuple[list[str], list[str]]:
    query = text("select tbl_name, name, sql from sqlite_master where type = 'index' and sql is not null")
    with connection.begin():
        indexes = [row for row in connection.execute(query) if row.tbl_name in _TABLES]
    return [f"drop index {row.name}" for row in indexes], [row.sql for row in indexes]


def _of_postgresql(connection: Connection) -> tuple[list[str], list[str]]:
    """All but the primary keys, which are filled in order; constraints are checked as they are added."""
    with connection.begin():
        constraints = connection.execute(text(_CONSTRAINTS), {"tables": list(_TABLES)}).all()
        indexes = connection.execute(text(_INDEXES), {"tables": list(_TABLES)}).all()
    take = [f"alter table {row.of} drop constraint {row.name}" for row in constraints]
    give = [f"alter table {row.of} add constraint {row.name} {row.definition}" for row in constraints]
    return take + [f"drop index {row.name}" for row in indexes], [row.definition for row in indexes] + give


_CONSTRAINTS = (
    "select conrelid::regclass::text as of, conname as name, pg_get_constraintdef(oid) as definition"
    " from pg_constraint where contype in ('u', 'f') and conrelid::regclass::text = any(:tables) order by contype desc"
)
_INDEXES = (
    "select indexname as name, indexdef as definition from pg_indexes where tablename = any(:tables) and not exists"
    " (select 1 from pg_constraint where conname = indexname)"
)


def _settle_down(connection: Connection, dialect: str) -> None:
    """What a day would bring by itself: statistics, clean pages, and sequences after rows that came with numbers."""
    if dialect == "sqlite":
        _run(connection, "analyze")
        return
    if dialect == "postgresql":
        for table in (*_LIVE, "inbound_part", "delivery_report", "transition"):
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            _run(connection, f"select setval({sequence}, (select coalesce(max(id), 1) from {table}))")
    driver: Any = connection.connection.driver_connection
    if dialect == "postgresql":
        driver.autocommit = True
    cursor = driver.cursor()
    for table in _TABLES:
        cursor.execute(f"vacuum (freeze, analyze) {table}" if dialect == "postgresql" else f"analyze table {table}")
    cursor.close()
