"""The one interface that every radio offers, and the closed vocabulary of what can come of a send.

A driver speaks PDUs only: what a text means, who sent it and where it is stored is the business of others.
Every coroutine here has a deadline inside the driver; none waits for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol


class Outcome(Enum):
    """What came of one submission."""

    ACCEPTED = "accepted"  #: the network took it and gave a message reference
    REFUSED_FOR_GOOD = "refused_for_good"  #: bad number, barred: no modem will ever send this
    REFUSED_FOR_NOW = "refused_for_now"  #: congestion, no network: try again later, any modem
    MODEM_FAULT = "modem_fault"  #: this modem could not; another may at once
    SIM_FAULT = "sim_fault"  #: this SIM may not (no credit, barred SIM): another SIM may at once
    UNCERTAIN = "uncertain"  #: the PDU was handed over and no answer came: it may have gone out


@dataclass(frozen=True, slots=True)
class SendResult:
    """The outcome of one submission, with the evidence for it.

    `reference` is TP-MR as +CMGS/+CMSS answered it (0..255), only when accepted. `code` is the modem's own
    (`CMS 38`, `CME 10`, `timeout`), `detail` a sentence for the operator.
    """

    outcome: Outcome
    reference: int | None = None
    code: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a modem keeps a PDU: the storage (`SM`, `ME`, `MT`, `SR`) and the index in it."""

    storage: str
    index: int


@dataclass(frozen=True, slots=True)
class ReceivedPdu:
    """A DELIVER or STATUS-REPORT as hexadecimal digits with the SMSC address in front.

    `slot` is where it lies in the modem's memory, None when it came directly (+CMT, +CDS) and is held by the
    network until `Radio.acknowledge` says that it is safe.
    """

    pdu: str
    slot: Slot | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a deletion left: slots that are still there, and what was received meanwhile and seen on that look."""

    stuck: tuple[Slot, ...] = ()
    received: tuple[ReceivedPdu, ...] = ()


class StoredState(Enum):
    """State of a SUBMIT in the modem's memory (TS 27.005, clause 3.1, <stat>)."""

    UNSENT = "STO UNSENT"
    SENT = "STO SENT"


@dataclass(frozen=True, slots=True)
class StoredSubmit:
    """A SUBMIT found in the modem's memory: what a crash left behind."""

    slot: Slot
    state: StoredState
    pdu: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a modem and its SIM are. Each is None when the modem does not tell."""

    imei: str | None = None
    imsi: str | None = None
    iccid: str | None = None
    msisdn: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    revision: str | None = None
    smsc: str | None = None


#: <stat> of +CREG with which texts can be sent (TS 27.007, 7.2): home, roaming, the same for SMS only (6, 7),
#: and with CS fallback not preferred (9, 10).
REGISTERED = frozenset({1, 5, 6, 7, 9, 10})


@dataclass(frozen=True, slots=True)
class Health:
    """One probe: registration, signal, operator and memory as the modem tells them.

    `registration` is <stat> of +CREG (see `REGISTERED`; None unknown), `signal_dbm` None when not known,
    `used` and `total` count slots of the receiving memory.
    """

    registration: int | None = None
    signal_dbm: int | None = None
    operator: str | None = None
    used: int | None = None
    total: int | None = None

    @property
    def registered(self) -> bool:
        """Whether the network takes messages from this SIM now (TS 27.007, clause 7.2)."""
        return self.registration in REGISTERED


@dataclass(frozen=True, slots=True)
class UssdText:
    """What the network said in a USSD session; `open`: it waits for an answer."""

    text: str
    open: bool = False


class EventKind(Enum):
    """What a radio says on its own."""

    STORED = "stored"  #: something new lies in the memory (+CMTI, +CDSI): read it
    RECEIVED = "received"  #: a PDU came directly (+CMT, +CDS): keep it, then acknowledge it
    MEMORY_FULL = "memory_full"  #: the network has more, the SIM has no room
    GONE = "gone"  #: the port vanished or hung up: this radio must be opened again


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a radio said on its own; `received` goes with RECEIVED, `slot` with STORED."""

    kind: EventKind
    received: ReceivedPdu | None = None
    slot: Slot | None = None
    detail: str = ""


