"""Receive: what a modem or a mailbox delivered is kept, once, and becomes a message when it is whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.message import Origin, Part, Report, digest, is_delivered, is_machine, is_undeliverable
from mgov.store import history, inbox, outbox
from mgov.store.database import Database, wake
from mgov.store.schema.messages import delivery_report, outbound_message, outbound_part

# Built once: building a statement costs several times what running it does.
_REPORT = delivery_report.c
_KNOWS_REPORT = select(_REPORT.id).where(_REPORT.identity == bindparam("identity_"))
_ADD_REPORT = insert(delivery_report).inline()
_EARLY_REPORTS = (
    select(delivery_report)
    .where(
        _REPORT.part_id.is_(None),
        _REPORT.sim == bindparam("sim_"),
        _REPORT.reference == bindparam("reference_"),
        _REPORT.received_at >= bindparam("since"),
    )
    .order_by(_REPORT.id.desc())
)
_EARLY_REPORTS_OF_SIM = (
    select(delivery_report)
    .where(_REPORT.part_id.is_(None), _REPORT.sim == bindparam("sim_"), _REPORT.received_at >= bindparam("since"))
    .order_by(_REPORT.id)
)
_BIND_REPORT = update(delivery_report).where(_REPORT.id == bindparam("report"))
_PART = select(outbound_part).where(outbound_part.c.id == bindparam("part"))
_MESSAGE = update(outbound_message).where(outbound_message.c.id == bindparam("message"))

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


def receive_reports(db: Database, origin: Origin, reports: Sequence[Report], now: datetime) -> int:
    """Keep delivery reports and tell the sends they speak of; an early one is parked. Returns how many were new."""
    return db.transact(lambda tx: keep_reports(tx, origin, reports, now))


def keep_reports(tx: Connection, origin: Origin, reports: Sequence[Report], now: datetime) -> int:
    """Keep delivery reports in the caller's transaction."""
    return sum(_keep_report(tx, origin, report, now) for report in reports)


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


def _keep_report(tx: Connection, origin: Origin, report: Report, now: datetime) -> int:
    identity = report.identity(origin.sim)
    if tx.execute(_KNOWS_REPORT, {"identity_": identity}).first() is not None:
        return 0
    part = _part_of(tx, origin, report, now)
    row = {
        "identity": identity,
        "modem": origin.modem,
        "sim": origin.sim,
        "reference": report.reference,
        "recipient": report.recipient,
        "status": report.status,
        "discharged_at": report.discharged_at,
        "received_at": now,
        "pdu": report.pdu,
        "part_id": part["id"] if part else None,
    }
    tx.execute(_ADD_REPORT, row)
    if part:
        apply_report(tx, part, report.status, report.reference, now)
    return 1


def _part_of(tx: Connection, origin: Origin, report: Report, now: datetime) -> RowMapping | None:
    """The part that a report speaks of, by SIM, reference and recipient; else the one whose reference is in doubt."""
    since = now - outbox.REPORT_WINDOW
    exact = _to_same(report, outbox.parts_by_reference(tx, origin.sim, report.reference, since))
    waiting = [row for row in exact if row["state"] in ("sent", "uncertain")]
    if waiting:
        return _nearest(waiting, report)
    unnamed = _to_same(report, outbox.parts_without_reference(tx, origin.sim, since))
    gone_out = [row for row in unnamed if row["state"] == "sent"]
    if gone_out:  # before a doubt: a report that is taken for a part known to be sent declares nothing sent wrongly
        return _nearest(gone_out, report)
    if len(unnamed) == 1:
        return unnamed[0]
    return exact[0] if exact else None


def _to_same(report: Report, rows: Sequence[RowMapping]) -> list[RowMapping]:
    return [row for row in rows if _same_number(row["recipient"], report.recipient)]


