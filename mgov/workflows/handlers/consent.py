"""Reminders on and off at once, and the answers to a reminder: not my number, extended already; each with its proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.engine import RowMapping

from mgov.store import agency_tasks, consents, history, holders, outbox, reminder_recheck, reminders, sending_hours
from mgov.store.holders import Address, Holder, Reach
from mgov.workflows.handlers.request import Reply, Request
from parsers.reminder_answers import ReminderAnswer, read_answer

#: How long after a reminder a text is read as an answer to it.
ANSWERS_WITHIN = timedelta(days=14)
#: No more than so many other contacts are told that one of them left.
MOST_TOLD = 20
_LONGEST_SAID = 1000


def remind_on(request: Request) -> Reply:
    """Reminders again, also where this number had ended them; a number that is said not to be the holder's waits."""
    if consents.is_not_me(request.tx, request.sender):
        reply = request.say("remind_on_waits", {"contact": request.settings.contact})
        return _proven(request, request.sender, consents.REMINDERS_ON, reply)
    reply = request.say("remind_on", {"address": request.sender})
    again = consents.opt_in(request.tx, request.sender)
    for address in again:
        _proven(request, address, consents.REMINDERS_ON, reply)
    reminders.reconsider(request.tx, request.today, addresses=again)
    return reply


def remind_off(request: Request) -> Reply:
    """No reminder any more, at once: to this number, and by mail where it is the holder's only phone."""
    ended, told = _affected(request, holders.reaches(request.tx, request.sender))
    values = {"address": request.sender, "also": sorted(ended), "others": len(told)}
    reply = request.say("remind_off", values)
    consents.opt_out(request.tx, request.sender, request.now)
    _proven(request, request.sender, consents.REMINDERS_OFF, reply)
    for address in sorted(ended):
        consents.opt_out(request.tx, address, request.now, by=request.sender)
        _proven(request, address, consents.REMINDERS_OFF, reply)
    reminder_recheck.withdraw_unwanted(request.tx, [request.sender, *ended], request.now)
    for (channel, address), name in sorted(told.items())[:MOST_TOLD]:
        _tell_other(request, channel, address, name)
    return reply


def reminder_answer(request: Request) -> Reply | None:
    """What a text says to a reminder of the last days; None when it says nothing to one, or there was none."""
    answer = read_answer(request.text)
    if answer is None:
        return None
    rows = holders.reminded(request.tx, request.sender, request.now - ANSWERS_WITHIN, request.now)
    return _ANSWERS[answer](request, rows) if rows else None


def _not_me(request: Request, rows: list[RowMapping]) -> Reply:
    """Suspend the number and whom it was reminded for, reveal nothing more, and let the agencies look."""
    tx, now = request.tx, request.now
    reply = request.say("not_me")
    consents.mark_not_me(tx, request.sender, now)
    _proven(request, request.sender, consents.NOT_ME, reply)
    parties = {int(number) for row in rows if (number := _party(row)) is not None}
    documents = {row["subject_id"] for row in rows if row["subject_kind"] == "document"}
    for contact_id, before in holders.cut_bindings(tx, request.sender, parties):
        history.record(
            tx, "contact", contact_id, from_=before, to="rejected", at=now, actor=request.actor, cause="not me"
        )
    holders.suspend(tx, parties, documents, now)
    reminder_recheck.withdraw_unwanted(tx, [request.sender], now)
    reminder_recheck.withdraw_suspended(tx, documents, now)
    _open_tasks(request, "not_me", rows)
    return reply


def _extended(request: Request, rows: list[RowMapping]) -> Reply:
    """Keep it on the documents, those that the text names or else all, and show it to the agencies."""
    named = [row for row in rows if row["document"] and str(row["document"]).upper() in request.text.upper()]
    meant = named or [row for row in rows if row["document"]]
    if not meant:
        return request.say("extended_bill")
    reply = request.say("extended_noted")
    said = f"{request.now.astimezone(request.settings.zone):%Y-%m-%d} {request.text[:_LONGEST_SAID]}"
    holders.note_said(request.tx, {row["subject_id"] for row in meant}, said)
    _proven(request, request.sender, consents.EXTENDED, reply)
    _open_tasks(request, "extended", meant)
    return reply


_ANSWERS: dict[ReminderAnswer, Callable[[Request, list[RowMapping]], Reply]] = {
    ReminderAnswer.NOT_ME: _not_me,
    ReminderAnswer.EXTENDED: _extended,
}


