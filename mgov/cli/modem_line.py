"""How a command reaches a modem: through the daemon that holds it, or by opening its port when nobody does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Protocol

from mgov.bootstrap import modem_profiles, radio_opener
from mgov.cli.context import CliContext, NotDone
from mgov.config import ModemSection
from mgov.gateway import errands
from mgov.store import modems
from mgov.workflows import modem_requests
from mgov.workflows.modem_requests import Result
from modem_drivers.radio import Identity, Radio, RadioError

ALIVE = timedelta(seconds=60)  # a worker that was heard of within this holds its modem
TAKEN_WITHIN = 15.0  # seconds until a worker must have begun a request: one submission may be under way
DONE_WITHIN = 120.0  # seconds until a request must be done: a USSD session may wait for the network
STEP = 0.1  # seconds between looks at a request


class Line(Protocol):
    """Something that does one thing on a modem after the other."""

    def do(self, kind: str, argument: str | None = None) -> Result:
        """Do it; raises `NotDone` with the modem's reason."""

    def identity(self) -> dict[str, Any]:
        """Who the modem is: imei, imsi, model, smsc."""


@contextmanager
def line_to(context: CliContext, name: str) -> Iterator[Line]:
    """The way to a modem for the length of a block."""
    if _is_held(context, name):
        yield _Held(context, name)
        return
    section = _section(context, name)
    if section.driver == "simulated":
        raise NotDone(f'modem "{name}": a simulated modem lives inside the daemon, and that does not run')
    with asyncio.Runner() as runner:
        free = _Free(runner, name, radio_opener(context.config, section, section.port or "auto", modem_profiles())())
        try:
            free.open()
            yield free
        finally:
            free.close()


class _Held:
    """A modem that a worker holds: requests go through the database."""

    def __init__(self, context: CliContext, name: str) -> None:
        self._context = context
        self._db = context.database()
        self._name = name

    def do(self, kind: str, argument: str | None = None) -> Result:
        number = modem_requests.ask(self._db, self._name, kind, argument, self._context.actor(), self._context.now())
        asked = time.monotonic()
        while (result := modem_requests.result(self._db, number)).state in ("asked", "running"):
            waited = time.monotonic() - asked
            if result.state == "asked" and waited > TAKEN_WITHIN:
                if modem_requests.withdraw(self._db, number, self._context.now()):
                    raise NotDone(f'modem "{self._name}": its worker did not take the request; see `mgov modem list`')
            elif waited > DONE_WITHIN:
                raise NotDone(f'modem "{self._name}": no answer within {DONE_WITHIN:.0f} s')
            time.sleep(STEP)
        if result.state != "done":
            raise NotDone(f'modem "{self._name}": {result.answer}')
        return result

    def identity(self) -> dict[str, Any]:
        row = next(row for row in self._db.read(modems.rows) if row["name"] == self._name)
        return {"imei": row["imei"], "imsi": row["sim"], "model": row["model"], "smsc": row["smsc"]}


class _Free:
    """A modem that nobody holds: its port is opened for this command."""

    def __init__(self, runner: asyncio.Runner, name: str, radio: Radio) -> None:
        self._runner = runner
        self._name = name
        self._radio = radio
        self._identity = Identity()

    def open(self) -> None:
        try:
            self._identity = self._runner.run(self._radio.open())
        except RadioError as error:
            raise NotDone(f'modem "{self._name}": {error}') from error

    def do(self, kind: str, argument: str | None = None) -> Result:
        try:
            return self._runner.run(errands.serve(self._radio, kind, argument or ""))
        except RadioError as error:
            raise NotDone(f'modem "{self._name}": {error}') from error

    def identity(self) -> dict[str, Any]:
        told = self._identity
        return {"imei": told.imei, "imsi": told.imsi, "model": told.model, "smsc": told.smsc}

    def close(self) -> None:
        self._runner.run(self._radio.close())


def _is_held(context: CliContext, name: str) -> bool:
    row = next((row for row in context.database().read(modems.rows) if row["name"] == name), None)
    if row is None or row["last_seen"] is None or row["state"] in ("stopped", "down"):
        return False
    return bool(row["last_seen"] > context.now() - ALIVE)


def _section(context: CliContext, name: str) -> ModemSection:
    for section in context.config.modem:
        if section.name == name:
            return section
    names = ", ".join(section.name for section in context.config.modem) or "none"
    raise NotDone(f'no modem is called "{name}"; configured: {names}')
