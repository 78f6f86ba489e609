"""Sticks with the troubles that their owners write of; like `makes` they share no code with what is tested."""

from __future__ import annotations

from pathlib import Path

from tests.modem_drivers import troubles_of_memory, troubles_of_service, troubles_of_timing, troubles_of_words
from tests.modem_drivers.stick import Stick
from tests.modem_drivers.troubles_of_service import Unplugged


def troubles(folder: Path) -> list[type[Stick]]:
    """Every trouble; `folder` is where ports that come and go appear."""
    folder.mkdir(exist_ok=True)
    Unplugged.folder = folder
    rooms = (troubles_of_service, troubles_of_memory, troubles_of_words, troubles_of_timing)
    kinds = [kind for room in rooms for kind in vars(room).values()]
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Stick) and kind is not Stick]
