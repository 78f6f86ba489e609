"""The audit: append-only and chained by HMAC-SHA256 with a key that is not in the database.

`record` only notes what is to be written. `Database.transact` chains the notes as the last thing before the commit:
the rows are in the same transaction as the change, and the one lock of the chain is held for the commit alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.store import counters
from mgov.store.schema.services import counter
from mgov.store.schema.staff import audit

BEGINNING = "0" * 64
#: Chains rows where no key was given; verification refuses what it chained.
UNKEYED = b""
#: What migration 0002 wrote as `key_name` of the rows that were there before.
FIRST_KEY = "v1"
_PENDING = _COUNTER = "audit"
_LONGEST_LINE, _LONGEST_WORD = 191, 64
_FETCHED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row of the chain: its number and hash. Kept outside the database, it shows a cut tail."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: how many rows are right, the newest hash, and the first fault (None when whole)."""

    rows: int
    newest_hash: str
    fault: str | None


def record(
    tx: Connection,
    actor: Actor,
    action: str,
    kind: str,
    object_id: object,
    detail: Mapping[str, Any] | None = None,
    *,
    now: datetime,
) -> None:
    """Note what `actor` does to an object; it is written and chained when this transaction commits, or not at all.

    `action` is `noun.verb` (`bill.import`); `detail` becomes JSON. No PIN, password or text of a citizen goes in.
    """
    row = {
        "at": now,
        "actor": _line(actor, _LONGEST_LINE),
        "action": _line(action, _LONGEST_WORD),
        "object_kind": _line(kind, _LONGEST_WORD),
        "object_id": _line(object_id, _LONGEST_LINE),
        "detail": json.dumps(detail or {}, default=str, sort_keys=True),
    }
    tx.info.setdefault(_PENDING, []).append(row)


def chain(tx: Connection, key: bytes) -> Head | None:
    """Write what this transaction noted; writers wait here for each other. None when it noted nothing."""
    pending: list[dict[str, Any]] = tx.info.pop(_PENDING, [])
    if not pending:
        return None
    number = counters.advance(tx, _COUNTER, len(pending)) - len(pending) + 1  # the counter is the lock of the chain
    previous = _hash_of(tx, number - 1)
    for row in pending:
        row |= {"number": number, "key_name": key_name(key), "previous_hash": previous}
        row["hash"] = previous = _hash(key, row)
        number += 1
    tx.execute(insert(audit), pending)
    return Head(number - 1, previous)


def forget(tx: Connection) -> None:
    """Drop what a transaction noted that did not commit: the connection serves the next one."""
    tx.info.pop(_PENDING, None)


def key_name(key: bytes) -> str:
    """What a row says about the key that chained it; nothing of the key can be learned from it."""
    return hashlib.sha256(b"mgov audit key name" + key).hexdigest()[:12] if key else "none"


def head(tx: Connection) -> Head:
    """The newest row; number 0 for an empty chain."""
    row = tx.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    return Head(row.number, row.hash) if row is not None else Head(0, BEGINNING)


def verify(tx: Connection, keys: list[bytes], anchors: Mapping[str, Head] | None = None) -> Verdict:
    """Recompute the chain from its beginning: a changed, missing, inserted or cut-off row shows.

    `keys` are the site's, the newest first. `anchors` are heads kept outside the database, by where: each must stand
    in the chain, so that cutting the tail shows even to who can rewrite the database.
    """
    known = {key_name(key): key for key in keys if key}
    previous, count = BEGINNING, 0
    with closing(rows(tx)) as chained:
        for row in chained:
            fault = _fault(row, count + 1, previous, known) or _anchor_fault(row, anchors or {})
            if fault is not None:
                return Verdict(count, previous, f"row {row['number']}: {fault}")
            previous, count = row["hash"], count + 1
    return Verdict(count, previous, _tail_fault(tx, count, anchors or {}))


def rows(tx: Connection, limit: int | None = None) -> Generator[RowMapping, None, None]:
    """All rows, oldest first, or the newest `limit` of them; fetched in parts."""
    query = select(audit).order_by(audit.c.number)
    if limit is not None:
        first = head(tx).number - limit
        query = query.where(audit.c.number > first)
    with tx.execute(query.execution_options(yield_per=_FETCHED_AT_ONCE)) as result:
        yield from result.mappings()


def _line(value: object, longest: int) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", "?", str(value))[:longest]


def _hash_of(tx: Connection, number: int) -> str:
    """The hash of a row; where somebody deleted it, the chain goes on from what is not there, and verify tells."""
    found: str | None = tx.execute(select(audit.c.hash).where(audit.c.number == number)).scalar()
    return found or BEGINNING


def _hash(key: bytes, row: RowMapping | dict[str, Any]) -> str:
    """The HMAC of everything in a row; a JSON list, so that no text can pose as two columns."""
    names = ("number", "actor", "action", "object_kind", "object_id", "detail", "key_name", "previous_hash")
    content = json.dumps([_microseconds(row["at"]), *(row[name] for name in names)])
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def _microseconds(at: datetime) -> str:
    return f"{int(at.timestamp())}.{at.microsecond:06d}"


def _fault(row: RowMapping, number: int, previous: str, keys: Mapping[str, bytes]) -> str | None:
    if row["number"] != number:
        return f"row {number} is missing"
    if row["previous_hash"] != previous:
        return "does not follow the row before it"
    if row["key_name"] == FIRST_KEY:
        return _fault_of_first(row, number, keys)
    key = keys.get(row["key_name"])
    if key is None:
        return f"was chained with another key ({row['key_name']}) than this site's"
    if not hmac.compare_digest(row["hash"], _hash(key, row)):
        return "was changed"
    return None


def _fault_of_first(row: RowMapping, number: int, keys: Mapping[str, bytes]) -> str | None:
    """Rows of the first release, as migration 0002 named them: the number is in the detail, the formula another."""
    names = ("actor", "action", "object_kind", "object_id", "detail", "previous_hash")
    content = "\x1f".join([str(int(row["at"].timestamp() * 1_000_000)), *(str(row[name]) for name in names)]).encode()
    digests = [hmac.new(key, content, hashlib.sha256).hexdigest() for key in keys.values()]
    if not any(hmac.compare_digest(row["hash"], digest) for digest in digests):
        return "was changed, or chained with another key than this site's"
    return None if json.loads(row["detail"])["n"] == number else "has another number than it was written with"


def _anchor_fault(row: RowMapping, anchors: Mapping[str, Head]) -> str | None:
    for place, anchor in anchors.items():
        if anchor.number == row["number"] and not hmac.compare_digest(row["hash"], anchor.hash):
            return f"is not the row that {place} remembers under this number"
    return None


def _tail_fault(tx: Connection, count: int, anchors: Mapping[str, Head]) -> str | None:
    written = tx.execute(select(counter.c.value).where(counter.c.name == _COUNTER)).scalar() or 0
    if written != count:
        return f"{written} rows were written, {count} are there: the tail was cut"
    for place, anchor in anchors.items():
        if anchor.number > count:
            return f"{place} remembers row {anchor.number}, {count} are there: the tail was cut"
    return None
