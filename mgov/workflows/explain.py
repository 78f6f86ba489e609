"""Explain: the story of a message, payment, reminder, bill or application, from what was recorded of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mgov.store import history
from mgov.store.database import Database
from mgov.workflows.explain_inbound import inbound_story
from mgov.workflows.explain_outbound import outbound_story
from mgov.workflows.explain_reminder import reminder_story
from mgov.workflows.explain_story import Line, Teller
from mgov.workflows.explain_words import detail, say, word

KINDS = ("message", "send", "payment", "bill", "application", "document", "reminder", "task", "broadcast")
#: A payment's transitions are kept under the name of its table.
_STORED_AS = {"payment": "confirmation"}


def story(
    db: Database,
    kind: str,
    number: int,
    *,
    lang: str = "id",
    now: datetime,
    clock: Callable[[datetime], str] = datetime.isoformat,
) -> list[dict[str, Any]]:
    """The story of one object, oldest first: `at, what, from, to, actor, cause, detail, sentence`.

    Messages that come in and that go out are numbered apart: `message N` tells of the incoming one with its answers
    and, when it is another, of the outgoing one with that number; `send N` only of the latter.
    """
    teller = Teller(lang, now, clock)
    return [line.as_row() for line in db.read(lambda tx: _lines(tx, kind, number, teller))]


def _lines(tx: Connection, kind: str, number: int, teller: Teller) -> list[Line]:
    if kind == "send":
        return outbound_story(tx, number, teller)
    if kind == "message":
        lines = inbound_story(tx, number, teller)
        told = {line.what for line in lines}
        return lines if f"send {number}" in told else lines + outbound_story(tx, number, teller)
    if kind == "reminder":
        return reminder_story(tx, number, teller)
    return [
        Line.of(row, f"{kind} {number}", _sentence(row, f"{kind} {number}", teller))
        for row in history.of(tx, _STORED_AS.get(kind, kind), number)
    ]


def _sentence(row: Any, what: str, teller: Teller) -> str:  # noqa: ANN401 - a row of transitions
    told = detail(row["detail"], teller.lang)
    return say(
        "transition",
        teller.lang,
        what=what,
        before=f"{row['from_state']} → " if row["from_state"] else "",
        to=row["to_state"],
        cause=word(row["cause"], teller.lang),
        detail=f": {told}" if told else "",
    )
