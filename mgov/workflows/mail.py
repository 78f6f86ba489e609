"""Mail out and in: claim and settle mails of the outbox, keep what a mailbox delivered, read bounces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection, select, update

from mgov.domain.actor import Actor
from mgov.domain.backoff import AFTER, MAX_ATTEMPTS, retry_at
from mgov.domain.bounces import is_dead_by_reply
from mgov.domain.message import digest
from mgov.domain.routing import SendRules
from mgov.store import consents, history, inbox, leases, outbox, queue, reminder_recheck, settings
from mgov.store.database import Database, wake
from mgov.store.schema.messages import inbound_message, outbound_message
from mgov.workflows.alerts_out import WarningDoor, is_warning, take_mail
from mgov.workflows.receive import receive_text

MAIL = Actor.system("mail")
EVERYBODY = SendRules()
#: A warning server may well write by itself; that it is not who it says is another matter.
_NOT_AUTHENTIC = frozenset({"sender not authentic", "no sender", "our own address"})


class MailOutcome(Enum):
    """What came of handing one mail to the mail server."""

    ACCEPTED = "accepted"
    REFUSED_FOR_GOOD = "refused_for_good"  #: a 5xx for this recipient or this content
    REFUSED_FOR_NOW = "refused_for_now"  #: a 4xx, or the server went away before it had the content
    UNCERTAIN = "uncertain"  #: the content was handed over and no answer came


@dataclass(frozen=True, slots=True)
class MailTask:
    """A claimed mail; `answers` is the Message-ID of the mail that it answers."""

    message: outbox.Row
    answers: str | None


@dataclass(frozen=True, slots=True)
class MailResult:
    """The outcome with its evidence: `code` as the server said it (`550`), `detail` a sentence for the operator."""

    outcome: MailOutcome
    code: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A mail as far as it matters.

    `ignore` says why nobody may answer it; `bounce_of` is the Message-ID of ours that it returns, `bounced` the
    addresses that did not get it, and `dead` those of them that take no mail at all.
    """

    sender: str
    text: str
    subject: str
    message_id: str
    sent_at: datetime | None
    recipient: str | None = None
    ignore: str | None = None
    bounce_of: str | None = None
    bounced: tuple[str, ...] = ()
    dead: frozenset[str] = frozenset()


def next_mail(db: Database, owner: str, now: datetime, rules: SendRules = EVERYBODY) -> MailTask | None:
    """Claim the next mail and commit that; None when nothing is due. A reminder untrue by now is withdrawn."""

    def work(tx: Connection) -> MailTask | None:
        while (message := leases.claim_mail(tx, owner=owner, now=now, rules=rules)) is not None:
            if reminder_recheck.may_send(tx, message, now):
                return MailTask(message, _answered(tx, message))
        return None

    return db.transact(work)


def any_due(db: Database, now: datetime) -> bool:
    """Whether a mail waits to be sent now: asked before a connection is opened for it."""
    return db.read(lambda tx: queue.is_mail_due(tx, now))


def settle_mail(db: Database, owner: str, task: MailTask, mail_id: str, result: MailResult, now: datetime) -> None:
    """Say what became of a claimed mail.

    An uncertain one is tried again later under the same Message-ID, as RFC 5321 (4.5.4.1) asks: a mail server takes the
    second copy for the first, and a mail is never lost.
    """
    attempts = int(task.message["attempts"])
    state = _state(result.outcome, attempts)

    def work(tx: Connection) -> None:
        leases.settle(
            tx,
            task.message,
            state=state,
            now=now,
            actor=f"system:{owner}",
            cause=result.outcome.value,
            mail_id=mail_id,
            sent_at=now if state == "sent" else None,
            not_before=_again_at(task, now) if state == "queued" else task.message["not_before"],
            error_code=result.code,
            error=result.detail or None,
        )
        if result.outcome is MailOutcome.REFUSED_FOR_GOOD and is_dead_by_reply(result.code or "", result.detail):
            _mark_bounced(tx, str(task.message["recipient"]), now)

    db.transact(work)


def _again_at(task: MailTask, now: datetime) -> datetime:
    return retry_at(now, AFTER["refused_for_now"], int(task.message["attempts"]), int(task.message["id"]))


