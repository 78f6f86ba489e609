"""The audit: append-only and chained by HMAC-SHA256 with a key that is not in the database."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.services import counter
from mgov.store.schema.staff import audit

BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: how many rows are right, the newest hash, and the first fault (None when whole)."""

    rows: int
    newest_hash: str
    fault: str | None


def append(
    tx: Connection,
    key: bytes,
    *,
    at: datetime,
    actor: object,
    action: str,
    kind: str,
    object_id: object,
    detail: object = None,
) -> str:
    """Add one row to the chain; returns its hash. Concurrent writers wait for each other."""
    number = _next_number(tx)
    previous = tx.execute(select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)).scalar()
    values = {
        "at": at,
        "actor": str(actor),
        "action": action,
        "object_kind": kind,
        "object_id": str(object_id),
        "detail": json.dumps({"n": number, "what": detail}, ensure_ascii=False, default=str, sort_keys=True),
        "previous_hash": previous or BEGINNING,
    }
    digest = _hash(key, values)
    tx.execute(insert(audit).values(hash=digest, **values))
    return digest


def verify(tx: Connection, key: bytes) -> Verdict:
    """Recompute the chain from its beginning: a changed, missing, inserted or cut-off row shows."""
    previous, count = BEGINNING, 0
    for row in rows(tx):
        number = count + 1
        if row["previous_hash"] != previous:
            return Verdict(count, previous, f"row {row['id']}: does not follow the row before it")
        if not hmac.compare_digest(row["hash"], _hash(key, row)):
            return Verdict(count, previous, f"row {row['id']}: was changed, or written with another key")
        if json.loads(row["detail"])["n"] != number:
            return Verdict(count, previous, f"row {row['id']}: rows before it are missing")
        previous, count = row["hash"], number
    written = tx.execute(select(counter.c.value).where(counter.c.name == "audit")).scalar() or 0
    if written != count:
        return Verdict(count, previous, f"{written} rows were written, {count} are there: the tail was cut")
    return Verdict(count, previous, None)


def rows(tx: Connection) -> Iterator[RowMapping]:
    """All rows, oldest first."""
    return iter(tx.execute(select(audit).order_by(audit.c.id)).mappings())


def _next_number(tx: Connection) -> int:
    """The row of the counter is the lock under which the chain grows."""
    if tx.execute(update(counter).where(counter.c.name == "audit").values(value=counter.c.value + 1)).rowcount == 0:
        tx.execute(insert(counter).values(name="audit", value=1))
    return int(tx.execute(select(counter.c.value).where(counter.c.name == "audit")).scalar_one())


def _hash(key: bytes, row: RowMapping | dict[str, object]) -> str:
    at = row["at"]
    assert isinstance(at, datetime)  # noqa: S101 - the column's type
    names = ("actor", "action", "object_kind", "object_id", "detail", "previous_hash")
    content = "\x1f".join([str(int(at.timestamp() * 1_000_000)), *(str(row[name]) for name in names)])
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()
