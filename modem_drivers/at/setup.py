"""Setting a modem up for messages in PDU mode, whatever of the optional commands it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from modem_drivers.at import replies
from modem_drivers.at.exchange import Answer
from modem_drivers.at.session import Session, says_busy
from modem_drivers.profiles import Profile
from modem_drivers.radio import Identity, NotSupportedError, RadioError, SimError

_STORES = ("SM", "ME", "MT")
REPORTS = "SR"  #: the memory of stored status reports
# Phones without +CNMI=? are asked for these in turn: mode, mt, bm, ds[, bfr].
_CNMI_FALLBACKS = (
    "2,1,0,1,0",
    "2,1,0,1",
    "1,1,0,1,0",
    "1,1,0,1",
    "2,1,0,0,0",
    "2,1,0,0",
    "1,1,0,0",
    "3,1",
    "2,1",
    "1,1",
)


ASK_AGAIN_SECONDS = 0.1
_DEREGISTERED = 2  # <mode> of +COPS (TS 27.007, 7.3)
_REFUSE = 2  # <n> of +CNMA: RP-ERROR


@dataclass(slots=True)
class Abilities:
    """What this modem turned out to be able to do."""

    acknowledges: bool = False  #: +CSMS=1: direct messages must be acknowledged by +CNMA
    notices: bool = False  #: it tells of new messages by itself
    reports_stored: bool = False  #: status reports go to memory (+CDSI)
    receiving: str = "SM"  #: the memory of new messages
    writing: str = "SM"  #: the memory for +CMGW
    readable: tuple[str, ...] = ()  #: what +CPMS lets us look into
    cnmi: str = ""  #: the +CNMI that was accepted


async def set_up_dialogue(session: Session) -> None:
    """No echo, numeric error codes; for what does not work there is no harm."""
    dialogue = session.dialogue
    dialogue.expects_echo = True
    await session.try_optional("E0")
    dialogue.forget_echo()
    if await session.try_optional("+CMEE=1") is None:
        await session.try_optional("+CMEE=2")
    dialogue.expects_echo = dialogue.echoed  # some modems never turn it off


async def turn_radio_on(session: Session) -> None:
    """Whoever used the modem before may have left its radio off (+CFUN=0 or 4) or off the network (+COPS=2)."""
    function = await session.try_optional("+CFUN?", "sim")
    if function and replies.parse_cfun_read(function.lines) in (0, 4):
        await session.try_optional("+CFUN=1", "list")
    network = await session.try_optional("+COPS?", "sim")
    if network and replies.parse_cops_mode(network.lines) == _DEREGISTERED:
        await session.try_optional("+COPS=0", "list")


async def describe(session: Session) -> str:
    """What the modem says of its make, for choosing a profile."""
    answer = await session.try_optional("+CGMI")
    model = await session.try_optional("+CGMM")
    return " ".join(line for given in (answer, model) if given for line in given.lines)


async def set_up_messages(session: Session, profile: Profile, storage: str | None) -> Abilities:
    """PDU mode, phase 2+, memories, notices; raises `NotSupportedError` when there is no PDU mode."""
    try:
        await session.must_soon("+CMGF=0")
    except RadioError as error:
        if type(error) is not RadioError:
            raise
        raise NotSupportedError("no_pdu_mode", str(error)) from None
    if not session.is_slow and await is_in_text_mode(session):
        raise NotSupportedError("no_pdu_mode", "AT+CMGF=0 is answered by OK, and the modem stays in text mode")
    abilities = Abilities()
    abilities.acknowledges = await _ask_for_phase_2_plus(session)
    if not session.is_slow:  # it matters to USSD alone, whose answers are read in any character set
        await session.try_optional('+CSCS="GSM"')
    await _choose_memories(session, abilities, storage or profile.storage)
    await set_up_notices(session, abilities)
    if says_busy(await session.ask("+CPMS?", "sim")):
        raise SimError("sim_busy", f"the SIM is still busy after {session.seconds('sim_ready'):g} s")
    return abilities


async def is_in_text_mode(session: Session) -> bool:
    """Whether the modem says that it reads texts; one that does not tell is in the mode that it was put into."""
    answer = await session.try_optional("+CMGF?")
    return answer is not None and replies.parse_cmgf(answer.lines) == 1


async def _ask_for_phase_2_plus(session: Session) -> bool:
    answer = await session.try_optional("+CSMS=1")
    return answer is not None and replies.parse_csms_set(answer.lines)[:1] != (0,)


async def _choose_memories(session: Session, abilities: Abilities, wanted: str | None) -> None:
    offered = await session.try_optional("+CPMS=?", "sim")
    storages = replies.parse_cpms_test(offered.lines) if offered else replies.Storages()
    now = await session.try_optional("+CPMS?", "sim")
    current = [use.storage for use in replies.parse_cpms_read(now.lines)] if now else []
    abilities.readable = storages.read
    abilities.receiving = _pick(storages.receive, wanted, current[2] if len(current) > 2 else None)
    abilities.writing = _pick(storages.write, "ME", current[1] if len(current) > 1 else None)
    await _select(session, abilities)


def _pick(offered: tuple[str, ...], wanted: str | None, current: str | None) -> str:
    if wanted and (wanted in offered or not offered):
        return wanted
    if current in _STORES:
        return str(current)
    return next((store for store in offered if store in _STORES), current or "SM")


async def _select(session: Session, abilities: Abilities) -> None:
    receiving = f'"{abilities.receiving}"'
    chosen = f'+CPMS={receiving},"{abilities.writing}",{receiving}'
    if await session.try_optional(chosen, "sim") is not None:
        return
    abilities.writing = abilities.receiving
    for command in (f"+CPMS={receiving},{receiving},{receiving}", f"+CPMS={receiving}"):
        if await session.try_optional(command, "sim") is not None:
            return


async def set_up_notices(session: Session, abilities: Abilities) -> None:
    """Choose the best +CNMI of those that the modem offers; none at all leaves polling."""
    offered = await session.try_optional("+CNMI=?")
    ranges = replies.parse_cnmi_test(offered.lines) if offered else []
    stores_reports = not abilities.acknowledges and await _has_room_for_reports(session, abilities)
    wishes = (_best_cnmi(ranges, stores_reports), *_CNMI_FALLBACKS) if len(ranges) >= 2 else _CNMI_FALLBACKS
    for wish in wishes:
        if await session.try_optional(f"+CNMI={wish}") is not None:
            values = [int(value) for value in wish.split(",")]
            abilities.cnmi = wish
            abilities.notices = values[1] in (1, 2)
            abilities.reports_stored = len(values) > 3 and values[3] == 2
            break
    if abilities.acknowledges:
        await _give_back_unacknowledged(session)


async def _give_back_unacknowledged(session: Session) -> None:
    """Refuse what the modem told an earlier run that died before its +CNMA, so that it is told again.

    Until then it tells nothing more, and when the network's patience ends it turns mt and ds of +CNMI to 0 (TS 27.005,
    3.4.4): it then drops each report that comes until somebody looks.
    """
    offered = await session.try_optional("+CNMA=?")
    if offered and _REFUSE in replies.parse_cnma_test(offered.lines):
        await session.try_optional(f"+CNMA={_REFUSE}")


async def lost_notices(session: Session, abilities: Abilities) -> bool:
    """Whether mode, mt or ds of +CNMI are no longer as they were set."""
    answer = await session.try_optional("+CNMI?")
    now = replies.parse_cnmi_read(answer.lines) if answer else ()
    wanted = [int(value) for value in abilities.cnmi.split(",")]
    return bool(now) and any(now[place] != wanted[place] for place in (0, 1, 3) if place < min(len(now), len(wanted)))


async def select_memories(session: Session, abilities: Abilities) -> None:
    """Choose the memories again that were chosen at set-up."""
    await _select(session, abilities)


async def _has_room_for_reports(session: Session, abilities: Abilities) -> bool:
    """Some offer a memory for reports that has no room at all (a SIM7600): what is told to lie there is nowhere."""
    if REPORTS not in abilities.readable:
        return False
    others = f'"{abilities.writing}","{abilities.receiving}"'
    answer = await session.try_optional(f'+CPMS="{REPORTS}"', "sim")
    if answer is None:
        answer = await session.try_optional(f'+CPMS="{REPORTS}",{others}', "sim")
    await _select(session, abilities)
    if answer is None:
        return False
    uses = replies.parse_cpms_set(answer.lines)
    return not uses or uses[0][1] != 0


def _best_cnmi(ranges: list[frozenset[int]], stores_reports: bool) -> str:
    # mt 1: stored, then told, so that nothing hangs on our being quick; 2 (direct) only when there is no 1.
    # ds 1 (direct) is safe where +CNMA holds it back; elsewhere 2 (stored), when the memory can be read.
    orders = ((2, 1, 3, 0), (1, 2, 3, 0), (0,), (2, 1, 0) if stores_reports else (1, 2, 0), (0, 1))
    chosen = [
        next((value for value in order if value in offered), min(offered, default=0))
        for order, offered in zip(orders, ranges, strict=False)
    ]
    return ",".join(map(str, chosen))


async def imei(session: Session) -> str | None:
    """The modem's IMEI; a locked SIM does not keep it secret."""
    return _digits(await session.try_optional("+CGSN"), 14)


