"""Answer: the next text is read and handled, and its effect, its state and its one answer are one commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.keywords import KeywordText
from mgov.domain.message import is_machine
from mgov.replies import Replies
from mgov.store import conversations, inbox, outbox, staff
from mgov.store.conversations import OpenQuestion
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows import conversation, keywords
from mgov.workflows.canary import is_song
from mgov.workflows.handlers import HANDLERS, missing, reminder_answer, unknown
from mgov.workflows.handlers.pins import may_hold_pin, strike_digits
from mgov.workflows.handlers.request import HandlerSettings, Question, Reply, Request
from mgov.workflows.keywords import AnswerQueue, KeywordSettings
from parsers.banks import SHIPPED, Names
from parsers.reader import read
from parsers.reading import Reading

ENGINE = Actor.system("engine")
MAX_TRIES = 3
BATCH = 12  # texts in one commit: enough to share its cost, few enough not to keep modems from theirs
RETRY = timedelta(seconds=2)
#: From here on `now` is none: a command handles everything that waits, and each text's receipt is its now.
END_OF_TIME = datetime(9000, 1, 1, tzinfo=UTC)
#: Commands that never act on a guess: what was meant is proposed, and waits for YA.
NEEDS_CERTAINTY = frozenset({"PAY", "REMIND_OFF", "CANCEL", "REGISTER", "APPLY"})


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """What the pipeline needs to know of the site."""

    handlers: HandlerSettings
    replies: Replies
    own_numbers: frozenset[str] = frozenset()
    answers_per_hour: int = 30
    keywords: KeywordSettings = field(default_factory=KeywordSettings)
    banks: Names = SHIPPED

    @property
    def queue_of_calls(self) -> AnswerQueue:
        """How the answers of agencies' systems leave: like all others, within the sender's budget."""
        return AnswerQueue(self.keywords, self.replies, partial(_queue_later, settings=self))


@dataclass(frozen=True, slots=True)
class Handled:
    """One text and what became of it."""

    message_id: int
    state: str
    outbound_id: int | None


def answer_due(db: Database, settings: AnswerSettings, now: datetime, most: int = BATCH) -> list[Handled]:
    """Handle up to `most` texts that are due, each of another sender, in one commit; empty when there are none.

    When one of them fails nothing of that commit stays, and each is handled by itself: no sender's text can undo
    another's answer.
    """

    def work(tx: Connection) -> list[Handled]:
        return [_handle(tx, message, settings, now) for message in inbox.claim_due(tx, now, most)]

    try:
        return db.transact(work)
    except DatabaseUnavailableError:
        raise
    except Exception:
        alone = (answer_next(db, settings, now) for _ in range(most))
        return [handled for handled in alone if handled is not None]


def answer_next(db: Database, settings: AnswerSettings, now: datetime) -> Handled | None:
    """Handle the next text that is due; None when there is none.

    A handler that fails leaves nothing behind; its text is tried again, and set aside after `MAX_TRIES`.
    """
    claimed: list[RowMapping] = []

    def work(tx: Connection) -> Handled | None:
        claimed.clear()
        message = inbox.claim_next(tx, now)
        if message is None:
            return None
        claimed.append(message)
        return _handle(tx, message, settings, now)

    try:
        return db.transact(work)
    except DatabaseUnavailableError:
        raise
    except Exception as error:
        if not claimed:
            raise
        message, sentence = claimed[0], f"{type(error).__name__}: {error}"
        return db.transact(lambda tx: _failed(tx, message, sentence, settings, now))


def _handle(tx: Connection, message: RowMapping, settings: AnswerSettings, at: datetime) -> Handled:
    now = message["received_at"]
    if is_machine(message["sender"], settings.own_numbers) and message["channel"] == "sms":
        cause = "canary" if is_song(message["text"]) else "a machine is never answered"
        inbox.finish(tx, message, state="ignored", now=now, actor=ENGINE, cause=cause)
        return Handled(message["id"], "ignored", None)
    reading, reply = _reply(tx, message, settings, at)
    if reply is not None and reply.ask is not None:
        conversations.ask(tx, message["sender"], reply.ask.kind, reply.ask.payload, message["id"], now)
    secret = may_hold_pin(tx, message["sender"], reading.command)
    inbox.finish(
        tx,
        message,
        state="handled",
        now=now,
        actor=ENGINE,
        cause="read" if secret else "; ".join(reading.how)[:64] or "read",
        command=reading.command,
        fields=_shown(reading),
    )
    if secret:
        strike_digits(tx, message["id"])
    outbound_id = _queue(tx, message, reply, settings, now) if reply is not None else None
    return Handled(message["id"], "handled", outbound_id)


def _reply(tx: Connection, message: RowMapping, settings: AnswerSettings, at: datetime) -> tuple[Reading, Reply | None]:
    """How a text was read, and its answer; None when an agency's system was asked, whose result will answer."""
    sender, now = message["sender"], message["received_at"]
    question = conversations.open_question(tx, sender, now)
    fresh = read(message["text"], now, settings.banks)
    heard = conversation.hear(question, fresh, message["text"], now, settings.banks)
    request = Request(
        tx=tx,
        message_id=message["id"],
        channel=message["channel"],
        sender=sender,
        reading=heard.reading,
        text=message["text"],
        now=now,
        settings=settings.handlers,
        replies=settings.replies,
    )
    heard = conversation.settle_numbers(heard, request)
    if heard.which:
        return heard.reading, conversation.ask_which(request, question, heard.which)
    reading, answered = heard.reading, heard.answered
    if question is not None and (answered or reading.command is not None):
        conversations.close(tx, sender)
    said = None if answered else _agency_keyword(settings.keywords, question, fresh, message["text"])
    if said is not None:
        conversations.close(tx, sender)
        return Reading(said.keyword.name, dict(said.fields), how=("agency's keyword",)), keywords.begin(
            request, said, at if at < END_OF_TIME else now
        )
    told = None if answered else _answers_reminder(request)
    if told is not None or answered:
        return reading, told or _dispatch(request, question)
    return reading, conversation.beside(question, _dispatch(request, None))


