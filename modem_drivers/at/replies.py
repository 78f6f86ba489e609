"""Pure readers of replies, named by command and form (3GPP TS 27.005 and 27.007).

They are given the lines between command and final result, with unsolicited lines already gone, and are tolerant of
blanks, missing quotes and noise in front. What they cannot find is None or empty; they never raise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from modem_drivers.radio import Slot, StoredState

_FIELD = re.compile(r'\s*(?:"([^"]*)"?|(\([^)]*\))|([^,]*))\s*(?:,|$)')
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+$")
_WHOLE = re.compile(r"-?\d+$")

Lines = tuple[str, ...]


def after(lines: Lines, name: str) -> str | None:
    """What stands behind `name:` in the first line that has it."""
    for line in lines:
        place = line.find(f"{name}:")
        if place >= 0:
            return line[place + len(name) + 1 :].strip()
    return None


def fields(text: str) -> list[str]:
    """The comma-separated fields, without their quotes; a bracketed list is one field."""
    found: list[str] = []
    position = 0
    while position <= len(text):
        match = _FIELD.match(text, position)
        if match is None:
            break
        found.append(next((group for group in match.groups() if group is not None), "").strip())
        if match.end() == position or match.end() >= len(text):
            break
        position = match.end()
    return found


def whole(text: str) -> int | None:
    """A whole number, None when it is none."""
    return int(text) if _WHOLE.match(text.strip()) else None


def numbers(text: str) -> frozenset[int]:
    """The numbers of a range: `(0-2)`, `(0,1,3)`, `(0-1,3)` or a bare `2`."""
    found: set[int] = set()
    for piece in text.strip("() ").split(","):
        low, dash, high = piece.strip().partition("-")
        if low.strip().isdecimal() and (not dash or high.strip().isdecimal()):
            found.update(range(int(low), int(high if dash else low) + 1))
    return frozenset(found)


def bracketed(text: str) -> list[str]:
    """The bracketed lists of a test reply, each without its brackets."""
    return re.findall(r"\(([^()]*)\)", text)


@dataclass(frozen=True, slots=True)
class Storages:
    """+CPMS=?: which memories can be read, written and received into."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    receive: tuple[str, ...] = ()


def parse_cpms_test(lines: Lines) -> Storages:
    """`+CPMS: ("SM","ME"),("SM"),("SM")`; a modem that brackets only once means it for all three."""
    text = after(lines, "+CPMS") or ""
    lists = [tuple(fields(part)) for part in bracketed(text)] or [tuple(fields(text))]
    lists = [tuple(name.upper() for name in names if name) for names in lists]
    lists += [lists[-1]] * (3 - len(lists))
    return Storages(lists[0], lists[1], lists[2])


@dataclass(frozen=True, slots=True)
class StorageUse:
    """+CPMS?: one memory, how many slots are used and how many there are."""

    storage: str
    used: int | None
    total: int | None


def parse_cpms_read(lines: Lines) -> list[StorageUse]:
    """`+CPMS: "SM",3,20,"SM",3,20,"SM",3,20`: the memories for reading, writing and receiving."""
    text = after(lines, "+CPMS")
    found = fields(text) if text else []
    triples = [found[place : place + 3] for place in range(0, len(found) - 2, 3)]
    return [StorageUse(name.upper(), whole(used), whole(total)) for name, used, total in triples]


def parse_cpms_set(lines: Lines) -> list[tuple[int | None, int | None]]:
    """`+CPMS: 3,20,3,20,3,20`: used and total of each memory."""
    text = after(lines, "+CPMS")
    found = [whole(field) for field in fields(text)] if text else []
    return [(found[place], found[place + 1]) for place in range(0, len(found) - 1, 2)]


def parse_cnmi_test(lines: Lines) -> list[frozenset[int]]:
    """`+CNMI: (0,1,2),(0,1,2,3),(0,2),(0,1),(0,1)`: the values of mode, mt, bm, ds and bfr."""
    return [numbers(part) for part in bracketed(after(lines, "+CNMI") or "")]


def parse_cnmi_read(lines: Lines) -> tuple[int, ...]:
    """`+CNMI: 2,1,0,1,0`: mode, mt, bm, ds and bfr as they are."""
    found = [whole(field) for field in fields(after(lines, "+CNMI") or "")]
    return tuple(number for number in found if number is not None)


