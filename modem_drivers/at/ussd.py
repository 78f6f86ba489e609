"""A USSD session: codes and answers out, texts in (+CUSD; TS 27.007, 7.15)."""

from __future__ import annotations

import asyncio
import contextlib

from modem_drivers.at.replies import UssdReply
from modem_drivers.at.session import Session
from modem_drivers.at.ussd_texts import DEFAULT_DCS, spelled, text_of
from modem_drivers.radio import ModemSilentError, PortUnavailableError, RadioError, UssdText

MOST_PENDING = 8
AFTERTHOUGHT_SECONDS = 1.5  # some networks end the session first and say the text then

#: <m> of +CUSD: no further action, and an answer is wanted.
_DONE, _WAITS_FOR_ANSWER = 0, 1

#: <m> of +CUSD that are no answer.
_REFUSALS = {
    2: ("ussd_ended", "the network ended the session"),
    3: ("ussd_busy", "another device of this SIM answered"),
    4: ("ussd_unsupported", "the network does not know this code"),
    5: ("ussd_timeout", "the network did not answer"),
}
#: What a code in the wrong spelling comes to, where the modem itself does not refuse it.
_MISSPELLED = frozenset({"ussd_ended", "ussd_unsupported"})


class Ussd:
    """The USSD of one modem. `packed`: whether it takes codes as packed septets in hexadecimal.

    Makes do not tell, and within one make (Huawei) there are both: until one has led to an answer, the other is tried.
    """

    def __init__(self, session: Session, packed: bool) -> None:
        self._session = session
        self._packed = packed
        self._is_known = False
        self._is_open = False
        self._replies: asyncio.Queue[UssdReply] = asyncio.Queue(MOST_PENDING)

    def hear(self, reply: UssdReply) -> None:
        """Take a +CUSD."""
        with contextlib.suppress(asyncio.QueueFull):  # nobody asked for so many
            self._replies.put_nowait(reply)

    async def step(self, text: str) -> UssdText:
        """Dial a code, or answer what the network asked; raises `RadioError` with what it refused."""
        if any(character in '"\r\n\x1a\x1b' for character in text) or not text.isascii() or not text:
            raise RadioError("ussd_code", "a USSD code is digits, * and #")
        try:
            return await self._ask(text, self._packed)
        except (ModemSilentError, PortUnavailableError):
            raise
        except RadioError as error:
            if self._is_known or self._is_open or (error.code.startswith("ussd_") and error.code not in _MISSPELLED):
                raise
            with contextlib.suppress(RadioError):
                return await self._ask(text, not self._packed)
            raise

    async def _ask(self, text: str, packed: bool) -> UssdText:
        self._replies = asyncio.Queue(MOST_PENDING)
        await self._session.must(f'+CUSD=1,"{spelled(text, packed)}",{DEFAULT_DCS}', "ussd")
        reply = await self._reply()
        said = text_of(reply, packed)
        self._is_open = reply.m == _WAITS_FOR_ANSWER
        if reply.m in _REFUSALS and not said:
            raise RadioError(*_REFUSALS[reply.m])
        self._packed, self._is_known = packed, True
        return UssdText(said, open=self._is_open)

    async def _reply(self) -> UssdReply:
        try:
            reply = await asyncio.wait_for(self._replies.get(), self._session.seconds("ussd"))
        except TimeoutError:
            await self.end()
            raise RadioError("ussd_timeout", "the network did not answer the USSD code") from None
        if reply.m not in (_DONE, _WAITS_FOR_ANSWER):
            with contextlib.suppress(TimeoutError):
                later = await asyncio.wait_for(self._replies.get(), AFTERTHOUGHT_SECONDS)
                reply = later if later.m in (_DONE, _WAITS_FOR_ANSWER) else reply
        return reply

    async def end(self) -> None:
        """Give up a session in which the network waits for an answer; harmless when there is none."""
        self._is_open = False
        await self._session.try_optional("+CUSD=2")
