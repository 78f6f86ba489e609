"""What is due now, by topic: one question for all parts of a process, so that none of them asks for itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, exists, literal_column, or_, select

from mgov.store.external_calls import OPEN_STATES
from mgov.store.modem_requests import LIVES
from mgov.store.portals import ANYTHING_WAITS
from mgov.store.schema.fleet import modem_request
from mgov.store.schema.messages import PRIORITIES, external_call, inbound_message, outbound_message

_NOW: BindParameter[datetime] = bindparam("now")
_IN, _OUT, _CALL, _ASKED = inbound_message.c, outbound_message.c, external_call.c, modem_request.c

_RECEIVED = exists().where(_IN.state == "received", or_(_IN.next_attempt_at.is_(None), _IN.next_attempt_at <= _NOW))
#: Written out class by class: the index is entered at each, and what is not due yet is not walked over.
_CLASSES = _OUT.urgency.in_([literal_column(", ".join(str(urgency) for urgency in sorted(PRIORITIES.values())))])
_CHANNELS = _OUT.channel.in_([literal_column("'sms', 'email'")])
_QUEUED = exists().where(_OUT.state == "queued", _CHANNELS, _CLASSES, _OUT.held.is_(None), _OUT.not_before <= _NOW)
_REQUESTED = exists().where(_ASKED.state == "asked", _ASKED.asked_at >= bindparam("since"))
_CALLED = exists().where(_CALL.state.in_(OPEN_STATES), _CALL.next_attempt_at <= _NOW)

_DUE: dict[str, ColumnElement[bool]] = {
    "inbox": _RECEIVED,
    "outbox": or_(_QUEUED, _REQUESTED),
    "external": _CALLED,
    "portal": ANYTHING_WAITS,
}
_QUERY = select(*(condition.label(topic) for topic, condition in _DUE.items()))


def topics(tx: Connection, now: datetime) -> list[str]:
    """Which of the topics of `mgov.store.database.wake` have something to be done now."""
    row = tx.execute(_QUERY, {"now": now, "since": now - LIVES}).mappings().one()
    return [topic for topic in _DUE if row[topic]]