class RadioError(Exception):
    """The modem could not do what was asked; `code` is for machines, the text for the operator."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class PortUnavailableError(RadioError):
    """The port does not exist, is in use by another program, or may not be opened."""


class SimError(RadioError):
    """No SIM, a locked SIM, a wrong or unsafe PIN: a person has to act."""


class ModemSilentError(RadioError):
    """The modem did not answer before the deadline, also not after it was brought back to its prompt."""


class WrongModemError(RadioError):
    """Another modem or SIM answers at this port than the configuration names: it is not used."""


class NotSupportedError(RadioError):
    """This modem cannot do that at all; not a fault."""


@dataclass(frozen=True, slots=True)
class RadioSettings:
    """What a driver needs to open one modem. Only `name` and `port` have no default; times are seconds."""

    name: str
    port: str
    pin: str | None = None
    baudrate: int = 115200
    storage: str | None = None  #: preferred memory (`SM`, `ME`); None: what the modem prefers
    profile: str = "generic"  #: `generic` also means: whatever the modem's own description matches
    imei: str | None = None  #: the modem that must answer; what to look for when `port` is `auto`
    sim: str | None = None  #: IMSI or ICCID of the SIM that must be in it
    init: tuple[str, ...] = ()  #: extra commands of the site, sent after the driver's own set-up; refusal is a remark
    crash_safe_submit: bool = False
    state_folder: Path | None = None  #: where refused PINs are remembered; None: only in `refused_pins`
    timeouts: dict[str, float] = field(default_factory=dict)
    refused_pins: set[str] = field(default_factory=set, repr=False, compare=False)  #: digests; as old as these settings


class Radio(Protocol):
    """One modem. Not to be used by two tasks at once except for `next_event`."""

    @property
    def announces(self) -> bool:
        """Whether it tells of new messages by itself; else the memory has to be looked into often."""

    async def open(self) -> Identity:
        """Open the port and set the modem up; raises `PortUnavailableError`, `SimError`, `ModemSilentError`."""

    async def close(self) -> None:
        """Give the port back; never raises."""

    async def next_event(self) -> Event:
        """Wait for the next thing the modem says on its own."""

    async def probe(self) -> Health:
        """Ask the modem how it is; raises `ModemSilentError`."""

    async def resync(self) -> None:
        """Bring a confused modem back to its command prompt (ESC, AT); raises `ModemSilentError`."""

    async def reset(self) -> None:
        """Reset the radio as the profile allows (+CFUN); the port may vanish and must be opened again."""

    async def received(self) -> list[ReceivedPdu]:
        """Everything that lies in the receiving memory, oldest slot first."""

    async def read(self, slot: Slot) -> ReceivedPdu | None:
        """The PDU in one slot, None when the slot is empty or holds no received message."""

    async def delete(self, slot: Slot) -> bool:
        """Delete one slot and look whether it is gone; False when it is still there."""

    async def clear(self, slots: Sequence[Slot]) -> Cleared:
        """Delete several slots and look once what is left."""

    async def acknowledge(self) -> None:
        """Tell the network that the last directly received PDU is safe (+CNMA)."""

    async def submit(self, pdu: str, length: int, *, more: bool = False) -> SendResult:
        """Send one SUBMIT: `pdu` with its SMSC in front, `length` its TPDU octets; `more` keeps the link open."""

    async def store(self, pdu: str, length: int) -> Slot:
        """Write one SUBMIT to the modem's memory without sending it (+CMGW); raises `NotSupportedError`."""

    async def submit_stored(self, slot: Slot) -> SendResult:
        """Send what `store` wrote (+CMSS)."""

    async def stored(self) -> list[StoredSubmit]:
        """The SUBMITs in the modem's memory with their states."""

    async def ussd(self, code: str) -> str:
        """Dial a USSD code and give the network's text; raises `RadioError` with what it refused."""

    async def ussd_step(self, text: str) -> UssdText:
        """Dial a USSD code, or answer what the network asked; raises `RadioError` with what it refused."""

    async def ussd_end(self) -> None:
        """Give up a USSD session in which the network waits for an answer; harmless when there is none."""

    async def set_smsc(self, number: str) -> None:
        """Set the number of the SMS centre on the SIM (+CSCA); raises `RadioError` when it is refused."""
