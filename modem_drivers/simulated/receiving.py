"""How a modem takes what the network delivers: to its memory or directly, as +CNMI and +CSMS say (TS 27.005, 3.4)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from modem_drivers.simulated.faults import FaultKind
from modem_drivers.simulated.sim import Stat, StoredMessage
from modem_drivers.simulated.texts import text_mode_fields

if TYPE_CHECKING:
    from modem_drivers.simulated.memories import Store
    from modem_drivers.simulated.modem import Modem

Answer = Callable[[bool], None]  # True: the mobile has it; False: no room or not acknowledged, keep it
MODE, MT, BM, DS, BFR = range(5)


class Receiver:
    """The receiving half of one modem."""

    def __init__(self, modem: Modem) -> None:
        self._modem = modem
        self.dropped: deque[str] = deque(maxlen=1000)  #: reports routed nowhere (+CNMI, ds=0)
        self._unacknowledged: Answer | None = None
        self._timer: asyncio.TimerHandle | None = None

    def reachable(self) -> bool:
        """Whether the network can page this modem now."""
        return self._modem.registered and not self._modem.silent

    def deliver(self, pdu: str, *, message_class: int | None, report: bool, answer: Answer) -> None:
        """Take a DELIVER or STATUS-REPORT and say whether it was taken."""
        if report:
            self._deliver_report(pdu, answer)
            return
        mode, mt = self._modem.settings.cnmi[MODE], self._modem.settings.cnmi[MT]
        direct = (mt == 2 and message_class != 2) or (mt == 3 and message_class == 3)
        if direct and mode != 0:
            self._direct("+CMT", pdu, answer)
        else:
            self._keep(self._modem.memories.mem(3), pdu, "+CMTI" if mt else "", answer)

    def _deliver_report(self, pdu: str, answer: Answer) -> None:
        modem = self._modem
        routed = modem.settings.cnmi[DS]
        if routed == 1:
            self._direct("+CDS", pdu, answer)
        elif routed == 2 or modem.profile.reports_unrouted == "store":
            where = modem.profile.reports_stored_in
            store = modem.memories.named("SR") if where == "SR" else modem.memories.mem(3)
            self._keep(store, pdu, "+CDSI" if routed else "", answer)
        else:
            self.dropped.append(pdu)
            answer(True)

    def _keep(self, store: Store, pdu: str, indication: str, answer: Answer) -> None:
        index = store.store(StoredMessage(Stat.REC_UNREAD, pdu))
        if index is None:
            if self._modem.profile.memory_full_line:
                self._modem.port.indicate(self._modem.profile.memory_full_line)
            answer(False)
            return
        lost = indication == "+CMTI" and self._modem.faults.take(FaultKind.LOST_INDICATION)
        if indication and not lost and self._modem.settings.cnmi[MODE] != 0:
            self._modem.port.indicate(f'{indication}: "{store.name}",{index}')
        answer(True)

    def _direct(self, name: str, pdu: str, answer: Answer) -> None:
        modem = self._modem
        modem.port.indicate(self._worded(name, pdu))
        if modem.settings.csms == 0:
            answer(True)
            return
        self._unacknowledged = answer
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(modem.carrier.acknowledge_within, self._not_acknowledged)

    def _worded(self, name: str, pdu: str) -> str:
        if self._modem.settings.cmgf == 0:
            length = StoredMessage(Stat.REC_UNREAD, pdu).length
            return f"{name}: {',' if name == '+CMT' else ''}{length}\r\n{pdu}"
        fields, text = text_mode_fields(pdu, self._modem.settings.cscs)
        return f"{name}: {fields}\r\n{text}" if name == "+CMT" else f"{name}: {fields}"

    def _not_acknowledged(self) -> None:
        """TS 27.005 clause 3.4.4: a missed acknowledgement turns direct routing off."""
        answer, self._unacknowledged = self._unacknowledged, None
        self._modem.settings.cnmi[MT] = self._modem.settings.cnmi[DS] = 0
        if answer is not None:
            answer(False)

    @property
    def waits(self) -> bool:
        """Whether the last direct message still waits for +CNMA."""
        return self._unacknowledged is not None

    def acknowledge(self, *, taken: bool) -> bool:
        """Do what +CNMA asks; False when nothing waits for it."""
        answer, self._unacknowledged = self._unacknowledged, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if answer is None:
            return False
        answer(taken)
        return True

    def forget(self) -> None:
        """Lose what waits for an acknowledgement: the network keeps it."""
        self.acknowledge(taken=False)