def _nearest(rows: Sequence[RowMapping], report: Report) -> RowMapping:
    """Of parts that the same SIM sent to the same number under the same reference (it wraps at 256), the one whose
    submission is nearest to the centre's time of acceptance; the newest when the report does not tell it."""
    accepted = report.accepted_at
    if accepted is None:
        return rows[0]
    return min(rows, key=lambda row: abs(row["submitted_at"] - accepted))


def apply_report(tx: Connection, part: RowMapping, status: int, reference: int, now: datetime) -> None:
    """Let a delivery report speak: the part is known to have gone out, and perhaps to have arrived."""
    values: dict[str, object] = {"status": status, "reference": reference}
    if is_delivered(status):
        values |= {"state": "delivered", "delivered_at": now}
    elif is_undeliverable(status):
        values |= {"state": "failed", "error_code": f"ST {status}"}
    elif part["state"] == "uncertain":
        values |= {"state": "sent"}
    outbox.set_part(tx, part["id"], **values)
    _roll_up(tx, part["message_id"], str(values.get("state", part["state"])), now)


def _roll_up(tx: Connection, message_id: int, part_state: str, now: datetime) -> None:
    message = outbox.get(tx, message_id)
    if message is None or message["state"] not in ("sent", "uncertain"):
        return
    alone = message["parts"] == 1
    states = {part_state} if alone else {str(row["state"]) for row in outbox.parts_of(tx, message_id)}
    new = _state_of(states, message["state"])
    if new == message["state"]:
        return
    values: dict[str, object] = {"state": new}
    if new == "queued":
        wake(tx, "outbox")
    elif message["sent_at"] is None:
        values["sent_at"] = now
    if new == "delivered":
        values["delivered_at"] = now
    if new == "failed":
        values["error"] = "the network reported that it could not be delivered"
    tx.execute(_MESSAGE, {"message": message_id, **values})
    history.record(
        tx, "send", message_id, from_=message["state"], to=new, at=now, actor="system:network", cause="delivery report"
    )


def _state_of(parts: set[str], before: str) -> str:
    """A message is what all its parts are: delivered when all are, failed when one is, sent when none is in doubt.

    When its doubt is settled and there is a rest, that is queued: it follows by the same SIM.
    """
    if "failed" in parts:
        return "failed"
    if parts & {"uncertain", "sending"}:
        return before
    if "queued" in parts:
        return "queued"
    return "delivered" if parts == {"delivered"} else "sent"


def match_parked_reports(tx: Connection, part_id: int, sim: str, reference: int, recipient: str, now: datetime) -> None:
    """Let a report that came before its send was settled speak now."""
    wanted = {"sim_": sim, "reference_": reference, "since": now - outbox.EARLY_REPORT_WINDOW}
    _speak_first(tx, tx.execute(_EARLY_REPORTS, wanted).mappings().all(), part_id, recipient, now)


def match_parked_of_sim(tx: Connection, part: RowMapping, recipient: str, now: datetime) -> None:
    """The same for a part whose reference nobody heard: the oldest report to that number since its submission."""
    wanted = {"sim_": part["sim"], "since": part["submitted_at"]}
    _speak_first(tx, tx.execute(_EARLY_REPORTS_OF_SIM, wanted).mappings().all(), part["id"], recipient, now)


def _speak_first(tx: Connection, rows: Sequence[RowMapping], part_id: int, recipient: str, now: datetime) -> None:
    row = next((row for row in rows if _same_number(row["recipient"], recipient)), None)
    if row is None:
        return
    tx.execute(_BIND_REPORT, {"report": row["id"], "part_id": part_id})
    part = tx.execute(_PART, {"part": part_id}).mappings().one()
    apply_report(tx, part, row["status"], row["reference"], now)


def _same_number(one: str, other: str) -> bool:
    """Networks report numbers in national or international form: the last nine digits tell."""
    return one == other or (len(one) >= 9 and len(other) >= 9 and one[-9:] == other[-9:])


def _storable(text: str) -> str:
    """No database keeps a NUL or half of a surrogate pair; the raw PDU keeps what was there."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
