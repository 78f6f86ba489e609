"""Drivers that are broken on purpose, each in one way that drivers are broken: the lab must notice every one.

`program(name)` is the command line of a daemon whose driver is broken so; the break happens in that process only.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mgov.domain.message import Part
from mgov.gateway import inlet, ledger, pdus, worker
from mgov.workflows.turn import AirSide
from modem_drivers import outcomes
from modem_drivers.at import dialogue, exchange, hearing, radio, sending, session, unsolicited
from modem_drivers.at.memory import Memory
from modem_drivers.at.replies import parse_reference
from modem_drivers.radio import Cleared, Outcome, ReceivedPdu, SendResult, Slot
from modem_drivers.sms import decode_deliver

ROOT = Path(__file__).parents[2]
NEVER = 1e6  # seconds


@dataclass(frozen=True, slots=True)
class BrokenDriver:
    """`fault` is the drill that has to notice it, `harm` the field of the verdict that shows it."""

    name: str
    fault: str
    harm: str
    break_it: Callable[[], None]


def _swap(owner: object, name: str, new: object) -> None:
    """Put something broken in the place of a part of the driver, which has to be there."""
    getattr(owner, name)
    setattr(owner, name, new)


def program(name: str) -> tuple[str, ...]:
    """The command line of `mgov` with this driver."""
    lines = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})",
        f"from tests.lab.broken_drivers import BROKEN; BROKEN[{name!r}].break_it()",
        "from mgov.cli.main import main; main()",
    )
    return (sys.executable, "-c", "\n".join(lines))


def _no_deletion_check() -> None:
    """Takes +CMGD's OK for a deletion and never looks at what it has read before."""
    received = Memory.received
    handed: set[str] = set()

    async def only_new(self: Memory) -> list[ReceivedPdu]:
        found = [item for item in await received(self) if item.pdu not in handed]
        handed.update(item.pdu for item in found)
        return found

    _swap(Memory, "received", only_new)
    _swap(Memory, "clear", _believing_clear)


async def _believing_clear(self: Memory, slots: Sequence[Slot]) -> Cleared:
    for slot in slots:
        await self._select(slot.storage)
        await self._session.ask(f"+CMGD={slot.index}", "sim")
    return Cleared((), ())


def _deletes_all() -> None:
    """Empties the whole memory a moment after reading it, with what came in meanwhile."""

    async def clear(self: Memory, slots: Sequence[Slot]) -> Cleared:
        if slots:
            await asyncio.sleep(0.2)
            await self._session.ask("+CMGD=1,4", "sim")
        return Cleared((), ())

    _swap(Memory, "clear", clear)


def _deletes_before_commit() -> None:
    """Frees the SIM first and writes to the database when there is time."""

    async def fetch(self: inlet.Inlet, at: Any) -> bool:  # noqa: ANN401 - a radio
        self.look = False
        received = await at.received()
        await at.clear([item.slot for item in received if item.slot is not None])
        await asyncio.sleep(1.5 if received else 0)  # so long that the kill falls into it, also on a busy machine
        await self._clerk.turn(received)
        return bool(received)

    _swap(inlet.Inlet, "fetch", fetch)


def _resends_after_timeout() -> None:
    """Sends once more when no answer came."""
    submit = sending.Sender.submit

    async def twice(self: sending.Sender, pdu: str, length: int, more: bool) -> SendResult:
        result = await submit(self, pdu, length, more)
        return await submit(self, pdu, length, more) if result.outcome is Outcome.UNCERTAIN else result

    _swap(sending.Sender, "submit", twice)


def _resends_after_error() -> None:
    """Takes any error behind a PDU for a refusal."""
    _swap(sending, "refused", lambda kind, code, handed_over: outcomes.refused(kind, code, handed_over=False))


def _no_escape() -> None:
    """Knows no ESC: what sits at its prompt stays there."""
    _swap(dialogue, "ESCAPE", b"")


def _no_deadline() -> None:
    """Waits for every answer as long as it takes."""
    session.DEFAULT_SECONDS |= dict.fromkeys(session.DEFAULT_SECONDS, NEVER)
    for owner, name in (
        (session, "QUIET_END_SECONDS"),
        (sending, "QUIET_END_SECONDS"),
        (dialogue, "RESYNC_SECONDS"),
        (dialogue, "RESYNC_TRY_SECONDS"),
        (dialogue, "BARRIER_SECONDS"),
    ):
        _swap(owner, name, NEVER)


