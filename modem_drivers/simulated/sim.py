"""A SIM card and the message memories of SIM and modem."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class Stat(IntEnum):
    """State of a stored message as PDU mode counts it (TS 27.005 clause 3.1, <stat>)."""

    REC_UNREAD = 0
    REC_READ = 1
    STO_UNSENT = 2
    STO_SENT = 3

    @property
    def words(self) -> str:
        """Give the state as text mode writes it."""
        return self.name.replace("_", " ")


@dataclass(slots=True)
class StoredMessage:
    """One occupied slot: `pdu` in capitals with the SMSC address in front."""

    stat: Stat
    pdu: str

    @property
    def length(self) -> int:
        """Octets of the TPDU alone, as +CMGL and +CMGR give them."""
        return len(self.pdu) // 2 - 1 - int(self.pdu[:2], 16)

    @property
    def received(self) -> bool:
        """Whether it came from the network."""
        return self.stat in (Stat.REC_UNREAD, Stat.REC_READ)


@dataclass(slots=True)
class Memory:
    """Numbered slots with a limit; `base` is the number of the first slot, which differs between makers."""

    name: str
    capacity: int
    base: int = 1
    slots: dict[int, StoredMessage] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether nothing more fits."""
        return len(self.slots) >= self.capacity

    def valid(self, index: int) -> bool:
        """Whether such a slot exists, free or not."""
        return self.base <= index < self.base + self.capacity

    def store(self, message: StoredMessage) -> int | None:
        """Put a message into the lowest free slot; None when there is none."""
        if self.full:
            return None
        index = next(i for i in range(self.base, self.base + self.capacity) if i not in self.slots)
        self.slots[index] = message
        return index

    def get(self, index: int) -> StoredMessage | None:
        """Look into one slot."""
        return self.slots.get(index)

    def remove(self, index: int) -> None:
        """Empty one slot."""
        self.slots.pop(index, None)

    def items(self) -> list[tuple[int, StoredMessage]]:
        """List the occupied slots by number."""
        return sorted(self.slots.items())

    @property
    def used(self) -> int:
        """How many slots are occupied."""
        return len(self.slots)


@dataclass(slots=True)
class Sim:
    """A subscriber identity: numbers, PIN with its tries, SMSC address and message memory."""

    msisdn: str
    imsi: str
    iccid: str
    smsc: str
    pin: str | None = None
    puk: str = "12345678"
    capacity: int = 20
    pin_tries: int = 3
    puk_tries: int = 10
    last_reference: int = 255
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        self.memory = Memory("SM", self.capacity)

    def next_reference(self) -> int:
        """Count TP-MR on, as the card keeps it in EF-SMSS (TS 31.102 clause 4.2.9)."""
        self.last_reference = (self.last_reference + 1) % 256
        return self.last_reference

    def try_pin(self, pin: str) -> bool:
        """Check the PIN; three wrong ones in a row block the card."""
        if self.pin_tries == 0:
            return False
        if pin == self.pin:
            self.pin_tries = 3
            return True
        self.pin_tries -= 1
        return False

    def unblock(self, puk: str, new_pin: str) -> bool:
        """Check the PUK and set a new PIN."""
        if self.puk_tries == 0 or puk != self.puk:
            self.puk_tries = max(0, self.puk_tries - 1)
            return False
        self.pin, self.pin_tries, self.puk_tries = new_pin, 3, 10
        return True
