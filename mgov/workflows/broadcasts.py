"""Broadcasts: a text to a group, approved by a second person, stopped by anyone who may; alerts go by templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import audit, broadcasts, consents, groups, history
from mgov.store.database import Database
from mgov.store.schema.messages import PRIORITIES
from mgov.workflows import access, broadcast_text
from mgov.workflows.broadcast_templates import BroadcastError, approved, checked, filled
from mgov.workflows.broadcast_text import Estimate
from mgov.workflows.groups import FIRST_TIER
from mgov.workflows.reminder_hours import Spread
from mgov.workflows.reminder_text import sms_parts
from scheduler.quiet_hours import QuietHours

#: A bulk text that could not leave within so many days is not sent any more; an alert within so many hours.
BULK_WORTH, ALERT_WORTH = timedelta(days=3), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class BroadcastSettings:
    """What sending means on this site: parts a minute that all modems send, rupiah a part, when bulk may leave.

    `pace` is the limit that the configuration sets on them, in parts a minute; without one nothing is held back, and
    `per_minute` only says how long it will take about.
    """

    per_minute: float = 10.0
    price: int = 350
    pace: float | None = None
    quiet: QuietHours = field(default_factory=QuietHours)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A broadcast as it stands before somebody for approval. `skipped`: members who want nothing unasked."""

    number: int
    group: str
    kind: str
    text: str
    state: str
    estimate: Estimate
    skipped: int


@dataclass(frozen=True, slots=True)
class Released:
    """What a release queued; `again` when the same warning had been released before and nothing was done."""

    number: int
    recipients: int
    again: bool = False


def propose(
    db: Database, group: str, text: str, actor: Actor, now: datetime, settings: BroadcastSettings, subject: str = ""
) -> Proposal:
    """Put a text before a second person. Raises BroadcastError and RefusedError."""

    def work(tx: Connection) -> Proposal:
        access.require(tx, actor, Right.BROADCAST_DRAFT)
        plain, count = checked(text), members_of(tx, group)
        number = broadcasts.add(
            tx,
            group_name=group,
            kind="bulk",
            subject=subject or None,
            text=plain,
            state="proposed",
            recipients=count,
            parts=sms_parts(plain),
            proposed_by=str(actor),
            created_at=now,
        )
        _tell(tx, number, None, "proposed", actor, now, f"{count} recipients of {group}")
        return _proposal(tx, broadcast_row(tx, number), settings)

    return db.transact(work)


def show(db: Database, number: int, settings: BroadcastSettings) -> Proposal:
    """A broadcast with what it means. Raises BroadcastError."""
    return db.transact(lambda tx: _proposal(tx, broadcast_row(tx, number), settings))


def approve(db: Database, number: int, actor: Actor, now: datetime, settings: BroadcastSettings) -> Released:
    """Release a bulk text: never by who wrote it. Raises BroadcastError and RefusedError."""

    def work(tx: Connection) -> Released:
        access.require(tx, actor, Right.BROADCAST_APPROVE)
        row = broadcast_row(tx, number)
        if row["state"] != "proposed":
            raise BroadcastError("not_proposed", f"broadcast {number} is {row['state']}, not waiting for approval")
        if row["proposed_by"] == str(actor):
            raise BroadcastError("same_person", f"{actor.name} wrote it: another person approves / harus orang lain")
        count = release(tx, row, actor, now, settings)
        return Released(number, count)

    return db.transact(work)


def reject(db: Database, number: int, reason: str, actor: Actor, now: datetime) -> None:
    """Refuse a proposal. Raises BroadcastError and RefusedError."""

    def work(tx: Connection) -> None:
        access.require(tx, actor, Right.BROADCAST_APPROVE)
        row = broadcast_row(tx, number)
        if row["state"] != "proposed":
            raise BroadcastError("not_proposed", f"broadcast {number} is {row['state']}")
        broadcasts.change(tx, number, state="rejected", reason=reason, stopped_by=str(actor), stopped_at=now)
        _tell(tx, number, "proposed", "rejected", actor, now, reason)

    db.transact(work)


def stop(db: Database, number: int, actor: Actor, now: datetime, reason: str = "") -> int:
    """Stop a broadcast: what has not left yet is cancelled; returns how many. Raises BroadcastError, RefusedError."""

    def work(tx: Connection) -> int:
        if not access.account_of(tx, actor).may(Right.BROADCAST_DRAFT):
            access.require(tx, actor, Right.ALERT_RELEASE)
        row = broadcast_row(tx, number)
        if row["state"] not in ("proposed", "released"):
            raise BroadcastError("not_running", f"broadcast {number} is {row['state']}")
        broadcasts.change(tx, number, state="stopped", reason=reason or None, stopped_by=str(actor), stopped_at=now)
        cancelled = broadcasts.cancel_unsent(tx, number, actor, now)
        _tell(tx, number, row["state"], "stopped", actor, now, f"{cancelled} cancelled. {reason}".strip())
        return cancelled

    return db.transact(work)


def propose_from(
    db: Database,
    template: str,
    values: Mapping[str, str],
    actor: Actor,
    now: datetime,
    settings: BroadcastSettings,
    *,
    group: str | None = None,
) -> Proposal:
    """Put the filled text of an approved bulk template before a second person. Raises BroadcastError, RefusedError."""
    row = db.read(lambda tx: approved(tx, template, "bulk"))
    to = group or row["group_name"]
    if to is None:
        raise BroadcastError("no_group", f"template {template} names no group: say which")
    return propose(db, to, filled(row["text"], values), actor, now, settings, subject=row["subject"] or "")


