"""The configuration: one typed model, each value with its default and check, read once."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from parsers.phones import normalise

SEARCH_PATH = (Path("mgov.toml"), Path("/etc/mgov/mgov.toml"))
#: The databases and the driver for each that comes with mgov.
_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg", "mariadb": "pymysql", "mysql": "pymysql"}


class ConfigError(Exception):
    """The configuration cannot be used; the text says where and what would be right."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _own_number(number: str | None) -> str | None:
    """A SIM's own number as senders are written, so that its own texts are known as such."""
    if number is None:
        return None
    normal = normalise(number)
    if not re.fullmatch(r"\+\d{7,15}", normal):
        raise ValueError(f'"{number}" is no telephone number; right would be "+628111234567"')
    return normal


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise ValueError(f"no such time zone: {name}; right would be Asia/Jakarta") from error
    return name


def _beginning_of_number(text: str) -> str:
    if re.fullmatch(r"[^@\s]*@[^@\s]+\.[^@\s]+", text):
        return text.lower()
    bare = re.sub(r"[\s().-]", "", text)
    if re.fullmatch(r"0\d+", bare):
        bare = f"+62{bare[1:]}"
    if not re.fullmatch(r"\+\d{2,15}", bare):
        raise ValueError(
            f'"{text}" is no number or beginning of one; right would be "+628111234567", "+62811" or "@x.go.id"'
        )
    return bare


def _clock_time(text: str) -> str:
    try:
        time.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f'not a time of day: {text}; right would be "08:00"') from error
    return text


ClockTime = Annotated[str, AfterValidator(_clock_time)]


