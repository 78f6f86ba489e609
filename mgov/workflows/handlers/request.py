"""What a handler is given and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.figures import Topics
from mgov.replies import Replies
from mgov.workflows.document_kinds import DocumentKinds
from mgov.workflows.figures import FiguresSettings
from parsers.reading import Reading
from scheduler.quiet_hours import QuietHours

#: First words that say that the citizen writes English; STOP and REG are customary in Indonesian texts too.
ENGLISH_WORDS = frozenset(
    {"HELP", "SERVICES", "REGISTER", "APPLY", "HISTORY", "BILL", "PAY", "DOCUMENTS", "START", "CANCEL", "REPORT"}
)


@dataclass(frozen=True, slots=True)
class PayAccount:
    """A bank account where bills are paid; no agencies named: it takes every agency's bills."""

    bank: str
    number: str
    holder: str
    name: str = ""
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandlerSettings:
    """What handlers need to know of the site."""

    accounts: tuple[PayAccount, ...] = ()
    timezone: str = "Asia/Jakarta"
    contact: str = "Dishubkominfo Provinsi Banten"
    pin_tries: int = 3
    pin_lock_minutes: int = 60
    code_tries: int = 5
    code_hours: int = 24
    figures: FiguresSettings = field(default_factory=lambda: FiguresSettings(Topics({})))
    quiet: QuietHours = field(default_factory=QuietHours)
    kinds: DocumentKinds | None = None
    review_days: int = 3

    def review_until(self, now: datetime) -> date:
        """The day until which a person decides on a confirmation that comes in now."""
        return self.figures.calendar.banking_days_after(now.astimezone(self.zone).date(), self.review_days)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the office."""
        return ZoneInfo(self.timezone)

    def account_for(self, agency: str) -> PayAccount | None:
        """The account that takes an agency's bills: one that names it, else one that takes all."""
        named = next((account for account in self.accounts if agency in account.agencies), None)
        return named or next((account for account in self.accounts if not account.agencies), None)


@dataclass(frozen=True, slots=True)
class Question:
    """An open question: `kind` is `missing`, `propose` or a handler's own; `payload` what is known so far."""

    kind: str
    payload: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """Exactly one answer to the sender; `subject` and `html` are for e-mail."""

    text: str
    ask: Question | None = None
    subject: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One text of one sender, read, inside the transaction that answers it. `now` is aware."""

    tx: Connection
    message_id: int
    channel: str
    sender: str
    reading: Reading
    text: str
    now: datetime
    settings: HandlerSettings
    replies: Replies

    @property
    def actor(self) -> Actor:
        """Who texts."""
        return Actor.sender(self.channel, self.sender)

    @property
    def today(self) -> date:
        """The day of the office."""
        return self.now.astimezone(self.settings.zone).date()

    @property
    def language(self) -> str | None:
        """`en` when the keyword is English; None leaves it to the site."""
        words = self.text.split(maxsplit=1)
        return "en" if words and words[0].strip("#.*,:").upper() in ENGLISH_WORDS else None

    def field(self, name: str) -> str:
        """A field of the reading as text; empty when the text does not say it."""
        value = self.reading.fields.get(name)
        return "" if value is None else str(value).strip()

    def say(self, template: str, values: Mapping[str, object] | None = None) -> Reply:
        """An answer from the site's texts, in the citizen's language."""
        return Reply(self.replies.render(template, values or {}, self.language))
