"""What a modem says, told apart: echoes, prompts, messages handed over, what it says on its own, and answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from modem_drivers.at.exchange import Exchange
from modem_drivers.at.lines import LineSplitter
from modem_drivers.at.unsolicited import Announcement, announcement, is_unsolicited

LONGEST_USSD = 1000
USSD_SECONDS = 2.0  # a text that is cut off before its quotation mark must not swallow what follows

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+$")


class Hearing:
    """Gives the answer to the exchange in hand, the rest to `on_unsolicited` and `on_direct`."""

    def __init__(self, on_unsolicited: Callable[[str], None], on_direct: Callable[[str, str], None]) -> None:
        self.exchange: Exchange | None = None  #: the one in hand
        self.heard_at = 0.0  #: when the modem last said anything, by the loop's clock
        self.echoed = False  #: whether a command came back since this was last cleared
        self._on_unsolicited = on_unsolicited
        self._on_direct = on_direct
        self._splitter = LineSplitter()
        self._announced: Announcement | None = None
        self._open_ussd = ""
        self._ussd_since = 0.0

    def forget(self) -> None:
        """Whatever was begun will not be finished."""
        self.forget_line()
        self._announced = None

    def forget_line(self) -> None:
        """What was heard of an unfinished line or text is of no use any more."""
        self._splitter.clear()
        self._open_ussd = ""

    def feed(self, octets: bytes) -> None:
        """Take what arrived."""
        self.heard_at = asyncio.get_running_loop().time()
        exchange = self.exchange
        if exchange is not None:
            exchange.heard_at = self.heard_at
        for line in self._splitter.feed(octets):
            self._line(line)
        if exchange is not None and exchange.wants_prompt and not exchange.handed_over and self._splitter.take_prompt():
            exchange.prompted.set()

    def _line(self, line: str) -> None:
        line = self._without_prompt(line)
        if not line or self._is_echo(line) or self._is_direct(line):
            return
        if head := announcement(line):
            self._announced = head
            return
        line = self._whole_ussd(line)
        if not line:
            return
        exchange = self.exchange
        if is_unsolicited(line, exchange.asked if exchange else ""):
            self._on_unsolicited(line)
        elif exchange is not None:
            exchange.hear(line)

    def _without_prompt(self, line: str) -> str:
        if not line.startswith(">"):
            return line
        exchange = self.exchange
        if exchange is not None and exchange.wants_prompt:
            exchange.prompted.set()
        return line.lstrip("> ")

    def _whole_ussd(self, line: str) -> str:
        """A USSD text may run over several lines: they are one until its quotation mark closes."""
        if self._open_ussd and self.heard_at - self._ussd_since > USSD_SECONDS:
            cut_off, self._open_ussd = self._open_ussd, ""
            self._on_unsolicited(f'{cut_off}"')
        if self._open_ussd:
            line, self._open_ussd = f"{self._open_ussd}\n{line}", ""
        elif line.startswith("+CUSD:"):
            self._ussd_since = self.heard_at
        if line.startswith("+CUSD:") and line.count('"') == 1 and len(line) < LONGEST_USSD:
            self._open_ussd, line = line, ""
        return line

    def _is_echo(self, line: str) -> bool:
        if self.exchange is None or line not in self.exchange.echoes:
            return False
        # a PDU that comes back tells nothing: some modems repeat what is typed at the prompt, also after ATE0
        self.echoed = self.echoed or line == self.exchange.echoes[0]
        return True

    def _is_direct(self, line: str) -> bool:
        announced = self._announced
        if announced is None or not _HEX.match(line):
            return False
        if not _fits(line, announced.length) and self.exchange is not None and self.exchange.expects_pdu:
            return False  # the PDU of the listing that the announcement cut into
        self._announced = None
        self._on_direct(announced.kind, line)
        return True


def _fits(pdu: str, length: int | None) -> bool:
    octets = len(pdu) // 2
    return length is None or length in (octets, octets - 1 - int(pdu[:2], 16))
