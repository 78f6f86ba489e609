"""Which message a modem takes next: what is due, not paused, within its quotas, and nearer to it than to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, or_, select, true, update
from sqlalchemy.engine import RowMapping

from mgov.domain.quotas import Allowance
from mgov.domain.routing import Candidate, Fleet, SendRules, choose
from mgov.store import history, pauses, usage
from mgov.store.canary import SUBJECT as CANARY
from mgov.store.schema.fleet import send_attempt
from mgov.store.schema.messages import PRIORITIES, outbound_message

#: How many due messages are looked at: a first page, and more when none of these is for this modem.
PAGES = (32, 512)
#: Classes that are asked for one after the other: a hundred thousand reminders whose hour has not come are not walked
#: over by who looks for what is due. Within a class what is due for longest leaves first.
_URGENT, _REMINDERS, _BULK = (PRIORITIES[name] for name in ("transaction", "reminder", "bulk"))
_CLASSES: tuple[ColumnElement[bool], ...] = (
    outbound_message.c.urgency <= _URGENT,
    outbound_message.c.urgency == _REMINDERS,
    outbound_message.c.urgency == _BULK,
)
#: A reply that a pilot holds back is of no use to anybody later on.
HELD_REPLY_LIVES = timedelta(days=1)
#: How long a SIM that may not send a message is passed over for it.
SIM_FAULT_LASTS = timedelta(minutes=10)

ONLY_TO = "the pilot texts only to the numbers in [routing] only_to"
_UNLIMITED = Allowance()
_M = outbound_message.c
_DUE = and_(
    _M.state == "queued",
    _M.channel == bindparam("channel_"),
    _M.not_before <= bindparam("now"),
    or_(_M.closes_at.is_(None), _M.closes_at > bindparam("now")),
    or_(_M.send_by.is_(None), _M.send_by >= bindparam("now")),
    _M.held.is_(None),
)
_ANY_THAT_CAN_WAIT = select(or_(*(exists().where(_DUE, one) for one in _CLASSES[1:])))
_LOOKED_AT = (
    *(_M.id, _M.urgency, _M.recipient, _M.text, _M.send_by, _M.not_before, _M.attempts),
    *(_M.preferred_modem, _M.bound_sim, _M.subject_kind),
)
_ORDER = (_M.urgency, _M.not_before, _M.id)
_LOCK = select(outbound_message).where(_M.id == bindparam("message"), _DUE).with_for_update(skip_locked=True)
_SET = update(outbound_message).where(_M.id == bindparam("message"))
_HELD = select(_M.id, _M.recipient).where(_M.state == "queued", _M.held == "only_to")


@dataclass(frozen=True, slots=True)
class Taker:
    """Who asks for a message: a modem with its SIM, what the site says about sending, and the fleet around it."""

    modem: str
    sim: str
    rules: SendRules = field(default_factory=SendRules)
    fleet: Fleet = field(default_factory=Fleet)
    count_parts: Callable[[str], int] = field(default=lambda _: 1, compare=False)

    @property
    def is_simple(self) -> bool:
        """Whether the oldest of the most urgent messages is always the right one: no pilot, no quota, one operator."""
        return not self.rules.only_to and not self.rules.quotas.any and self.fleet.is_uniform()


def lock_next(tx: Connection, taker: Taker, now: datetime, most: int = 1) -> list[RowMapping]:
    """Lock the text that a modem is to send next, or several of one class in their order; none when nothing is due.

    Several only where nothing has to be weighed for each anew (`Taker.is_simple`).
    """
    paused = pauses.current(tx)
    due = {"channel_": "sms", "now": now, "refused_since": now - SIM_FAULT_LASTS}
    if taker.modem in paused.modems:
        return []
    if taker.is_simple:
        return _first(tx, _Reach.of(taker), paused.urgencies, due, most)
    for message_id in _best(tx, taker, paused.urgencies, due):
        row = tx.execute(_LOCK, {"message": message_id, **due}).mappings().first()
        if row is not None:
            return [row]
    return []


def _first(
    tx: Connection,
    reach: _Reach | None,
    paused: tuple[int, ...],
    due: dict[str, Any],
    most: int = 1,
    *,
    lock: bool = True,
) -> list[RowMapping]:
    """What is due first, locked: up to so many messages of one class."""
    for place in range(len(_CLASSES)):
        if place == 1 and not tx.execute(_ANY_THAT_CAN_WAIT, due).scalar_one():
            break
        rows = tx.execute(_oldest(reach, paused, place, lock=lock), {**due, "most": most}).mappings().all()
        if rows:
            return list(rows)
    return []


def is_overtaken(tx: Connection, taker: Taker, urgency: int, now: datetime) -> bool:
    """Whether a modem could take something more urgent than what it holds."""
    more_urgent = select(_M.id).where(_DUE, _M.urgency < urgency, _Reach.of(taker).condition()).limit(1)
    due = {"channel_": "sms", "now": now, "refused_since": now - SIM_FAULT_LASTS}
    return tx.execute(more_urgent, due).first() is not None


def lock_next_mail(tx: Connection, rules: SendRules, now: datetime) -> RowMapping | None:
    """Lock the mail that is to leave next; in a pilot, what strangers did not ask for is held back on the way."""
    paused, due = pauses.current(tx).urgencies, {"channel_": "email", "now": now}
    while rows := _first(tx, None, paused, due):
        row = rows[0]
        if row["urgency"] < PRIORITIES["reminder"] or rules.may_text(row["recipient"]):
            return row
        _mark(tx, row["id"], "only_to", now, ONLY_TO)
    return None


def is_mail_due(tx: Connection, now: datetime) -> bool:
    """Whether a mail waits to be sent now."""
    due = {"channel_": "email", "now": now}
    return bool(_first(tx, None, pauses.current(tx).urgencies, due, lock=False))


def release(tx: Connection, rules: SendRules, now: datetime) -> int:
    """Let go what a pilot held back and no longer does; returns how many."""
    free = [row["id"] for row in tx.execute(_HELD).mappings() if rules.may_text(row["recipient"])]
    for message_id in free:
        _mark(tx, message_id, None, now, "the recipient belongs to the pilot, or the pilot is over")
    return len(free)


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a modem may take at all: hashable, so that its statement is built once."""

    modem: str
    sim: str
    at_home: tuple[str, ...]  #: the other modems that see to what is meant for them
    alone: bool  #: no other modem can send now

    @classmethod
    def of(cls, taker: Taker) -> _Reach:
        alone = not taker.fleet.can_another_send(taker.modem)
        return cls(taker.modem, taker.sim, taker.fleet.others_at_home(taker.modem), alone)

    def condition(self) -> ColumnElement[bool]:
        meant = or_(_M.preferred_modem.is_(None), _M.preferred_modem.not_in(self.at_home)) if self.at_home else true()
        if not self.alone:
            refused_here = exists().where(
                send_attempt.c.message_id == _M.id,
                send_attempt.c.modem == self.modem,
                send_attempt.c.outcome == "sim_fault",
                send_attempt.c.ended_at >= bindparam("refused_since"),
            )
            meant = and_(meant, or_(_M.avoid_modem.is_(None), _M.avoid_modem != self.modem))
            meant = and_(meant, or_(_M.attempts == 0, ~refused_here))
        return or_(_M.bound_sim == self.sim, and_(_M.bound_sim.is_(None), meant))