def _deaf() -> None:
    """Ignores +CMTI and never looks by itself."""
    hear = radio.AtRadio._hear
    _swap(radio.AtRadio, "_hear", lambda self, line: None if line.startswith("+CMTI") else hear(self, line))
    _swap(worker, "POLL_MEMORY", NEVER)


def _reads_what_is_told() -> None:
    """Reads the slots that +CMTI names and no others, whatever a listing shows."""
    received, clear, hear = Memory.received, Memory.clear, radio.AtRadio._hear
    told: list[Slot] = []
    started: list[bool] = []

    def listen(self: radio.AtRadio, line: str) -> None:
        found = re.match(r'\+CMTI: *"?(\w+)"?, *(\d+)', line)
        if found:
            told.append(Slot(found[1], int(found[2])))
        hear(self, line)

    async def only_told(self: Memory) -> list[ReceivedPdu]:
        if not started:
            started.append(True)
            return await received(self)
        now, told[:] = list(told), []
        read = [await self.read(slot) for slot in now]
        return [item for item in read if item is not None]

    async def clear_only(self: Memory, slots: Sequence[Slot]) -> Cleared:
        return replace(await clear(self, slots), received=())

    _swap(radio.AtRadio, "_hear", listen)
    _swap(Memory, "received", only_told)
    _swap(Memory, "clear", clear_only)


def _trusts_bare_ok() -> None:
    """Takes an OK without a reference for acceptance."""
    result = sending._result

    def trusting(answer: exchange.Answer, name: str) -> SendResult:
        if answer.ok and answer.handed_over:
            return SendResult(Outcome.ACCEPTED, parse_reference(answer.lines, name) or 0)
        return result(answer, name)

    _swap(sending, "_result", trusting)


def _takes_the_last_line() -> None:
    """Takes whatever stands in front of the OK for the answer, also what the modem says unasked."""

    def last_number(lines: Sequence[str], _name: str) -> int | None:
        found = re.findall(r"\d+", lines[-1]) if lines else []
        return int(found[-1]) % 256 if found else None

    _swap(sending, "parse_reference", last_number)
    _swap(
        hearing,
        "is_unsolicited",
        lambda line, asked: not asked.startswith("+CMGS") and unsolicited.is_unsolicited(line, asked),
    )


def _any_stick() -> None:
    """Works with whatever modem stands at the port."""
    for check in ("check_imei", "check_sim"):
        _swap(radio, check, lambda *_values: None)


def _joins_by_arrival() -> None:
    """Joins parts in the order in which they came."""

    part_of = pdus.part_of
    came: list[str] = []

    def noted(pdu: str, now: datetime) -> Part:
        came.append(pdu)
        return part_of(pdu, now)

    def by_arrival(raw: Sequence[str]) -> str:
        return "".join(decode_deliver(each).user_data.text or "" for each in sorted(raw, key=came.index))

    _swap(pdus, "part_of", noted)
    _swap(ledger, "AIR", AirSide(by_arrival, pdus.count_parts))


BROKEN = {
    each.name: each
    for each in (
        BrokenDriver("no-deletion-check", "undeletable", "left_on_sim", _no_deletion_check),
        BrokenDriver("deletes-all", "burst", "lost", _deletes_all),
        BrokenDriver("deletes-before-commit", "kill", "lost", _deletes_before_commit),
        BrokenDriver("resends-after-timeout", "lost-answer", "doubled", _resends_after_timeout),
        BrokenDriver("resends-after-error", "error-after-send", "doubled", _resends_after_error),
        BrokenDriver("no-escape", "lost-ctrl-z", "recovery", _no_escape),
        BrokenDriver("no-deadline", "silence", "recovery", _no_deadline),
        BrokenDriver("deaf", "none", "recovery", _deaf),
        BrokenDriver("reads-what-is-told", "lost-indication", "lost", _reads_what_is_told),
        BrokenDriver("trusts-bare-ok", "bare-ok", "lost", _trusts_bare_ok),
        BrokenDriver("takes-the-last-line", "unsolicited-inside", "unreported", _takes_the_last_line),
        BrokenDriver("any-stick", "wrong-imei", "strayed", _any_stick),
        BrokenDriver("joins-by-arrival", "parts-backwards", "garbled", _joins_by_arrival),
    )
}
