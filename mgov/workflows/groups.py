"""Groups of recipients from files: phones and mail addresses, each in a tier."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, groups
from mgov.store.database import Database
from mgov.workflows import access, csv_import
from mgov.workflows.csv_import import CellError, Column, ImportResult, Row, line_of_text, phone, word

FIRST_TIER, LAST_TIER = 1, 9


def _address(cell: str) -> str:
    if "@" not in cell:
        return phone(cell)
    local, _, domain = cell.lower().partition("@")
    if not local or not domain or any(letter.isspace() or letter in ",;<>@" for letter in domain):
        raise CellError(f'"{cell[:40]}" is neither a phone number nor an e-mail address')
    return line_of_text(cell.lower())


def _tier(cell: str) -> int:
    if not cell.isdigit() or not FIRST_TIER <= int(cell) <= LAST_TIER:
        raise CellError(f'"{cell[:40]}" is not a tier; right would be {FIRST_TIER} (told first) to {LAST_TIER}')
    return int(cell)


COLUMNS = (
    Column("group", word),
    Column("address", _address, required=True),
    Column("tier", _tier),
    Column("name", line_of_text),
)


def import_group(
    db: Database,
    source: bytes | Iterable[str],
    actor: Actor,
    now: datetime,
    *,
    name: str | None = None,
    strict: bool = False,
    tick: Callable[[int], None] = lambda _count: None,
) -> ImportResult:
    """Members from a CSV file (`address[,group,tier,name]`); `name` is the group of rows that name none.

    The same row again changes nothing. Raises `CsvError` and `RefusedError`.
    """
    result = ImportResult()
    rows = list(csv_import.good_rows(source, COLUMNS, result, strict=strict, tick=tick))
    sorted_out: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        group = row.values.get("group") or name
        if group is None:
            result.errors.append(csv_import.RowError(row.line, "group", "is empty; name it here or with --group"))
        else:
            sorted_out.setdefault(group, {})[row.values["address"]] = _member(row)
    if strict and result.errors:
        return result

    def work(tx: Connection) -> tuple[int, int]:
        access.require(tx, actor, Right.BROADCAST_DRAFT)
        done = [groups.put(tx, group, list(members.values())) for group, members in sorted_out.items()]
        added, updated = sum(one[0] for one in done), sum(one[1] for one in done)
        if added or updated:
            told = {"added": added, "updated": updated, "groups": sorted(sorted_out)}
            audit.record(tx, actor, "group.import", "group", ",".join(sorted(sorted_out))[:100], told, now=now)
        return added, updated

    result.added, result.updated = db.transact(work)
    result.unchanged = sum(map(len, sorted_out.values())) - result.added - result.updated
    return result


def listing(db: Database) -> list[dict[str, Any]]:
    """All groups with their number of members and tiers."""
    return db.read(groups.listing)


def members(db: Database, name: str) -> list[dict[str, Any]]:
    """The members of a group, the first tier first."""
    shown = ("name", "tier", "address", "label")
    return db.read(lambda tx: [{key: row[key] for key in shown} for row in groups.this(tx, name)])


def remove(db: Database, name: str, address: str | None, actor: Actor, now: datetime) -> int:
    """Take one member, or all, out of a group; returns how many. Raises `RefusedError`."""

    def work(tx: Connection) -> int:
        access.require(tx, actor, Right.BROADCAST_DRAFT)
        count = groups.remove(tx, name, address)
        if count:
            audit.record(tx, actor, "group.remove", "group", name, {"members": count}, now=now)
        return count

    return db.transact(work)


def _member(row: Row) -> dict[str, Any]:
    values = row.values
    return {"address": values["address"], "tier": values.get("tier") or FIRST_TIER, "label": values.get("name")}