def _not_of(urgencies: tuple[int, ...]) -> ColumnElement[bool]:
    """Not of these classes; a canary is of none: held back it would have its SIM taken for dead."""
    return or_(_M.urgency.not_in(urgencies), and_(_M.subject_kind.is_not(None), _M.subject_kind == CANARY))


@lru_cache(maxsize=256)
def _oldest(
    reach: _Reach | None, paused: tuple[int, ...], place: int, *, lock: bool = True
) -> Select[tuple[object, ...]]:
    query = select(outbound_message).where(_DUE, _CLASSES[place])
    if paused:
        query = query.where(_not_of(paused))
    if reach is not None:
        query = query.where(reach.condition())
    query = query.order_by(*_ORDER).limit(bindparam("most"))
    return query.with_for_update(skip_locked=True) if lock else query


@lru_cache(maxsize=256)
def _page(reach: _Reach, without: tuple[int, ...], place: int) -> Select[tuple[object, ...]]:
    same_moment = and_(_M.not_before == bindparam("moment_"), _M.id > bindparam("id_"))
    same_class = and_(_M.urgency == bindparam("urgency_"), or_(_M.not_before > bindparam("moment_"), same_moment))
    further = or_(_M.urgency > bindparam("urgency_"), same_class)
    query = select(*_LOOKED_AT).where(_DUE, _CLASSES[place], reach.condition(), further)
    if without:
        query = query.where(_not_of(without))
    return query.order_by(*_ORDER).limit(bindparam("size"))


