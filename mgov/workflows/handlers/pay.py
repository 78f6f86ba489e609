"""PAY: a claim from any phone or address, recorded at once; only bank funds settle it."""

from __future__ import annotations

from datetime import date, datetime

from mgov.workflows.handlers.request import Question, Reply, Request
from mgov.workflows.payments import record_claim


def pay(request: Request) -> Reply:
    """Record a confirmation: a row for each bill that it names, also when the bill is unknown, paid or cancelled."""
    paid_at, paid_on = _when(request)
    outcome = record_claim(
        request.tx,
        message_id=request.message_id,
        sender=request.sender,
        channel=request.channel,
        bills=_bills(request),
        proof=request.field("proof") or None,
        amount=_amount(request),
        paid_at=paid_at,
        paid_on=paid_on,
        bank=request.field("bank") or None,
        paid_via=request.field("channel") or None,
        now=request.now,
        until=request.settings.review_until(request.now),
        replies=request.replies,
        language=request.language,
    )
    if outcome.kind not in _ASKED_WHEN or paid_on is not None:
        return Reply(outcome.text)
    payload: dict[str, object] = {"command": "PAY", "fields": dict(request.reading.fields), "missing": ["paid_at"]}
    return Reply(request.say("pay_when", {"received": outcome.text}).text, ask=Question("missing", payload))


#: What was recorded and waits: only then the moment of payment is of use.
_ASKED_WHEN = frozenset({"received", "unknown"})


def _bills(request: Request) -> list[str]:
    several = request.reading.fields.get("bills")
    if isinstance(several, list | tuple) and several:
        return [str(number) for number in several]
    return [request.field("bill")]


def _amount(request: Request) -> int | None:
    value = request.reading.fields.get("amount")
    return value if isinstance(value, int) else None


def _when(request: Request) -> tuple[datetime | None, date | None]:
    """`2026-11-12T14:30:00+07:00`, a bare date, or nothing."""
    said = request.field("paid_at")
    if not said:
        return None, None
    if "T" not in said:
        return None, date.fromisoformat(said)
    moment = datetime.fromisoformat(said)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=request.settings.zone)
    return aware, aware.astimezone(request.settings.zone).date()