def _affected(request: Request, reaches: dict[Holder, Reach]) -> tuple[set[str], dict[Address, str]]:
    """The mail addresses that end with this number, and the other contacts that are told, with the holder's name.

    A mail address ends when this number is the only phone of every holder that it is recorded for.
    """
    sole = [reach for reach in reaches.values() if reach.phones() == {request.sender}]
    candidates = {address for reach in sole for channel, address in reach.addresses if channel == "email"}
    ended = {address for address in candidates if _serves_only(request, address)}
    told: dict[Address, str] = {}
    for reach in reaches.values():
        for channel, address in reach.addresses:
            if address != request.sender and address not in ended:
                told.setdefault((channel, address), reach.name)
    silent = consents.blocked(request.tx, {address for _, address in told})
    return ended, {where: name for where, name in told.items() if where[1] not in silent}


def _serves_only(request: Request, mail: str) -> bool:
    reaches = holders.reaches(request.tx, mail)
    return all(reach.phones() <= {request.sender} for reach in reaches.values())


def _tell_other(request: Request, channel: str, address: str, name: str) -> None:
    """In the sending hours only: it is not what this contact asked for."""
    quiet = request.settings.quiet
    not_before = quiet.next_allowed(request.now)
    message_id = outbox.queue_text(
        request.tx,
        to=address,
        text=request.replies.render("contact_left", {"address": request.sender, "holder": name}),
        now=request.now,
        priority="reminder",
        actor=request.actor,
        cause="another contact left",
        channel=channel,
        subject=request.replies.render("contact_left_subject", {}) if channel == "email" else None,
        dedupe_key=f"left:{request.message_id}:{address}",
        not_before=not_before,
        subject_kind="consent",
    )
    sending_hours.keep(request.tx, message_id, quiet.closes_after(not_before))


def _open_tasks(request: Request, kind: str, rows: list[RowMapping]) -> None:
    """One task an agency and holder; the agency is told that there is one, not about whom."""
    matters: dict[tuple[int, int | None, str], list[str]] = {}
    for row in rows:
        agency_id = row["document_agency"] or row["bill_agency"]
        name = str(row["holder_name"] or row["payer_name"] or "")
        number = str(row["document"] or row["bill"])
        numbers = matters.setdefault((agency_id, _party(row), name), [])
        if number not in numbers:
            numbers.append(number)
    already = {(t["agency_id"], t["party_id"]) for t in agency_tasks.open_ones(request.tx, kind, request.sender)}
    told: set[int] = set()
    for (agency_id, party_id, name), numbers in matters.items():
        if kind == "not_me" and (agency_id, party_id) in already:
            continue
        task_id = agency_tasks.open_task(
            request.tx,
            agency_id=agency_id,
            kind=kind,
            address=request.sender,
            party_id=party_id,
            holder_name=name,
            documents="; ".join(numbers),
            said=request.text[:_LONGEST_SAID],
            message_id=request.message_id,
            opened_at=request.now,
        )
        history.record(request.tx, "task", task_id, to="open", at=request.now, actor=request.actor, cause=kind)
        if agency_id not in told:
            _tell_agency(request, agency_id, kind, task_id)
        told.add(agency_id)


def _tell_agency(request: Request, agency_id: int, kind: str, task_id: int) -> None:
    agency = agency_tasks.addresses_of(request.tx, agency_id)
    to = agency["contact_phone"] or agency["contact_email"]
    if not to:
        return
    quiet = request.settings.quiet
    not_before = quiet.next_allowed(request.now)
    message_id = outbox.queue_text(
        request.tx,
        to=to,
        text=request.replies.render(f"task_{kind}", {"task": task_id, "address": request.sender}),
        now=request.now,
        priority="reminder",
        actor=request.actor,
        cause="a task for the agency",
        channel="sms" if agency["contact_phone"] else "email",
        subject=None if agency["contact_phone"] else f"mgov: tugas {task_id}",
        dedupe_key=f"task:{task_id}",
        not_before=not_before,
        subject_kind="task",
        subject_id=task_id,
    )
    sending_hours.keep(request.tx, message_id, quiet.closes_after(not_before))


def _proven(request: Request, address: str, act: str, reply: Reply) -> Reply:
    said = request.text[:_LONGEST_SAID]
    consents.record(
        request.tx, address, act, said=said, wording=reply.text, now=request.now, message_id=request.message_id
    )
    return reply


def _party(row: RowMapping) -> int | None:
    return row["document_party"] or row["bill_party"]  # type: ignore[no-any-return]