def _best(tx: Connection, taker: Taker, paused: tuple[int, ...], due: dict[str, Any]) -> list[int]:
    """What this modem should take now, best first; what a pilot holds back is marked on the way."""
    quotas, now = taker.rules.quotas, due["now"]
    allowed = usage.left(tx, taker.sim, quotas, now) if quotas.any else _UNLIMITED
    without = tuple({*paused, *_without_quota(allowed)})
    for place in range(len(_CLASSES)):
        query = _page(_Reach.of(taker), without, place)
        if allowed.only_known:
            known = _M.recipient.in_(usage.recipients(taker.sim, now))
            query = query.where(or_(_M.urgency < PRIORITIES["reply"], known))
        if best := _best_of(tx, query, taker, allowed, due):
            return best
    return []


def _best_of(
    tx: Connection, query: Select[tuple[object, ...]], taker: Taker, allowed: Allowance, due: dict[str, Any]
) -> list[int]:
    """The same of one class, or of the urgent ones."""
    now = due["now"]
    place: dict[str, Any] = {"urgency_": -1, "moment_": now, "id_": 0}
    for size in PAGES:
        rows = tx.execute(query, {**due, "size": size, **place}).mappings().all()
        open_to_all = [row for row in rows if _may_text(tx, taker, row, now)]
        fitting = [row for row in open_to_all if _fits(row, allowed, taker)]
        best = choose(taker.modem, _as_candidates(fitting, now), taker.fleet, taker.rules.operators)
        if best or len(rows) < size:
            return best
        last = rows[-1]
        place = {"urgency_": last["urgency"], "moment_": last["not_before"], "id_": last["id"]}
    return []


def _without_quota(allowed: Allowance) -> list[int]:
    """The classes of which not even a single part may go; alerts always may."""
    classes = [urgency for name, urgency in PRIORITIES.items() if name != "alert"]
    return [urgency for urgency in classes if allowed.parts_for(urgency) == 0]


def _fits(row: RowMapping, allowed: Allowance, taker: Taker) -> bool:
    left = allowed.parts_for(row["urgency"])
    if left is None or row["urgency"] < PRIORITIES["reply"]:
        return True
    if row["bound_sim"] is not None or row["subject_kind"] == CANARY:
        return True
    return left > 0 and taker.count_parts(row["text"]) <= left


def _may_text(tx: Connection, taker: Taker, row: RowMapping, now: datetime) -> bool:
    if taker.rules.may_text(row["recipient"]) or row["subject_kind"] == CANARY:
        return True
    _mark(tx, row["id"], "only_to", now, ONLY_TO)
    if row["urgency"] <= PRIORITIES["reply"] and row["send_by"] is None:
        tx.execute(_SET, {"message": row["id"], "send_by": now + HELD_REPLY_LIVES})
    return False


def _mark(tx: Connection, message_id: int, held: str | None, now: datetime, why: str) -> None:
    tx.execute(_SET, {"message": message_id, "held": held})
    word = {"actor": "system:router", "cause": "held" if held else "released", "detail": why}
    history.record(tx, "send", message_id, from_="queued", to="queued", at=now, **word)


def _as_candidates(rows: Sequence[RowMapping], now: datetime) -> list[Candidate]:
    return [
        Candidate(
            row["id"],
            row["urgency"],
            row["recipient"],
            row["preferred_modem"],
            bound=row["bound_sim"] is not None,
            tried=row["attempts"] > 0,
            seconds=(now - row["not_before"]).total_seconds(),
        )
        for row in rows
    ]
