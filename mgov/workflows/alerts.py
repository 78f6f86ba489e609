"""Alerts to staff: what is seen and lasts is told once by SMS and mail, and once more when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import alerts, audit, outbox
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.alert_conditions import WATCHED, Condition, Facts, conditions

ALERTS = Actor.system("alerts")
LONGEST_TEXT = 300  # letters of an SMS alert: two parts


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry of `alerts.toml`. Delays are seconds; `runbook` is the section of docs/noc.md; `limits` thresholds."""

    name: str
    severity: str
    raise_after: int
    clear_after: int
    runbook: str
    words: Mapping[str, str]
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """How staff are told. `texts_per_hour`: beyond it a phone's alerts wait and come in one digest."""

    kinds: Mapping[str, Kind]
    site: str = "mgov"
    language: str = "id"
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    texts_per_hour: int = 6
    sms: bool = True
    mail: bool = True


def read_kinds(table: Mapping[str, Any]) -> dict[str, Kind]:
    """The entries of `alerts.toml`. Raises `ValueError` with the entry that is wrong."""
    kinds = {}
    for name, entry in table.items():
        limits = {key: int(value) for key, value in entry.items() if key.startswith("limit")}
        try:
            words = {tongue: str(entry[tongue]) for tongue in ("id", "en")}
            delays = int(entry["raise_after"]), int(entry["clear_after"])
            kinds[name] = Kind(name, entry["severity"], *delays, str(entry["runbook"]), words, limits)
        except KeyError as error:
            raise ValueError(f"alerts: {name}: {error.args[0]} is missing") from error
        if kinds[name].severity not in ("high", "low"):
            raise ValueError(f'alerts: {name}: severity: right would be "high" or "low"')
    return kinds


def see(db: Database, kind: str, subject: str, detail: str, now: datetime) -> None:
    """The condition holds now; one row while it lasts."""
    db.transact(lambda tx: alerts.see(tx, kind, subject, detail, now))


def gone(db: Database, kind: str, subject: str, now: datetime) -> None:
    """The condition holds no longer."""
    db.transact(lambda tx: alerts.gone(tx, kind, subject, now))


def sweep(db: Database, settings: AlertSettings, facts: Facts, now: datetime) -> int:
    """Look at everything, raise and clear, and queue what staff should be told; returns how many messages."""

    def work(tx: Connection) -> int:
        _note(tx, conditions(tx, facts, settings.kinds, now), now)
        alerts.settle(tx, {name: (kind.raise_after, kind.clear_after) for name, kind in settings.kinds.items()}, now)
        return _tell(tx, settings, now)

    return db.transact(work)


def daily_mail(db: Database, settings: AlertSettings, today: date, now: datetime, more: Iterable[str] = ()) -> int:
    """The digest of the day to everyone with an address; returns how many mails. Once a day by its key."""

    def work(tx: Connection) -> int:
        rows = alerts.raised(tx)
        lines = [_line(settings, row) for row in rows] or [_word(settings, "Tidak ada peringatan.", "No alerts.")]
        text = "\n".join([*lines, "", *more])
        subject = _word(settings, f"Ringkasan {today:%d/%m/%Y}: {len(rows)} peringatan", f"{today}: {len(rows)} alerts")
        addresses = _addresses(tx, settings, "email")
        for address in addresses:
            key = f"alert-digest:{today}:{address}"
            _mail(tx, address, f"[{settings.site}] {subject}", text, now, key)
        low = [row for row in alerts.untold(tx) if not _is_high(settings, row)]
        alerts.mark_told(tx, low, now)
        return len(addresses)

    return db.transact(work)


def acknowledge(db: Database, alert_id: int, actor: Actor, now: datetime) -> bool:
    """Note that somebody takes care of an alert; False when there is no such open one. Raises `RefusedError`."""

    def work(tx: Connection) -> bool:
        access.require(tx, actor, Right.SYSTEM)
        done = alerts.acknowledge(tx, alert_id, actor)
        if done:
            audit.record(tx, actor, "alert.take", "alert", alert_id, now=now)
        return done

    return db.transact(work)


def _note(tx: Connection, found: list[Condition], now: datetime) -> None:
    """See what was found; what is watched, open, and not found, is gone."""
    keys = set()
    for condition in found:
        alerts.see(tx, condition.kind, condition.subject, condition.detail, now)
        keys.add((condition.kind, condition.subject[: alerts.LONGEST_SUBJECT]))
    for row in alerts.open_alerts(tx):
        if row["kind"] in WATCHED and (row["kind"], row["subject"]) not in keys:
            alerts.gone(tx, row["kind"], row["subject"], now)


