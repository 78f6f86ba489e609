"""What a modem's worker does beside texts: people's requests (USSD, probe, reset), the balance on a timer, the SMSC."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

import structlog

from mgov.domain.operators import Operator
from mgov.domain.quotas import DAY
from mgov.domain.routing import Fleet, SendRules
from mgov.store.database import Database
from mgov.workflows import errands, modem_requests, routes, treasury
from mgov.workflows.modem_requests import Request, Result
from mgov.workflows.treasury import Account, Warnings
from modem_drivers.radio import Identity, ModemSilentError, PortUnavailableError, Radio, RadioError

LOOK = 2.0  # seconds between looks at the fleet and at what people want of this modem
LOOK_WHEN_BUSY = 10.0  # the same while texts are at hand: each look holds the modem up
MEASURE = 60.0  # seconds between measurements of the routes
AFTER_FAILURE = timedelta(minutes=15)  # before a balance that was not told is asked for again


@dataclass(frozen=True, slots=True)
class ErrandSettings:
    """What the configuration says of one SIM's treasury.

    `every`: how often the balance is asked for, None: never. `operator`, `smsc`, `ussd` and `patterns` are the site's
    own where the operator's table is wrong or does not know the SIM. `tariff` is rupiah a text.
    """

    zone: tzinfo = UTC
    every: timedelta | None = None
    operator: str | None = None
    smsc: str | None = None
    ussd: tuple[str, ...] | None = None
    patterns: tuple[str, ...] | None = None
    tariff: int | None = None
    warnings: Warnings = field(default_factory=Warnings)


class Errands:
    """The errands of one modem's worker, run between its texts on the radio that the worker holds."""

    def __init__(
        self,
        db: Database,
        modem: str,
        rules: SendRules,
        settings: ErrandSettings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self.fleet = Fleet()  #: the other modems, as they were at the last look
        self._db = db
        self._modem = modem
        self._rules = rules
        self._settings = settings
        self._sim = modem
        self._operator: Operator | None = None
        self._looked = -math.inf
        self._next_measure = 0.0
        self._balance_due: datetime | None = None
        self._balance_failures = 0  # one after the other: each holds the modem for the network's silence
        self._log = structlog.get_logger("modem").bind(modem=modem)

    async def opened(self, radio: Radio, identity: Identity, sim: str) -> None:
        """Note the SIM, let go what a pilot no longer holds back, and set the SMSC where it is missing."""
        self._sim = sim
        self._operator = self._rules.operators.of_sim(identity.imsi, self._settings.operator)
        told = {"iccid": identity.iccid, "msisdn": identity.msisdn}
        if self._operator is not None:
            told["operator"] = self._operator.name
        released, self.fleet = await asyncio.to_thread(errands.opened, self._db, sim, self._rules, self._now(), **told)
        if released:
            self._log.info("released what the pilot held back", messages=released)
        await self._set_smsc(radio, identity)
        if self._settings.every is not None:
            last = await asyncio.to_thread(treasury.last_asked, self._db, sim)
            self._balance_due = last + self._settings.every if last else self._now()
        self._looked = -math.inf

    async def run(self, radio: Radio, *, busy: bool = False) -> None:
        """What is due now, at most every `LOOK` seconds; raises `RadioError` when the modem itself is gone."""
        clock = asyncio.get_running_loop().time()
        if clock < self._looked + (LOOK_WHEN_BUSY if busy else LOOK):
            return
        self._looked = clock
        look = await asyncio.to_thread(errands.look, self._db, self._modem, self._rules, self._now())
        self.fleet = look.fleet
        if look.request is not None:
            self._looked = -math.inf  # there may be more
            await self._serve(radio, look.request)
        if self._rules.quotas.any:
            quotas = self._rules.quotas
            await asyncio.to_thread(errands.note_quota, self._db, self._modem, self._sim, quotas, self._now())
        if clock >= self._next_measure and len(self.fleet.modems) > 1:
            self._next_measure = clock + MEASURE
            await self._measure()
        if self._balance_due is not None and self._now() >= self._balance_due:
            await self._ask_balance(radio)

    async def _serve(self, radio: Radio, request: Request) -> None:
        try:
            result = await serve(radio, request.kind, request.argument)
        except RadioError as error:
            await self._finish(request, Result("failed", str(error)))
            if isinstance(error, ModemSilentError | PortUnavailableError):
                raise
            return
        await self._finish(request, result)

    async def _finish(self, request: Request, result: Result) -> None:
        self._log.info("request done", kind=request.kind, by=request.asked_by, state=result.state)
        await asyncio.to_thread(modem_requests.finish, self._db, request, result, self._now())

    async def _measure(self) -> None:
        operators = self._rules.operators
        changed = await asyncio.to_thread(routes.measure, self._db, self._modem, self._sim, operators, self._now())
        for operator, standing in changed.items():
            self._log.warning("route changed", to=operator, poor=standing.poor, reason=standing.reason)

    async def _set_smsc(self, radio: Radio, identity: Identity) -> None:
        """The SIM keeps its number unless it has none, or the site names another."""
        wanted = self._settings.smsc or (self._operator.smsc if self._operator is not None else None)
        if wanted is None or (identity.smsc and (self._settings.smsc is None or identity.smsc == wanted)):
            if not identity.smsc:
                self._log.warning("the SIM has no SMS centre and the operator is not known: set `smsc`")
            return
        try:
            await radio.set_smsc(wanted)
        except RadioError as error:
            self._log.warning("the SMS centre could not be set", smsc=wanted, detail=str(error))
            return
        self._log.info("SMS centre set", smsc=wanted, before=identity.smsc)
        await asyncio.to_thread(errands.note_smsc, self._db, self._modem, wanted)

    async def _ask_balance(self, radio: Radio) -> None:
        every = self._settings.every or DAY
        self._balance_failures += 1
        self._balance_due = self._now() + min(every, AFTER_FAILURE * 2 ** min(self._balance_failures - 1, 10))
        steps, patterns = self._balance_session()
        if not steps:
            self._balance_due = None
            self._log.warning("the balance cannot be asked for: operator not known; set `balance_ussd`")
            return
        try:
            text = await _session(radio, steps)
        except RadioError as error:
            self._log.warning("the balance was not told", code=error.code, detail=str(error))
            if isinstance(error, ModemSilentError | PortUnavailableError):
                raise
            return
        self._balance_due, self._balance_failures = self._now() + every, 0
        await self._keep_balance(text, patterns)

    def _balance_session(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        known = self._operator
        steps = self._settings.ussd if self._settings.ussd is not None else known.balance_ussd if known else ()
        patterns = self._settings.patterns
        if patterns is None:
            patterns = known.balance_patterns if known else self._rules.operators.common_patterns
        return steps, patterns

    async def _keep_balance(self, text: str, patterns: tuple[str, ...]) -> None:
        account = Account(self._modem, self._sim, self._settings.tariff)
        now = self._now()
        today = now.astimezone(self._settings.zone).date()
        credit, expected = await asyncio.to_thread(
            treasury.keep_answer, self._db, account, text, patterns, self._settings.warnings, today, now
        )
        if credit.says_nothing:
            self._log.warning("the operator's answer was not understood", text=text)
        else:
            days = expected.days_of_balance
            self._log.info("balance", balance=credit.balance, valid_until=str(credit.valid_until), days_left=days)


async def serve(radio: Radio, kind: str, argument: str) -> Result:
    """Do what a person asked: `ussd`, `ussd_end`, `probe` or `reset`; raises `RadioError` with the modem's reason."""
    return await _DEEDS[kind](radio, argument)


async def _session(radio: Radio, steps: tuple[str, ...]) -> str:
    """Dial the first step and answer with the others; gives the last text."""
    said = await radio.ussd_step(steps[0])
    for step in steps[1:]:
        said = await radio.ussd_step(step)
    if said.open:
        await radio.ussd_end()
    return said.text


async def _ussd(radio: Radio, text: str) -> Result:
    said = await radio.ussd_step(text)
    return Result("done", said.text, said.open)


async def _ussd_end(radio: Radio, _text: str) -> Result:
    await radio.ussd_end()
    return Result("done", "")


async def _probe(radio: Radio, _text: str) -> Result:
    health = await radio.probe()
    return Result("done", json.dumps({**asdict(health), "registered": health.registered}))


async def _reset(radio: Radio, _text: str) -> Result:
    await radio.reset()
    return Result("done", "reset")


_DEEDS: dict[str, Callable[[Radio, str], Awaitable[Result]]] = {
    "ussd": _ussd,
    "ussd_end": _ussd_end,
    "probe": _probe,
    "reset": _reset,
}