class DatabaseSection(_Section):
    """Where the shared database is."""

    url: str = "sqlite:///mgov.db"

    @field_validator("url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        try:
            parsed = make_url(url)
        except ArgumentError:
            parsed = make_url("none://")
        backend, _, driver = parsed.drivername.partition("+")
        if backend not in _DRIVERS or driver not in ("", _DRIVERS[backend]):
            raise ValueError(
                "not a database; right would be sqlite:///…, postgresql+psycopg://… or mariadb+pymysql://…"
            )
        if driver or backend == "sqlite":
            return url
        return parsed.set(drivername=f"{backend}+{_DRIVERS[backend]}").render_as_string(hide_password=False)


class ModemSection(_Section):
    """One modem. An `at` modem needs only name, driver and port; no limit applies unless it is set."""

    name: str = Field(min_length=1, max_length=64, pattern=r"^[\w.-]+$")
    driver: Literal["at", "gammu", "simulated"]
    port: str | None = None
    imei: str | None = Field(default=None, pattern=r"^\d{14,16}$")
    sim: str | None = Field(default=None, pattern=r"^\d{14,20}$")  # IMSI or ICCID of the SIM that must be in it
    msisdn: Annotated[str | None, AfterValidator(_own_number)] = None
    operator: str | None = None
    pin: str | None = Field(default=None, pattern=r"^\d{4,8}$")
    pin_file: Path | None = None
    storage: str | None = None
    baudrate: int = 115200
    profile: str = "generic"
    init: tuple[str, ...] = ()
    crash_safe_submit: bool = False
    reset_command: tuple[str, ...] = ()  # a program and its arguments, run without a shell
    resets_per_hour: int = Field(default=3, ge=0)
    max_per_minute: int | None = Field(default=None, ge=1)
    max_per_hour: int | None = Field(default=None, ge=1)
    max_per_day: int | None = Field(default=None, ge=1)
    max_recipients_per_day: int | None = Field(default=None, ge=1)
    smsc: str | None = Field(default=None, pattern=r"^\+?\d{5,20}$")
    tariff: int | None = Field(default=None, ge=0)
    balance_ussd: tuple[str, ...] | None = None
    balance_patterns: tuple[str, ...] | None = None
    timeouts: dict[str, float] = {}

    def model_post_init(self, _context: object) -> None:
        """A real modem has a port."""
        if self.driver != "simulated" and not self.port:
            raise ValueError('needs a port, such as port = "/dev/ttyUSB0"')


class AccountSection(_Section):
    """A bank account where bills are paid; no agencies named: it takes every agency's bills."""

    name: str
    bank: str = ""
    number: str
    holder: str = ""
    agencies: tuple[str, ...] = ()


class SmtpSection(_Section):
    """The mail server that takes our mail."""

    host: str
    port: int = 587
    user: str | None = None
    password: str | None = None
    password_file: Path | None = None
    tls: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    ca_file: Path | None = None
    per_minute: int | None = None


class ImapSection(_Section):
    """The mailbox that is read."""

    host: str
    port: int = 993
    user: str
    password: str | None = None
    password_file: Path | None = None
    tls: bool = True
    ca_file: Path | None = None
    folder: str = "INBOX"
    done_folder: str = "Done"


class LmtpSection(_Section):
    """The endpoint to which a mail server on this host delivers."""

    host: str = "127.0.0.1"
    port: int = 8024


class RemindersSection(_Section):
    """When holders are reminded; days before the due date, negative after it.

    `every_minutes` is how often what fell due since the last look is queued.
    """

    stages: tuple[int, ...] = (90, 30, 14, 7, 1, 0)
    kinds: dict[str, tuple[int, ...]] = {}
    stale_after_days: int = Field(default=14, ge=0)
    quiet_from: ClockTime = "20:00"
    quiet_until: ClockTime = "08:00"
    on_weekends: bool = True
    on_holidays: bool = True
    every_minutes: float = Field(default=60, ge=0.1, le=1440)
    per_minute: float | None = Field(default=None, gt=0)
    mails_per_minute: float | None = Field(default=None, gt=0)
    price: int = Field(default=350, ge=0)


class WarningsSection(_Section):
    """How an early-warning server releases alerts: a folder that it drops files into, or mails that it signs."""

    drop_folder: Path | None = None
    senders: tuple[str, ...] = ()
    secret: str | None = None
    secret_file: Path | None = None
    fresh_minutes: int = Field(default=30, ge=1)
    sign_files: bool = False

    def model_post_init(self, _context: object) -> None:
        """Mail alone proves nothing: a sender needs the secret with which he signs."""
        if (self.senders or self.sign_files) and not (self.secret or self.secret_file):
            raise ValueError("senders and sign_files need secret_file, the key with which warnings are signed")

    def read_secret(self) -> bytes | None:
        """The shared key, if there is one."""
        if self.secret_file is not None:
            return self.secret_file.read_bytes().strip()
        return self.secret.encode() if self.secret else None


class PaymentsSection(_Section):
    """How careful the matching is, how long people have, and where statements are dropped.

    Amounts are rupiah. `fees` are what banks take off; none named: those of `bank_fees.toml`. `summary_at` is when the
    desk gets yesterday's figures.
    """

    window_days: int = Field(default=7, ge=0)
    four_eyes_above: int | None = Field(default=None, ge=0)
    banking_days: int = Field(default=3, ge=0)
    review_days: int = Field(default=3, ge=1)
    fees: tuple[Annotated[int, Field(gt=0)], ...] | None = None
    drop_folder: Path | None = None
    dialects: Path = Path("bank_dialects.toml")
    summary_at: str = Field(default="07:30", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class PrivacySection(_Section):
    """How long things are kept, in days; money and its audit are kept for ever.

    After `archive_days` a settled message leaves the queue's tables for the archive, where it is found as before.
    """

    archive_days: int = Field(default=60, ge=30)
    messages_days: int = Field(default=730, ge=30)
    raw_pdus_days: int = Field(default=90, ge=7)
    reminders_days: int = Field(default=730, ge=30)
    history_days: int = Field(default=1825, ge=30)
    alerts_days: int = Field(default=365, ge=7)
    balances_days: int = Field(default=730, ge=30)
    modem_requests_days: int = Field(default=90, ge=7)
    portal_orders_days: int = Field(default=365, ge=7)


class AlertsSection(_Section):
    """Whom to tell when something is wrong, besides the staff with the role noc."""

    site: str = ""
    sms: bool = True
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    texts_per_hour: int = Field(default=6, ge=1)
    digest_at: ClockTime = "07:00"


class BackupSection(_Section):
    """The daily backup; without a folder there is none."""

    folder: Path | None = None
    at: ClockTime = "01:30"
    keep: int = Field(default=14, ge=1)


class FiguresSection(_Section):
    """On which day of the following month a month of the figures is closed."""

    close_on_day: int = Field(default=10, ge=1, le=28)


class WebSection(_Section):
    """Where /metrics and /healthz answer; nothing is heard beyond this host unless `host` says so. port 0: nowhere."""

    host: str = "127.0.0.1"
    port: int = Field(default=9464, ge=0, le=65535)


class RoutingSection(_Section):
    """How many answers one number gets, whether delivery reports are asked for, and who is texted at all.

    `only_to`: numbers or their beginnings, addresses or "@domain"; what goes to others is held back. `quota_reserve`:
    the share of each modem's quota, in per cent, that reminders and bulk leave to what is more urgent.
    """

    answers_per_hour: int = Field(default=30, ge=1)
    reports: bool = True
    only_to: tuple[Annotated[str, AfterValidator(_beginning_of_number)], ...] = ()
    quota_reserve: int = Field(default=20, ge=0, le=90)


class TreasurySection(_Section):
    """How often the balance of each SIM is asked for by USSD (never, unless `every_hours` is set), and when to warn."""

    every_hours: float | None = Field(default=None, ge=0.01)
    warn_days: int = Field(default=7, ge=0)
    warn_balance: int | None = Field(default=None, ge=0)


class KeywordsSection(_Section):
    """Files with agencies' own keywords, besides `keywords.toml` beside this file."""

    files: tuple[Path, ...] = ()


class CanarySection(_Section):
    """Own SIMs text each other, so that a SIM that neither receives nor delivers is noticed; off unless turned on."""

    every_minutes: int | None = Field(default=None, ge=1)
    within_seconds: int = Field(default=300, ge=10)


class StaffSection(_Section):
    """Which Unix user is which member of staff."""

    unix_users: dict[str, str] = {}


class AuditSection(_Section):
    """Where the audit's key and its newest number and hash are kept, outside the database."""

    folder: Path = Path()
    key_file: Path | None = None
    anchor_file: Path | None = None


class Config(_Section):
    """Everything; only `[database]` and the modems have no default of their own."""

    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Jakarta"
    language: Literal["id", "en"] = "id"
    node: str = Field(default_factory=lambda: os.uname().nodename)
    contact: str = "Dishubkominfo Provinsi Banten"
    state_folder: Path | None = None  # for the spool and refused PINs; else $STATE_DIRECTORY, else beside this file
    database: DatabaseSection = DatabaseSection()
    modem: tuple[ModemSection, ...] = ()
    account: tuple[AccountSection, ...] = ()
    smtp: SmtpSection | None = None
    imap: ImapSection | None = None
    lmtp: LmtpSection | None = None
    reminders: RemindersSection = RemindersSection()
    warnings: WarningsSection = WarningsSection()
    payments: PaymentsSection = PaymentsSection()
    privacy: PrivacySection = PrivacySection()
    routing: RoutingSection = RoutingSection()
    treasury: TreasurySection = TreasurySection()
    canary: CanarySection = CanarySection()
    staff: StaffSection = StaffSection()
    keywords: KeywordsSection = KeywordsSection()
    audit: AuditSection = AuditSection()
    alerts: AlertsSection = AlertsSection()
    backup: BackupSection = BackupSection()
    figures: FiguresSection = FiguresSection()
    web: WebSection = WebSection()

    @field_validator("modem")
    @classmethod
    def _distinct(cls, modems: tuple[ModemSection, ...]) -> tuple[ModemSection, ...]:
        names = [modem.name for modem in modems]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f'two modems are called "{sorted(twice)[0]}"; each needs a name of its own')
        return modems

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the office."""
        return ZoneInfo(self.timezone)


def find(path: Path | None) -> Path | None:
    """The configuration file in force: the one given, `MGOV_CONFIG`, `./mgov.toml`, `/etc/mgov/mgov.toml`."""
    if path is not None:
        return path
    if named := os.environ.get("MGOV_CONFIG"):
        return Path(named)
    return next((candidate for candidate in SEARCH_PATH if candidate.is_file()), None)


def load(path: Path) -> Config:
    """Read one file; relative paths in it are relative to it. Raises `ConfigError`."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(_sentences(path, data, error))) from error
    return _anchored(config, path.resolve().parent)


def _state_folder(config: Config, folder: Path) -> Path:
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    return folder / (config.state_folder or given)


def _anchored(config: Config, folder: Path) -> Config:
    config = config.model_copy(update={"state_folder": _state_folder(config, folder)})
    beside = {name: folder / path for name, path in _audit_paths(config) if path is not None}
    config = config.model_copy(update={"audit": config.audit.model_copy(update=beside)})
    config = config.model_copy(update={"keywords": KeywordsSection(files=_keyword_files(config, folder))})
    if config.backup.folder is not None:
        there = config.backup.model_copy(update={"folder": folder / config.backup.folder})
        config = config.model_copy(update={"backup": there})
    config = config.model_copy(update={"warnings": _warnings_beside(config.warnings, folder)})
    config = config.model_copy(update={"payments": _payments_beside(config.payments, folder)})
    url = make_url(config.database.url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return config
    absolute = url.set(database=str(folder / url.database)).render_as_string(hide_password=False)
    return config.model_copy(update={"database": DatabaseSection(url=absolute)})


def _payments_beside(section: PaymentsSection, folder: Path) -> PaymentsSection:
    drop = folder / section.drop_folder if section.drop_folder is not None else None
    return section.model_copy(update={"drop_folder": drop, "dialects": folder / section.dialects})


def _keyword_files(config: Config, folder: Path) -> tuple[Path, ...]:
    beside = folder / "keywords.toml"
    named = tuple(folder / path for path in config.keywords.files)
    return (beside, *named) if beside.is_file() and beside not in named else named


def _warnings_beside(section: WarningsSection, folder: Path) -> WarningsSection:
    paths = {"drop_folder": section.drop_folder, "secret_file": section.secret_file}
    return section.model_copy(update={name: folder / path for name, path in paths.items() if path is not None})


def _audit_paths(config: Config) -> list[tuple[str, Path | None]]:
    section = config.audit
    return [("folder", section.folder), ("key_file", section.key_file), ("anchor_file", section.anchor_file)]


def _sentences(path: Path, data: dict[str, object], error: ValidationError) -> list[str]:
    return [f"{path.name}: {_place(data, item['loc'])}: {_plain(item['msg'])}" for item in error.errors()]


def _place(data: dict[str, object], location: tuple[int | str, ...]) -> str:
    words: list[str] = []
    here: object = data
    for step in location:
        here = _step(here, step)
        if isinstance(step, int):
            name = here.get("name") if isinstance(here, dict) else None
            words.append(f'"{name}"' if name else f"number {step + 1}")
        else:
            words.append(str(step))
    return " ".join(words)


def _step(here: object, step: int | str) -> object:
    if isinstance(here, dict):
        return here.get(step)
    if isinstance(here, list) and isinstance(step, int) and step < len(here):
        return here[step]
    return None


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Extra inputs are not permitted", "no such setting")
