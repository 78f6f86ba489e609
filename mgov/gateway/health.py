"""How one modem is: asked by a real probe, and told in its row."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from mgov.gateway.clerk import Clerk
from mgov.gateway.settings import WorkerSettings
from modem_drivers.radio import Identity, Radio, RadioError

PROBE = 10.0  # seconds between health probes
SEARCH = 2.0  # the same of a modem that looks for its network
UNREGISTERED = 180.0  # seconds without a network before the radio is reset


class Health:
    """What is known of an open modem: who it is, and since when it is on no network."""

    def __init__(self, settings: WorkerSettings, clerk: Clerk) -> None:
        self._settings = settings
        self._clerk = clerk
        self.is_registered = True  #: whether the network takes messages from it, as of the last look
        self._due = self._registered = 0.0
        self._log = structlog.get_logger("modem").bind(modem=settings.name)

    def met(self, identity: Identity) -> None:
        """The modem was opened and told who it is: it is ready, and looked at at once."""
        self._due = self._registered = asyncio.get_running_loop().time()
        self.is_registered = True
        self._clerk.meet(identity)
        self._clerk.note(
            node=self._settings.node,
            driver=self._settings.driver,
            port=self._settings.port,
            state="ready",
            operator=self._settings.operator,
            msisdn=self._settings.msisdn or identity.msisdn,
            imei=identity.imei,
            sim=identity.imsi,
            smsc=identity.smsc,
            model=identity.model,
            last_seen=datetime.now(UTC),
            down_since=None,
            error=None,
        )
        self._log.info("modem ready", port=self._settings.port, model=identity.model)

    @property
    def until_check(self) -> float:
        """Seconds until the next look is due."""
        return max(0.0, self._due - asyncio.get_running_loop().time())

    def suspect(self) -> None:
        """The network refused its service: the next look is due."""
        self._due = 0.0

    async def check(self, radio: Radio) -> bool:
        """Ask how it is when that is due; returns whether its memory is full and has to be emptied.

        Raises `RadioError` when it is silent, or has had no network for `UNREGISTERED` seconds.
        """
        clock = asyncio.get_running_loop().time()
        if clock < self._due:
            return False
        is_full = await self._probe(radio)
        if self.is_registered:
            self._registered = clock
        self._due = clock + (PROBE if self.is_registered else SEARCH)
        if (seconds := clock - self._registered) > UNREGISTERED:
            name = self._settings.name
            raise RadioError("unregistered", f"no network for {seconds:.0f} s: {name} is not registered")
        return is_full

    async def _probe(self, radio: Radio) -> bool:
        """Ask how it is; returns whether its memory is full."""
        health = await radio.probe()
        is_full = bool(health.total) and health.used == health.total
        if is_full:
            self._log.warning("SIM full", used=health.used, total=health.total)
        was_registered = self.is_registered
        self.is_registered = bool(health.registered) or health.registration is None
        self._clerk.note(
            state="ready" if self.is_registered else "unregistered",
            signal_dbm=health.signal_dbm,
            storage_used=health.used,
            storage_total=health.total,
            last_seen=datetime.now(UTC),
        )
        if self._settings.operator is None and health.operator:
            self._clerk.note(operator=health.operator)
        if self.is_registered:
            self._clerk.note(error=None, down_since=None)
        elif was_registered:
            self._clerk.note(error="not registered in the network", down_since=datetime.now(UTC))
        return is_full
