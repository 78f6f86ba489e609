"""A citizen's phone on the simulated network."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from modem_drivers.sms import Deliver, text_of_parts


@dataclass(frozen=True, slots=True)
class Text:
    """What a phone shows: who wrote, what, when it came in, and of how many parts it was joined."""

    sender: str
    text: str
    received_at: datetime
    parts: int = 1


@dataclass(frozen=True, slots=True)
class SendOptions:
    """How a phone sends: width of the reference of a long message, message class, last part first."""

    reference_bits: int = 8
    message_class: int | None = None
    backwards: bool = False


class Exchange(Protocol):
    """What a phone needs of its network."""

    def send_from(self, number: str, text: str, to: str | None, options: SendOptions) -> None:
        """Take a text from a phone."""

    def reachable_again(self, number: str) -> None:
        """Deliver what waited for this phone."""

    def run(self, work: Callable[[], None]) -> None:
        """Do something on the network's loop and wait until it is done."""


class Phone:
    """Sends texts and shows what it received; every method may be called from any thread."""

    def __init__(self, number: str, network: Exchange) -> None:
        self.number = number
        self.on = True
        self._network = network
        self._changed = threading.Condition()
        self._inbox: list[Text] = []
        self._parts: dict[tuple[str, int, int, int], dict[int, Deliver]] = {}

    @property
    def inbox(self) -> list[Text]:
        """What it received so far, long messages joined, oldest first."""
        with self._changed:
            return list(self._inbox)

    def send(
        self,
        text: str,
        to: str | None = None,
        *,
        reference_bits: int = 8,
        message_class: int | None = None,
        backwards: bool = False,
    ) -> None:
        """Text a number, or the first modem when `to` is None.

        `reference_bits` is 8 or 16, `message_class` 0 to 3, `backwards` sends the last part first.
        """
        self._network.send_from(self.number, text, to, SendOptions(reference_bits, message_class, backwards))

    def switch_off(self) -> None:
        """Be out of reach: the network keeps what is for this phone."""
        self.on = False

    def switch_on(self) -> None:
        """Be in reach again."""
        self.on = True
        self._network.run(lambda: self._network.reachable_again(self.number))

    def take(self, message: Deliver, now: datetime) -> None:
        """Receive one PDU; called by the network."""
        sender = message.sender.text if message.sender else ""
        place = message.user_data.concatenation
        parts = [message]
        if place is not None:
            key = (sender, place.bits, place.reference, place.total)
            known = self._parts.setdefault(key, {})
            known[place.sequence] = message
            if len(known) < place.total:
                return
            del self._parts[key]
            parts = [known[number] for number in sorted(known)]
        text = text_of_parts(part.user_data for part in parts)
        with self._changed:
            self._inbox.append(Text(sender, text, now, len(parts)))
            self._changed.notify_all()

    def wait_for(self, count: int, timeout: float) -> list[Text]:
        """Wait until at least `count` texts are there, at most `timeout` seconds; gives the inbox as it is then."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while len(self._inbox) < count:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            return list(self._inbox)

    async def receives(self, count: int, within: float) -> list[Text]:
        """Wait as `wait_for` does, without holding up the caller's event loop."""
        return await asyncio.to_thread(self.wait_for, count, within)
