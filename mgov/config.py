"""The configuration: one typed model, each value with its default and check, read once."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SEARCH_PATH = (Path("mgov.toml"), Path("/etc/mgov/mgov.toml"))


class ConfigError(Exception):
    """The configuration cannot be used; the text says where and what would be right."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise ValueError(f"no such time zone: {name}; right would be Asia/Jakarta") from error
    return name


class DatabaseSection(_Section):
    """Where the shared database is."""

    url: str = "sqlite:///mgov.db"

    @field_validator("url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        try:
            backend = make_url(url).get_backend_name()
        except ArgumentError:
            backend = "none"
        if backend not in ("sqlite", "postgresql", "mysql", "mariadb"):
            raise ValueError(
                "not a database; right would be sqlite:///…, postgresql+psycopg://… or mariadb+pymysql://…"
            )
        return url


class ModemSection(_Section):
    """One modem. An `at` modem needs only name, driver and port; no limit applies unless it is set."""

    name: str = Field(min_length=1, max_length=64, pattern=r"^[\w.-]+$")
    driver: Literal["at", "gammu", "simulated"]
    port: str | None = None
    imei: str | None = None
    msisdn: str | None = None
    operator: str | None = None
    pin: str | None = Field(default=None, pattern=r"^\d{4,8}$")
    pin_file: Path | None = None
    storage: str | None = None
    baudrate: int = 115200
    profile: str = "generic"
    init: tuple[str, ...] = ()
    crash_safe_submit: bool = False
    max_per_minute: int | None = Field(default=None, ge=1)
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
    """When holders are reminded; days before the due date, negative after it."""

    stages: tuple[int, ...] = (90, 30, 14, 7, 1, 0)
    kinds: dict[str, tuple[int, ...]] = {}
    quiet_from: str = "20:00"
    quiet_until: str = "08:00"


class PaymentsSection(_Section):
    """How careful the matching is."""

    window_days: int = Field(default=7, ge=0)
    four_eyes_above: int | None = None
    banking_days: int = Field(default=3, ge=0)
    drop_folder: Path | None = None


class PrivacySection(_Section):
    """How long things are kept, in days."""

    messages_days: int = Field(default=730, ge=30)


class RoutingSection(_Section):
    """How many answers one number gets, and whether delivery reports are asked for."""

    answers_per_hour: int = Field(default=30, ge=1)
    reports: bool = True


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
    database: DatabaseSection = DatabaseSection()
    modem: tuple[ModemSection, ...] = ()
    account: tuple[AccountSection, ...] = ()
    smtp: SmtpSection | None = None
    imap: ImapSection | None = None
    lmtp: LmtpSection | None = None
    reminders: RemindersSection = RemindersSection()
    payments: PaymentsSection = PaymentsSection()
    privacy: PrivacySection = PrivacySection()
    routing: RoutingSection = RoutingSection()
    staff: StaffSection = StaffSection()
    audit: AuditSection = AuditSection()

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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(_sentences(path, data, error))) from error
    return _anchored(config, path.resolve().parent)


def _anchored(config: Config, folder: Path) -> Config:
    beside = {name: folder / path for name, path in _audit_paths(config) if path is not None}
    config = config.model_copy(update={"audit": config.audit.model_copy(update=beside)})
    url = make_url(config.database.url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return config
    absolute = url.set(database=str(folder / url.database)).render_as_string(hide_password=False)
    return config.model_copy(update={"database": DatabaseSection(url=absolute)})


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
