"""DOCUMENTS: what falls due for the sender."""

from __future__ import annotations

from mgov.store import holdings
from mgov.workflows.handlers.identity import identity_of, whose_each
from mgov.workflows.handlers.request import Reply, Request

SHOWN = 3


def documents(request: Request) -> Reply:
    """The documents that an agency recorded for this phone or for a verified identity, the first due first."""
    identity = identity_of(request)
    rows = holdings.documents_of(request.tx, request.sender, identity.verified)
    if not rows:
        return request.say("documents_none")
    owners = whose_each(identity, rows)
    items = [
        {"kind": row["kind"], "number": row["number"], "due_on": row["due_on"], "whose": whose}
        for row, whose in zip(rows, owners, strict=True)
    ]
    return request.say("documents", {"items": items[:SHOWN], "more": max(0, len(items) - SHOWN)})
