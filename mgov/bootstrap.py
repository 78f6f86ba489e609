"""Builds real things from the configuration: the only place, with the daemon, that knows both."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from mgov import keyword_file, logs, modem_settings
from mgov.audit_files import AuditFileError, AuditFiles
from mgov.config import Config, ModemSection
from mgov.desk_jobs import DeskJobs
from mgov.domain.figures import read_topics
from mgov.domain.matching import Policy
from mgov.domain.operators import Operators
from mgov.external.caller import Caller
from mgov.gateway.settings import WorkerSettings
from mgov.housekeeping import Housekeeping
from mgov.keyword_file import KeywordSite
from mgov.outreach import Outreach
from mgov.replies import Replies
from mgov.store import external_calls
from mgov.store.database import Database
from mgov.sweeps import Sweeps
from mgov.workflows import canary, jobs
from mgov.workflows.answer import AnswerSettings
from mgov.workflows.canary import CanarySettings
from mgov.workflows.figures import FiguresSettings
from mgov.workflows.handlers.request import HandlerSettings, PayAccount
from mgov.workflows.payments_matching import PaymentPolicy
from mgov.workflows.portals import PortalSettings
from mgov.workflows.remind import RemindSettings
from modem_drivers.at import AtRadio
from modem_drivers.profiles import Profile, read_profiles
from modem_drivers.radio import Radio, RadioSettings
from modem_drivers.simulated import SimulatedNetwork
from parsers.banks import Names
from scheduler.calendar import Calendar
from scheduler.jobs import Every, Job, JobOutcome, JobRunner


def shipped(name: str) -> Path:
    """A file of `config/`: beside the packages in a checkout, inside the package when installed."""
    package = Path(__file__).parent
    installed = package / "shipped" / name
    return installed if installed.exists() else package.parent / "config" / name


def shipped_table(name: str) -> dict[str, Any]:
    """A TOML file of `config/` as a mapping."""
    return tomllib.loads(shipped(name).read_text(encoding="utf-8"))


def open_database(config: Config) -> Database:
    """The site's database, whose audit is chained with the site's key and anchored in the site's file.

    Where the key cannot be read nothing stops: rows are chained unkeyed, which `mgov audit verify` reports.
    """
    database, files = Database(config.database.url), audit_files(config)
    try:
        database.audit_key = files.writing_key()
    except AuditFileError as error:
        structlog.get_logger("audit").error("audit key not readable, rows are chained without it", detail=str(error))
    database.on_audit = files.remember
    return database


def audit_files(config: Config) -> AuditFiles:
    """Where the audit keeps its key and its anchor."""
    return AuditFiles(config.audit.folder, config.audit.key_file, config.audit.anchor_file)


def shipped_replies(config: Config) -> Replies:
    """The reply texts, checked."""
    return Replies.load(shipped("replies.toml"), config.language)


def keyword_site(config: Config) -> KeywordSite:
    """Agencies' own keywords: those that ship and the site's own files. Raises `KeywordError`."""
    return keyword_file.load((shipped("keywords.toml"), *config.keywords.files))


def caller(config: Config, db: Database, settings: Callable[[], AnswerSettings], wake: asyncio.Event) -> Caller | None:
    """What asks agencies' systems; None when no keyword needs it."""
    plan = keyword_site(config).plan
    return Caller(db, plan, lambda: settings().queue_of_calls, wake) if plan.systems else None


def ask_systems(config: Config, db: Database, settings: AnswerSettings, now: datetime) -> None:
    """Make the calls that wait for agencies' systems, for a command without a daemon."""
    due = db.read(external_calls.latest_due)
    plan = keyword_site(config).plan
    if due is not None and plan.systems:
        logs.configure()
        asyncio.run(Caller(db, plan, lambda: settings.queue_of_calls).drain(max(now, due)))


