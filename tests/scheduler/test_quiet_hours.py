"""Nobody is written to at three in the morning."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.calendar import Calendar
from scheduler.quiet_hours import QuietHours, zone_of

instants = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(["WIB", "WITA", "WIT", "Europe/Berlin", "America/New_York"])


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("WIB", "2026-11-24T03:00:00+07:00", "2026-11-24T08:00:00+07:00"),
        ("WIB", "2026-11-24T07:59:59+07:00", "2026-11-24T08:00:00+07:00"),
        ("WIB", "2026-11-24T08:00:00+07:00", "2026-11-24T08:00:00+07:00"),
        ("WIB", "2026-11-24T19:59:59+07:00", "2026-11-24T19:59:59+07:00"),
        ("WIB", "2026-11-24T20:00:00+07:00", "2026-11-25T08:00:00+07:00"),
        ("WITA", "2026-11-24T19:30:00+07:00", "2026-11-25T08:00:00+08:00"),
        ("wit", "2026-11-24T06:00:00+07:00", "2026-11-24T08:00:00+09:00"),
    ],
)
def test_the_hour_is_the_recipients(zone: str, moment: str, expected: str) -> None:
    """Sending opens at 08:00 and closes at 20:00 where the recipient is."""
    got = QuietHours(zone=zone_of(zone)).next_allowed(datetime.fromisoformat(moment))
    assert got.isoformat() == expected


def test_weekends_and_holidays_can_be_quiet() -> None:
    """With both switched off a Friday evening before a Monday holiday becomes Tuesday morning."""
    calendar = Calendar({date(2026, 8, 17): "Kemerdekaan"})
    quiet = QuietHours(on_weekends=False, on_holidays=False, calendar=calendar)
    friday = datetime(2026, 8, 14, 21, tzinfo=zone_of("WIB"))
    assert quiet.next_allowed(friday) == datetime(2026, 8, 18, 8, tzinfo=zone_of("WIB"))
    assert QuietHours(calendar=calendar).next_allowed(friday).date() == date(2026, 8, 15)


@given(moment=instants, zone=zones, opens=st.integers(0, 11), length=st.integers(1, 12), weekends=st.booleans())
def test_next_allowed_is_allowed_and_never_earlier(
    moment: datetime, zone: str, opens: int, length: int, weekends: bool
) -> None:
    """Whatever the zone, summer time included, the next moment lies in hours and is the first such."""
    quiet = QuietHours(time(opens), time(opens + length), zone_of(zone), on_weekends=weekends)
    allowed = quiet.next_allowed(moment)
    assert allowed >= moment
    assert quiet.allows(allowed) or not _exists(allowed)
    assert quiet.closes_after(moment) > allowed
    if allowed > moment:
        assert not quiet.allows(moment)
        assert allowed - moment <= timedelta(days=4)


def test_a_moment_without_offset_and_hours_that_never_open_are_refused() -> None:
    """Nothing is guessed: a naive time, crossed hours and an unknown zone are errors."""
    with pytest.raises(ValueError, match="offset"):
        QuietHours().allows(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="open before"):
        QuietHours(time(20), time(8))
    with pytest.raises(ValueError, match="WIB, WITA, WIT"):
        zone_of("WIX")
    closed = Calendar({date(2026, 1, 1) + timedelta(days=n): "x" for n in range(400)})
    with pytest.raises(ValueError, match="no sending day"):
        QuietHours(on_holidays=False, calendar=closed).next_allowed(datetime(2026, 1, 1, tzinfo=UTC))


def _exists(local: datetime) -> bool:
    """Whether a wall clock really shows this time (not skipped by summer time)."""
    return local.astimezone(UTC).astimezone(local.tzinfo).time() == local.time()
