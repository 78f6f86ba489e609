"""What a long drill lost or doubled: what the network saw, beside what was owed and what the books say."""

from __future__ import annotations

from typing import Protocol

from mgov.lab.books import Books
from mgov.lab.traffic import Traffic


class Losses(Protocol):
    """The counts that every long drill's verdict has. `unexplained` are doubles that were never in doubt."""

    texts_in: int
    lost_in: int
    doubled_in: int
    booked_twice: int
    texts_out: int
    lost_out: int
    doubled_out: int
    unexplained: int
    uncertain: int


def count(verdict: Losses, traffic: Traffic, books: Books) -> None:
    """Compare what the network saw with what was owed and with what the books say."""
    answered, sent, bookings = traffic.answered(), traffic.sent(), books.bookings()
    unsettled = books.recipients("uncertain")  # not lost: the books say that they may have gone out or not
    doubled = {*answered.doubled, *sent.doubled}
    verdict.texts_in, verdict.texts_out = len(traffic.citizens), len(traffic.recipients)
    verdict.lost_in = len(set(answered.lost) - unsettled) + sum(not bookings[each] for each in traffic.payers)
    verdict.lost_out = len(set(sent.lost) - unsettled)
    verdict.doubled_in, verdict.doubled_out = len(answered.doubled), len(sent.doubled)
    verdict.unexplained = len(doubled - books.sent_again_in_doubt())
    verdict.booked_twice = sum(times > 1 for times in bookings.values())
    verdict.uncertain = len(unsettled)