async def iccid(session: Session) -> str | None:
    """The number of the SIM card, which many modems tell before the PIN."""
    for command in ("+CCID", "^ICCID?", "+ICCID", "+QCCID"):
        found = _digits(await session.try_optional(command, "sim"), 18)
        if found:
            return found
    return None


async def identify(session: Session) -> Identity:
    """Who the modem and its SIM are; what it does not tell is None, and so is what can wait of a slow one."""
    imsi = await _imsi(session)
    if session.is_slow and imsi is not None:
        smsc = _read(await session.try_optional("+CSCA?", "sim"), replies.parse_csca)
        return Identity(imsi=imsi, smsc=smsc)
    return Identity(
        imei=await imei(session),
        imsi=imsi,
        iccid=await iccid(session),
        msisdn=_read(await session.try_optional("+CNUM", "sim"), replies.parse_cnum),
        manufacturer=_plain(await session.try_optional("+CGMI"), "+CGMI"),
        model=_plain(await session.try_optional("+CGMM"), "+CGMM"),
        revision=_plain(await session.try_optional("+CGMR"), "+CGMR"),
        smsc=_read(await session.try_optional("+CSCA?", "sim"), replies.parse_csca),
    )


async def _imsi(session: Session) -> str | None:
    """Asked for again when it is refused: a SIM that is called otherwise today has its old texts answered twice."""
    for pause in (0.0, ASK_AGAIN_SECONDS):
        await asyncio.sleep(pause)
        found = _digits(await session.try_optional("+CIMI", "sim"), 14)
        if found:
            return found
    return None


def _digits(answer: Answer | None, least: int) -> str | None:
    return replies.parse_digits(answer.lines, least) if answer else None


def _plain(answer: Answer | None, name: str) -> str | None:
    return replies.parse_plain(answer.lines, name) if answer else None


def _read(answer: Answer | None, parse: Callable[[replies.Lines], str | None]) -> str | None:
    return parse(answer.lines) if answer else None
