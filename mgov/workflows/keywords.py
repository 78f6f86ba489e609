"""Agencies' own keywords: a text becomes a call, the call's stored result makes the one answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.keywords import NO_KEYWORDS, AgencyKeyword, Keywords, KeywordText, Who, read_fields
from mgov.replies import Replies
from mgov.store import external_calls, history, inbox
from mgov.store import staff as accounts
from mgov.store.conversations import OpenQuestion
from mgov.store.database import Database
from mgov.workflows.handlers.identity import identity_of
from mgov.workflows.handlers.request import Question, Reply, Request

CALLER = Actor.system("keywords")
QUESTION = "keyword"
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class KeywordSettings:
    """The keywords of a site with their texts, named `WORD found` and `WORD nothing`, and each system's deadline."""

    keywords: Keywords = NO_KEYWORDS
    replies: Replies = field(default_factory=lambda: Replies({}))
    deadlines: Mapping[str, timedelta] = field(default_factory=dict)

    def words_of(self, system: str) -> tuple[str, ...]:
        """The keywords that a system answers."""
        return tuple(keyword.name for keyword in self.keywords.all if keyword.system == system)


@dataclass(frozen=True, slots=True)
class CallTask:
    """A claimed call: whose attempt it is, what is asked, and until when an answer is of use."""

    call_id: int
    attempt: int
    message_id: int
    keyword: str
    values: Mapping[str, str]
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call brought back: `outcome` is found, nothing, refused or failed; `rows` are plain values."""

    outcome: str
    rows: tuple[Mapping[str, object], ...] = ()
    detail: str = ""


class QueueAnswer(Protocol):
    """Queues the one answer to a message within its sender's budget."""

    def __call__(self, tx: Connection, message: RowMapping, reply: Reply) -> int | None:
        """Queue it; None when the sender's budget is spent."""


@dataclass(frozen=True, slots=True)
class AnswerQueue:
    """How answers leave: the site's keywords and texts, and what queues the one answer to a message."""

    keywords: KeywordSettings
    replies: Replies
    queue: QueueAnswer


def begin(request: Request, said: KeywordText, kept_at: datetime) -> Reply | None:
    """Answer at once when a text may not or cannot be asked; None when a call was kept, whose result will answer.

    The deadline counts from `kept_at`: a text that came in while the database was away is asked all the same.
    """
    keyword = said.keyword
    if not _may_use(request, keyword):
        return request.say("keyword_refused", {"keyword": keyword.name, "who": str(keyword.who)})
    if said.wanted is not None:
        return _ask(request, said)
    external_calls.add(request.tx, request.message_id, keyword.name, {**said.fields, **_sender(request)}, kept_at)
    return None


def continued(settings: KeywordSettings, question: OpenQuestion, text: str) -> KeywordText | None:
    """Read a text as the answer to what a keyword still wanted; None when it is no answer."""
    keyword = settings.keywords.by_word.get(str(question.payload.get("keyword")))
    if question.kind != QUESTION or keyword is None:
        return None
    known = {name: str(value) for name, value in question.fields.items()}
    said = read_fields(keyword, text, known)
    return said if len(said.fields) > len(known) else None


def claim(
    db: Database, settings: KeywordSettings, system: str, limit: int, lease: timedelta, now: datetime
) -> list[CallTask]:
    """Take calls of one system that are due; who takes them has the lease to bring an answer."""
    words = settings.words_of(system)
    deadline = settings.deadlines[system]

    def work(tx: Connection) -> list[CallTask]:
        return [_task(row, deadline) for row in external_calls.claim(tx, words, limit, now, now + lease)]

    if not words or limit <= 0 or not db.read(lambda tx: external_calls.due_exists(tx, words, now)):
        return []
    return db.transact(work)


