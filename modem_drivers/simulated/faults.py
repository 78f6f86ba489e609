"""What can go wrong with a modem and its network: charges that a modem takes at the point where they strike."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum


class FaultKind(Enum):
    """The catalogue. Those marked *state* last for `seconds`, the others strike `count` times."""

    SEND_ERROR = "send_error"  #: +CMGS answers +CMS ERROR `value` (default 38), nothing is sent
    ERROR_AFTER_SEND = "error_after_send"  #: the network takes the message, the modem answers +CMS ERROR `value`
    LOST_ANSWER = "lost_answer"  #: the network takes the message, no +CMGS and no OK ever come
    SILENCE = "silence"  #: *state*: nothing is answered, nothing is said; 0 seconds: until it is switched off and on
    HANG_IN_PDU = "hang_in_pdu"  #: goes silent for `seconds` after `value` characters (default 20) of a PDU
    LOST_INDICATION = "lost_indication"  #: stored, but no +CMTI
    PART_LOST = "part_lost"  #: the network loses a part of a long message on its way to this SIM
    DUPLICATE_DELIVERY = "duplicate_delivery"  #: the network delivers the same message twice
    REBOOT = "reboot"  #: now: the modem restarts, settings are lost
    REBOOT_AFTER_SEND = "reboot_after_send"  #: restarts between the network's acceptance and the answer
    REENUMERATE = "reenumerate"  #: now: the port comes back as another device after `seconds`; `same link`: by-id
    WRONG_IMEI = "wrong_imei"  #: *state*: tells another IMEI (`value`), as a swapped stick does
    UNREGISTERED = "unregistered"  #: *state*: the network is gone; +CMS ERROR 331
    SIM_FULL = "sim_full"  #: *state*: strangers' messages fill every free slot, freed when it ends
    GARBAGE = "garbage"  #: noise on the line in front of an answer
    UNSOLICITED_INSIDE = "unsolicited_inside"  #: an unsolicited line between the lines of an answer
    SLOW = "slow"  #: *state*: every submission takes `value` seconds
    UNDELETABLE = "undeletable"  #: +CMGD answers OK and the slot keeps its message
    LOST_END = "lost_end"  #: the Ctrl-Z behind a PDU is lost on the line: the modem waits on at its prompt
    BARE_OK = "bare_ok"  #: +CMGS answers OK without a reference, and nothing is sent
    LATE_PROMPT = "late_prompt"  #: the prompt comes `value` seconds late; what is typed before aborts the command
    UNENDED = "unended"  #: an unsolicited line whose CR LF comes only with the next output
    SIM_BUSY = "sim_busy"  #: *state*: whatever needs the SIM answers +CMS ERROR: 314 or +CME ERROR: 14
    NOTICES_OFF = "notices_off"  #: now: +CNMI is back at its default, as after a reset that nobody noticed
    MEMORY_SWITCHED = "memory_switched"  #: now: +CPMS is back at its default or at `value`
    OTHER_STICK = "other_stick"  #: now: the port goes and another stick with another SIM stands there for `seconds`
    CMT_AT_PROMPT = "cmt_at_prompt"  #: a direct +CMT comes in while the modem waits at its `> ` prompt


@dataclass(slots=True)
class Fault:
    """One planned fault: `count` strikes left, or a state for `seconds` (0: until cleared)."""

    kind: FaultKind
    count: int = 1
    value: str = ""
    seconds: float = 0.0


class Faults:
    """The planned faults of one modem, taken one strike at a time."""

    def __init__(self) -> None:
        self._planned: dict[FaultKind, deque[Fault]] = {}

    def plan(self, fault: Fault) -> None:
        """Add one; several of a kind strike one after the other."""
        self._planned.setdefault(fault.kind, deque()).append(fault)

    def take(self, kind: FaultKind) -> Fault | None:
        """Use up one strike of this kind, when there is one."""
        waiting = self._planned.get(kind)
        if not waiting:
            return None
        fault = waiting[0]
        fault.count -= 1
        if fault.count <= 0:
            waiting.popleft()
        return fault

    def active(self, kind: FaultKind) -> Fault | None:
        """Look at the first of this kind without using it up."""
        waiting = self._planned.get(kind)
        return waiting[0] if waiting else None

    def clear(self, kind: FaultKind | None = None) -> None:
        """Forget what is planned of one kind, or all."""
        if kind is None:
            self._planned.clear()
        else:
            self._planned.pop(kind, None)