def receive_mail(db: Database, mail: IncomingMail, now: datetime, warnings: WarningDoor | None = None) -> int | None:
    """Keep one mail in one commit; None when it is kept already. Only when this returns may the server forget it.

    A mail of the warning server releases its alert in the same commit; it is no citizen's command.
    """
    return db.transact(lambda tx: _receive(tx, mail, now, warnings))


def remember_validity(db: Database, mailbox: str, validity: int, now: datetime) -> int | None:
    """Keep the UIDVALIDITY of a mailbox; returns what it was before, None when it was not known."""

    def work(tx: Connection) -> int | None:
        key = f"imap:{digest(mailbox)[:32]}"
        before = settings.get(tx, key)
        if before != str(validity):
            settings.put(tx, key, str(validity), MAIL, now)
        return int(before) if before is not None else None

    return db.transact(work)


def _receive(tx: Connection, mail: IncomingMail, now: datetime, warnings: WarningDoor | None) -> int | None:
    message_id = receive_text(
        tx,
        channel="email",
        sender=mail.sender[:191] or "MAILER-DAEMON",
        text=mail.text,
        sent_at=min(mail.sent_at or now, now),
        received_at=now,
        identity=digest("mail", mail.sender, mail.message_id),
        recipient=mail.recipient,
        subject=mail.subject[:191],
        mail_id=mail.message_id[:191],
    )
    if message_id is None:
        return None
    if warnings is not None and is_warning(warnings, mail.sender):
        _release_alert(tx, message_id, mail, now, warnings)
    elif mail.ignore is not None:
        _finish(tx, message_id, "ignored", mail.ignore, now)
        _bounce(tx, mail, now)
    return message_id


def _release_alert(tx: Connection, message_id: int, mail: IncomingMail, now: datetime, warnings: WarningDoor) -> None:
    taken = take_mail(tx, warnings, mail.text, mail.ignore if mail.ignore in _NOT_AUTHENTIC else None, now)
    if taken.released is None:
        _finish(tx, message_id, "ignored", "warning refused", now, taken.reason)
    else:
        _finish(tx, message_id, "handled", f"alert {taken.released.number} released", now)


def _finish(tx: Connection, message_id: int, state: str, cause: str, now: datetime, error: str | None = None) -> None:
    row = inbox.get(tx, message_id)
    if row is not None:
        inbox.finish(tx, row, state=state, now=now, actor=MAIL, cause=cause[:64], error=error)


def _bounce(tx: Connection, mail: IncomingMail, now: datetime) -> None:
    """The mail that a bounce returns failed, and a dead address is marked; only where we sent it to that address."""
    if not mail.bounce_of or not mail.bounced:
        return
    columns = outbound_message.c
    query = select(outbound_message).where(columns.mail_id == mail.bounce_of, columns.channel == "email")
    row = tx.execute(query).mappings().first()
    if row is None or str(row["recipient"]).lower() not in mail.bounced:
        return
    tx.execute(
        update(outbound_message)
        .where(columns.id == row["id"])
        .values(state="failed", error_code="bounce", error="returned as undeliverable")
    )
    history.record(tx, "send", row["id"], from_=row["state"], to="failed", at=now, actor=MAIL, cause="bounce")
    if str(row["recipient"]).lower() in mail.dead:
        _mark_bounced(tx, str(row["recipient"]), now)


def _mark_bounced(tx: Connection, address: str, now: datetime) -> None:
    consents.mark_bounced(tx, address, now)
    reminder_recheck.withdraw_unwanted(tx, [address], now)
    wake(tx, "outbox")


def _answered(tx: Connection, message: outbox.Row) -> str | None:
    if message["in_reply_to"] is None:
        return None
    query = select(inbound_message.c.mail_id).where(inbound_message.c.id == message["in_reply_to"])
    return tx.execute(query).scalar()


def _state(outcome: MailOutcome, attempts: int) -> str:
    if outcome is MailOutcome.ACCEPTED:
        return "sent"
    if outcome is MailOutcome.REFUSED_FOR_GOOD or attempts >= MAX_ATTEMPTS:
        return "failed"
    return "queued"
