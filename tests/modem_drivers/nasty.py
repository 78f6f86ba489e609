"""Sticks that are lawful by TS 27.005 and 27.007, or nearly, and hard to live with: one class for each bad habit.

Like `foreign` they share no code with the driver or the simulated network.
"""

from __future__ import annotations

from types import ModuleType

from tests.modem_drivers import nasty_memories, nasty_sending, nasty_wires
from tests.modem_drivers.foreign import ForeignModem
from tests.modem_drivers.nasty_memories import DirectWithoutReceipt, Impatient, ReportsStored
from tests.modem_drivers.quirks import Quirks

#: Manners that need another way of telling than +CMTI.
_DIRECT = (Impatient, DirectWithoutReceipt)


def nasty_modems() -> list[ForeignModem]:
    """One modem of each kind, and a second that keeps its reports in `BM`."""
    kinds = [kind for room in (nasty_wires, nasty_memories, nasty_sending) for kind in _kinds(room)]
    made = [
        kind(Quirks(submit=0.1, memory_sending=True, cnmi="direct" if issubclass(kind, _DIRECT) else "indication"), n)
        for n, kind in enumerate(kinds, 100)
    ]
    return [*made, ReportsStored(Quirks(submit=0.1, memory_sending=True), 100 + len(kinds), kept="BM")]


def _kinds(room: ModuleType) -> list[type[ForeignModem]]:
    kinds = [kind for kind in vars(room).values() if isinstance(kind, type) and issubclass(kind, ForeignModem)]
    return [kind for kind in kinds if kind is not ForeignModem]
