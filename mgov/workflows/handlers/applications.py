"""The transaction layer: APPLY, STATUS, HISTORY, CANCEL."""

from __future__ import annotations

from sqlalchemy.engine import RowMapping

from mgov.domain.permit import is_final, spoken_status
from mgov.store import applications, bills, outbox
from mgov.store import history as transitions
from mgov.store import services as catalogue
from mgov.workflows.handlers.bills import answer_bill
from mgov.workflows.handlers.identity import Identity, identity_of, whose_each
from mgov.workflows.handlers.information import alike, find_service
from mgov.workflows.handlers.request import Reply, Request

SHOWN = 4


def apply(request: Request) -> Reply:
    """File an application for the sender's identity and tell the agency."""
    identity = identity_of(request)
    if identity.newest is None:
        return request.say("register_first")
    listed = catalogue.listing(request.tx, only_active=True)
    wanted = request.field("service")
    service = find_service(request, wanted, listed)
    if service is None:
        return request.say("service_unknown", {"service": wanted[:40], "near": alike(wanted.upper(), _codes(listed))})
    party_id, number = identity.newest
    reference = _file(request, service, party_id)
    values = {"service": service["code"], "reference": reference, "requirements": service["requirements"]}
    return request.say("applied", values | {"id_number": number})


def status(request: Request) -> Reply:
    """Where an application (or a bill) stands: all of it for its owner, the bare status for strangers."""
    reference = request.field("reference")
    found = applications.by_reference(request.tx, reference)
    if found is not None:
        return _status_of(request, found)
    bill = bills.by_number(request.tx, reference)
    if bill is not None:
        return answer_bill(request, bill, identity_of(request))
    return request.say("reference_unknown", {"reference": reference[:40]})


def history(request: Request) -> Reply:
    """What the sender filed, and what belongs to his verified identities, newest first."""
    identity = identity_of(request)
    rows = applications.of_citizen(request.tx, request.sender, identity.verified)
    if not rows:
        return request.say("history_none" if identity.newest else "register_first")
    owners = whose_each(identity, rows)
    items = [
        {"reference": row["reference"], "status": _spoken(request, row), "whose": whose}
        for row, whose in zip(rows, owners, strict=True)
    ]
    return request.say("history", {"items": items[:SHOWN], "more": max(0, len(items) - SHOWN)})


def cancel(request: Request) -> Reply:
    """Withdraw what the sender filed, or what belongs to a verified identity of his; never anything else."""
    reference = request.field("reference")
    found = applications.by_reference(request.tx, reference)
    if found is None:
        return request.say("reference_unknown", {"reference": reference[:40]})
    if not (found["filed_by"] == request.sender or found["party_id"] in identity_of(request).verified):
        return request.say("cancel_refused", {"reference": found["reference"], "contact": request.settings.contact})
    if is_final(found["status"]):
        return request.say("cancel_too_late", {"reference": found["reference"], "status": _spoken(request, found)})
    applications.change(request.tx, found["id"], status="cancelled", updated_at=request.now)
    transitions.record(
        request.tx,
        "application",
        found["id"],
        from_=found["status"],
        to="cancelled",
        at=request.now,
        actor=request.actor,
        cause="CANCEL",
    )
    return request.say("cancelled", {"reference": found["reference"]})


def _file(request: Request, service: RowMapping, party_id: int) -> str:
    reference = applications.next_reference(request.tx, request.today.year)
    details = request.field("details") or None
    application_id = applications.add(
        request.tx,
        reference=reference,
        service_id=service["id"],
        service_code=service["code"],
        agency_id=service["agency_id"],
        party_id=party_id,
        phone=request.sender if request.channel == "sms" else None,
        details=details,
        status="received",
        submitted_on=request.today,
        filed_by=request.sender,
        created_at=request.now,
        updated_at=request.now,
    )
    transitions.record(
        request.tx, "application", application_id, to="received", at=request.now, actor=request.actor, cause="APPLY"
    )
    _tell_agency(request, service, reference, details, application_id)
    return reference


def _tell_agency(
    request: Request, service: RowMapping, reference: str, details: str | None, application_id: int
) -> None:
    """By SMS where the agency has a phone, else by mail; without either it shows among the unattended ones."""
    to = service["contact_phone"] or service["contact_email"]
    if not to:
        return
    values = {"reference": reference, "service": service["code"], "phone": request.sender, "details": details or ""}
    outbox.queue_text(
        request.tx,
        to=to,
        text=request.replies.render("application_told", values),
        now=request.now,
        actor=request.actor,
        cause="a new application is told to the agency",
        channel="sms" if service["contact_phone"] else "email",
        subject=None if service["contact_phone"] else f"Permohonan {reference}",
        dedupe_key=f"application:{application_id}:agency",
        subject_kind="application",
        subject_id=application_id,
    )


def _status_of(request: Request, row: RowMapping) -> Reply:
    values = {"reference": row["reference"], "status": _spoken(request, row)}
    if not _is_related(request, row, identity_of(request)):
        return request.say("status_stranger", values)
    zone = request.settings.zone
    return request.say(
        "status",
        values
        | {
            "service": row["service"] or row["service_code"] or "-",
            "note": row["status_note"] or "",
            "submitted_on": row["submitted_on"],
            "updated_on": row["updated_at"].astimezone(zone).date(),
        },
    )


def _is_related(request: Request, row: RowMapping, identity: Identity) -> bool:
    return request.sender in (row["filed_by"], row["phone"]) or row["party_id"] in identity.verified


def _spoken(request: Request, row: RowMapping) -> str:
    return spoken_status(row["status"], request.language or request.replies.language)


def _codes(listed: list[RowMapping]) -> list[str]:
    return [row["code"] for row in listed]
