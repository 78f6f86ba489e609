"""DOCUMENTS, and the reminders about them: on and off at once, with proof of what was said."""

from __future__ import annotations

from mgov.store import consents, holdings
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


def remind_on(request: Request) -> Reply:
    """Reminders again, for the sender's phone or address."""
    return _switch(request, on=True)


def remind_off(request: Request) -> Reply:
    """No reminder any more, at once: what is queued already is re-checked when it would leave."""
    return _switch(request, on=False)


def _switch(request: Request, *, on: bool) -> Reply:
    reply = request.say("remind_on" if on else "remind_off", {"address": request.sender})
    consents.set_reminders(
        request.tx,
        request.sender,
        request.channel,
        on=on,
        wording=reply.text,
        now=request.now,
        message_id=request.message_id,
    )
    return reply
