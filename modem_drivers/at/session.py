"""Commands with the deadline of their kind, and cut-off conversations told in the words of `radio`."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Mapping

from modem_drivers.at.dialogue import Dialogue
from modem_drivers.at.exchange import Answer, CutOffError
from modem_drivers.outcomes import numeric_code, verdict_of
from modem_drivers.radio import ModemSilentError, PortUnavailableError, RadioError

#: Seconds by kind; `RadioSettings.timeouts` overrides them one by one.
DEFAULT_SECONDS = {
    "short": 3.0,  # settings and questions that the modem answers itself
    "sim": 10.0,  # what the SIM has to answer: memory, PIN, identity
    "list": 30.0,  # a full memory at 9600 baud
    "silence": 10.0,  # in the middle of a list or before it: the modem has restarted, and forgotten what it was asked
    "prompt": 10.0,  # from +CMGS to `> `
    "submit": 60.0,  # from the PDU to the network's answer (TS 24.011 allows about 40)
    "knock": 8.0,  # from the PDU to the question whether a quiet modem is still busy with it; 0: never
    "ussd": 30.0,
    "resync": 8.0,
    "sim_ready": 15.0,  # how long a SIM may say that it is busy after power on
}
BUSY_PAUSE_SECONDS = 0.5
#: SIM busy (TS 27.005, 3.2.5: 314; TS 27.007, 9.2: 14).
SIM_BUSY = frozenset({("CMS", 314), ("CME", 14)})
#: Please wait, init or command processing in progress (Wavecom; other makes have taken it over).
TOO_SOON = frozenset({("CME", 515), ("CMS", 515)})
TOO_SOON_TRIES = 8
MOST_UNANSWERED = 2
QUIET_END_SECONDS = 2.0  # silence behind an answer whose OK never comes
SLOW_SECONDS = 0.3  # for a plain answer: forty questions of a set-up then hold the texts up by more than ten seconds


class Session:
    """One modem's dialogue with deadlines by kind of command."""

    def __init__(self, dialogue: Dialogue, seconds: Mapping[str, float]) -> None:
        self.dialogue = dialogue
        self.patient_until = 0.0  #: until then a SIM that says it is busy is asked again, and not taken for unable
        self._seconds = DEFAULT_SECONDS | dict(seconds)
        self._quickest = math.inf  # seconds that the quickest answer took
        self._unanswered: Counter[str] = Counter()  # optional commands, one after the other

    def seconds(self, kind: str) -> float:
        """The deadline of a kind of command."""
        return self._seconds[kind]

    @property
    def is_slow(self) -> bool:
        """Whether no answer came quickly so far: what is only good to know is not asked of such a modem."""
        return SLOW_SECONDS < self._quickest < math.inf

    async def ask(self, command: str, kind: str = "short") -> Answer:
        """The answer, whether OK or error; raises `ModemSilentError`, `PortUnavailableError`."""
        answer = await self._ask_in_time(command, kind)
        while says_busy(answer) and asyncio.get_running_loop().time() < self.patient_until:
            await asyncio.sleep(BUSY_PAUSE_SECONDS)
            answer = await self._ask_in_time(command, kind)
        return answer

    async def _ask_in_time(self, command: str, kind: str) -> Answer:
        """Once more, with a longer rest before, whenever the modem says that this came too soon."""
        for _ in range(TOO_SOON_TRIES):
            answer = await self._ask_once(command, kind)
            if not says_too_soon(answer):
                break
            self.dialogue.rest_longer()
        return answer

    async def _ask_once(self, command: str, kind: str) -> Answer:
        quiet_end = QUIET_END_SECONDS if kind in ("sim", "list") else None
        clock = asyncio.get_running_loop().time
        asked = clock()
        try:
            silence = self.seconds("silence") if command.startswith("+CMGL") else math.inf
            answer = await self.dialogue.command(command, self.seconds(kind), quiet_end=quiet_end, silence=silence)
        except CutOffError as error:
            raise radio_error(error, command) from None
        self._quickest = min(self._quickest, clock() - asked)
        return answer

    async def try_optional(self, command: str, kind: str = "short") -> Answer | None:
        """The answer when it is OK, None when the modem refuses or ignores the command.

        A question that is ignored again and again is not asked any more: it holds the texts up until its deadline.
        """
        if _is_question(command) and self._unanswered[command] >= MOST_UNANSWERED:
            return None
        try:
            answer = await self.ask(command, kind)
        except ModemSilentError:
            self._unanswered[command] += 1
            return None
        self._unanswered[command] = 0
        return answer if answer.ok else None

    async def must(self, command: str, kind: str = "short") -> Answer:
        """The answer, which is OK; raises `RadioError` with the modem's own code otherwise."""
        answer = await self.ask(command, kind)
        if not answer.ok:
            raise refusal(command, answer)
        return answer

    async def must_soon(self, command: str, kind: str = "short", tries: int = 4, pause: float = 0.7) -> Answer:
        """Like `must`, again a few times: a modem just switched on refuses what it does a second later."""
        for _ in range(tries - 1):
            answer = await self.ask(command, kind)
            if answer.ok:
                return answer
            await asyncio.sleep(pause)
        return await self.must(command, kind)


def _is_question(command: str) -> bool:
    """Whether it changes nothing: what it asks for is good to know, and no more."""
    return command.endswith("?") or command in ("+CSQ", "+CNUM")


def says_busy(answer: Answer) -> bool:
    """Whether a SIM is not ready yet: what it refuses now says nothing of what it can."""
    return (answer.final.kind, numeric_code(answer.final.kind, answer.final.code)) in SIM_BUSY


def says_too_soon(answer: Answer) -> bool:
    """Whether the modem was not done with the last command: this one was not looked at."""
    return (answer.final.kind, numeric_code(answer.final.kind, answer.final.code)) in TOO_SOON


def radio_error(error: CutOffError, command: str) -> RadioError:
    """A cut-off conversation as the interface tells it."""
    detail = f"AT{command}: {error}"
    if error.code == "port_lost":
        return PortUnavailableError("port_lost", detail)
    return ModemSilentError(error.code, detail)


def refusal(command: str, answer: Answer) -> RadioError:
    """A refused command as the interface tells it."""
    verdict = verdict_of(answer.final.kind, answer.final.code)
    return RadioError(answer.final.name, f"AT{command}: {answer.final.name} ({verdict.sentence})")
