"""What a site lets one SIM send: parts in a minute, an hour and a day, and different recipients in a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: From this urgency on (reminders, bulk) a message may not use what is kept back for the others.
UNHURRIED = 30


@dataclass(frozen=True, slots=True)
class Quotas:
    """Limits of one SIM; None: none. Windows slide: a day is the last 24 hours.

    `reserve` is the share of each quota, in per cent, that reminders and bulk leave to replies and transactions.
    """

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    recipients_per_day: int | None = None
    reserve: int = 20

    def windows(self) -> dict[str, tuple[timedelta, int]]:
        """The limits on parts that are set: name → (window, limit)."""
        limits = {
            "per_minute": (MINUTE, self.per_minute),
            "per_hour": (HOUR, self.per_hour),
            "per_day": (DAY, self.per_day),
        }
        return {name: (window, limit) for name, (window, limit) in limits.items() if limit is not None}

    @property
    def any(self) -> bool:
        """Whether there is a limit at all."""
        return bool(self.windows()) or self.recipients_per_day is not None


NO_QUOTAS = Quotas()


@dataclass(frozen=True, slots=True)
class Usage:
    """What a SIM has sent: parts in each window by the window's name, different recipients of the last day, and when
    each window frees its oldest part."""

    parts: dict[str, int]
    recipients: int = 0
    frees_at: dict[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many parts may still go: `hurried` for alerts, replies and transactions, `unhurried` for reminders and bulk.

    None: no limit. `only_known`: only to who got a text in the last day already. `used_up` names the quota in the way.
    """

    hurried: int | None = None
    unhurried: int | None = None
    only_known: bool = False
    used_up: str | None = None

    def parts_for(self, urgency: int) -> int | None:
        """How many parts a message of this urgency may have."""
        return self.unhurried if urgency >= UNHURRIED else self.hurried


def allowance(quotas: Quotas, usage: Usage) -> Allowance:
    """What is left of the quotas. A long message begins when it fits, or when its window is still empty."""
    hurried: list[int] = []
    unhurried: list[int] = []
    used_up = None
    for name, (_, limit) in quotas.windows().items():
        used = usage.parts.get(name, 0)
        hurried.append(_left(limit, used))
        unhurried.append(_left(limit - limit * quotas.reserve // 100, used))
        if used >= limit:
            used_up = name
    only_known = quotas.recipients_per_day is not None and usage.recipients >= quotas.recipients_per_day
    return Allowance(
        min(hurried, default=None), min(unhurried, default=None), only_known, used_up or _named(only_known)
    )


#: A window with nothing in it takes a message of any length: else one with more parts than the limit never left.
UNUSED = 255


def _left(limit: int, used: int) -> int:
    return UNUSED if used == 0 and limit > 0 else max(0, limit - used)


def _named(only_known: bool) -> str | None:
    return "recipients_per_day" if only_known else None
