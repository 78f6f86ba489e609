"""How one modem is: asked by a real probe, and told in its row."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from mgov.gateway.clerk import Clerk
from mgov.gateway.settings import WorkerSettings
from modem_drivers.radio import Identity, Radio, RadioError

PROBE = 10.0  # seconds between health probes
UNREGISTERED = 180.0  # seconds without a network before the radio is reset


class Health:
    """What is known of an open modem: who it is, and since when it is on no network."""

    def __init__(self, settings: WorkerSettings, clerk: Clerk) -> None:
        self._settings = settings
        self._clerk = clerk
        self._probed = self._registered = 0.0
        self._log = structlog.get_logger("modem").bind(modem=settings.name)

    def met(self, identity: Identity) -> None:
        """The modem was opened and told who it is: it is ready."""
        self._probed = self._registered = asyncio.get_running_loop().time()
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

    async def check(self, radio: Radio) -> bool:
        """Ask how it is when that is due; returns whether its memory is full and has to be emptied.

        Raises `RadioError` when it is silent, or has had no network for `UNREGISTERED` seconds.
        """
        clock = asyncio.get_running_loop().time()
        if clock - self._probed <= PROBE:
            return False
        self._probed = clock
        is_full, is_registered = await self._probe(radio)
        if is_registered:
            self._registered = clock
        if (seconds := clock - self._registered) > UNREGISTERED:
            name = self._settings.name
            raise RadioError("unregistered", f"no network for {seconds:.0f} s: {name} is not registered")
        return is_full

    async def _probe(self, radio: Radio) -> tuple[bool, bool]:
        """Ask how it is; returns whether its memory is full and whether it is on the network."""
        health = await radio.probe()
        is_full = bool(health.total) and health.used == health.total
        if is_full:
            self._log.warning("SIM full", used=health.used, total=health.total)
        registered = bool(health.registered) or health.registration is None
        self._clerk.note(
            state="ready" if registered else "unregistered",
            signal_dbm=health.signal_dbm,
            storage_used=health.used,
            storage_total=health.total,
            last_seen=datetime.now(UTC),
        )
        if self._settings.operator is None and health.operator:
            self._clerk.note(operator=health.operator)
        if registered:
            self._clerk.note(error=None, down_since=None)
        return is_full, registered