def parse_cnma_test(lines: Lines) -> frozenset[int]:
    """`+CNMA: (0-2)`: 0 and 1 acknowledge, 2 refuses."""
    return next((numbers(part) for part in bracketed(after(lines, "+CNMA") or "")), frozenset())


def parse_cmgf(lines: Lines) -> int | None:
    """`+CMGF: 0`: 0 PDU mode, 1 text mode."""
    text = after(lines, "+CMGF")
    return whole(text) if text else None


def parse_csms_set(lines: Lines) -> tuple[int, ...]:
    """`+CSMS: 1,1,1`: which of receiving, sending and broadcast the service supports."""
    text = after(lines, "+CSMS") or ""
    return tuple(number for number in map(whole, fields(text)) if number is not None)


@dataclass(frozen=True, slots=True)
class ListedPdu:
    """One message of +CMGL or +CMGR: `state` 0 unread, 1 read, 2 unsent, 3 sent; `index` only of +CMGL."""

    index: int
    state: int
    pdu: str

    @property
    def received(self) -> bool:
        """Whether it came from the network."""
        return self.state in (0, 1)

    @property
    def stored_state(self) -> StoredState:
        """The state of a SUBMIT."""
        return StoredState.SENT if self.state == 3 else StoredState.UNSENT


_STATES = {"REC UNREAD": 0, "REC READ": 1, "STO UNSENT": 2, "STO SENT": 3}


def parse_cmgl(lines: Lines) -> list[ListedPdu]:
    """`+CMGL: index,stat,[alpha],length` and a PDU line, again and again; a head without PDU is left out."""
    found: list[ListedPdu] = []
    head: list[str] = []
    for line in lines:
        text = after((line,), "+CMGL")
        if text is not None:
            head = fields(text)
        elif len(head) >= 2 and _HEX.match(line):
            index, state = whole(head[0]), _state(head[1])
            if index is not None and state is not None:
                found.append(ListedPdu(index, state, line.upper()))
            head = []
    return found


def parse_cmgr(lines: Lines) -> ListedPdu | None:
    """`+CMGR: stat,[alpha],length` and a PDU line; None for an empty slot (length 0, or nothing at all)."""
    text = after(lines, "+CMGR")
    pdus = [line for line in lines if _HEX.match(line)]
    if text is None or not pdus:
        return None
    state = _state((fields(text) or [""])[0])
    return ListedPdu(0, 1 if state is None else state, pdus[-1].upper())


def _state(text: str) -> int | None:
    return _STATES[text.upper()] if text.upper() in _STATES else whole(text)


def parse_reference(lines: Lines, name: str) -> int | None:
    """`+CMGS: 12[,"scts"]`, `+CMSS: 12`, `+CMGW: 7`: the first number."""
    text = after(lines, name)
    found = re.match(r'"?(\d+)', text) if text else None
    return int(found.group(1)) if found else None


def parse_creg(lines: Lines, name: str = "+CREG") -> int | None:
    """<stat> of `+CREG: n,stat[,lac,ci[,act]]`, and of the unsolicited form `+CREG: stat[,lac,ci]`."""
    text = after(lines, name)
    found = fields(text) if text else []
    if not found:
        return None
    # In the unsolicited form a location area follows: quoted, or with more than two hexadecimal digits.
    is_read_form = len(found) > 1 and re.fullmatch(r"\d{1,2}", found[1]) and not _second_is_quoted(text or "")
    return whole(found[1] if is_read_form else found[0])


def _second_is_quoted(text: str) -> bool:
    return text.partition(",")[2].lstrip().startswith('"')


def parse_csq(lines: Lines) -> int | None:
    """`+CSQ: 17,99` in dBm (TS 27.007, 8.5), None when not known."""
    text = after(lines, "+CSQ")
    level = whole(re.split(r"[,.]", text)[0]) if text else None
    if level is None:
        return None
    if 100 <= level <= 191:  # the extended scale of 3G sticks: RSCP
        return level - 216
    return -113 + 2 * level if 0 <= level <= 31 else None


def parse_cops_read(lines: Lines) -> str | None:
    """The operator of `+COPS: 0,0,"TELKOMSEL"[,2]`, None when not registered."""
    found = fields(after(lines, "+COPS") or "")
    return found[2] or None if len(found) > 2 else None


def parse_cops_mode(lines: Lines) -> int | None:
    """<mode> of `+COPS: 0,0,"TELKOMSEL"`: 0 automatic, 1 by hand, 2 deregistered."""
    found = fields(after(lines, "+COPS") or "")
    return whole(found[0]) if found else None


