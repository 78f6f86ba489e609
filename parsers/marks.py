"""What a text holds besides words, as the rules that choose the command ask for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Marks:
    """What a text holds besides words; whether it has a proof is looked up only when somebody asks."""

    bill: bool
    application: bool
    plate: bool
    long_number: bool
    proofs_of: Callable[[], tuple[bool, bool]] = lambda: (False, False)

    @cached_property
    def _proofs(self) -> tuple[bool, bool]:
        return self.proofs_of()

    @property
    def proof(self) -> bool:
        """Whether there is a number with the shape of a proof."""
        return any(self._proofs)

    @property
    def named_proof(self) -> bool:
        """Whether a proof is named as such."""
        return self._proofs[0]
