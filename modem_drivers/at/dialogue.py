"""One conversation at a time with a modem: a command, perhaps a PDU at the prompt, an answer before a deadline.

Whatever the modem says on its own meanwhile goes to `on_unsolicited` and `on_direct`, also from the middle of an
answer. A conversation that was cut off (deadline, cancellation) leaves the modem in an unknown state: the next one
first brings it back to its command prompt with ESC, never with Ctrl-Z, which would send what was half written.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
from collections.abc import Callable

from modem_drivers.at.exchange import Answer, CutOffError, Exchange
from modem_drivers.at.finals import OK
from modem_drivers.at.hearing import Hearing
from modem_drivers.at.port import SerialPort
from modem_drivers.radio import ModemSilentError, PortUnavailableError

ESCAPE = b"\x1b"
CTRL_Z = b"\x1a"
RESYNC_SECONDS = 8.0
RESYNC_TRY_SECONDS = 1.0
BARRIER_SECONDS = 5.0  # a modem that takes two seconds for everything owes the answers to two knocks first
ESCAPE_PAUSE_SECONDS = 0.03  # some modems drop what follows an ESC at once
SETTLE_SECONDS = 0.1  # late answers to a cut-off conversation arrive within this time after the AT's OK

KNOCK_AGAIN_SECONDS = 2.5  # between questions whether a quiet modem is still busy
PROMPT_REST_STEP_SECONDS, LONGEST_PROMPT_REST_SECONDS = 0.1, 0.3  # for modems that are deaf for a while behind it
REST_STEP_SECONDS, LONGEST_REST_SECONDS = 0.05, 0.3  # for modems that want a pause behind each answer


class Dialogue:
    """The lines to and from one modem."""

    def __init__(
        self,
        on_unsolicited: Callable[[str], None],
        on_direct: Callable[[str, str], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self._on_lost = on_lost
        self._hearing = Hearing(on_unsolicited, on_direct)
        self._port = SerialPort(self._hearing.feed, self._lose)
        self._lock = asyncio.Lock()
        self._cut_off = False
        self._rest = 0.0  # seconds of silence that the modem wants before the next command
        self._prompt_rest = 0.0  # seconds that it wants between its prompt and the PDU
        self.expects_echo = True  #: False once the modem has shown that echo is off

    @property
    def is_open(self) -> bool:
        """Whether there is a port to talk through."""
        return self._port.is_open

    @property
    def echoed(self) -> bool:
        """Whether a command came back since `forget_echo`."""
        return self._hearing.echoed

    def forget_echo(self) -> None:
        """From here on it counts whether commands come back."""
        self._hearing.echoed = False

    def rest_longer(self) -> None:
        """The modem complained of a command that came too soon: each is to wait a little longer.

        One that goes on complaining after the longest rest wants something else than rest.
        """
        rest = self._rest + REST_STEP_SECONDS
        self._rest = rest if rest <= LONGEST_REST_SECONDS else 0.0

    def rest_longer_at_prompt(self) -> bool:
        """The modem did not hear a whole PDU: wait a little longer before it; False when the longest did not help."""
        rest = self._prompt_rest + PROMPT_REST_STEP_SECONDS
        self._prompt_rest = rest if rest <= LONGEST_PROMPT_REST_SECONDS else 0.0
        return self._prompt_rest > 0

    @property
    def lost_its_settings(self) -> bool:
        """Whether the modem echoes again after echo was off: it restarted, and may be in text mode."""
        return self.echoed and not self.expects_echo

    async def open(self, path: str, baudrate: int) -> None:
        """Open the port; raises `PortUnavailableError`."""
        self._hearing.forget()
        self._cut_off = False
        self._rest = self._prompt_rest = 0.0
        self._hearing.echoed, self.expects_echo = False, True
        await self._port.open(path, baudrate)

    def close(self) -> None:
        """Give the port back; never raises."""
        self._port.close()
        if self._hearing.exchange is not None:
            self._hearing.exchange.end(None, "the port was closed")

    async def command(
        self,
        command: str,
        seconds: float,
        *,
        quiet_end: float | None = None,
        knock_after: float | None = None,
        silence: float = math.inf,
    ) -> Answer:
        """Send `AT` + `command` and wait for the final result.

        `quiet_end`: after so many seconds of silence behind at least one line the answer counts as complete, for
        modems that forget the OK. `knock_after`: seconds after which a modem that submits is asked whether it is still
        busy (see `_knock_when_due`). `silence`: seconds without a word after which no answer is expected any more.
        Raises `CutOffError`.
        """
        async with self._lock:
            await self._recover()
            await self._take_rest()
            exchange = self._begin(command)
            self._plan_knock(exchange, knock_after)
            return await self._finish(exchange, seconds, quiet_end, silence)

    async def command_with_pdu(
        self,
        command: str,
        pdu: str,
        prompt_seconds: float,
        seconds: float,
        quiet_end: float | None = None,
        knock_after: float | None = None,
    ) -> Answer:
        """Send a command that asks for a PDU (+CMGS, +CMGW), the PDU at the prompt, and wait; raises `CutOffError`."""
        async with self._lock:
            await self._recover()
            await self._take_rest()
            exchange = self._begin(command, pdu)
            try:
                await self._wait_for_prompt(exchange, prompt_seconds)
                await asyncio.sleep(self._prompt_rest)
                self._refuse_after_restart()
                if exchange.ended.is_set():
                    self._cut_off = True  # an OK where a PDU is due: the prompt may still be open
                else:
                    exchange.handed_over = True
                    self._port.write(pdu.encode("ascii") + CTRL_Z)
            except BaseException:
                self._drop(exchange)
                raise
            self._plan_knock(exchange, knock_after)
            return await self._finish(exchange, seconds, quiet_end)

    async def resync(self, seconds: float = RESYNC_SECONDS) -> None:
        """Bring the modem back to its command prompt; raises `ModemSilentError`, `PortUnavailableError`."""
        async with self._lock:
            await self._resync(seconds)

    # One exchange

    def _begin(self, command: str, pdu: str | None = None) -> Exchange:
        typed = f"AT{command}"
        echoes = (typed,) if pdu is None else (typed, pdu, pdu + "\x1a")
        exchange = Exchange(command.upper(), echoes, wants_prompt=pdu is not None)
        self._hearing.exchange = exchange
        try:
            self._port.write(typed.encode("ascii") + b"\r")
        except PortUnavailableError as error:
            self._hearing.exchange = None
            raise CutOffError("port_lost", str(error)) from None
        return exchange

    async def _take_rest(self) -> None:
        since = asyncio.get_running_loop().time() - self._hearing.heard_at
        if since < self._rest:
            await asyncio.sleep(self._rest - since)

    def _plan_knock(self, exchange: Exchange, seconds: float | None) -> None:
        if seconds:
            exchange.knock_at = asyncio.get_running_loop().time() + seconds

    async def _wait_for_prompt(self, exchange: Exchange, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await exchange.prompted.wait()
        except TimeoutError:
            raise CutOffError("prompt_timeout", f"no prompt for the PDU within {seconds:g} s", began=True) from None

    def _refuse_after_restart(self) -> None:
        """In text mode +CMGS=22 asks for a text to the number 22: the PDU must not go out as one."""
        if self.lost_its_settings:
            raise CutOffError("modem_restarted", "the modem restarted and lost its settings", began=True)

    async def _finish(
        self, exchange: Exchange, seconds: float, quiet_end: float | None, silence: float = math.inf
    ) -> Answer:
        try:
            await self._wait_for_end(exchange, seconds, quiet_end, silence)
        finally:
            self._drop(exchange)
        if exchange.final is None:
            raise CutOffError("port_lost", exchange.lost, began=True, handed_over=exchange.handed_over)
        if exchange.knocks and exchange.final.ok and not exchange.lines:
            detail = "the modem answers AT again and has forgotten what it was given"
            raise CutOffError("forgotten", detail, began=True, handed_over=exchange.handed_over)
        self._cut_off = self._cut_off or exchange.answers_another
        return Answer(tuple(exchange.lines), exchange.final, exchange.handed_over)

    async def _wait_for_end(self, exchange: Exchange, seconds: float, quiet_end: float | None, silence: float) -> None:
        """Until the final result, a silence that counts as one, or the deadline."""
        clock = asyncio.get_running_loop().time
        began = clock()
        while not exchange.ended.is_set():
            rest = min(began + seconds, max(began, exchange.heard_at) + silence) - clock()
            if quiet_end and exchange.may_be_complete and clock() - exchange.heard_at >= quiet_end:
                exchange.end(OK)
                self._cut_off = True  # should the final result come late, it must not answer the next command
                return
            if rest <= 0:
                handed_over = exchange.handed_over
                raise CutOffError(
                    "timeout", f"no answer within {clock() - began:.0f} s", began=True, handed_over=handed_over
                )
            await self._wait_a_while(exchange, min(rest, quiet_end or rest, exchange.until_knock(clock())))
            self._knock_when_due(exchange, clock())

    async def _wait_a_while(self, exchange: Exchange, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await exchange.ended.wait()
        except TimeoutError:
            return

    def _knock_when_due(self, exchange: Exchange, now: float) -> None:
        """Ask a modem that has been quiet behind a handed-over message whether it is still busy with it.

        A modem that submits takes no command, however slow its network is. One that answers AT has forgotten the
        message (it hung, or restarted): nothing more will come, and waiting for the deadline would be for nothing.
        From the second knock on an ESC goes first: the end of the PDU may have been lost, and the modem still sits at
        its prompt. One that submits does not hear it.
        """
        if exchange.ended.is_set() or exchange.until_knock(now) > 0:
            return
        exchange.knocks += 1
        exchange.echoes = (*exchange.echoes, "AT")
        exchange.knock_at = now + KNOCK_AGAIN_SECONDS
        self._cut_off = True  # the knock's own OK may come behind the answer
        self._port.write(b"AT\r" if exchange.knocks == 1 else ESCAPE + b"\rAT\r")

    def _drop(self, exchange: Exchange) -> None:
        if not exchange.ended.is_set():
            self._cut_off = True
        if self._hearing.exchange is exchange:
            self._hearing.exchange = None

    # Bringing it back

    async def _recover(self) -> None:
        if not self._port.is_open:
            raise CutOffError("port_lost", "the port is closed")
        if not self._cut_off:
            return
        try:
            await self._resync(RESYNC_SECONDS)
        except (ModemSilentError, PortUnavailableError) as error:
            raise CutOffError(error.code, str(error)) from None

    async def _resync(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        self._cut_off = True
        self._port.discard_unwritten()
        # Q0 V1: a modem left mute, or answering in digits, speaks again; the plain AT comes first.
        knocks = itertools.cycle(("AT", "AT", "ATQ0V1"))
        began = loop.time()
        while (rest := deadline - loop.time()) > 0:
            if await self._knock(next(knocks), min(RESYNC_TRY_SECONDS, rest)):
                await self._pass_barrier(min(loop.time() - began, BARRIER_SECONDS))
                self._hearing.forget()
                self._cut_off = False
                return
        raise ModemSilentError("silent", f"the modem does not answer AT within {seconds:g} s")

    async def _knock(self, typed: str, seconds: float) -> bool:
        self._port.write(ESCAPE)
        await asyncio.sleep(ESCAPE_PAUSE_SECONDS)
        self._hearing.forget_line()
        exchange = Exchange("", (typed,), tolerates_errors=True)
        self._hearing.exchange = exchange
        try:
            self._port.write(b"\r")  # ends whatever was half typed, the ESC itself too
            await asyncio.sleep(ESCAPE_PAUSE_SECONDS)  # what stands behind a line is lost until its result
            self._port.write(f"{typed}\r".encode("ascii"))
            async with asyncio.timeout(seconds):
                await exchange.ended.wait()
        except TimeoutError:
            return False
        finally:
            self._hearing.exchange = None
        if exchange.final is None:
            raise PortUnavailableError("port_lost", exchange.lost)
        return True

    async def _pass_barrier(self, took: float) -> None:
        """Let late answers to what was cut off go by: an OK counts only behind the +CMGF line that we ask for.

        `took`: seconds until the modem answered at all; one that is slow to answer is slow to finish, too.
        """
        exchange = Exchange("+CMGF?", ("AT+CMGF?",), barrier="+CMGF:")
        self._hearing.exchange = exchange
        try:
            self._port.write(b"AT+CMGF?\r")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BARRIER_SECONDS):
                    await exchange.ended.wait()
        finally:
            self._hearing.exchange = None
        if exchange.lost:
            raise PortUnavailableError("port_lost", exchange.lost)
        if not exchange.lines:  # refused: nothing tells a late answer from a timely one but time
            await asyncio.sleep(max(SETTLE_SECONDS, took))

    def _lose(self, reason: str) -> None:
        if self._hearing.exchange is not None:
            self._hearing.exchange.end(None, reason)
        self._on_lost(reason)
