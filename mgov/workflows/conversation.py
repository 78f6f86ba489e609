"""What a text means after a question: an answer, a yes or no, or something new."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mgov.store.conversations import OpenQuestion
from mgov.workflows.handlers.registration import expects_code
from mgov.workflows.handlers.request import Question, Reply, Request
from parsers.banks import SHIPPED, Names
from parsers.completion import complete, yes_or_no
from parsers.denials import denies_payment
from parsers.reading import Reading

#: Questions that BATAL or TIDAK drops.
DROPPABLE = frozenset({"missing", "propose", "keyword"})
_BARE_NUMBER = re.compile(r"\W*(\d[\d .\-]*\d)\W*")
#: What a number can be: in Indonesian and English, and the word that says so in an answer.
_CHOICES = {
    "bill": ("kode bayar", "the payment code", "KODE BAYAR"),
    "proof": ("nomor bukti", "the proof number", "BUKTI"),
    "id_number": ("NIK", "the NIK", "NIK"),
    "pin": ("PIN", "the PIN", "PIN"),
    "code": ("kode verifikasi", "the verification code", "KODE"),
}


_BILL = "bill:"
#: Where a question about one bill keeps the bill that an older open question was about.
_OTHER_BILL = "other_bill"


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as it is meant: `answered` when it answers the open question, `which` names what a number fits."""

    reading: Reading
    answered: bool = False
    which: tuple[str, ...] = ()


def hear(question: OpenQuestion | None, fresh: Reading, text: str, now: datetime, banks: Names = SHIPPED) -> Heard:
    """Put a text beside the open question of its sender."""
    if question is None:
        return Heard(fresh)
    said = yes_or_no(text)
    if said is False and question.kind in DROPPABLE:
        return Heard(Reading(None, {}, (), True, ("BATAL",)), answered=True)
    if said and question.kind == "propose":
        return Heard(Reading(question.command, question.fields, (), True, ("YA",)), answered=True)
    if fresh.command is not None and fresh.certain:
        return Heard(fresh)
    return _completed(question, fresh, text, now, banks)


#: Readings that a short answer may have on its own: a lone bill number is a TAGIHAN, a lone reference a STATUS.
_ALSO = {"PAY": {"BILL", "STATUS"}, "STATUS": {"BILL"}, "CANCEL": {"BILL", "STATUS"}}


def _completed(question: OpenQuestion, fresh: Reading, text: str, now: datetime, banks: Names) -> Heard:
    may_answer = fresh.command in {None, question.command, *_ALSO.get(question.command or "", ())}
    if not may_answer or (fresh.command == "BILL" and denies_payment(text.lower())):
        return Heard(fresh)
    completion = complete(question, text, now, banks)
    if completion.ambiguous:
        return Heard(completion.reading, which=completion.ambiguous)
    if not completion.filled:
        return Heard(fresh)
    other = question.payload.get(_OTHER_BILL)
    if other and "proof" in completion.filled and "bill" not in fresh.fields:
        return Heard(completion.reading, which=(f"{_BILL}{other}", f"{_BILL}{question.fields.get('bill')}"))
    how = (*completion.reading.how, "completes the open question")
    certain = bool(question.payload.get("certain", True))
    return Heard(replace(completion.reading, certain=certain, how=how), answered=True)


def beside(question: OpenQuestion | None, reply: Reply) -> Reply:
    """A proof asked for twice, for two bills: the newer question remembers the older bill, to ask which is meant."""
    ask = reply.ask
    if question is None or ask is None or question.kind != "missing" or ask.kind != "missing":
        return reply
    fields, older = ask.payload.get("fields"), question.fields.get("bill")
    waiting = question.command == "PAY" == ask.payload.get("command") and "proof" in question.missing
    if not (waiting and isinstance(fields, Mapping) and older and fields.get("bill") not in (None, older)):
        return reply
    return replace(reply, ask=Question(ask.kind, {**ask.payload, _OTHER_BILL: older}))


def settle_numbers(heard: Heard, request: Request) -> Heard:
    """A bare number that the open question takes may also be the code of a registration: then it is asked about."""
    bare = _BARE_NUMBER.fullmatch(request.text)
    if heard.answered and bare and "proof" in request.reading.fields and expects_code(request):
        return replace(heard, answered=False, which=("proof", "code"))
    return heard


def _choice(name: str) -> tuple[str, str, str]:
    """How a possible meaning is called, in Indonesian and English, and the word that says so in an answer."""
    if name in _CHOICES:
        return _CHOICES[name]
    bill = name.removeprefix(_BILL)
    return f"bukti bayar {bill}", f"the proof for {bill}", bill


def ask_which(request: Request, question: OpenQuestion | None, which: tuple[str, ...]) -> Reply:
    """Ask what a number is; the question that it may answer stays as it was."""
    number = str(request.reading.fields.get("proof") or re.sub(r"[ .\-]", "", request.text.strip()))[:20]
    english = (request.language or request.replies.language) == "en"
    chosen = [_choice(name) for name in which if name in _CHOICES or name.startswith(_BILL)]
    values = {
        "number": number,
        "choices": [choice[english] for choice in chosen],
        "answers": [f"{choice[2]} {number}" for choice in chosen],
    }
    ask = Question(question.kind, question.payload) if question is not None else None
    return Reply(request.say("which", values).text, ask=ask)
