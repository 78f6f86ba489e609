"""The database: reached, of the right schema, with room, alive; and what the tables say is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from mgov.bootstrap import housekeeping, shipped_replies
from mgov.config import Config
from mgov.doctor.finding import Finding, fail, ok, warn
from mgov.replies import RepliesError
from mgov.store import conditions, guards, migrate
from mgov.store.database import Database, DatabaseUnavailableError, temporary
from mgov.workflows import alert_conditions, alerts, status


def everything(config: Config, now: datetime) -> Iterator[Finding]:
    """All that needs the database; when it is away, only that."""
    try:
        with temporary(config.database.url) as db:
            migrate.fits(db)
            yield ok("database", f"{db.dialect}, schema {migrate.current(db)}")
            yield from _guards(db)
            yield from _clock(db, now)
            yield from _catalogue(db)
            yield from _heard_of(config, db)
            yield from wrong_now(config, db, now)
    except DatabaseUnavailableError as error:
        words = "does the server run (`systemctl status postgresql mariadb`)? is the url in mgov.toml right?"
        yield fail("database", str(error), words, "B5")
    except migrate.SchemaError as error:
        yield fail("database", str(error), "the sentence says it", "B5")


def replies(config: Config) -> Iterator[Finding]:
    """The texts that citizens get."""
    try:
        shipped_replies(config)
    except RepliesError as error:
        yield fail("replies", str(error), "correct replies.toml as the sentence says")
    else:
        yield ok("replies")


def wrong_now(config: Config, db: Database, now: datetime) -> Iterator[Finding]:
    """What alerts look for, whether it has lasted long enough to be told or not."""
    kinds = housekeeping(config, db).alert_settings().kinds
    facts = housekeeping(config, db).facts(now)
    found = db.read(lambda tx: alert_conditions.conditions(tx, facts, kinds, now))
    for condition in found:
        yield _as_finding(kinds, condition.kind, condition.subject, condition.detail)
    known = {(condition.kind, condition.subject) for condition in found}
    seen = status.look(db, now, now)
    for row in seen["pauses"]:
        words = (
            f"{row['scope']} {row['name']}: paused by {row['by']} since {row['since']:%Y-%m-%d %H:%M}: {row['reason']}"
        )
        yield warn("pause", words, "ask who paused it; then `mgov modem resume NAME`", "B7")
    for row in seen["alerts"]:
        if (row["kind"], row["subject"]) not in known:
            yield _as_finding(kinds, row["kind"], row["subject"], row["detail"])
    if not found and not seen["alerts"]:
        yield ok("service", "nothing is wrong that the tables tell")


def _as_finding(kinds: Mapping[str, Any], kind: str, subject: str, detail: str) -> Finding:
    entry: alerts.Kind | None = kinds.get(kind)
    words = entry.words["id"] if entry else kind
    section = entry.runbook if entry else ""
    do = f"docs/noc.md, section {section}" if section else ""
    make = warn if entry is not None and entry.severity == "low" else fail
    return make(f"{kind} {subject}", f"{words}: {detail}", do, section)


def _guards(db: Database) -> Iterator[Finding]:
    if gone := db.read(guards.missing):
        words = "`mgov db upgrade` puts them back; who took them away? `mgov audit verify`, then the database's own log"
        yield fail("guards", f"triggers of ledger and audit are not at work: {', '.join(gone)}", words, "B5")
    else:
        yield ok("guards", "ledger, audit and consent are append-only")


def _clock(db: Database, now: datetime) -> Iterator[Finding]:
    offset = db.read(conditions.clock_offset(now))
    if offset is not None and abs(offset) > 60:
        yield fail("clock", f"{offset:.0f} s from the database's", "`timedatectl set-ntp true` on both hosts", "E3")


def _catalogue(db: Database) -> Iterator[Finding]:
    if db.read(conditions.has_services):
        yield ok("catalogue")
    else:
        yield warn("catalogue", "no services", "`mgov service import FILE.csv`")


def _heard_of(config: Config, db: Database) -> Iterator[Finding]:
    """Modems that no worker ever told of, or whose daemon was stopped in order."""
    states = {row["name"]: row["state"] for row in db.read(conditions.modems)}
    never = [modem.name for modem in config.modem if modem.name not in states]
    stopped = [modem.name for modem in config.modem if states.get(modem.name) == "stopped"]
    do = "start it: `systemctl start mgov.target` (or `mgov run`), then `journalctl -u mgov.service -n 50`"
    if never:
        yield warn(
            "daemon", f"has never told of {', '.join(never)}: it does not run, or with another mgov.toml", do, "E9"
        )
    if stopped:
        yield fail("daemon", f"was stopped: {', '.join(stopped)} rest", do, "E9")
