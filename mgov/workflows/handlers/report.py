"""REPORT: the executive figures for a leader's registered phone with the right PIN, which is struck at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import RowMapping

from mgov.store import audit, history
from mgov.store import staff as accounts
from mgov.workflows import figures_page
from mgov.workflows.figures import figures_for
from mgov.workflows.handlers.pins import strike_pin
from mgov.workflows.handlers.request import Reply, Request
from mgov.workflows.secrets import is_right


def report(request: Request) -> Reply:
    """The figures of a topic and period. The PIN is struck in this same transaction, whatever it opens."""
    pin = request.field("pin")
    strike_pin(request.tx, request.message_id, pin)
    member = _account(request)
    if member is None or not member["pin_hash"] or "leader" not in accounts.roles_of(request.tx, member["id"]):
        return request.say("report_refused")
    if member["pin_locked_until"] is not None and member["pin_locked_until"] > request.now:
        return _locked(request, member["pin_locked_until"])
    if not is_right(member["pin_hash"], pin):
        return _failed(request, member) if request.channel == "sms" else request.say("report_refused")
    accounts.change(request.tx, member["id"], pin_failures=0, pin_locked_until=None)
    return _figures(request, member)


def _account(request: Request) -> RowMapping | None:
    """Whose phone or address it is.

    A sender of mail can be forged, but the answer goes to the true address alone; so that nobody locks a leader out
    with forged mails, a wrong PIN in a mail is refused and not counted.
    """
    find = accounts.by_phone if request.channel == "sms" else accounts.by_email
    return find(request.tx, request.sender)


def _failed(request: Request, member: RowMapping) -> Reply:
    failures = member["pin_failures"] + 1
    if failures < request.settings.pin_tries:
        accounts.change(request.tx, member["id"], pin_failures=failures)
        return request.say("report_refused")
    until = request.now + timedelta(minutes=request.settings.pin_lock_minutes)
    accounts.change(request.tx, member["id"], pin_failures=0, pin_locked_until=until)
    history.record(
        request.tx, "staff", member["id"], to="pin_locked", at=request.now, actor=request.actor, cause="wrong PIN"
    )
    audit.record(request.tx, request.actor, "staff.lock", "staff", member["login"], {"until": until}, now=request.now)
    return _locked(request, until)


def _locked(request: Request, until: datetime) -> Reply:
    return request.say("report_locked", {"until": f"{until.astimezone(request.settings.zone):%H:%M}"})


def _figures(request: Request, member: RowMapping) -> Reply:
    """A leader sees his agency's figures; one without an agency sees the province's."""
    figures = request.settings.figures
    found = figures_for(
        request.tx,
        figures,
        request.field("topic"),
        request.field("period") or None,
        request.today,
        agency_id=member["agency_id"],
    )
    if found is None:
        return request.say("report_unknown", {"topics": list(figures.topics.names[:8])})
    reply = request.say("report", found.as_values())
    if request.channel == "sms":
        return reply
    language = request.language or request.replies.language
    page = figures_page.page(
        request.tx, figures, found, request.today, agency_id=member["agency_id"], language=language
    )
    return replace(reply, html=page)
