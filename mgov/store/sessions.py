"""Sessions of staff who logged in; only a digest of each token is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.staff import staff, staff_session


def add(tx: Connection, **values: Any) -> int:  # noqa: ANN401 - columns of staff_session
    """A new session; returns its number."""
    return int(tx.execute(insert(staff_session).values(**values)).inserted_primary_key[0])  # type: ignore[index]


def by_digest(tx: Connection, digest: str) -> RowMapping | None:
    """The session of a token's digest, with the login of its account and whether that is closed."""
    query = (
        select(staff_session, staff.c.login, staff.c.disabled_at)
        .join(staff, staff.c.id == staff_session.c.staff_id)
        .where(staff_session.c.token_digest == digest)
    )
    return tx.execute(query).mappings().first()


def revoke(tx: Connection, staff_id: int, now: datetime, digest: str | None = None) -> int:
    """End an account's sessions, or the one of a digest; returns how many were open."""
    query = update(staff_session).where(
        staff_session.c.staff_id == staff_id, staff_session.c.revoked_at.is_(None), staff_session.c.expires_at > now
    )
    if digest is not None:
        query = query.where(staff_session.c.token_digest == digest)
    return int(tx.execute(query.values(revoked_at=now)).rowcount)


def listing(tx: Connection) -> list[dict[str, Any]]:
    """All sessions in the order they began; nothing secret among the columns."""
    shown = (
        staff_session.c.id,
        staff.c.login,
        staff_session.c.unix_user,
        staff_session.c.created_at,
        staff_session.c.expires_at,
        staff_session.c.revoked_at,
    )
    query = select(*shown).join(staff, staff.c.id == staff_session.c.staff_id).order_by(staff_session.c.id)
    return [dict(row) for row in tx.execute(query).mappings()]