def listing(db: Database, limit: int | None = None) -> list[dict[str, Any]]:
    """Broadcasts, oldest first, with how many messages are in which state."""
    shown = ("id", "kind", "group_name", "state", "recipients", "parts", "text", "proposed_by", "approved_by")
    when = ("created_at", "approved_at", "stopped_at", "stopped_by", "source")

    def work(tx: Connection) -> list[dict[str, Any]]:
        rows = broadcasts.listing(tx, limit)
        return [{name: row[name] for name in (*shown, *when)} for row in rows]

    return db.read(work)


def report(db: Database, number: int) -> list[dict[str, Any]]:
    """Who was reached: each recipient with state and times, the first tier first. Raises BroadcastError."""

    def work(tx: Connection) -> list[dict[str, Any]]:
        broadcast_row(tx, number)
        return [{**row, "reached": _reached(row)} for row in broadcasts.recipients(tx, number)]

    return db.transact(work)


def summary(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A report in a line a tier: how many, how many reached, which states, and when the last was reached."""
    tiers: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        tiers.setdefault(int(row["tier"]), []).append(row)
    return [_tier_line(tier, members) for tier, members in sorted(tiers.items())]


def _tier_line(tier: int, members: list[Mapping[str, Any]]) -> dict[str, Any]:
    states = Counter(str(row["state"]) for row in members)
    moments = [row["delivered_at"] or row["sent_at"] for row in members if row["reached"]]
    return {
        "tier": tier,
        "recipients": len(members),
        "reached": len(moments),
        "states": ", ".join(f"{count} {state}" for state, count in sorted(states.items())),
        "last_reached_at": max(moments, default=None),
    }


def _reached(row: Mapping[str, Any]) -> bool:
    """A phone is reached when the network says so, a mail address when its server took the mail."""
    return bool(row["state"] == "delivered" or (row["channel"] == "email" and row["state"] == "sent"))


def release(tx: Connection, row: RowMapping, actor: Actor, now: datetime, settings: BroadcastSettings) -> int:
    """Queue a broadcast for its group; returns how many messages."""
    members = _wanted(tx, row)
    messages = list(_messages(row, members, now, settings))
    broadcasts.queue(tx, row["id"], messages, actor, now)
    values = {"state": "released", "approved_by": str(actor), "approved_at": now, "recipients": len(messages)}
    broadcasts.change(tx, row["id"], **values)
    _tell(tx, row["id"], row["state"], "released", actor, now, f"{len(messages)} messages to {row['group_name']}")
    return len(messages)


def _messages(
    row: RowMapping, members: list[RowMapping], now: datetime, settings: BroadcastSettings
) -> Iterator[dict[str, Any]]:
    spread = Spread(settings.quiet, now, {"sms": settings.pace} if settings.pace else {})
    for member in members:
        channel = "email" if "@" in member["address"] else "sms"
        same = {"channel": channel, "recipient": member["address"], "text": row["text"]}
        key = f"broadcast:{row['id']}:{member['address']}"
        subject = (row["subject"] or row["text"][:80]) if channel == "email" else None
        yield {**same, "subject": subject, "dedupe_key": key, **_when(row, member, channel, now, spread)}


def _when(row: RowMapping, member: RowMapping, channel: str, now: datetime, spread: Spread) -> dict[str, Any]:
    """An alert at once, the first tier first; bulk in the sending hours, as many a minute as can be carried."""
    if row["kind"] == "alert":
        times = {"not_before": now, "closes_at": None, "send_by": now + ALERT_WORTH}
        return {"priority": "alert", "urgency": PRIORITIES["alert"] + member["tier"] - FIRST_TIER, **times}
    hours = spread.take(channel, row["parts"], None)
    times = {"not_before": hours.not_before, "closes_at": hours.closes_at, "send_by": hours.closes_at + BULK_WORTH}
    return {"priority": "bulk", "urgency": PRIORITIES["bulk"], **times}


def _wanted(tx: Connection, row: RowMapping) -> list[RowMapping]:
    """The members who are told: of a bulk text not those who want nothing unasked; of an alert all."""
    members = groups.this(tx, row["group_name"])
    if row["kind"] == "alert":
        return members
    silent = consents.blocked(tx, [member["address"] for member in members])
    return [member for member in members if member["address"] not in silent]


def _proposal(tx: Connection, row: RowMapping, settings: BroadcastSettings) -> Proposal:
    members, all_of_it = _wanted(tx, row), groups.count(tx, row["group_name"])
    mails = sum("@" in member["address"] for member in members)
    meant = broadcast_text.estimate(row["text"], len(members) - mails, mails, settings.per_minute, settings.price)
    skipped = all_of_it - len(members)
    return Proposal(row["id"], row["group_name"], row["kind"], row["text"], row["state"], meant, skipped)


def broadcast_row(tx: Connection, number: int) -> RowMapping:
    """One broadcast. Raises BroadcastError."""
    row = broadcasts.get(tx, number)
    if row is None:
        raise BroadcastError("unknown_broadcast", f"no broadcast {number}")
    return row


def members_of(tx: Connection, group: str) -> int:
    """How many members a group has. Raises BroadcastError when it has none."""
    count = groups.count(tx, group)
    if count == 0:
        raise BroadcastError("empty_group", f"group {group} has no members: `mgov group import FILE.csv`")
    return count


def _tell(tx: Connection, number: int, old: str | None, new: str, actor: Actor, now: datetime, detail: str) -> None:
    history.record(tx, "broadcast", number, from_=old, to=new, at=now, actor=actor, cause=new, detail=detail)
    audit.record(tx, actor, f"broadcast.{new}", "broadcast", number, {"what": detail}, now=now)
