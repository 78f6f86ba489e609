"""Templates of broadcasts and alerts: written by one person, approved by another, filled when needed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, broadcasts
from mgov.store.database import Database
from mgov.workflows import access, broadcast_text
from mgov.workflows.broadcast_text import TextError


class BroadcastError(Exception):
    """What was asked of a broadcast cannot be done; `code` names why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def put_template(
    db: Database, name: str, kind: str, text: str, actor: Actor, now: datetime, *, group: str | None, subject: str = ""
) -> frozenset[str]:
    """Keep a template; it waits for a second person. Returns its blanks. Raises BroadcastError, RefusedError."""

    def work(tx: Connection) -> frozenset[str]:
        access.require(tx, actor, Right.BROADCAST_DRAFT)
        plain = checked(text)
        blanks = _blanks(plain)
        values = {"kind": kind, "group_name": group, "subject": subject or None, "text": plain}
        broadcasts.put_template(tx, name, proposed_by=str(actor), created_at=now, **values)
        audit.record(tx, actor, "template.write", "template", name, {"kind": kind, "group": group}, now=now)
        return blanks

    return db.transact(work)


def approve_template(db: Database, name: str, actor: Actor, now: datetime) -> None:
    """A second person approves a template. Raises BroadcastError and RefusedError."""

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.BROADCAST_APPROVE)
        row = broadcasts.template(tx, name)
        if row is None:
            raise BroadcastError("unknown_template", f"no template {name}")
        if row["proposed_by"] == str(actor):
            raise BroadcastError("same_person", f"{actor.name} wrote it: another person approves / harus orang lain")
        broadcasts.approve_template(tx, name, actor, now)
        audit.record(tx, actor, "template.approve", "template", name, {"text": row["text"]}, now=now)

    db.transact(work)


def templates(db: Database) -> list[dict[str, Any]]:
    """All templates: name, kind, group, text, who wrote and who approved them."""
    shown = ("name", "kind", "group_name", "subject", "text", "proposed_by", "created_at", "approved_by", "approved_at")
    return db.read(lambda tx: [{name: row[name] for name in shown} for row in broadcasts.templates(tx)])


def checked(text: str) -> str:
    """A text that can be sent. Raises BroadcastError."""
    try:
        return broadcast_text.checked(text)
    except TextError as error:
        raise BroadcastError("bad_text", str(error)) from error


def approved(tx: Connection, name: str, kind: str) -> RowMapping:
    """A template that a second person approved. Raises BroadcastError."""
    row = broadcasts.template(tx, name)
    if row is None:
        raise BroadcastError("unknown_template", f"no template {name}")
    if row["kind"] != kind:
        raise BroadcastError("wrong_kind", f"template {name} is for {row['kind']}, not for {kind}")
    if row["approved_by"] is None:
        raise BroadcastError("not_approved", f"template {name} waits for a second person to approve it")
    return row


def filled(text: str, values: Mapping[str, str]) -> str:
    """A template with its blanks filled. Raises BroadcastError."""
    try:
        return broadcast_text.fill(text, values)
    except TextError as error:
        raise BroadcastError("bad_value", str(error)) from error


def _blanks(text: str) -> frozenset[str]:
    try:
        return broadcast_text.blanks_of(text)
    except TextError as error:
        raise BroadcastError("bad_text", str(error)) from error
