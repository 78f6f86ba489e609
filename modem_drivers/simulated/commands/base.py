"""What a command handler is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from modem_drivers.simulated.syntax import Command

if TYPE_CHECKING:
    from modem_drivers.simulated.modem import Modem


class Pending:
    """The handler's answer comes later, by `Modem.complete`, `Modem.fail` or `Modem.cancel`."""


PENDING = Pending()
Handler = Callable[["Modem", Command], "list[str] | Pending"]
