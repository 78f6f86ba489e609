"""Groups of recipients: who is told together, the first tier first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.documents import recipient_group

_IN_LIST = 900


def put(tx: Connection, name: str, members: Collection[dict[str, Any]]) -> tuple[int, int]:
    """Add members (`address`, `tier`, `label`) or change those that differ; returns how many of each."""
    known = {row["address"]: row for row in this(tx, name)}
    fresh = [{"name": name, **one} for one in members if one["address"] not in known]
    changed = [one for one in members if one["address"] in known and _differs(one, known[one["address"]])]
    if fresh:
        tx.execute(insert(recipient_group), fresh)
    for one in changed:
        mine = (recipient_group.c.name == name) & (recipient_group.c.address == one["address"])
        tx.execute(update(recipient_group).where(mine).values(tier=one["tier"], label=one["label"]))
    return len(fresh), len(changed)


def this(tx: Connection, name: str) -> list[RowMapping]:
    """The members of a group, the first tier first."""
    columns = recipient_group.c
    query = select(recipient_group).where(columns.name == name).order_by(columns.tier, columns.id)
    return list(tx.execute(query).mappings())


def count(tx: Connection, name: str) -> int:
    """How many members a group has."""
    query = select(func.count()).select_from(recipient_group).where(recipient_group.c.name == name)
    return int(tx.execute(query).scalar_one())


def listing(tx: Connection) -> list[dict[str, Any]]:
    """All groups with their number of members and tiers."""
    columns = recipient_group.c
    tiers = func.count(columns.tier.distinct())
    query = select(columns.name, func.count().label("members"), tiers.label("tiers")).group_by(columns.name)
    return [dict(row) for row in tx.execute(query.order_by(columns.name)).mappings()]


def remove(tx: Connection, name: str, address: str | None = None) -> int:
    """Take one member, or all, out of a group; returns how many."""
    mine = recipient_group.c.name == name
    if address is not None:
        mine &= recipient_group.c.address == address
    return tx.execute(delete(recipient_group).where(mine)).rowcount


def _differs(one: dict[str, Any], known: RowMapping) -> bool:
    return bool((one["tier"], one["label"]) != (known["tier"], known["label"]))
