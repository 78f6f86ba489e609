"""Submitting: what was handed over, what came of it (+CMGS, +CMGW, +CMSS, +CMMS)."""

from __future__ import annotations

from modem_drivers.at.exchange import Answer, CutOffError
from modem_drivers.at.replies import parse_reference
from modem_drivers.at.session import QUIET_END_SECONDS, TOO_SOON_TRIES, Session, radio_error, refusal, says_too_soon
from modem_drivers.at.setup import Abilities
from modem_drivers.outcomes import interrupted, numeric_code, refused
from modem_drivers.radio import NotSupportedError, Outcome, RadioError, SendResult, Slot

_CANNOT = {("CMS", 303), ("CME", 4), ("ERROR", None)}


class Sender:
    """The sending half of one modem."""

    def __init__(self, session: Session, abilities: Abilities) -> None:
        self._session = session
        self._abilities = abilities
        self._keeps_link: bool | None = None  # +CMMS: None until tried

    async def submit(self, pdu: str, length: int, more: bool) -> SendResult:
        """Send one SUBMIT by +CMGS."""
        try:
            await self._keep_link(more)
            answer = await self._with_pdu(f"+CMGS={length}", pdu)
        except CutOffError as error:
            return interrupted(error.code, error.handed_over)
        except RadioError as error:
            return interrupted(error.code, handed_over=False)
        return _result(answer, "+CMGS")

    async def _with_pdu(self, command: str, pdu: str) -> Answer:
        prompt, submit = self._session.seconds("prompt"), self._session.seconds("submit")
        knock = self._session.seconds("knock")
        for _ in range(TOO_SOON_TRIES):
            dialogue = self._session.dialogue
            answer = await dialogue.command_with_pdu(command, pdu, prompt, submit, QUIET_END_SECONDS, knock)
            if _says_malformed(answer) and dialogue.rest_longer_at_prompt():
                continue  # it refused what it heard of the PDU: nothing has gone out
            if answer.handed_over or not says_too_soon(answer):
                break
            dialogue.rest_longer()
        return answer

    async def _keep_link(self, more: bool) -> None:
        """Keep the radio link between messages that follow each other.

        2 keeps it for some seconds after each message, and stays set (TS 27.005, 3.5.6): nothing is to be undone.
        """
        if not more or self._keeps_link is not None:
            return
        self._keeps_link = await self._session.try_optional("+CMMS=2") is not None

    async def store(self, pdu: str, length: int) -> Slot:
        """Write one SUBMIT to memory; raises `NotSupportedError`, `RadioError`."""
        try:
            answer = await self._with_pdu(f"+CMGW={length}", pdu)
        except CutOffError as error:
            raise radio_error(error, f"+CMGW={length}") from None
        index = parse_reference(answer.lines, "+CMGW")
        if answer.ok and index is not None:
            return Slot(self._abilities.writing, index)
        if answer.ok or (answer.final.kind, numeric_code(answer.final.kind, answer.final.code)) in _CANNOT:
            raise NotSupportedError("no_cmgw", "this modem cannot write messages to its memory")
        raise refusal(f"+CMGW={length}", answer)

    async def submit_stored(self, slot: Slot) -> SendResult:
        """Send what `store` wrote by +CMSS."""
        try:
            answer = await self._session.dialogue.command(
                f"+CMSS={slot.index}",
                self._session.seconds("submit"),
                quiet_end=QUIET_END_SECONDS,
                knock_after=self._session.seconds("knock"),
            )
        except CutOffError as error:
            return interrupted(error.code, handed_over=error.began)  # from the command on it may be sending
        return _result(answer, "+CMSS")


def _says_malformed(answer: Answer) -> bool:
    """Whether the modem takes the PDU for one of another length (TS 27.005, 3.2.5: 304)."""
    return answer.handed_over and (answer.final.kind, numeric_code(answer.final.kind, answer.final.code)) == (
        "CMS",
        304,
    )


def _result(answer: Answer, name: str) -> SendResult:
    reference = parse_reference(answer.lines, name)
    if answer.ok and not (answer.handed_over or name == "+CMSS"):
        return interrupted("prompt_timeout", handed_over=False)  # an OK where a prompt was due sent nothing
    if answer.ok and reference is None:
        return SendResult(Outcome.UNCERTAIN, code="no_reference", detail=f"OK without the reference that {name} owes")
    if answer.ok:
        return SendResult(Outcome.ACCEPTED, reference)
    # An error is the modem's last word on a PDU that it has seen, or on +CMGS itself when it never asked for one.
    return refused(answer.final.kind, answer.final.code, handed_over=answer.handed_over or name == "+CMSS")