def parse_cfun_read(lines: Lines) -> int | None:
    """<fun> of `+CFUN: 1[,0]`: 1 full, 0 least and 4 radio off."""
    found = fields(after(lines, "+CFUN") or "")
    return whole(found[0]) if found else None


def parse_cpin(lines: Lines) -> str | None:
    """`READY`, `SIM PIN`, `SIM PUK`, …"""
    text = after(lines, "+CPIN")
    return text.strip('" ').upper() if text else None


def parse_csca(lines: Lines) -> str | None:
    """The SMSC's number of `+CSCA: "+628…",145`, None when the SIM has none."""
    found = fields(after(lines, "+CSCA") or "")
    number = found[0] if found else ""
    if re.fullmatch(r"(?:00[0-9A-F]{2})+", number):  # UCS-2 when +CSCS was left so
        number = bytes.fromhex(number).decode("utf-16-be")
    international = len(found) > 1 and found[1] == "145"
    return f"+{number}" if international and number.isdecimal() else number or None


def parse_cnum(lines: Lines) -> str | None:
    """The own number of `+CNUM: "name","+628…",145`."""
    found = fields(after(lines, "+CNUM") or "")
    return next((field for field in found[1:] if re.fullmatch(r"\+?\d{6,15}", field)), None)


def parse_plain(lines: Lines, *names: str) -> str | None:
    """The one value of an identity command (+CGSN, +CIMI, +CGMI …), with or without its name in front."""
    for line in lines:
        for name in names:
            if name in line:
                line = line.partition(name)[2].lstrip(": ")
        value = line.strip('" ')
        if value:
            return value
    return None


def parse_digits(lines: Lines, least: int) -> str | None:
    """The first row of at least `least` digits (IMEI, IMSI, ICCID; an ICCID may end in F)."""
    for line in lines:
        found = re.search(rf"\d{{{least},22}}", line)
        if found:
            return found.group()
    return None


@dataclass(frozen=True, slots=True)
class UssdReply:
    """+CUSD: `m` says what follows (TS 27.007, 7.15), `text` is as the modem gave it, `dcs` its coding."""

    m: int
    text: str | None = None
    dcs: int | None = None


def parse_cusd(line: str) -> UssdReply | None:
    """`+CUSD: 0,"Pulsa anda Rp 5000",15`; the text may hold commas, quotes or line ends that became blanks."""
    found = re.match(r'\+CUSD: *(\d)\s*(?:, *(?:"(.*)"|([^,"]*))\s*(?:, *(\d+))?)?\s*$', line, re.DOTALL)
    if not found:
        return None
    text = found.group(2) if found.group(2) is not None else found.group(3)
    return UssdReply(int(found.group(1)), text, int(found.group(4)) if found.group(4) else None)


def parse_slot_notice(line: str) -> Slot | None:
    """`+CMTI: "SM",3` and `+CDSI: "SR",1`."""
    found = re.match(r'\+(?:CMTI|CDSI): *"?([A-Za-z]+)"? *, *(\d+)', line)
    return Slot(found.group(1).upper(), int(found.group(2))) if found else None


def parse_pin_tries(lines: Lines) -> int | None:
    """How often the SIM PIN may still be tried, in the words of any vendor.

    `+CPINR: SIM PIN,3,3` · `^CPIN: SIM PIN,3,10,3,10,3` · `+SPIC: 3,10,0,10` · `+QPINC: "SC",3,10` ·
    `+CPINC: 3,3,10,10` · `+ZPINPUK: 3,10` · `^SPIC: 3` · `#PCT: 3` · `+UPINCNT: 3,3,10,10`. For `^CPIN` the fourth
    field counts the PIN, and the second, of what is asked for now, may be empty.
    """
    for line in lines:
        found = re.search(r"(\+CPINR|\^CPIN|\+SPIC|\+QPINC|\+CPINC|\+ZPINPUK|\^SPIC|#PCT|\+UPINCNT): *(.*)$", line)
        if found is None or "PUK" in found.group(2).upper() or "PIN2" in found.group(2).upper():
            continue
        told = fields(found.group(2))
        if found.group(1) == "^CPIN" and len(told) > 3:
            return whole(told[3])
        counts = [number for number in map(whole, told) if number is not None]
        if counts:
            return counts[0]
    return None
