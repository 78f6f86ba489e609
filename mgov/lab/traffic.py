"""Texts both ways while faults strike: every number is used for one text only, so that each answer can be counted."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime, timedelta

from mgov.lab.books import Books
from mgov.lab.tally import Tally, tally
from modem_drivers.simulated import SimulatedNetwork

QUESTION = "BANTUAN"
LONG_QUESTION = "INFO " + "perizinan usaha kecil dan menengah di kabupaten " * 5
NOTICE = "Tagihan Anda jatuh tempo besok."


class Traffic:
    """What citizens text in, what the office queues out, and who is owed an answer."""

    def __init__(self, network: SimulatedNetwork, books: Books) -> None:
        self._network = network
        self._books = books
        self._numbers = {name: network.modem(name).sim.msisdn for name in network.modems}  # whatever stick stands there
        self.citizens: list[str] = []  #: owed one answer each
        self.payers: list[str] = []  #: those of them who confirmed a payment: owed one booking each
        self.recipients: list[str] = []  #: owed one text each
        self.holders: list[str] = []  #: owed one reminder each

    def ask(self, modem: str, text: str = QUESTION, *, backwards: bool = False) -> str:
        """Let a new citizen text a modem; gives the number."""
        number = f"+6281300{len(self.citizens):06d}"
        self.citizens.append(number)
        self.ask_again(number, modem, text, backwards=backwards)
        return number

    def pay(self, modem: str) -> str:
        """Let a new citizen confirm a payment, which is booked as well as answered."""
        count = len(self.payers) + 1
        proof = f"TRX{count:07d}"
        now = datetime.now().astimezone()
        number = self.ask(modem, f"BAYAR SKRD-2026-{count:06d}#{proof}#{now:%d/%m/%Y}#{now:%H.%M}")
        self.payers.append(number)
        return number

    def ask_again(self, number: str, modem: str, text: str, *, backwards: bool = False) -> None:
        """Let the same citizen text the same once more, as people do when no answer comes."""
        self._network.phone(number).send(text, self._numbers[modem], backwards=backwards)

    def queue(self, count: int) -> None:
        """Queue texts to new numbers."""
        numbers = [f"+6281400{len(self.recipients) + place:06d}" for place in range(count)]
        self._books.queue(numbers, NOTICE)  # committed: from here on each is owed its text
        self.recipients += numbers

    def fall_due(self, count: int) -> None:
        """Let documents of new holders be registered that are due tomorrow."""
        first = len(self.holders)
        numbers = {f"LAB-{first + place:06d}": f"+6281500{first + place:06d}" for place in range(count)}
        self._books.register_documents(numbers, datetime.now().astimezone() + timedelta(days=1))
        self.holders += numbers.values()

    def answered(self) -> Tally:
        """What came of the texts in."""
        return tally(self._network.history, self.citizens)

    def sent(self) -> Tally:
        """What came of the texts out."""
        return tally(self._network.history, self.recipients)

    def reminded(self) -> Tally:
        """What came of the reminders."""
        return tally(self._network.history, self.holders)

    def settled(self, in_doubt: Set[str] = frozenset()) -> bool:
        """Whether everybody got what is owed, but for those whose message the daemon says to be in doubt."""
        return {*self.answered().lost, *self.sent().lost, *self.reminded().lost} <= in_doubt
