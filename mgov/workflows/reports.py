"""Delivery reports: kept, matched with the part they speak of, and told to its message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.message import Origin, Report, is_delivered, is_undeliverable
from mgov.store import delivery_reports, history, outbound_parts, outbox
from mgov.store.database import Database, wake

_WHO = {"actor": "system:network", "cause": "delivery report"}


def receive_reports(db: Database, origin: Origin, reports: Sequence[Report], now: datetime) -> int:
    """Keep delivery reports and tell the sends they speak of; an early one is parked. Returns how many were new."""
    return db.transact(lambda tx: keep_reports(tx, origin, reports, now))


def keep_reports(tx: Connection, origin: Origin, reports: Sequence[Report], now: datetime) -> int:
    """Keep delivery reports in the caller's transaction."""
    if not reports:
        return 0
    named = {report.identity(origin.sim): report for report in reports}
    known = delivery_reports.known(tx, list(named))
    new = [report for identity, report in named.items() if identity not in known]
    plain = _plain(tx, origin, new, now)
    _keep_plain(tx, origin, plain, now)
    told = {report for report, _ in plain}
    for report in new:
        if report not in told:
            _keep(tx, origin, report, now)
    return len(new)


def _plain(tx: Connection, origin: Origin, reports: Sequence[Report], now: datetime) -> list[tuple[Report, RowMapping]]:
    """Those that say what nearly all say, each with its part: a text of one part, known to be sent, has arrived."""
    named = Counter(report.reference for report in reports)
    since = now - outbox.REPORT_WINDOW
    awaited = outbound_parts.by_reference(tx, origin.sim, list(named), since) if named else []
    plain = []
    for report in reports:
        rows = _to_same(report, [row for row in awaited if row["reference"] == report.reference])
        part = _nearest(rows, report) if rows else None
        if part is not None and named[report.reference] == 1 and is_delivered(report.status) and _is_plain(part):
            plain.append((report, part))
    return plain


def _is_plain(part: RowMapping) -> bool:
    return (part["parts"], part["state"], part["message_state"]) == (1, "sent", "sent")


def _keep_plain(tx: Connection, origin: Origin, told: Sequence[tuple[Report, RowMapping]], now: datetime) -> None:
    """The same as one by one, in few statements."""
    if not told:
        return
    delivery_reports.add(tx, [_row(origin, report, part["id"], now) for report, part in told])
    arrived = {"state": "delivered", "delivered_at": now}
    outbound_parts.change_each(tx, {part["id"]: {**arrived, "status": report.status} for report, part in told})
    outbox.note_delivered(tx, [part["message_id"] for _, part in told], now)
    for _, part in told:
        history.record(tx, "send", part["message_id"], from_="sent", to="delivered", at=now, **_WHO)


def _keep(tx: Connection, origin: Origin, report: Report, now: datetime) -> None:
    part = _part_of(tx, origin, report, now)
    delivery_reports.add(tx, [_row(origin, report, part["id"] if part else None, now)])
    if part:
        apply_report(tx, part, report.status, report.reference, now)


def _row(origin: Origin, report: Report, part_id: int | None, now: datetime) -> dict[str, Any]:
    return {
        "identity": report.identity(origin.sim),
        "modem": origin.modem,
        "sim": origin.sim,
        "reference": report.reference,
        "recipient": report.recipient,
        "status": report.status,
        "discharged_at": report.discharged_at,
        "received_at": now,
        "pdu": report.pdu,
        "part_id": part_id,
    }


def _part_of(tx: Connection, origin: Origin, report: Report, now: datetime) -> RowMapping | None:
    """The part that a report speaks of, by SIM, reference and recipient; else the one whose reference is in doubt."""
    since = now - outbox.REPORT_WINDOW
    awaited = _to_same(report, outbound_parts.by_reference(tx, origin.sim, [report.reference], since))
    if awaited:
        return _nearest(awaited, report)
    unnamed = _to_same(report, outbound_parts.without_reference(tx, origin.sim, since))
    gone_out = [row for row in unnamed if row["state"] == "sent"]
    if gone_out:  # before a doubt: a report that is taken for a part known to be sent declares nothing sent wrongly
        return _nearest(gone_out, report)
    if len(unnamed) == 1:
        return unnamed[0]
    told = outbound_parts.by_reference(tx, origin.sim, [report.reference], since, awaited=False)
    return next(iter(_to_same(report, told)), None)


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
    outbound_parts.change(tx, part["id"], **values)
    _roll_up(tx, part["message_id"], str(values.get("state", part["state"])), now)


def _roll_up(tx: Connection, message_id: int, part_state: str, now: datetime) -> None:
    message = outbox.get(tx, message_id)
    if message is None or message["state"] not in ("sent", "uncertain"):
        return
    alone = message["parts"] == 1
    states = {part_state} if alone else {str(row["state"]) for row in outbound_parts.of(tx, message_id)}
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
    outbox.change(tx, message_id, **values)
    history.record(tx, "send", message_id, from_=message["state"], to=new, at=now, **_WHO)


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
    _speak_first(tx, delivery_reports.early(tx, sim, reference, now), part_id, recipient, now)


def match_parked_of_sim(tx: Connection, part: RowMapping, recipient: str, now: datetime) -> None:
    """The same for a part whose reference nobody heard: the oldest report to that number since its submission."""
    _speak_first(tx, delivery_reports.early_of_sim(tx, part["sim"], part["submitted_at"]), part["id"], recipient, now)


def _speak_first(tx: Connection, rows: Sequence[RowMapping], part_id: int, recipient: str, now: datetime) -> None:
    row = next((row for row in rows if _same_number(row["recipient"], recipient)), None)
    if row is None:
        return
    delivery_reports.bind(tx, row["id"], part_id)
    apply_report(tx, outbound_parts.get(tx, part_id), row["status"], row["reference"], now)


def _same_number(one: str, other: str) -> bool:
    """Networks report numbers in national or international form: the last nine digits tell."""
    return one == other or (len(one) >= 9 and len(other) >= 9 and one[-9:] == other[-9:])