def answer_settings(config: Config, known_numbers: frozenset[str] = frozenset()) -> AnswerSettings:
    """What the pipeline needs to know; `known_numbers` are those that the SIMs told."""
    told = keyword_site(config).settings
    own = frozenset(modem.msisdn for modem in config.modem if modem.msisdn)
    return AnswerSettings(
        handlers=handler_settings(config),
        replies=shipped_replies(config),
        own_numbers=own | known_numbers,
        answers_per_hour=config.routing.answers_per_hour,
        keywords=replace(told, replies=told.replies.in_language(config.language)),
        banks=Names.read(shipped_table("banks.toml")),
    )


def handler_settings(config: Config) -> HandlerSettings:
    """What the fourteen commands need to know."""
    accounts = tuple(
        PayAccount(
            bank=account.bank,
            number=account.number,
            holder=account.holder,
            name=account.name,
            agencies=account.agencies,
        )
        for account in config.account
    )
    return HandlerSettings(
        accounts=accounts,
        timezone=config.timezone,
        contact=config.contact,
        quiet=outreach(config).quiet_hours(),
        kinds=remind_settings(config).wording.kinds,
        figures=figures_settings(config),
        review_days=config.payments.review_days,
    )


def figures_settings(config: Config) -> FiguresSettings:
    """What the executive figures count on this site."""
    return FiguresSettings(read_topics(shipped_table("topics.toml")), calendar(), config.zone)


def worker_settings(config: Config, modem: ModemSection, port: str) -> WorkerSettings:
    """What a worker knows of its modem."""
    return WorkerSettings(
        name=modem.name,
        node=config.node,
        driver=modem.driver,
        port=port,
        msisdn=modem.msisdn,
        operator=modem.operator,
        reports=config.routing.reports,
        crash_safe=modem.crash_safe_submit,
        rules=modem_settings.send_rules(config, modem, Operators.read(shipped_table("operators.toml"))),
        errands=modem_settings.errand_settings(config, modem),
        resets_per_hour=modem.resets_per_hour,
        reset_command=modem.reset_command,
        spool_folder=spool_folder(config),
        canary=canary_settings(config),
    )


def canary_settings(config: Config) -> CanarySettings | None:
    """How own SIMs text each other; None: not at all."""
    every = config.canary.every_minutes
    if every is None:
        return None
    return CanarySettings(timedelta(minutes=every), timedelta(seconds=config.canary.within_seconds))


def spool_folder(config: Config) -> Path | None:
    """Where received parts wait while the database is away; None without a place for it."""
    return config.state_folder / "spool" if config.state_folder is not None else None


def radio_opener(
    config: Config, modem: ModemSection, port: str, profiles: Mapping[str, Profile]
) -> Callable[[], Radio]:
    """What makes a fresh radio for each attempt to open the port."""
    settings = RadioSettings(
        name=modem.name,
        port=port,
        imei=modem.imei,
        sim=modem.sim,
        pin=pin_of(modem),
        baudrate=modem.baudrate,
        storage=modem.storage,
        profile=modem.profile,
        init=modem.init,
        crash_safe_submit=modem.crash_safe_submit,
        state_folder=config.state_folder / "pins" if config.state_folder is not None else None,
        timeouts=dict(modem.timeouts),
    )
    if modem.driver == "gammu":
        from modem_drivers.gammu import GammuRadio

        return lambda: GammuRadio(settings)
    return lambda: AtRadio(settings, profiles)


def modem_profiles() -> dict[str, Profile]:
    """What is known of modem models."""
    return read_profiles(shipped_table("modem_profiles.toml"))


def pin_of(modem: ModemSection) -> str | None:
    """The PIN of a SIM, from the configuration or from its own file."""
    if modem.pin_file is not None:
        return modem.pin_file.read_text(encoding="ascii").strip()
    return modem.pin


def simulated_network(config: Config) -> tuple[SimulatedNetwork | None, dict[str, str]]:
    """Start the network for modems with `driver = "simulated"`; returns it and the tty of each."""
    simulated = [modem for modem in config.modem if modem.driver == "simulated"]
    if not simulated:
        return None, {}
    network = SimulatedNetwork.start()
    ports = {}
    for number, modem in enumerate(simulated, 1):
        msisdn = modem.msisdn or f"+62811000{number:04d}"
        ports[modem.name] = network.add_modem(modem.name, msisdn, modem.operator or "TELKOMSEL")
    return network, ports