def settle(db: Database, settings: AnswerQueue, task: CallTask, answered: Answered, now: datetime) -> str:
    """Store what an attempt brought and queue the answer in the same commit; returns the call's state.

    A failure is tried again while there is time. An attempt whose lease another caller took over changes nothing.
    """

    def work(tx: Connection) -> str:
        row = external_calls.locked(tx, task.call_id)
        if row is None or row["state"] != "calling" or row["attempts"] != task.attempt:
            return row["state"] if row else "gone"
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (task.attempt - 1))
        if answered.outcome == "failed" and now + pause < task.deadline:
            external_calls.postpone(tx, row["id"], now + pause, _kept(answered))
            return "queued"
        return _conclude(tx, settings, row, answered, now)

    return db.transact(work)


def give_up_overdue(db: Database, settings: AnswerQueue, system: str, now: datetime) -> int:
    """Answer those whose system brought nothing by its deadline; returns how many."""
    words, deadline = settings.keywords.words_of(system), settings.keywords.deadlines[system]

    def work(tx: Connection) -> int:
        rows = external_calls.overdue(tx, words, now - deadline)
        for row in rows:
            _conclude(tx, settings, row, Answered("failed", detail="no answer by the deadline"), now)
        return len(rows)

    if not words or not db.read(lambda tx: external_calls.overdue_exists(tx, words, now - deadline)):
        return 0
    return db.transact(work)


def _conclude(tx: Connection, settings: AnswerQueue, row: RowMapping, answered: Answered, now: datetime) -> str:
    message = inbox.get(tx, row["message_id"])
    state = "failed" if answered.outcome in ("failed", "refused") else "answered"
    text, fault = _text(settings, row, answered)
    external_calls.finish(tx, row["id"], "failed" if fault else state, {**_kept(answered), **fault})
    history.record(
        tx,
        "message",
        row["message_id"],
        to=f"asked_{answered.outcome}",
        at=now,
        actor=CALLER,
        cause=f"keyword {row['keyword']}",
        detail=answered.detail or None,
    )
    if message is not None:
        settings.queue(tx, message, Reply(text))
    return state


def _text(settings: AnswerQueue, row: RowMapping, answered: Answered) -> tuple[str, dict[str, str]]:
    """The answer from the keyword's own template; where that fails, or nothing came, the site's text for it."""
    away = settings.replies.render("keyword_away", {"keyword": row["keyword"]})
    if answered.outcome not in ("found", "nothing"):
        return away, {}
    fields = json.loads(row["fields"])
    first = dict(answered.rows[0]) if answered.rows else {}
    values = {**fields, **first, "rows": [dict(one) for one in answered.rows]}
    try:
        return settings.keywords.replies.render(f"{row['keyword']} {answered.outcome}", values), {}
    except Exception as error:
        return away, {"template": f"{type(error).__name__}: {error}"[:300]}


def _ask(request: Request, said: KeywordText) -> Reply:
    wanted = said.wanted
    assert wanted is not None  # noqa: S101 - asked before
    english = (request.language or request.replies.language) == "en"
    values = {"message": wanted.message[english], "syntax": said.keyword.syntax}
    payload: dict[str, object] = {"keyword": said.keyword.name, "fields": said.fields, "missing": [wanted.name]}
    return Reply(request.say("keyword_wants", values).text, ask=Question(QUESTION, payload))


def _may_use(request: Request, keyword: AgencyKeyword) -> bool:
    if keyword.who is Who.VERIFIED:
        return bool(identity_of(request).verified)
    if keyword.who is Who.STAFF:
        return request.channel == "sms" and accounts.by_phone(request.tx, request.sender) is not None
    return True


def _sender(request: Request) -> dict[str, str]:
    """What a query may bind of the sender: his address, and the identity that is verified for it (else empty)."""
    verified = identity_of(request).verified
    newest = next(reversed(verified.values()), "") if verified else ""
    return {"sender": request.sender, "sender_id_number": newest}


def _task(row: RowMapping, deadline: timedelta) -> CallTask:
    return CallTask(
        call_id=row["id"],
        attempt=row["attempts"] + 1,
        message_id=row["message_id"],
        keyword=row["keyword"],
        values=json.loads(row["fields"]),
        deadline=row["created_at"] + deadline,
    )


def _kept(answered: Answered) -> dict[str, object]:
    return {"outcome": answered.outcome, "rows": list(answered.rows), "detail": answered.detail}
