"""Unlocking a SIM without ever endangering it."""

from __future__ import annotations

import asyncio

from modem_drivers.at.exchange import Answer
from modem_drivers.at.replies import parse_cpin, parse_pin_tries
from modem_drivers.at.session import Session, refusal
from modem_drivers.at.setup import iccid
from modem_drivers.outcomes import numeric_code
from modem_drivers.pins import RefusedPins
from modem_drivers.profiles import Profile
from modem_drivers.radio import SimError

LEAST_TRIES = 3  # one wrong PIN must leave two
_POLL_SECONDS = 0.5
_BUSY = {("CME", 14), ("CMS", 314), ("CME", 100), ("CMS", 500)}
_MISSING = {("CME", 10), ("CMS", 310)}
_NOT_READY = ("NOT READY",)


async def unlock(session: Session, profile: Profile, pin: str | None, refused: RefusedPins) -> None:
    """Make the SIM ready; raises `SimError` (`no_sim`, `sim_locked`, `pin_missing`, `pin_unsafe`, `pin_refused`)."""
    state = await _state_when_not_busy(session)
    if state == "SIM PIN":
        await _enter(session, profile, pin, refused)
        state = await _state_after_pin(session)
    # None: a modem without +CPIN has a SIM that needs none, or the first use of the SIM will tell.
    if state not in ("READY", None):
        raise SimError("sim_locked", f"the SIM asks for {state}: a person has to unlock it")


async def _state_when_not_busy(session: Session) -> str | None:
    deadline = asyncio.get_running_loop().time() + session.seconds("sim_ready")
    while True:
        answer = await session.ask("+CPIN?", "sim")
        state = parse_cpin(answer.lines)
        if not _is_busy(answer, state) or asyncio.get_running_loop().time() >= deadline:
            break
        await asyncio.sleep(_POLL_SECONDS)
    if _coded(answer) in _MISSING or state == "NOT INSERTED":
        raise SimError("no_sim", "there is no SIM in this modem")
    if _coded(answer) in (("CME", 13), ("CME", 15), ("CMS", 313), ("CMS", 315)) or _is_busy(answer, state):
        raise SimError("sim_failure", str(refusal("+CPIN?", answer)))
    return state


def _coded(answer: Answer) -> tuple[str, int | None]:
    return answer.final.kind, numeric_code(answer.final.kind, answer.final.code)


def _is_busy(answer: Answer, state: str | None) -> bool:
    return _coded(answer) in _BUSY or state in _NOT_READY


async def _enter(session: Session, profile: Profile, pin: str | None, refused: RefusedPins) -> None:
    if pin is None:
        raise SimError("pin_missing", "the SIM asks for its PIN and the config has none")
    if not pin.isdecimal():
        raise SimError("pin_refused", "a PIN is four to eight digits")
    sim = await iccid(session)
    if refused.knows(sim, pin):
        raise SimError(
            "pin_refused", "the SIM refused this PIN before: it is not tried again until the config has another"
        )
    tries = await _tries_left(session, profile)
    if tries is not None and tries < LEAST_TRIES:
        raise SimError("pin_unsafe", f"only {tries} PIN tries are left: a person has to unlock the SIM")
    _mark(refused, sim, pin)  # before the try: a crash of the conversation must not lead to a second one
    answer = await session.ask(f'+CPIN="{pin}"', "sim")
    if not answer.ok:
        raise SimError("pin_refused", f"the SIM refused the PIN ({answer.final.name})")
    refused.forget(sim, pin)


def _mark(refused: RefusedPins, sim: str | None, pin: str) -> None:
    try:
        refused.expect(sim, pin)
    except OSError as error:
        detail = f"no PIN is tried while it cannot be remembered on disk that it was: {error.strerror}"
        raise SimError("pin_unsafe", detail) from error


async def _tries_left(session: Session, profile: Profile) -> int | None:
    for command in profile.pin_tries:
        answer = await session.try_optional(command)
        tries = parse_pin_tries(answer.lines) if answer else None
        if tries is not None:
            return tries
    return None


async def _state_after_pin(session: Session) -> str | None:
    deadline = asyncio.get_running_loop().time() + session.seconds("sim_ready")
    while True:
        state = parse_cpin((await session.ask("+CPIN?", "sim")).lines)
        if state == "READY" or asyncio.get_running_loop().time() >= deadline:
            return state
        await asyncio.sleep(_POLL_SECONDS)
