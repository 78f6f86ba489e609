"""How a modem is: its registration, signal and operator, and how full its memory is."""

from __future__ import annotations

from modem_drivers.at import replies
from modem_drivers.at.memory import Memory
from modem_drivers.at.session import Session
from modem_drivers.radio import REGISTERED, Health


async def look(session: Session, memory: Memory) -> Health:
    """Ask it; what it does not tell is None."""
    stat = await registration(session)
    signal = await session.try_optional("+CSQ")
    operator = None if session.is_slow else await session.try_optional("+COPS?", "sim")
    used, total = await memory.use()
    return Health(
        registration=stat,
        signal_dbm=replies.parse_csq(signal.lines) if signal else None,
        operator=replies.parse_cops_read(operator.lines) if operator else None,
        used=used,
        total=total,
    )


async def registration(session: Session) -> int | None:
    """<stat> of the first kind of registration that lets texts be sent, else of the first that is told.

    A stick on LTE may be registered only by +CEREG, one that is data-only by +CGREG.
    """
    first: int | None = None
    for name in ("+CREG", "+CEREG", "+CGREG"):
        answer = await session.try_optional(f"{name}?")
        stat = replies.parse_creg(answer.lines, name) if answer else None
        if stat in REGISTERED:
            return stat
        first = stat if first is None else first
    return first
