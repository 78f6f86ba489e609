"""What follows each outcome of a submission: whether, where and when the message is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

MAX_ATTEMPTS = 12


class Where(Enum):
    """By which modem a message is tried again."""

    NOWHERE = "nowhere"  #: not at all, or not before its doubt is settled
    ANY = "any"  #: the same or another
    ANOTHER_MODEM = "another modem"  #: another when there is one: this one just failed
    ANOTHER_SIM = "another SIM"  #: another SIM when there is one: this one may not send


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What follows: where, and the seconds to wait after the first, second … try; then the last again."""

    where: Where
    waits: tuple[int, ...] = ()

    @property
    def retries(self) -> bool:
        """Whether the message is tried again at all."""
        return self.where is not Where.NOWHERE


#: By the value of `modem_drivers.radio.Outcome`: one entry for each.
AFTER = {
    "accepted": Aftermath(Where.NOWHERE),
    "refused_for_good": Aftermath(Where.NOWHERE),
    "uncertain": Aftermath(Where.NOWHERE),
    "refused_for_now": Aftermath(Where.ANY, (30, 60, 300, 900, 1800, 3600)),
    "modem_fault": Aftermath(Where.ANOTHER_MODEM, (0, 5, 30, 120, 600, 1800)),
    "sim_fault": Aftermath(Where.ANOTHER_SIM, (0, 30, 120, 600, 1800, 3600)),
}

#: Codes of `refused_for_now` that speak of this modem's reception only: another modem may have a network.
_NO_NETWORK_HERE = frozenset({"CMS 331", "CME 30", "CME 32", "CMS 38"})
_NO_NETWORK = Aftermath(Where.ANOTHER_MODEM, (0, 15, 60, 300, 900, 1800))


def lacks_network(outcome: str, code: str | None) -> bool:
    """Whether a refusal says that this modem has no network, and nothing of the message."""
    return outcome == "refused_for_now" and code in _NO_NETWORK_HERE


def aftermath(outcome: str, code: str | None) -> Aftermath:
    """What follows an outcome with the modem's own code (`CMS 331`)."""
    if lacks_network(outcome, code):
        return _NO_NETWORK
    return AFTER[outcome]


def retry_at(now: datetime, after: Aftermath, attempts: int, spread: int) -> datetime:
    """When a message is tried again after `attempts` tries.

    `spread`, any number of the message's own, stretches the wait by up to a tenth, so that not all come back at once.
    """
    seconds = after.waits[min(attempts, len(after.waits)) - 1]
    return now + timedelta(seconds=seconds * (1 + spread % 11 / 100))