def _agency_keyword(
    settings: KeywordSettings, question: OpenQuestion | None, fresh: Reading, text: str
) -> KeywordText | None:
    """A text that begins with an agency's keyword, or completes one; a confirmation that names its bill comes first."""
    if not settings.keywords.by_word or (fresh.command == "PAY" and "bill" in fresh.fields):
        return None
    said = settings.keywords.read(text)
    if said is None and question is not None and not (fresh.command is not None and fresh.certain):
        said = keywords.continued(settings, question, text)
    return said


def _answers_reminder(request: Request) -> Reply | None:
    """`bukan saya`, `sudah diperpanjang`: only from whom a reminder went to lately, and never over a clear command."""
    certain = request.reading.command is not None and request.reading.certain
    return None if certain else reminder_answer(request)


def _dispatch(request: Request, answered: OpenQuestion | None) -> Reply:
    reading = request.reading
    if reading.command is None:
        if answered is not None and answered.kind in conversation.DROPPABLE:
            return request.say("dropped")
        return unknown(request)
    if _must_propose(reading):
        return _propose(request)
    if _lacks_something(reading):
        return missing(request)
    return HANDLERS[reading.command](request)


def _must_propose(reading: Reading) -> bool:
    """What acts waits for YA when it was guessed: a confirmation in other words than the keyword's is none.

    A text that says in words that its bill is paid, or names bill and proof without any keyword, is taken as the claim
    that it is; one that rests on a mistyped keyword alone is not.
    """
    if reading.certain or reading.command not in NEEDS_CERTAINTY:
        return False
    return reading.guessed or not (reading.command == "PAY" and {"bill", "proof"} <= reading.fields.keys())


def _lacks_something(reading: Reading) -> bool:
    if reading.command == "PAY" and {"bill", "proof"} <= reading.fields.keys():
        return False
    return bool(reading.missing)


def _propose(request: Request) -> Reply:
    reading = request.reading
    if _lacks_something(reading):
        return missing(request)
    payload: dict[str, object] = {"command": reading.command, "fields": reading.fields}
    text = request.say("propose", {"command": reading.command, "fields": reading.fields}).text
    return Reply(text, ask=Question("propose", payload))


def _queue(tx: Connection, message: RowMapping, reply: Reply, settings: AnswerSettings, now: datetime) -> int | None:
    """Queue the one answer; past the sender's budget a single notice, then nothing until the hour is over."""
    given = outbox.answers_since(tx, message["sender"], now - timedelta(hours=1), now)
    if given > settings.answers_per_hour:
        return None
    text = reply.text if given < settings.answers_per_hour else settings.replies.render("budget", {})
    return outbox.queue_text(
        tx,
        to=message["sender"],
        text=text,
        now=now,
        priority="reply",
        actor=ENGINE,
        cause="answer",
        channel=message["channel"],
        subject=reply.subject or message["subject"],
        html=reply.html if given < settings.answers_per_hour else None,
        dedupe_key=f"answer:{message['id']}",
        in_reply_to=message["id"],
        preferred_modem=message["modem"],
    )


def _queue_later(tx: Connection, message: RowMapping, reply: Reply, *, settings: AnswerSettings) -> int | None:
    return _queue(tx, message, reply, settings, message["received_at"])


def _failed(
    tx: Connection, message: RowMapping, sentence: str, settings: AnswerSettings, now: datetime
) -> Handled | None:
    current = inbox.get(tx, message["id"])
    if current is None or current["state"] != "received":
        return None
    attempts = current["attempts"] + 1
    if attempts < MAX_TRIES:
        inbox.postpone(tx, current["id"], attempts=attempts, until=now + RETRY * attempts, error=sentence)
        return Handled(current["id"], "received", None)
    at = current["received_at"]
    inbox.finish(tx, current, state="set_aside", now=at, actor=ENGINE, cause="failed three times", error=sentence)
    if may_hold_pin(tx, current["sender"], read(current["text"], at).command):
        strike_digits(tx, current["id"])
    _tell_staff(tx, current["id"], now)
    reply = Reply(settings.replies.render("set_aside", {}))
    return Handled(current["id"], "set_aside", _queue(tx, current, reply, settings, at))


def _tell_staff(tx: Connection, message_id: int, now: datetime) -> None:
    """The NOC's phones are told of a text that was set aside; its words stay in the database."""
    for phone in staff.phones_of_role(tx, "noc"):
        outbox.queue_text(
            tx,
            to=phone,
            text=f"mgov: pesan {message_id} gagal diproses 3x dan disisihkan. Lihat: mgov explain message {message_id}",
            now=now,
            priority="alert",
            actor=ENGINE,
            cause="text set aside",
            dedupe_key=f"set-aside:{message_id}:{phone}",
            subject_kind="message",
            subject_id=message_id,
        )


def _shown(reading: Reading) -> Mapping[str, object]:
    """The fields as kept: a PIN never is."""
    return {name: value for name, value in reading.fields.items() if name != "pin"}