def payment_policy(config: Config) -> PaymentPolicy:
    """How payments are matched on this site."""
    agencies = {account.number: frozenset(account.agencies) for account in config.account if account.agencies}
    fees = config.payments.fees
    words = bank_words()
    matching = Policy(
        fees=frozenset(bank_fees() if fees is None else fees),
        days_after=max(14, config.payments.window_days),
        own_numbers=frozenset(account.number for account in config.account),
        reversal_words=words["reversal"],
        suspect_words=words["suspect"],
        income_words=words["income"],
    )
    return PaymentPolicy(
        matching=matching,
        zone=config.zone,
        agencies_of=agencies,
        calendar=calendar(),
        banking_days=config.payments.banking_days,
        review_days=config.payments.review_days,
        replies=shipped_replies(config),
    )


def bank_words() -> dict[str, frozenset[str]]:
    """What banks write of money that goes back (`reversal`, perhaps: `suspect`) and that is no citizen's (`income`)."""
    return {kind: frozenset(words) for kind, words in shipped_table("bank_words.toml").items()}


def bank_fees() -> frozenset[int]:
    """What banks take off a transfer, in rupiah, by the shipped table."""
    return frozenset(int(row["amount"]) for row in shipped_table("bank_fees.toml")["fee"])


def desk_jobs(config: Config, db: Database) -> DeskJobs:
    """What runs by itself for the payments desk."""
    tables = shipped_table("bank_dialects.toml")
    return DeskJobs(config, db, payment_policy(config), shipped_replies(config), calendar(), tables)


def calendar() -> Calendar:
    """The shipped calendar of banking days."""
    return Calendar({row["date"]: row["name"] for row in shipped_table("holidays.toml")["holiday"]})


def outreach(config: Config) -> Outreach:
    """What writes to people unasked, and their mail."""
    frame = shipped("mail.html").read_text(encoding="utf-8")
    tables = shipped_table("documents.toml"), shipped_table("reminder_texts.toml")
    return Outreach(config, *tables, frame, calendar())


def portal_settings(config: Config) -> PortalSettings:
    """What the taking of portals' orders needs."""
    return PortalSettings(shipped_replies(config), remind_settings(config).wording.kinds.duties)


def remind_settings(config: Config) -> RemindSettings:
    """When and how holders are reminded, from the configuration and the shipped kinds."""
    return outreach(config).remind_settings()


def job_runner(config: Config, db: Database) -> JobRunner:
    """The jobs of this node; each slot runs on whichever node claims it first."""

    def report(outcome: JobOutcome) -> None:
        told = {"outcome": outcome.state.value, "detail": outcome.detail or str(outcome.result or "")}
        jobs.finish_slot(db, config.node, outcome.job, outcome.slot, now=outcome.ended_at, **told)

    def claim(job: str, slot: datetime) -> bool:
        return jobs.claim_slot(db, config.node, job, slot, datetime.now(UTC))

    def missed(slots: Mapping[str, datetime]) -> list[str]:
        return jobs.missed_slots(db, slots, datetime.now(UTC))

    sweeps = Sweeps(db, payment_policy(config), shipped_replies(config)).jobs()
    known = (*outreach(config).jobs(db), *housekeeping(config, db).jobs(), *desk_jobs(config, db).jobs(), *sweeps)
    return JobRunner((*known, *_canary_jobs(config, db)), claim, report, missed=missed)


def _canary_jobs(config: Config, db: Database) -> tuple[Job, ...]:
    settings = canary_settings(config)
    if settings is None:
        return ()

    def sing() -> str:
        done = canary.sing(db, settings, datetime.now(UTC))
        return f"{done.sung} texts, parked {list(done.parked)}, released {list(done.released)}"

    return (Job("canary", Every(settings.every), sing, make_up_within=timedelta(0)),)


def housekeeping(config: Config, db: Database) -> Housekeeping:
    """What keeps the service on this site."""
    return Housekeeping(config, db, shipped_table("alerts.toml"), figures_settings(config), calendar())
