"""One command and what came back of it."""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import dataclass, field

from modem_drivers.at.finals import Final, final_of

_ANSWER = re.compile(r"(\+(?:CMG[FLR]|CPMS|CNMI|COPS|CSCA|CSMS)): ?")  # never said unasked
HEAD_OF_PDU = re.compile(r"\+CMG[LR]:")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the lines between command and final result, and whether a PDU was handed over before."""

    lines: tuple[str, ...]
    final: Final
    handed_over: bool = False

    @property
    def ok(self) -> bool:
        """Whether the command was done."""
        return self.final.ok


class CutOffError(Exception):
    """The answer did not come (`timeout`, `prompt_timeout`, `port_lost`, `silent`).

    `began` tells whether the command had been written, `handed_over` whether a PDU had been given to the modem.
    """

    def __init__(self, code: str, detail: str, *, began: bool = False, handed_over: bool = False) -> None:
        super().__init__(detail)
        self.code = code
        self.began = began
        self.handed_over = handed_over


@dataclass(slots=True)
class Exchange:
    """A command that waits for its final result."""

    asked: str  # without AT, upper case
    echoes: tuple[str, ...]
    wants_prompt: bool = False
    tolerates_errors: bool = False  # while re-synchronising: they answer what came before
    barrier: str = ""  # an OK counts only behind a line with this in it
    handed_over: bool = False
    lines: list[str] = field(default_factory=list)
    prompted: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    final: Final | None = None
    lost: str = ""
    heard_at: float = 0.0
    knock_at: float = math.inf  # when to ask whether the modem is still busy
    knocks: int = 0

    def until_knock(self, now: float) -> float:
        """Seconds until it is time to knock."""
        return max(0.0, self.knock_at - now)

    @property
    def may_be_complete(self) -> bool:
        """Whether nothing but the OK can be missing: what was asked for has its line, a listing its last PDU."""
        if not self.lines:
            return False
        if not self.asked.startswith(("+CMG", "+CMSS")):
            return True
        named = any(f"{self.asked[:5]}:" in line for line in self.lines)
        return named and not self.expects_pdu

    @property
    def expects_pdu(self) -> bool:
        """Whether the last line was the head of a PDU."""
        return bool(self.lines) and HEAD_OF_PDU.search(self.lines[-1]) is not None

    @property
    def answers_another(self) -> bool:
        """Whether a line answers an earlier command: a result that nobody asked for has made all answers one late."""
        named = [found.group(1) for line in self.lines if (found := _ANSWER.match(line))]
        return any(name not in self.asked for name in named)

    def hear(self, line: str) -> None:
        """Take a line of the answer, which may be its end."""
        final = final_of(line)
        if final is None:
            self.lines.append(line)
        elif final.ok and self.barrier and not any(self.barrier in said for said in self.lines):
            return
        elif final.ok or not self.tolerates_errors:
            self.end(final)

    def end(self, final: Final | None, lost: str = "") -> None:
        """Nothing more is to come: the final result, or why there is none."""
        self.final, self.lost = final, lost
        self.ended.set()
        self.prompted.set()
