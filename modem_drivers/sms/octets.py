"""Reading the octets of a PDU from the front, never beyond their end."""

from __future__ import annotations

from modem_drivers.sms.errors import PduError


def octets_of_hex(digits: str) -> bytes:
    """The octets that hexadecimal digits stand for; raises `PduError("hex")`."""
    try:
        # `fromhex` alone would skip blanks inside the digits, which no modem sends.
        if not digits.isalnum():
            raise ValueError
        return bytes.fromhex(digits)
    except ValueError:
        raise PduError("hex", "the PDU is not a row of pairs of hexadecimal digits") from None


class OctetReader:
    """A cursor over the octets of one PDU."""

    __slots__ = ("_octets", "_position")

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._position = 0

    @property
    def at_end(self) -> bool:
        """Whether everything has been read."""
        return self._position >= len(self._octets)

    def octet(self, what: str) -> int:
        """The next octet; `what` names it in the error."""
        try:
            value = self._octets[self._position]
        except IndexError:
            raise PduError("truncated", f"the PDU ends before {what}") from None
        self._position += 1
        return value

    def take(self, count: int, what: str) -> bytes:
        """The next `count` octets; `what` names them in the error."""
        end = self._position + count
        if end > len(self._octets):
            missing = end - len(self._octets)
            raise PduError("truncated", f"{missing} octet(s) of {what} are missing")
        taken = self._octets[self._position : end]
        self._position = end
        return taken
