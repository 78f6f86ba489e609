"""Whether the data of holidays reaches into the next year: from November on it has to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

#: The decree on next year's holidays is out by then.
ASK_FROM_MONTH: Final = 11


def holiday_remark(rows: Iterable[Mapping[str, Any]], today: date) -> str | None:
    """What lacks in rows of `date` and `basis` (`decree` or `expected`) as seen on a day; None when nothing does."""
    years: dict[int, set[str]] = {}
    for row in rows:
        years.setdefault(row["date"].year, set()).add(str(row["basis"]))
    if today.year not in years:
        return f"{today.year} has no holidays: only its weekends are known"
    if today.month < ASK_FROM_MONTH:
        return None
    following = years.get(today.year + 1)
    if following is None:
        return f"{today.year + 1} has no holidays yet: add the decree's (SKB) to holidays.toml"
    if "decree" not in following:
        return f"{today.year + 1}: computed, not from the decree (SKB): replace them in holidays.toml when it is out"
    return None
