"""Numbers without gaps: a row for each kind, and that row is the lock under which it grows."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from mgov.store.schema.services import counter

_ADVANCE = update(counter).where(counter.c.name == bindparam("kind")).values(value=counter.c.value + bindparam("step"))
_VALUE = select(counter.c.value).where(counter.c.name == bindparam("kind"))


def advance(tx: Connection, kind: str, step: int = 1) -> int:
    """Move a counter on by `step` and return where it stands; whoever moved it is alone with it until the commit.

    A step of 0 only takes the lock.
    """
    if tx.execute(_ADVANCE, {"kind": kind, "step": step}).rowcount == 0:
        _make(tx, kind)
        tx.execute(_ADVANCE, {"kind": kind, "step": step})
    return int(tx.execute(_VALUE, {"kind": kind}).scalar_one())


def _make(tx: Connection, kind: str) -> None:
    try:
        with tx.begin_nested():
            tx.execute(insert(counter).values(name=kind, value=0))
    except IntegrityError:
        return  # another node has just made it: the update waits for that one
