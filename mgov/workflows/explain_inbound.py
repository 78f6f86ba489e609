"""The story of a message that came in: its parts, how it was read, what became of it, and its answers."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.store import history, stories
from mgov.workflows.explain_outbound import outbound_story
from mgov.workflows.explain_reading import read_how
from mgov.workflows.explain_story import Line, Teller
from mgov.workflows.explain_words import detail, listed, say, word


def inbound_story(tx: Connection, number: int, teller: Teller) -> list[Line]:
    """Everything that is known of one incoming message and its answers, in order; empty when there is none."""
    message = stories.inbound(tx, number)
    if message is None:
        return []
    parts = stories.inbound_parts(tx, number)
    lines = _parts(parts, number, teller)
    for row in history.of(tx, "message", number):
        lines.append(Line.of(row, f"message {number}", _sentence(row, message, parts, teller)))
    lines += _payments(tx, message, teller)
    lines.sort(key=lambda line: line.at)
    lines += _pending(message, teller)
    answers = stories.answers_to(tx, number)
    for answer in answers:
        lines += outbound_story(tx, answer, teller)
    if not answers and message["state"] in ("handled", "set_aside", "unreadable"):
        lines.append(Line(message["handled_at"] or teller.now, f"message {number}", say("no_answer", teller.lang)))
    return lines


def _parts(parts: Sequence[RowMapping], number: int, teller: Teller) -> list[Line]:
    lines = []
    for part in parts:
        if part["error"]:
            sentence = say("part_unreadable", teller.lang, error=part["error"])
        elif part["concat_total"]:
            place = {"sequence": part["concat_sequence"], "total": part["concat_total"]}
            sentence = say("part_came", teller.lang, **place)
        else:
            continue
        lines.append(Line(part["received_at"], f"message {number}", sentence))
    return lines


def _sentence(row: RowMapping, message: RowMapping, parts: Sequence[RowMapping], teller: Teller) -> str:
    lang = teller.lang
    if row["from_state"] is None and row["to_state"] in ("received", "unreadable", "incomplete"):
        return _received(row, message, parts, lang)
    if row["to_state"] == "handled":
        return _read(row, message, lang)
    if row["to_state"] == "ignored":
        return say("ignored", lang, cause=word(row["cause"], lang))
    if row["to_state"] == "set_aside":
        return say("set_aside", lang, detail=detail(row["detail"], lang))
    return f"{word(row['to_state'], lang)} ({word(row['cause'], lang)})"


def _received(row: RowMapping, message: RowMapping, parts: Sequence[RowMapping], lang: str) -> str:
    if row["to_state"] != "received":
        return say(row["to_state"], lang)
    door = (
        say("by_modem", lang, modem=message["modem"], sim=message["sim"]) if message["modem"] else say("by_door", lang)
    )
    return say(
        "received",
        lang,
        sender=message["sender"],
        channel=word(message["channel"], lang),
        door=door,
        parts=max(1, len(parts)),
        text=message["text"],
    )


def _read(row: RowMapping, message: RowMapping, lang: str) -> str:
    if message["command"] is None:
        return say("not_a_command", lang, how=read_how(row["cause"], lang))
    fields = json.loads(message["fields"]) if message["fields"] else {}
    return say("read_as", lang, command=message["command"], fields=listed(fields), how=read_how(row["cause"], lang))


def _payments(tx: Connection, message: RowMapping, teller: Teller) -> list[Line]:
    return [
        Line(
            row["received_at"],
            f"payment {row['id']}",
            say("became_payment", teller.lang, number=row["id"], state=row["status"]),
        )
        for row in stories.payments_of(tx, message["id"])
    ]


def _pending(message: RowMapping, teller: Teller) -> list[Line]:
    if message["state"] != "received":
        return []
    if message["error"]:
        sentence = say("try_failed", teller.lang, error=message["error"])
    else:
        sentence = say("not_handled", teller.lang)
    return [Line(teller.now, f"message {message['id']}", sentence)]
