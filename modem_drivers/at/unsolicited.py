"""Lines that a modem says on its own, told apart from the answer to a command."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Said on its own, in any state; the line after these is a PDU.
WITH_PDU = re.compile(r"\+(CMT|CDS): *(?:\"?[^\"]*\"?,)? *(\d+)$")
WITH_PDU_PREFIX = ("+CMT:", "+CDS:", "+CBM:")

#: Said on its own, always (a command never answers with these).
ALONE = (
    "+CMTI:",
    "+CDSI:",
    "+CBMI:",
    "+CUSD:",
    "+CRING:",
    "+CLIP:",
    "+CIEV:",
    "+CCWA:",
    "+CGEV:",
    "+CSSI:",
    "+CSSU:",
    "+CTZV:",
    "+CTZE:",
    "+CTZDST:",
    "+NITZ",
    "*PSNWID",
    "*PSUTTZ",
    "DST:",
    "+QIND:",
    "+QUSIM:",
    "+PBREADY",
    "+STIN:",
    "+SIND:",
    "+ZUSIMR:",
    "+ZDONR:",
    "+ZPASR:",
    "+ZEND",
    "+WIND:",
    "^BOOT:",
    "^RSSI:",
    "^HCSQ:",
    "^MODE:",
    "^SRVST:",
    "^SIMST:",
    "^DSFLOWRPT:",
    "^STIN:",
    "^NWTIME:",
    "^SMMEMFULL",
    "^SMGO:",
    "^SYSSTART",
    "^CEND:",
    "^ORIG:",
    "^CONF:",
    "^CONN:",
    "^EARST:",
)
#: Whole lines said on their own.
WORDS = frozenset(
    {
        "RING",
        "RDY",
        "CALL READY",
        "SMS READY",
        "SMS DONE",
        "SMS FULL",
        "SIM READY",
        "PB DONE",
        "NO CARRIER",
        "BUSY",
        "NO ANSWER",
        "NO DIALTONE",
        "UNDER-VOLTAGE WARNNING",
        "OVER-VOLTAGE WARNNING",
        "NORMAL POWER DOWN",
        "+CFUN: 1",
        "+CPIN: READY",
        "+CPIN: NOT READY",
        "+CPIN: NOT INSERTED",
    }
)
_MEMORY_FULL = re.compile(r"\^SMMEMFULL|SMS FULL|\+QIND: *\"SMSFULL\"|\^SMGO: *[12]|\+CIEV: *\"?SMSFULL\"?", re.I)

#: Said after a restart: the settings are gone.
RESTARTED = ("RDY", "CALL READY", "SMS READY", "SMS DONE", "^SYSSTART", "+PBREADY", "PB DONE", "^BOOT READY")

#: These come both ways: unsolicited unless the command in hand asks for them.
EITHER_WAY = ("+CREG:", "+CGREG:", "+CEREG:", "+CSQ:", "+CFUN:", "+CPIN:")


@dataclass(frozen=True, slots=True)
class Announcement:
    """The head of a message that comes directly: `kind` is CMT or CDS, `length` the TPDU octets that follow."""

    kind: str
    length: int | None


def announcement(line: str) -> Announcement | None:
    """+CMT or +CDS in PDU mode, None when the line is something else."""
    if not line.startswith(WITH_PDU_PREFIX):
        return None
    found = WITH_PDU.match(line)
    return Announcement(line[1:4], int(found.group(2)) if found else None)


def is_unsolicited(line: str, asked: str) -> bool:
    """Whether a line is no answer to `asked`, the command in hand (without AT, upper case; empty for none)."""
    upper = line.upper()
    if upper.startswith(ALONE):
        return True
    name = upper.split(":", 1)[0]
    if name in asked:
        return False
    return upper in WORDS or upper.startswith(EITHER_WAY)


def says_restarted(line: str) -> bool:
    """Whether a line tells that the modem has just been switched on."""
    return line.upper().startswith(RESTARTED)


def says_memory_full(line: str) -> bool:
    """Whether a line tells that the network has more, but the memory has no room."""
    return _MEMORY_FULL.match(line) is not None
