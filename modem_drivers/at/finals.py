"""How a modem ends an answer (ITU-T V.250, 5.7.1; 3GPP TS 27.005, 3.2.5; TS 27.007, 9.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Final:
    """A final result. `kind` is OK, ERROR, CMS or CME; `code` is what stands behind +CMS/+CME ERROR."""

    kind: str
    code: str = ""

    @property
    def ok(self) -> bool:
        """Whether the command was done."""
        return self.kind == "OK"

    @property
    def name(self) -> str:
        """`CMS 38`, `CME 10`, `ERROR` or `OK`: what goes into reports."""
        return f"{self.kind} {self.code}" if self.code else self.kind


OK = Final("OK")
ERROR = Final("ERROR")

# Noise of the line may stand in front.
_OK = re.compile(r"[^\x20-\x7e]*OK$")
_CODED = re.compile(r"\+(CM[SE]) ERROR: *(.*)$", re.I)
_PLAIN = re.compile(
    r"[^\x20-\x7e]*(?:ERROR|COMMAND NOT SUPPORT(?:ED)?|NOT SUPPORT(?:ED)?|TOO MANY PARAMETERS|\+?INVALID COMMAND.*)$",
    re.I,
)


def final_of(line: str) -> Final | None:
    """The final result that a line is, None when the answer goes on."""
    if line.endswith("OK") and _OK.match(line):
        return OK
    coded = _CODED.search(line)
    if coded:
        return Final(coded.group(1).upper(), coded.group(2).strip().strip('"').lower())
    return ERROR if _PLAIN.match(line) else None
