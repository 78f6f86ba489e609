"""Final results other than OK, with the numbers and words of TS 27.005 clause 3.2.5 and TS 27.007 clause 9.2."""

from __future__ import annotations

from enum import Enum

CMS_TEXTS = {
    1: "Unassigned (unallocated) number",
    8: "Operator determined barring",
    10: "Call barred",
    21: "Short message transfer rejected",
    27: "Destination out of service",
    28: "Unidentified subscriber",
    29: "Facility rejected",
    30: "Unknown subscriber",
    38: "Network out of order",
    41: "Temporary failure",
    42: "Congestion",
    47: "Resources unavailable, unspecified",
    50: "Requested facility not subscribed",
    69: "Requested facility not implemented",
    111: "Protocol error, unspecified",
    193: "Invalid short message entity address",
    194: "Invalid short message transfer reference",
    208: "(U)SIM SMS storage full",
    300: "ME failure",
    301: "SMS service of ME reserved",
    302: "operation not allowed",
    303: "operation not supported",
    304: "invalid PDU mode parameter",
    305: "invalid text mode parameter",
    310: "(U)SIM not inserted",
    311: "(U)SIM PIN required",
    313: "(U)SIM failure",
    314: "(U)SIM busy",
    316: "(U)SIM PUK required",
    320: "memory failure",
    321: "invalid memory index",
    322: "memory full",
    330: "SMSC address unknown",
    331: "no network service",
    332: "network timeout",
    340: "no +CNMA acknowledgement expected",
    500: "unknown error",
}

CME_TEXTS = {
    3: "operation not allowed",
    4: "operation not supported",
    10: "SIM not inserted",
    11: "SIM PIN required",
    12: "SIM PUK required",
    13: "SIM failure",
    14: "SIM busy",
    16: "incorrect password",
    20: "memory full",
    21: "invalid index",
    22: "not found",
    30: "no network service",
    50: "Incorrect parameters",
    100: "unknown",
}


class ErrorKind(Enum):
    """Which family of final results a failed command answers with."""

    PLAIN = "ERROR"
    CMS = "+CMS ERROR"
    CME = "+CME ERROR"


class AtError(Exception):
    """A command failed: the modem ends the command line with this result."""

    def __init__(self, kind: ErrorKind = ErrorKind.PLAIN, code: int = 0) -> None:
        super().__init__(f"{kind.value} {code}")
        self.kind = kind
        self.code = code

    def line(self, cmee: int, *, cms_needs_cmee: bool) -> str:
        """Word the result as +CMEE asks for: 0 plain, 1 the number, 2 the words."""
        plain = self.kind is ErrorKind.PLAIN or (cmee == 0 and (self.kind is ErrorKind.CME or cms_needs_cmee))
        if plain:
            return "ERROR"
        texts = CMS_TEXTS if self.kind is ErrorKind.CMS else CME_TEXTS
        value = texts.get(self.code, str(self.code)) if cmee == 2 else str(self.code)
        return f"{self.kind.value}: {value}"


def cms(code: int) -> AtError:
    """Make a message service failure."""
    return AtError(ErrorKind.CMS, code)


def cme(code: int) -> AtError:
    """Make a mobile equipment failure."""
    return AtError(ErrorKind.CME, code)
