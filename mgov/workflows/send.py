"""Send: who sends, the part that he has in hand, and what the radio said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from mgov.domain.routing import Fleet, SendRules
from mgov.store import leases
from mgov.store.outbox import Row
from mgov.store.queue import Taker

#: How many parts a text needs on the air.
CountParts = Callable[[str], int]


#: `memory` of a part that is to be written to the modem's memory before it is sent, and is not known to be there yet.
NOT_WRITTEN = "-"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: `owner` names the lease (node and part), `modem` and `sim` the radio.

    `crash_safe`: parts are written to the modem's memory first, and that is committed before they are sent from there.
    `rules` is what the site says about sending, `fleet` how the other modems are (`fleet.view`).
    """

    owner: str
    modem: str
    sim: str
    crash_safe: bool = False
    rules: SendRules = field(default_factory=SendRules)
    fleet: Fleet = field(default_factory=Fleet)

    def taker(self, count_parts: CountParts) -> Taker:
        """This modem as the queue knows it."""
        return Taker(self.modem, self.sim, self.rules, self.fleet, count_parts)


@dataclass(frozen=True, slots=True)
class Task:
    """One part to submit now. `reference` is the 8-bit number all parts of this message share on the air."""

    message: Row
    part_id: int
    sequence: int
    total: int
    reference: int

    @property
    def claimed_at(self) -> datetime:
        """When its message was claimed."""
        until: datetime = self.message["lease_until"]
        return until - leases.LEASE

    @property
    def recipient(self) -> str:
        """The number to send to."""
        return str(self.message["recipient"])

    @property
    def text(self) -> str:
        """The whole text: the driver's side splits it the same way each time."""
        return str(self.message["text"])


@dataclass(frozen=True, slots=True)
class Submission:
    """What the radio said of one part: `outcome` is the value of `modem_drivers.radio.Outcome`."""

    outcome: str
    reference: int | None = None
    code: str | None = None
    detail: str = ""
