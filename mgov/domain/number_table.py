"""A table from 64-bit numbers to 32-bit numbers in two arrays: an entry costs some 20 bytes, a tenth of a dict's.

It is for what a long import or a run of matching must remember of every row, so that a million rows stay small.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

_FIRST_SIZE = 1 << 10  # slots; always a power of two
_MASK = (1 << 64) - 1
_SPREAD = 0x9E3779B97F4A7C15  # odd: spreads keys that differ in their upper bits only


class NumberTable:
    """Keys are any whole numbers (of which 64 bits count); values 1 to 2**32 - 1. A key may have several values."""

    def __init__(self) -> None:
        self._make(_FIRST_SIZE)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def get(self, key: int) -> int:
        """The first value of a key; 0 when it has none."""
        return self._values[self._slot(key & _MASK)]

    def set(self, key: int, value: int) -> None:
        """Give a key this value in place of its first."""
        slot = self._slot(key & _MASK)
        if self._values[slot]:
            self._values[slot] = value
        else:
            self._fill(slot, key & _MASK, value)

    def add(self, key: int, value: int) -> None:
        """Give a key one more value."""
        key &= _MASK
        slot = self._slot(key)
        while self._values[slot]:
            slot = (slot + 1) & self._last
        self._fill(slot, key, value)

    def all(self, key: int) -> Iterator[int]:
        """Every value of a key, in the order added."""
        key &= _MASK
        slot = self._slot(key)
        while value := self._values[slot]:
            if self._keys[slot] == key:
                yield value
            slot = (slot + 1) & self._last

    def _slot(self, key: int) -> int:
        """Where a key's first value is, or would be."""
        keys, values, last = self._keys, self._values, self._last
        slot = ((key * _SPREAD & _MASK) >> 20) & last
        while values[slot] and keys[slot] != key:
            slot = (slot + 1) & last
        return slot

    def _fill(self, slot: int, key: int, value: int) -> None:
        self._keys[slot], self._values[slot] = key, value
        self._used += 1
        if self._used * 3 > self._last * 2:
            self._grow()

    def _make(self, size: int) -> None:
        self._keys, self._values, self._last = array("Q", bytes(8 * size)), array("I", bytes(4 * size)), size - 1

    def _grow(self) -> None:
        """Into twice the room. What wraps around the end comes first, so several values keep their order."""
        keys, values, last = self._keys, self._values, self._last
        start = next(slot for slot in range(last + 1) if not values[slot])
        self._make(2 * (last + 1))
        self._used = 0
        for step in range(last + 1):
            slot = (start + step) & last
            if values[slot]:
                self.add(keys[slot], values[slot])
