"""From November on the next year's holidays are asked for."""

from __future__ import annotations

from datetime import date

from scheduler.holiday_year import holiday_remark

DECREED = [{"date": date(2026, 1, 1), "basis": "decree"}]
COMPUTED = [*DECREED, {"date": date(2027, 1, 1), "basis": "expected"}]


def test_next_year_is_asked_for_from_november_on() -> None:
    """Not before; a computed year is told from a decreed one; a missing current year is said at any time."""
    assert holiday_remark(DECREED, date(2026, 10, 31)) is None
    assert "2027 has no holidays yet" in (holiday_remark(DECREED, date(2026, 11, 1)) or "")
    assert "computed" in (holiday_remark(COMPUTED, date(2026, 11, 24)) or "")
    assert holiday_remark([*COMPUTED, {"date": date(2027, 5, 1), "basis": "decree"}], date(2026, 12, 1)) is None
    assert "only its weekends" in (holiday_remark(DECREED, date(2028, 2, 1)) or "")
