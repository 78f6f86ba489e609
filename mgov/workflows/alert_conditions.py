"""What can be wrong, read from the tables and from a few facts of this host: one function a kind of alert."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection

from mgov.store import conditions as read

if TYPE_CHECKING:
    from scheduler.calendar import Calendar

#: A ready modem that has not been heard of for so long is taken for dead: its worker probes it twice a minute.
SILENT_AFTER = timedelta(minutes=3)
RUNNING = ("ready", "unregistered", "starting")


class Limits(Protocol):
    """What is asked of an entry of `alerts.toml`."""

    @property
    def limits(self) -> Mapping[str, int]:
        """Its thresholds by name."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong now; `subject` is what it is about: a modem, an account, a job."""

    kind: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What tables do not tell. `modems` are those of the configuration, `disks` folder → percent free.

    `clock_offset` is seconds between this clock and the database's, None when not known.
    """

    node: str
    today: date
    modems: frozenset[str] = frozenset()
    disks: Mapping[str, int] = field(default_factory=dict)
    clock_offset: float | None = None
    calendar: Calendar | None = None


Check = Callable[[Connection, Facts, Mapping[str, int], datetime], Iterator[Condition]]


def conditions(tx: Connection, facts: Facts, kinds: Mapping[str, Limits], now: datetime) -> list[Condition]:
    """Everything that is wrong now."""
    found: list[Condition] = []
    for kind, check in CHECKS.items():
        limits = kinds[kind].limits if kind in kinds else {}
        found.extend(check(tx, facts, limits, now))
    return found


def _modems(state: Callable[[str], bool], kind: str) -> Check:
    def check(tx: Connection, facts: Facts, _limits: Mapping[str, int], now: datetime) -> Iterator[Condition]:
        for row in read.modems(tx):
            if row["node"] == facts.node and facts.modems and row["name"] not in facts.modems:
                continue  # taken out of the configuration
            if state(row["state"]) and row["wish"] is None:
                yield Condition(kind, row["name"], _first_line(row["error"] or row["state"]))

    return check


def _modem_down(tx: Connection, facts: Facts, limits: Mapping[str, int], now: datetime) -> Iterator[Condition]:
    yield from _modems(lambda state: state in ("down", "silent"), "modem_down")(tx, facts, limits, now)
    for row in read.modems(tx):
        known = not facts.modems or row["node"] != facts.node or row["name"] in facts.modems
        seen = row["last_seen"]
        if known and row["state"] in RUNNING and seen is not None and seen < now - SILENT_AFTER:
            yield Condition("modem_down", row["name"], f"tidak ada kabar sejak {_minutes(now - seen)}")


def _sim_full(tx: Connection, _facts: Facts, _limits: Mapping[str, int], _now: datetime) -> Iterator[Condition]:
    for row in read.modems(tx):
        if row["storage_total"] and row["storage_used"] is not None and row["storage_used"] >= row["storage_total"]:
            yield Condition("sim_full", row["name"], f"{row['storage_used']}/{row['storage_total']}")


def _queue_stuck(tx: Connection, _facts: Facts, limits: Mapping[str, int], now: datetime) -> Iterator[Condition]:
    oldest, count = read.oldest_queued(tx, "sms", now)
    if oldest is not None and now - oldest > timedelta(minutes=limits.get("limit_minutes", 10)):
        yield Condition("queue_stuck", "sms", f"{count} antre, tertua {_minutes(now - oldest)}")


def _mail_down(tx: Connection, _facts: Facts, limits: Mapping[str, int], now: datetime) -> Iterator[Condition]:
    oldest, count = read.oldest_queued(tx, "email", now, everything=True)
    if oldest is not None and now - oldest > timedelta(minutes=limits.get("limit_minutes", 15)):
        yield Condition("mail_down", "smtp", f"{count} surel antre, tertua {_minutes(now - oldest)}")


def _inbox_stuck(tx: Connection, _facts: Facts, limits: Mapping[str, int], now: datetime) -> Iterator[Condition]:
    oldest, count = read.oldest_unhandled(tx, now)
    if oldest is not None and now - oldest > timedelta(minutes=limits.get("limit_minutes", 5)):
        yield Condition("inbox_stuck", "engine", f"{count} SMS belum diolah, tertua {_minutes(now - oldest)}")


def _uncertain(tx: Connection, _facts: Facts, limits: Mapping[str, int], now: datetime) -> Iterator[Condition]:
    count = read.uncertain_since(tx, now - timedelta(days=1))
    if count >= limits.get("limit", 20):
        yield Condition("uncertain_many", "sms", f"{count} kiriman tak pasti dalam 24 jam")


def _statements(tx: Connection, facts: Facts, limits: Mapping[str, int], _now: datetime) -> Iterator[Condition]:
    allowed = limits.get("limit_days", 2)
    for account, covered in read.covered_until(tx):
        behind = _days_behind(covered, facts)
        if behind > allowed:
            yield Condition("statement_missing", account, f"terakhir {covered:%d/%m/%Y}, {behind} hari kerja yang lalu")


def _days_behind(covered: date, facts: Facts) -> int:
    if facts.calendar is None:
        return (facts.today - covered).days
    return facts.calendar.banking_days_between(covered, facts.today)


def _gaps(tx: Connection, _facts: Facts, _limits: Mapping[str, int], _now: datetime) -> Iterator[Condition]:
    for account, gap in read.gaps(tx):
        yield Condition("statement_gap", account, _first_line(gap))


def _reviews(tx: Connection, _facts: Facts, limits: Mapping[str, int], now: datetime) -> Iterator[Condition]:
    days = limits.get("limit_days", 3)
    count = read.open_reviews_before(tx, now - timedelta(days=days))
    if count:
        yield Condition("reviews_waiting", "desk", f"{count} menunggu lebih dari {days} hari")


def _jobs(tx: Connection, _facts: Facts, _limits: Mapping[str, int], _now: datetime) -> Iterator[Condition]:
    for job, detail in read.failed_jobs(tx):
        yield Condition("job_failed", job, _first_line(detail or "gagal"))


def _disks(_tx: Connection, facts: Facts, limits: Mapping[str, int], _now: datetime) -> Iterator[Condition]:
    for folder, free in facts.disks.items():
        if free < limits.get("limit_percent", 10):
            yield Condition("disk_low", folder, f"sisa {free}%")


def _clock(_tx: Connection, facts: Facts, _limits: Mapping[str, int], _now: datetime) -> Iterator[Condition]:
    if facts.clock_offset is not None and abs(facts.clock_offset) > 60:
        yield Condition("clock_wrong", facts.node, f"selisih {facts.clock_offset:.0f} detik dari basis data")


def _held(tx: Connection, _facts: Facts, _limits: Mapping[str, int], _now: datetime) -> Iterator[Condition]:
    count = read.held_count(tx)
    if count is not None:
        yield Condition("restored_held", "outbox", f"{count} kiriman menunggu mgov release")


#: Kinds that are watched here: an open alert of these is over when its check no longer finds it.
CHECKS: dict[str, Check] = {
    "modem_down": _modem_down,
    "modem_unregistered": _modems(lambda state: state == "unregistered", "modem_unregistered"),
    "sim_locked": _modems(lambda state: state == "locked", "sim_locked"),
    "sim_full": _sim_full,
    "queue_stuck": _queue_stuck,
    "mail_down": _mail_down,
    "inbox_stuck": _inbox_stuck,
    "uncertain_many": _uncertain,
    "statement_missing": _statements,
    "statement_gap": _gaps,
    "reviews_waiting": _reviews,
    "job_failed": _jobs,
    "disk_low": _disks,
    "clock_wrong": _clock,
    "restored_held": _held,
}
WATCHED = frozenset(CHECKS)


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:160] if text.strip() else ""


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} menit" if minutes < 120 else f"{minutes // 60} jam"
