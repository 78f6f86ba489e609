"""The story of bills, documents and payments: how they came in, what was booked on them, and why, in one language."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from mgov.domain.matching import Reason, sentence
from mgov.replies import rupiah
from mgov.store import money_stories as stories
from mgov.workflows.explain_story import Line, Teller
from mgov.workflows.explain_words import detail, say, word

_REASONS = frozenset(str(reason) for reason in Reason)


def cause_in(name: str | None, lang: str) -> str:
    """A cause in words; a reason of the matcher in its own."""
    return detail(sentence(Reason(name)), lang) if name in _REASONS else word(name, lang)


def detail_in(text: str | None, lang: str) -> str:
    """What was recorded beside a transition; of the matcher's decisions the rule, the score and every reason."""
    if not (text or "").startswith("{"):
        return detail(text, lang)
    try:
        told: dict[str, Any] = json.loads(text or "")
    except ValueError:
        return detail(text, lang)
    reasons = "; ".join(detail(reason, lang) for reason in str(told.get("reasons") or "").split("; "))
    rule = word(told["rule"], lang) if told.get("rule") else ""
    score = f"{told['score']}/100" if told.get("score") else ""
    return ", ".join(part for part in (reasons, rule, score) if part)


def bill_story(tx: Connection, number: int, teller: Teller) -> list[Line]:
    """How a bill came in, and every allocation to it and its undoing."""
    what = f"bill {number}"
    row = stories.the_bill(tx, number)
    if row is None:
        return []
    first = stories.first_amount(tx, number)
    amount = first["amount"] if first else row["amount"]
    lines = [
        Line(
            row["created_at"],
            what,
            say("bill_came", teller.lang, number=row["number"], agency=row["agency"], amount=rupiah(amount)),
            actor=first["recorded_by"] if first else None,
        )
    ]
    for booked in stories.allocations_to(tx, number):
        name = "money_taken_back" if booked["amount"] < 0 else "money_booked"
        values = {
            "entry": booked["bank_entry_id"],
            "reference": booked["reference"] or "-",
            "amount": rupiah(abs(booked["amount"])),
            "rule": word(booked["rule"], teller.lang),
        }
        lines.append(Line(booked["at"], what, say(name, teller.lang, **values), actor=booked["actor"]))
    return lines


def document_story(tx: Connection, number: int, teller: Teller) -> list[Line]:
    """How a document came in."""
    row = stories.the_document(tx, number)
    if row is None:
        return []
    told = say("document_came", teller.lang, number=row["number"], kind=row["kind"])
    return [Line(row["created_at"], f"document {number}", told, actor=row["created_by"])]


#: What is told of a thing beside its recorded transitions.
BEGINNINGS: dict[str, Callable[[Connection, int, Teller], list[Line]]] = {
    "bill": bill_story,
    "document": document_story,
}
