"""Explain: the story of a message, payment, reminder, bill or application, from what was recorded of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Account, Right
from mgov.store import history, money_stories, owners
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.access import RefusedError
from mgov.workflows.explain_inbound import inbound_story
from mgov.workflows.explain_money import BEGINNINGS, cause_in, detail_in
from mgov.workflows.explain_outbound import outbound_story
from mgov.workflows.explain_reminder import reminder_story
from mgov.workflows.explain_story import Line, Teller
from mgov.workflows.explain_words import say, word

#: The right that a role needs to hear of each, unless it keeps the installation.
RIGHTS = {
    "message": Right.SMS_VIEW,
    "send": Right.SMS_VIEW,
    "payment": Right.PAYMENT_VIEW,
    "bill": Right.BILL_VIEW,
    "application": Right.APPLICATION_VIEW,
    "document": Right.DOCUMENT_VIEW,
    "reminder": Right.REMIND_VIEW,
    "task": Right.DOCUMENT_VIEW,
    "broadcast": Right.REMIND_VIEW,
}
KINDS = tuple(RIGHTS)
#: A payment's transitions are kept under the name of its table.
_STORED_AS = {"payment": "confirmation"}


def story(
    db: Database,
    kind: str,
    number: int | str,
    *,
    actor: Actor,
    lang: str = "id",
    now: datetime,
    clock: Callable[[datetime], str] = datetime.isoformat,
) -> list[dict[str, Any]]:
    """The story of one object, oldest first: `at, what, from, to, actor, cause, detail, sentence`.

    Messages that come in and that go out are numbered apart: `message N` tells of the incoming one with its answers
    and, when it is another, of the outgoing one with that number; `send N` only of the latter. A bill, document
    or application may be named as people know it instead (`SKRD-2026-000001`).
    Raises `RefusedError` where the actor may not see the object.
    """
    teller = Teller(lang, now, clock)

    def read(tx: Connection) -> list[Line]:
        asking = access.require(tx, actor, Right.EXPLAIN)
        found = money_stories.number_of(tx, kind, str(number))
        if found is None:
            return []
        if kind == "message":
            return _messages(tx, asking, found, teller)
        _require_sight(tx, asking, kind, found)
        return _lines(tx, kind, found, teller)

    return [line.as_row() for line in db.read(read)]


def _may_see(tx: Connection, asking: Account, kind: str, number: int) -> bool:
    """A role that sees such things, or keeps the installation; and of his agency, where he belongs to one.

    What a citizen texted about a payment is seen by whoever may see that payment.
    """
    whose = owners.agencies_of(tx, kind, number)
    rights = [RIGHTS[kind]]
    if kind in ("message", "send") and whose != {None}:
        rights.append(Right.PAYMENT_VIEW)
    may = any(asking.may(right) for right in (*rights, Right.SYSTEM))
    return may and asking.sees(whose)


def _require_sight(tx: Connection, asking: Account, kind: str, number: int) -> None:
    if not _may_see(tx, asking, kind, number):
        raise RefusedError(f"{kind} {number}: bukan wewenang atau urusan dinas Anda / not yours to see")


def _messages(tx: Connection, asking: Account, number: int, teller: Teller) -> list[Line]:
    """Of the two messages with this number those that may be seen; a refusal when it is neither."""
    incoming = _may_see(tx, asking, "message", number)
    lines = inbound_story(tx, number, teller) if incoming else []
    told = {line.what for line in lines}
    if f"send {number}" in told:
        return lines
    if not incoming:
        _require_sight(tx, asking, "send", number)
    return lines + outbound_story(tx, number, teller) if _may_see(tx, asking, "send", number) else lines


def _lines(tx: Connection, kind: str, number: int, teller: Teller) -> list[Line]:
    if kind == "send":
        return outbound_story(tx, number, teller)
    if kind == "reminder":
        return reminder_story(tx, number, teller)
    beginning = BEGINNINGS[kind](tx, number, teller) if kind in BEGINNINGS else []
    recorded = [
        Line.of(row, f"{kind} {number}", _sentence(row, f"{kind} {number}", teller))
        for row in history.of(tx, _STORED_AS.get(kind, kind), number)
    ]
    return sorted([*beginning, *recorded], key=lambda line: line.at)


def payment_story(tx: Connection, number: int, teller: Teller) -> list[Line]:
    """The transitions of a payment, for whoever is known to see it."""
    return _lines(tx, "payment", number, teller)


def _sentence(row: Any, what: str, teller: Teller) -> str:  # noqa: ANN401 - a row of transitions
    told = detail_in(row["detail"], teller.lang)
    return say(
        "transition",
        teller.lang,
        what=what,
        before=f"{word(row['from_state'], teller.lang)} → " if row["from_state"] else "",
        to=word(row["to_state"], teller.lang),
        cause=cause_in(row["cause"], teller.lang),
        detail=f": {told}" if told else "",
    )
