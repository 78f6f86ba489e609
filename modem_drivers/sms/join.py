"""Parts become a text again, whatever the order in which they came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from modem_drivers.sms.errors import PduError
from modem_drivers.sms.pdu import Deliver
from modem_drivers.sms.user_data import UserData, text_of_payload


def in_order(parts: Iterable[UserData]) -> list[UserData]:
    """The parts of one message by their sequence, each once.

    Raises `PduError("incomplete")` when one is missing, `PduError("mixed")` when they are not of one message.
    """
    given = list(dict.fromkeys(parts))  # a network may deliver the same one twice
    if len(given) == 1 and given[0].concatenation is None:
        return given
    by_sequence: dict[int, UserData] = {}
    messages = set()
    total = 0
    for part in given:
        place = part.concatenation
        if place is None:
            raise PduError("mixed", "a message that stands alone is among the parts of another")
        messages.add((place.bits, place.reference, place.total))
        total = place.total
        by_sequence.setdefault(place.sequence, part)
    if len(messages) > 1:
        raise PduError("mixed", "the parts belong to several messages")
    missing = [number for number in range(1, total + 1) if number not in by_sequence]
    if missing or not given:
        raise PduError("incomplete", f"missing parts: {', '.join(map(str, missing)) or 'all'}")
    return [by_sequence[number] for number in range(1, total + 1)]


def text_of_parts(parts: Iterable[UserData]) -> str:
    """The text of parts that are complete and in order.

    Neighbours of one alphabet are read as one: bad splitters cut inside an escape or a surrogate pair. Parts of 8-bit
    data have no text and add none.
    """
    return "".join(_texts(parts))


def _texts(parts: Iterable[UserData]) -> Iterator[str]:
    for (alphabet, languages), run in groupby(parts, key=lambda part: (part.alphabet, part.languages)):
        yield text_of_payload(b"".join(part.payload for part in run), alphabet, languages) or ""


def join(messages: Iterable[Deliver]) -> str:
    """The text of a long message from its DELIVERs in any order, doubles among them; raises `PduError`."""
    given = list(messages)
    if len({message.sender for message in given}) > 1:
        raise PduError("mixed", "the parts come from several senders")
    return text_of_parts(in_order(message.user_data for message in given))