def _tell(tx: Connection, settings: AlertSettings, now: datetime) -> int:
    rows = [row for row in alerts.untold(tx) if _is_high(settings, row)]
    if not rows:
        return 0
    told = _by_sms(tx, settings, rows, now) if settings.sms else 0
    waiting = settings.sms and not told and bool(_addresses(tx, settings, "phone"))
    if waiting and not settings.mail:
        return 0  # every phone had its share of this hour: they stay untold and come in one text later
    mailed = _by_mail(tx, settings, rows, now) if settings.mail else 0
    if not waiting:
        alerts.mark_told(tx, rows, now)
    return told + mailed


def _by_sms(tx: Connection, settings: AlertSettings, rows: list[RowMapping], now: datetime) -> int:
    text = _text(settings, rows)
    modems = {row["subject"] for row in rows if row["kind"].startswith(("modem", "sim"))}
    sent = 0
    for phone in _addresses(tx, settings, "phone"):
        if alerts.texts_since(tx, phone, now - timedelta(hours=1)) >= settings.texts_per_hour:
            continue
        message = outbox.queue_text(
            tx, to=phone, text=text, now=now, priority="alert", actor=ALERTS, cause="alert",
            subject_kind="alert", subject_id=rows[0]["id"], send_by=now + timedelta(hours=6),
        )  # fmt: skip
        if len(modems) == 1:
            alerts.avoid_modem(tx, message, modems.copy().pop())
        sent += 1
    return sent


def _by_mail(tx: Connection, settings: AlertSettings, rows: list[RowMapping], now: datetime) -> int:
    lines = [_line(settings, row) for row in rows]
    subject = f"[{settings.site}] {lines[0]}"[:150]
    sent = 0
    for address in _addresses(tx, settings, "email"):
        parts = "-".join(f"{row['id']}{row['state'][0]}" for row in rows)[:100]
        _mail(tx, address, subject, "\n".join(lines), now, f"alert:{parts}:{address}"[:191])
        sent += 1
    return sent


def _mail(tx: Connection, address: str, subject: str, text: str, now: datetime, key: str) -> None:
    outbox.queue_text(
        tx, to=address, text=text, subject=subject, now=now, priority="alert", channel="email", actor=ALERTS,
        cause="alert", dedupe_key=key, subject_kind="alert",
    )  # fmt: skip


def _addresses(tx: Connection, settings: AlertSettings, kind: str) -> list[str]:
    named = settings.phones if kind == "phone" else settings.emails
    return list(dict.fromkeys([*named, *(row[kind] for row in alerts.recipients(tx) if row[kind])]))


def _text(settings: AlertSettings, rows: list[RowMapping]) -> str:
    head = f"{settings.site}: "
    lines = [_line(settings, row) for row in rows]
    text = head + " | ".join(lines)
    if len(text) <= LONGEST_TEXT:
        return text
    left = _word(settings, "lainnya: mgov status", "more: mgov status")
    kept = lines
    while len(kept) > 1 and len(head + " | ".join(kept)) + 30 > LONGEST_TEXT:
        kept = kept[:-1]
    more = f" | +{len(lines) - len(kept)} {left}" if len(kept) < len(lines) else ""
    return (head + " | ".join(kept))[: LONGEST_TEXT - len(more)] + more


def _line(settings: AlertSettings, row: RowMapping) -> str:
    kind = settings.kinds.get(row["kind"])
    words = kind.words[settings.language] if kind else row["kind"]
    if row["state"] == "cleared":
        return f"{_word(settings, 'SELESAI', 'OVER')} {words} {row['subject']}"
    section = f" ({_word(settings, 'panduan', 'runbook')} {kind.runbook})" if kind else ""
    return f"{_word(settings, 'WASPADA', 'ALERT')} {words} {row['subject']}: {str(row['detail'])[:110]}{section}"


def _is_high(settings: AlertSettings, row: RowMapping) -> bool:
    kind = settings.kinds.get(row["kind"])
    return kind is None or kind.severity == "high"


def _word(settings: AlertSettings, indonesian: str, english: str) -> str:
    return english if settings.language == "en" else indonesian
