"""What every import of a file shares: who may bring it in, row by row, and the audit of each committed part.

A file goes in by parts, each a transaction with its own row in the audit; a strict one is a single part. Staff of one
agency bring in that agency's rows only; an operator changes only what he made. A refused row is named like a bad one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Account, Right, Role
from mgov.store import audit
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.csv_import import ImportResult, Row, RowError

Put = Callable[[Connection, Account, list[Row]], ImportResult]


class _StrictError(Exception):
    """A strict import with refused rows: nothing of it goes in."""


@dataclass(frozen=True, slots=True)
class Import:
    """One file on its way in. `kind` is what its rows are (`bill`); `digest` names the file in the audit."""

    db: Database
    actor: Actor
    right: Right
    kind: str
    now: datetime
    digest: str | None = None

    def run(self, parts: Iterable[list[Row]], put: Put, result: ImportResult, *, strict: bool = False) -> None:
        """Put the parts in and count them in `result`. Raises `RefusedError`."""
        if not strict:
            for part in parts:
                result.count(self._commit([part], put, strict=False))
            return
        try:
            result.count(self._commit(list(parts), put, strict=True))
        except _StrictError as error:
            result.errors += error.args[0]

    def _commit(self, parts: list[list[Row]], put: Put, *, strict: bool) -> ImportResult:
        def work(tx: Connection) -> ImportResult:
            account = access.require(tx, self.actor, self.right)
            done = ImportResult()
            for part in parts:
                own, refused = of_own_agency(account, part)
                done.count(put(tx, account, own))
                done.errors += refused
            if strict and done.errors:
                raise _StrictError(done.errors)
            record_import(tx, self.actor, self.kind, self.digest, done, self.now)
            return done

        return self.db.transact(work)


def record_import(
    tx: Connection, actor: Actor, kind: str, digest: str | None, done: ImportResult, now: datetime
) -> None:
    """One row of the audit for what a file, or a part of it, changed; none when it changed nothing."""
    if done.added or done.updated:
        counts = {"added": done.added, "updated": done.updated, "unchanged": done.unchanged}
        detail = {**counts, "refused": len(done.errors), "file_sha256": digest}
        audit.record(tx, actor, f"{kind}.import", "file", (digest or "-")[:16], detail, now=now)


def digest_of(source: bytes | Iterable[str]) -> str | None:
    """The SHA-256 of a file that is here as bytes."""
    return hashlib.sha256(source).hexdigest() if isinstance(source, bytes) else None


def of_own_agency(account: Account, rows: list[Row]) -> tuple[list[Row], list[RowError]]:
    """The rows of the account's agency, and why the others are refused."""
    if account.agency is None:
        return rows, []
    own = [row for row in rows if row.values["agency"] == account.agency]
    foreign = [row for row in rows if row.values["agency"] != account.agency]
    why = f"bukan dinas Anda / not your agency: {account.name} belongs to {account.agency}"
    return own, [RowError(row.line, "agency", why) for row in foreign]


def may_change(account: Account, known: Mapping[str, Any] | RowMapping, author: str | None) -> bool:
    """Whether an account may change a stored row: of its agency, and for an operator, one that he made."""
    if not account.sees([known["agency_id"]]):
        return False
    return account.holds(Role.ADMINISTRATOR) or author == f"staff:{account.name}"


def not_his(row: Row, column: str) -> RowError:
    """Why a row that would change another's was refused."""
    return RowError(row.line, column, "dibuat orang lain / made by another: an operator changes only what he made")
