"""What a reminder says: one text for all documents of an address. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mgov.replies import PART, SINGLE_PART, parts_of
from mgov.workflows.document_kinds import DocumentKinds

#: A text message names at most this many documents; DOKUMEN tells the rest, and a mail names them all.
MOST_IN_SMS = 12
UCS2_SINGLE, UCS2_PART = 70, 67
#: Printable ASCII that GSM-7 writes with two septets, or not at all.
_TWO_SEPTETS_OR_NONE = re.compile(r"[\^{}\\\[~\]|`]")
#: A text points to INFO for at most so many kinds.
KINDS_HINTED = 2

#: What `reminder_texts.toml` has to name, in each language.
WORDS = ("due", "past", "for", "many", "more", "more_by", "stop", "pay", "greeting", "intro", "subject")


@dataclass(frozen=True, slots=True)
class Wording:
    """Who speaks, in which language, what is known of kinds, and the fixed phrases (`reminder_texts.toml`)."""

    sender: str
    language: str
    kinds: DocumentKinds
    words: Mapping[str, str]

    @classmethod
    def read(cls, sender: str, language: str, kinds: DocumentKinds, texts: Mapping[str, Mapping[str, str]]) -> Wording:
        """With the phrases of a language; raises KeyError for one that lacks (the file's format has a test)."""
        return cls(sender, language, kinds, {name: texts[language][name] for name in WORDS})

    def word(self, name: str) -> str:
        """A fixed phrase."""
        return self.words[name]


def sms(wording: Wording, rows: Sequence[Mapping[str, Any]], on: date) -> str:
    """The text message for rows with document, kind, holder, due_on; soonest due first."""
    if len(rows) == 1:
        row = rows[0]
        holder = f" {wording.word('for')} {row['holder']}" if row["holder"] else ""
        when = f"{_tense(wording, row, on)} {_day(row['due_on'])}"
        body = f"{_label(row)}{holder} {when}. {_capital(_how(wording, row))}."
        return _with_hint(wording, body, _hint(wording, rows))
    listed = "; ".join(f"{_label(row)} {_day(row['due_on'])}" for row in rows[:MOST_IN_SMS])
    more = len(rows) - MOST_IN_SMS
    rest = f"; {wording.word('more').format(n=more)}" if more > 0 else ""
    body = f"{wording.word('many').format(n=len(rows))} {wording.word('due')}: {listed}{rest}."
    return _framed(wording, f"{body}{_hint(wording, rows)}")


def _framed(wording: Wording, body: str) -> str:
    return f"{wording.sender}: {body} {wording.word('stop')}"


def _with_hint(wording: Wording, body: str, hint: str) -> str:
    """The hint only where it costs no further part: the text says in a few words how to extend already."""
    plain, hinted = _framed(wording, body), _framed(wording, f"{body}{hint}")
    return hinted if sms_parts(hinted) == sms_parts(plain) else plain


def _hint(wording: Wording, rows: Sequence[Mapping[str, Any]]) -> str:
    """What INFO tells more about: the first kinds named."""
    kinds = dict.fromkeys(str(row["kind"]) for row in rows if row["kind"] != "TAGIHAN")
    known = [kind for kind in kinds if wording.kinds.name_of(kind, wording.language)][:KINDS_HINTED]
    return f" {wording.word('more_by')} {', '.join(f'INFO {kind}' for kind in known)}." if known else ""


def sms_parts(text: str) -> int:
    """How many SMS a text takes; outside of GSM-7 one holds 70 UTF-16 units, and a part of a longer one 67."""
    if text.isascii() and text.isprintable() and not _TWO_SEPTETS_OR_NONE.search(text):  # nearly all, and much faster
        return 1 if len(text) <= SINGLE_PART else -(-len(text) // PART)
    parts = parts_of(text)
    if parts is not None:
        return parts
    units = len(text.encode("utf-16-be", "surrogatepass")) // 2
    return 1 if units <= UCS2_SINGLE else -(-units // UCS2_PART)


def subject(wording: Wording, rows: Sequence[Mapping[str, Any]]) -> str:
    """The subject of the mail."""
    first = rows[0]
    rest = f" (+{len(rows) - 1})" if len(rows) > 1 else ""
    title = f"{wording.word('subject')}: {_label(first)} {_day(first['due_on'])}{rest}"
    return " ".join(title.split())[:180]


def mail(wording: Wording, rows: Sequence[Mapping[str, Any]], on: date) -> str:
    """The plain text of the mail."""
    lines = [_mail_line(wording, row, on) for row in rows]
    parts = [wording.word("greeting"), wording.word("intro"), "\n".join(lines), wording.word("stop"), wording.sender]
    return "\n\n".join(parts)


def _mail_line(wording: Wording, row: Mapping[str, Any], on: date) -> str:
    holder = f" {wording.word('for')} {row['holder']}" if row["holder"] else ""
    when = f"{_tense(wording, row, on)} {_day(row['due_on'])}"
    return f"- {_label(row)}{holder} {when}: {_how(wording, row)}"


def _label(row: Mapping[str, Any]) -> str:
    """Kind and number; the kind is left out where the number begins with it."""
    kind, number = str(row["kind"]), str(row["document"])
    return number if number.upper().startswith(kind.upper()) else f"{kind} {number}"


def _tense(wording: Wording, row: Mapping[str, Any], on: date) -> str:
    return wording.word("past" if row["due_on"] < on else "due")


def _how(wording: Wording, row: Mapping[str, Any]) -> str:
    if row["kind"] == "TAGIHAN":
        return wording.word("pay")
    return wording.kinds.how_to_extend(row["kind"], wording.language)


def _day(day: date) -> str:
    return day.strftime("%d-%m-%Y")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
