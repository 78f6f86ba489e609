"""What keeps the service, built from the configuration: alerts, retention, backups, the daily mail."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from mgov import __version__
from mgov.config import Config
from mgov.store import audit, conditions
from mgov.store.database import Database
from mgov.workflows import alerts, archiving, backup, figures_closing, held, retention
from mgov.workflows.alert_conditions import Facts
from mgov.workflows.alerts import AlertSettings
from mgov.workflows.figures import FiguresSettings
from mgov.workflows.retention import Keep
from scheduler.calendar import Calendar
from scheduler.jobs import DailyAt, Every, Job

#: Between looks for what is wrong: on each node, as each has disks and a clock of its own.
WATCH = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """One site's housekeeping. `kinds` is `alerts.toml` as a table."""

    config: Config
    db: Database
    kinds: Mapping[str, Any]
    figures: FiguresSettings
    calendar: Calendar

    def jobs(self) -> tuple[Job, ...]:
        """The jobs of a day, of which each slot runs on whichever node claims it first, and the watch of each node."""
        zone, config = self.config.zone, self.config
        daily = (
            Job("watch", Every(WATCH), self._watch, make_up_within=WATCH, each_node=True),
            Job("archive", DailyAt(time(2), zone), self._archive),
            Job("retention", DailyAt(time(2, 30), zone), self._forget),
            Job("close-month", DailyAt(time(4), zone), self._close_month),
            Job("daily-mail", DailyAt(time.fromisoformat(config.alerts.digest_at), zone), self._daily_mail),
        )
        if config.backup.folder is None:
            return daily
        return (*daily, Job("backup", DailyAt(time.fromisoformat(config.backup.at), zone), self._back_up))

    def sweep(self) -> int:
        """Look for what is wrong and tell staff; called every few seconds. Returns how many messages were queued."""
        now = datetime.now(UTC)
        return alerts.sweep(self.db, self.alert_settings(), self.facts(now), now)

    def is_holding(self) -> bool:
        """Whether a backup was restored and nobody has yet said what becomes of its queue."""
        return held.is_holding(self.db)

    def alert_settings(self) -> AlertSettings:
        """Whom to tell, and how."""
        section = self.config.alerts
        return AlertSettings(
            kinds=alerts.read_kinds(self.kinds),
            site=section.site or self.config.node,
            language=self.config.language,
            phones=section.phones,
            emails=section.emails,
            texts_per_hour=section.texts_per_hour,
            sms=section.sms,
            mail=self.config.smtp is not None,
        )

    def facts(self, now: datetime) -> Facts:
        """What tables do not tell: of the configuration, this host and the database's clock."""
        return Facts(
            node=self.config.node,
            today=now.astimezone(self.config.zone).date(),
            modems=frozenset(modem.name for modem in self.config.modem),
            disks=disks(self.config),
            clock_offset=self.db.read(conditions.clock_offset(now)),
            calendar=self.calendar,
        )

    def _watch(self) -> str:
        return f"{self.sweep()} told"

    def _archive(self) -> str:
        done = archiving.run(self.db, self.config.privacy.archive_days, datetime.now(UTC))
        return ", ".join(f"{kind} {count}" for kind, count in done.items() if count) or "nothing was old enough"

    def _forget(self) -> str:
        privacy = self.config.privacy
        keep = Keep(
            messages=privacy.messages_days,
            raw_pdus=privacy.raw_pdus_days,
            reminders=privacy.reminders_days,
            transitions=privacy.history_days,
            alerts=privacy.alerts_days,
            readings=privacy.balances_days,
            requests=privacy.modem_requests_days,
            portal_orders=privacy.portal_orders_days,
        )
        done = retention.run(self.db, keep, datetime.now(UTC))
        return ", ".join(f"{kind} {count}" for kind, count in done.items() if count) or "nothing was too old"

    def _back_up(self) -> str:
        folder, now = self.config.backup.folder, datetime.now(UTC)
        assert folder is not None  # noqa: S101 - the job exists only with a folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"mgov-{now:%Y%m%dT%H%M%SZ}.zip"
        manifest = backup.take(self.db, path, program=__version__, now=now)
        for old in backup.surplus(folder, self.config.backup.keep):
            old.unlink()
        return f"{path.name}: {manifest.rows} rows"

    def _close_month(self) -> str:
        now = datetime.now(UTC)
        today = now.astimezone(self.config.zone).date()
        closed = figures_closing.close_due(self.db, self.figures, today, self.config.figures.close_on_day, now)
        return f"closed {', '.join(closed)}" if closed else "nothing to close"

    def _daily_mail(self) -> str:
        now = datetime.now(UTC)
        newest = self.db.read(audit.head)
        more = [f"audit: {newest.number} {newest.hash}"]
        count = alerts.daily_mail(self.db, self.alert_settings(), now.astimezone(self.config.zone).date(), now, more)
        return f"{count} mails"


def disks(config: Config) -> dict[str, int]:
    """Percent free where the database file, the backups and the program's own files are."""
    folders = {Path.cwd()}
    url = make_url(config.database.url)
    if url.get_backend_name() == "sqlite" and url.database:
        folders.add(Path(url.database).parent)
    if config.backup.folder is not None and config.backup.folder.is_dir():
        folders.add(config.backup.folder)
    usage = {str(folder): shutil.disk_usage(folder) for folder in folders}
    return {folder: int(100 * space.free / space.total) for folder, space in usage.items() if space.total}
