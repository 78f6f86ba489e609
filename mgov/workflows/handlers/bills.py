"""BILL: amount, due date, status and where to pay; never whose it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import RowMapping

from mgov.store import applications, bills
from mgov.workflows.handlers.identity import Identity, identity_of, whose_each
from mgov.workflows.handlers.request import PayAccount, Reply, Request

SHOWN = 4


def bill(request: Request) -> Reply:
    """A bill by number, pay code or plate; without any of them the sender's own open bills."""
    identity = identity_of(request)
    reference, plate = request.field("reference"), request.field("plate")
    if reference:
        return _by_reference(request, reference, identity)
    if plate:
        return _by_plate(request, plate, identity)
    return _mine(request, identity)


def answer_bill(request: Request, row: RowMapping, identity: Identity) -> Reply:
    """One bill as its sender may see it: a stranger is not told what it is for."""
    if row["status"] == "cancelled":
        return request.say("bill_cancelled", {"number": row["number"], "agency": row["agency"]})
    if row["status"] == "paid":
        return request.say("bill_paid", {"number": row["number"], "paid_on": row["paid_on"]})
    account = request.settings.account_for(row["agency"])
    return request.say(
        "bill_open",
        {
            "number": row["number"],
            "about": _about(request, row, identity),
            "due": due(row),
            "paid": row["allocated"],
            "due_date": row["due_date"],
            "agency": row["agency"],
            "account": _spoken(account) if account else None,
            "pay_code": row["pay_code"],
        },
    )


def due(row: RowMapping) -> int:
    """What is still to be paid, in rupiah; with the few rupiah that make it unique where the agency wants them."""
    suffix = row["unique_suffix"] if row["unique_amounts"] and not row["allocated"] else 0
    return max(0, int(row["amount"]) + int(suffix) - int(row["allocated"]))


def _by_reference(request: Request, reference: str, identity: Identity) -> Reply:
    row = bills.by_number(request.tx, reference)
    if row is not None:
        return answer_bill(request, row, identity)
    if applications.by_reference(request.tx, reference) is not None:
        return request.say("reference_unknown", {"reference": reference[:40]})
    return request.say("bill_unknown", {"what": reference[:40]})


def _by_plate(request: Request, plate: str, identity: Identity) -> Reply:
    rows = bills.by_plate(request.tx, plate)
    if not rows:
        return request.say("bill_unknown", {"what": plate[:40]})
    still_open = [row for row in rows if row["status"] in bills.OPEN]
    if len(still_open) > 1:
        return _list(request, still_open, identity)
    return answer_bill(request, rows[0], identity)


def _mine(request: Request, identity: Identity) -> Reply:
    rows = bills.open_of_citizen(request.tx, request.sender, identity.verified)
    if not rows:
        return request.say("bill_none_mine")
    return answer_bill(request, rows[0], identity) if len(rows) == 1 else _list(request, rows, identity)


def _list(request: Request, rows: list[RowMapping], identity: Identity) -> Reply:
    owners = whose_each(identity, rows)
    items: list[dict[str, Any]] = [
        {"number": row["number"], "due": due(row), "due_date": row["due_date"], "whose": whose}
        for row, whose in zip(rows, owners, strict=True)
    ]
    return request.say("bill_list", {"items": items[:SHOWN], "more": max(0, len(items) - SHOWN)})


def _about(request: Request, row: RowMapping, identity: Identity) -> str:
    """The plate that was asked for; what the bill is for only to those it concerns."""
    if request.field("plate"):
        return str(row["plate"] or "")
    if row["payer_phone"] == request.sender or row["party_id"] in identity.verified:
        return str(row["object"] or row["description"] or "")[:40]
    return ""


def _spoken(account: PayAccount) -> dict[str, str]:
    return {"bank": account.bank, "number": account.number, "holder": account.holder or account.name}
