"""Receive: what a modem or a mailbox delivered is kept, once, and becomes a message when it is whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.message import Origin, Part, digest, is_machine
from mgov.store import inbox, outbox
from mgov.store.database import Database

#: Joins the raw PDUs of one long message, in order, into its text.
Join = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Received:
    """What came of one batch: how many parts were new, and the messages that became whole."""

    new_parts: int
    message_ids: tuple[int, ...]


def receive_parts(db: Database, origin: Origin, parts: Sequence[Part], join: Join, now: datetime) -> Received:
    """Keep a batch of parts in one transaction; only when this returns may they be deleted from the SIM."""
    return db.transact(lambda tx: keep_parts(tx, origin, parts, join, now))


def keep_parts(tx: Connection, origin: Origin, parts: Sequence[Part], join: Join, now: datetime) -> Received:
    """Keep parts in the caller's transaction; what is kept already is passed over."""
    new, messages = 0, []
    identities = [part.identity(origin.sim) for part in parts]
    known = inbox.known_parts(tx, identities)
    for part, identity in zip(parts, identities, strict=True):
        if identity in known:
            continue
        known.add(identity)
        new += 1
        message_id = _keep(tx, origin, part, identity, join, now)
        if message_id is not None:
            messages.append(message_id)
    return Received(new, tuple(messages))


def receive_text(
    tx: Connection,
    *,
    channel: str,
    sender: str,
    text: str,
    sent_at: datetime,
    received_at: datetime,
    identity: str,
    recipient: str | None = None,
    subject: str | None = None,
    mail_id: str | None = None,
    modem: str | None = None,
    sim: str | None = None,
) -> int | None:
    """Keep one whole message; None when it is kept already."""
    values = {
        "identity": identity,
        "channel": channel,
        "sender": sender,
        "recipient": recipient,
        "text": _storable(text),
        "subject": subject,
        "mail_id": mail_id,
        "sent_at": sent_at,
        "received_at": received_at,
        "modem": modem,
        "sim": sim,
    }
    return inbox.add_message(tx, values, Actor.sender(channel, sender))


def give_up_incomplete(
    db: Database, before: datetime, now: datetime, *, ask: str, own_numbers: frozenset[str] = frozenset()
) -> int:
    """Make long messages whose rest has not come since `before` visible; their senders are told `ask` (send again)."""

    def work(tx: Connection) -> int:
        groups: dict[tuple[object, ...], list[RowMapping]] = {}
        for row in inbox.overdue_parts(tx, before):
            key = (row["sim"], row["sender"], row["concat_reference"], row["concat_bits"], row["concat_total"])
            groups.setdefault(key, []).append(row)
        for rows in groups.values():
            _give_up(tx, rows, now, None if is_machine(rows[0]["sender"], own_numbers) else ask)
        return len(groups)

    return db.transact(work)


def _keep(tx: Connection, origin: Origin, part: Part, identity: str, join: Join, now: datetime) -> int | None:
    if part.error is not None:
        unread = _as_message(tx, origin, part, "", now, [], [identity], state="unreadable")
        inbox.add_part(tx, origin, part, identity, "unreadable", now, unread)
        return None
    if part.concat is None:
        message_id = _as_message(tx, origin, part, part.text, now, [], [identity])
        inbox.add_part(tx, origin, part, identity, "joined", now, message_id)
        return message_id
    inbox.add_part(tx, origin, part, identity, "waiting", now)
    return _join_if_whole(tx, origin, part, join, now)


def _join_if_whole(tx: Connection, origin: Origin, part: Part, join: Join, now: datetime) -> int | None:
    assert part.concat is not None  # noqa: S101 - the caller looked
    chosen: dict[int, RowMapping] = {}
    for row in inbox.waiting_parts(tx, origin, part):
        chosen.setdefault(row["concat_sequence"], row)
    if len(chosen) < part.concat[2]:
        return None
    rows = [chosen[sequence] for sequence in sorted(chosen)]
    text = join([row["pdu"] for row in rows])
    identities = [row["identity"] for row in rows]
    return _as_message(tx, origin, part, text, now, [row["id"] for row in rows], identities)


def _as_message(
    tx: Connection,
    origin: Origin,
    part: Part,
    text: str,
    now: datetime,
    part_ids: list[int],
    identities: list[str],
    state: str = "received",
) -> int | None:
    values = {
        "identity": digest("sms", *identities),
        "channel": "sms",
        "modem": origin.modem,
        "sim": origin.sim,
        "sender": part.sender,
        "recipient": origin.msisdn,
        "text": _storable(text),
        "sent_at": part.sent_at,
        "received_at": now,
        "state": state,
        "error": part.error,
    }
    message_id = inbox.add_message(tx, values, Actor.sender("sms", part.sender))
    if message_id is not None:
        inbox.bind_parts(tx, part_ids, message_id)
    return message_id


def _give_up(tx: Connection, rows: list[RowMapping], now: datetime, ask: str | None) -> None:
    first = rows[0]
    origin = Origin(first["modem"], first["sim"])
    part = Part(first["pdu"], first["sender"], first["sent_at"], "")
    ids = [row["id"] for row in rows]
    message_id = _as_message(
        tx, origin, part, "", now, ids, [row["identity"] for row in rows] + ["incomplete"], state="incomplete"
    )
    if message_id is None:
        return
    inbox.bind_parts(tx, ids, message_id, "incomplete")
    if ask is not None:
        outbox.queue_text(
            tx,
            to=first["sender"],
            text=ask,
            now=now,
            priority="reply",
            cause="part of a long text is missing",
            dedupe_key=f"answer:{message_id}",
            in_reply_to=message_id,
            preferred_modem=first["modem"],
        )


def _storable(text: str) -> str:
    """No database keeps a NUL or half of a surrogate pair; the raw PDU keeps what was there."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
