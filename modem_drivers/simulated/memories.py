"""The message memories of one modem under the names that +CPMS gives them."""

from __future__ import annotations

from typing import Protocol

from modem_drivers.simulated.profiles import Profile
from modem_drivers.simulated.sim import Memory, Sim, StoredMessage


class Store(Protocol):
    """What can be selected with +CPMS."""

    name: str

    @property
    def capacity(self) -> int:
        """All slots."""

    @property
    def used(self) -> int:
        """Occupied slots."""

    @property
    def full(self) -> bool:
        """Whether nothing more fits."""

    def valid(self, index: int) -> bool:
        """Whether such a slot exists."""

    def get(self, index: int) -> StoredMessage | None:
        """Look into one slot."""

    def remove(self, index: int) -> None:
        """Empty one slot."""

    def store(self, message: StoredMessage) -> int | None:
        """Put a message into a free slot."""

    def items(self) -> list[tuple[int, StoredMessage]]:
        """List the occupied slots by number."""


class CombinedMemory:
    """`MT`: the SIM's slots and behind them the modem's own, under one numbering."""

    name = "MT"

    def __init__(self, card: Memory, equipment: Memory) -> None:
        self._card = card
        self._equipment = equipment

    @property
    def capacity(self) -> int:
        """All slots of both."""
        return self._card.capacity + self._equipment.capacity

    @property
    def used(self) -> int:
        """Occupied slots of both."""
        return self._card.used + self._equipment.used

    @property
    def full(self) -> bool:
        """Whether neither has room."""
        return self._card.full and self._equipment.full

    def _at(self, index: int) -> tuple[Memory, int]:
        if self._card.valid(index):
            return self._card, index
        return self._equipment, index - self._card.capacity

    def valid(self, index: int) -> bool:
        """Whether either has such a slot."""
        memory, own = self._at(index)
        return memory.valid(own)

    def get(self, index: int) -> StoredMessage | None:
        """Look into one slot."""
        memory, own = self._at(index)
        return memory.get(own)

    def remove(self, index: int) -> None:
        """Empty one slot."""
        memory, own = self._at(index)
        memory.remove(own)

    def store(self, message: StoredMessage) -> int | None:
        """Fill the card first."""
        index = self._card.store(message)
        if index is not None:
            return index
        index = self._equipment.store(message)
        return None if index is None else index + self._card.capacity

    def items(self) -> list[tuple[int, StoredMessage]]:
        """List the card's slots, then the modem's."""
        behind = [(index + self._card.capacity, message) for index, message in self._equipment.items()]
        return self._card.items() + behind


class Memories:
    """All memories of one modem and which three of them are selected (TS 27.005 clause 3.2.2)."""

    def __init__(self, sim: Sim, profile: Profile) -> None:
        sim.memory.base = profile.first_index
        self._default = profile.storage
        equipment = Memory("ME", profile.me_capacity, profile.first_index)
        self._all: dict[str, Store] = {
            "SM": sim.memory,
            "ME": equipment,
            "BM": Memory("BM", 5, profile.first_index),
            "SR": Memory("SR", 10, profile.first_index),
            "MT": CombinedMemory(sim.memory, equipment),
        }
        self.selected = [self._default] * 3

    def switch(self, name: str) -> None:
        """Select another memory for all three, as some modems do by themselves; unknown or empty: the default."""
        self.selected = [name if name in self._all else self._default] * 3

    def reset(self) -> None:
        """Select what the modem selects after power on."""
        self.selected = [self._default] * 3

    def named(self, name: str) -> Store:
        """Find a memory by the name +CPMS has for it."""
        return self._all[name]

    def mem(self, number: int) -> Store:
        """Give the memory selected as mem1 (read), mem2 (write, send) or mem3 (receive)."""
        return self._all[self.selected[number - 1]]
