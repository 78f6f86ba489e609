"""From the configuration to what writes to people unasked: reminders, broadcasts, warnings, mail, and their jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from mgov.config import Config
from mgov.domain.routing import SendRules
from mgov.gateway.warning_watch import WarningWatch
from mgov.mail.html_frame import HtmlFrame
from mgov.mail.lmtp import LmtpServer
from mgov.mail.mailbox import ImapSettings, Mailbox
from mgov.mail.sender import MailSender, SmtpSettings
from mgov.store.database import Database
from mgov.workflows import held, jobs, remind, remind_fallback
from mgov.workflows.alerts_out import WarningDoor
from mgov.workflows.broadcasts import BroadcastSettings
from mgov.workflows.document_kinds import DocumentKinds
from mgov.workflows.remind import RemindSettings
from mgov.workflows.reminder_text import Wording
from scheduler.calendar import Calendar
from scheduler.jobs import DailyAt, Every, Job
from scheduler.quiet_hours import QuietHours

#: What one modem sends a minute where nothing else is known: six seconds a part.
PARTS_A_MINUTE = 10.0
MailPart = MailSender | LmtpServer | Mailbox


@dataclass(frozen=True, slots=True)
class Outreach:
    """One site's ways of writing to people.

    `kinds` is `documents.toml` and `texts` is `reminder_texts.toml` as tables, `frame` the text of `mail.html`.
    """

    config: Config
    kinds: Mapping[str, Any]
    texts: Mapping[str, Any]
    frame: str
    calendar: Calendar

    def quiet_hours(self) -> QuietHours:
        """When people may be written to unasked."""
        section = self.config.reminders
        return QuietHours(
            opens=time.fromisoformat(section.quiet_until),
            closes=time.fromisoformat(section.quiet_from),
            zone=self.config.zone,
            on_weekends=section.on_weekends,
            on_holidays=section.on_holidays,
            calendar=self.calendar,
        )

    def remind_settings(self) -> RemindSettings:
        """When and how holders are reminded."""
        section, kinds = self.config.reminders, DocumentKinds.read(self.kinds)
        limits = {"sms": section.per_minute or self._modems_per_minute(), "email": section.mails_per_minute}
        return RemindSettings(
            wording=Wording.read(self.config.contact, self.config.language, kinds, self.texts),
            stages=section.stages,
            kinds={**kinds.stages, **{kind.upper(): stages for kind, stages in section.kinds.items()}},
            quiet=self.quiet_hours(),
            per_minute={channel: limit for channel, limit in limits.items() if limit},
            stale_after_days=section.stale_after_days,
        )

    def capacity(self) -> float:
        """Parts that all modems send a minute: as configured, else what ordinary modems manage."""
        usual = PARTS_A_MINUTE * max(1, len(self.config.modem))
        return self.config.reminders.per_minute or self._modems_per_minute() or usual

    def broadcast_settings(self) -> BroadcastSettings:
        """What sending to many means on this site."""
        pace = self.config.reminders.per_minute or self._modems_per_minute()
        return BroadcastSettings(self.capacity(), self.config.reminders.price, pace, self.quiet_hours())

    def warning_door(self) -> WarningDoor:
        """How the warning server reaches us."""
        section = self.config.warnings
        return WarningDoor(
            settings=self.broadcast_settings(),
            secret=section.read_secret(),
            senders=frozenset(sender.lower() for sender in section.senders),
            fresh_for=timedelta(minutes=section.fresh_minutes),
            sign_files=section.sign_files,
        )

    def warning_watch(self, db: Database) -> WarningWatch | None:
        """What watches the drop folder, where there is one."""
        folder = self.config.warnings.drop_folder
        return None if folder is None else WarningWatch(folder, self.warning_door(), db)

    def mail_parts(self, db: Database, wake: asyncio.Event) -> list[MailPart]:
        """What sends and takes mail, as far as it is configured; each has `run` and `stop`."""
        config, parts = self.config, list[MailPart]()
        own = frozenset({parseaddr(config.smtp.sender)[1].lower()}) if config.smtp else frozenset()
        if config.smtp is not None:
            parts.append(MailSender(_smtp_settings(config, self._html_frame()), db, wake))
        if config.lmtp is not None:
            parts.append(LmtpServer(config.lmtp.host, config.lmtp.port, own, db, self.warning_door()))
        if config.imap is not None:
            parts.append(Mailbox(_imap_settings(config, own), db, self.warning_door()))
        return parts

    def jobs(self, db: Database) -> tuple[Job, ...]:
        """Reminders at each look, and what keeps the queued ones true and within their hours."""
        settings = self.remind_settings()

        def due() -> str:
            if held.is_holding(db):
                return "not while a restored backup is held: some reminders went out already (mgov release)"
            now = datetime.now(UTC)
            outcome = remind.run(db, now.astimezone(self.config.zone).date(), settings, now)
            return f"{outcome.reminders} reminders in {outcome.messages} messages"

        def recheck() -> str:
            now = datetime.now(UTC)
            withdrawn = remind.withdraw_obsolete(db, now)
            rewritten = remind.rewrite_partly_obsolete(db, settings, now)
            instead = remind_fallback.fall_back(db, settings, now)
            return f"{withdrawn} withdrawn, {rewritten} written anew, {instead} by another way"

        def reopen() -> str:
            return f"{remind.reopen(db, settings, datetime.now(UTC))} moved to the next sending hours"

        def forget() -> str:
            return f"{jobs.forget_slots(db, datetime.now(UTC) - timedelta(days=30))} slots forgotten"

        look, five = timedelta(minutes=self.config.reminders.every_minutes), timedelta(minutes=5)
        return (
            Job("remind", Every(look), due, make_up_within=look),
            Job("recheck-reminders", Every(five), recheck, make_up_within=timedelta(0)),
            Job("sending-hours", Every(five), reopen, make_up_within=five),
            Job("forget-slots", DailyAt(time(3), self.config.zone), forget),
        )

    def _html_frame(self) -> HtmlFrame:
        return HtmlFrame.read(self.frame, self.config.language, self.config.contact)

    def _modems_per_minute(self) -> float | None:
        """None unless every modem has a limit: without one there is nothing to spread over."""
        limits = [modem.max_per_minute for modem in self.config.modem]
        return sum(filter(None, limits)) if limits and all(limits) else None


def _smtp_settings(config: Config, frame: HtmlFrame) -> SmtpSettings:
    assert config.smtp is not None  # noqa: S101 - asked before
    section = config.smtp
    return SmtpSettings(
        host=section.host,
        port=section.port,
        sender=section.sender,
        owner=f"{config.node}/mail",
        tls=section.tls,
        user=section.user,
        password=_secret(section.password, section.password_file),
        ca_file=str(section.ca_file) if section.ca_file else None,
        per_minute=section.per_minute,
        rules=SendRules(only_to=config.routing.only_to),
        frame=frame,
    )


def _imap_settings(config: Config, own: frozenset[str]) -> ImapSettings:
    assert config.imap is not None  # noqa: S101 - asked before
    section = config.imap
    return ImapSettings(
        host=section.host,
        port=section.port,
        user=section.user,
        password=_secret(section.password, section.password_file) or "",
        own=own | ({section.user.lower()} if "@" in section.user else frozenset()),
        tls=section.tls,
        ca_file=str(section.ca_file) if section.ca_file else None,
        folder=section.folder,
        done_folder=section.done_folder,
    )


def _secret(value: str | None, file: Path | None) -> str | None:
    return file.read_text(encoding="utf-8").strip() if file is not None else value
