"""The next text of a conversation completes what was asked for, or confirms it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from parsers.completion import complete, yes_or_no
from parsers.reader import read

_NOW = datetime(2026, 11, 12, 16, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
_PENDING = read("BAYAR SKRD-2026-004512", _NOW)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("0093482711", "proof", "0093482711"),
        ("no bukti 0093482711 ya pak", "proof", "0093482711"),
        ("tadi jam 2 siang", "paid_at", "2026-11-12T14:00:00+07:00"),
        ("kemarin", "paid_at", "2026-11-11"),
    ],
)
def test_an_answer_fills_what_was_asked(text: str, field: str, value: str) -> None:
    """A short answer becomes the field that it fits."""
    done = complete(_PENDING, text, _NOW)
    assert done.reading.fields == {"bill": "SKRD-2026-004512", field: value}
    assert done.filled == (field,)


def test_a_bare_number_that_fits_two_fields_is_asked_about() -> None:
    """Sixteen digits may be the payment code or the proof: nobody guesses."""
    done = complete(read("bayar", _NOW), "1260778100245519", _NOW)
    assert done.ambiguous == ("bill", "proof")
    assert done.reading.fields == {}


def test_another_command_is_no_answer() -> None:
    """A new request leaves the open question alone."""
    assert complete(_PENDING, "STATUS IZN-2026-600123", _NOW).filled == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("YA", True),
        ("ya pak", True),
        ("OK", True),
        ("BATAL", False),
        ("tidak", False),
        ("bayar", None),
        ("BATAL IZN-2026-600123", None),
    ],
)
def test_yes_and_no(text: str, said: bool | None) -> None:
    """YA and its like confirm, BATAL and its like drop, everything else is neither."""
    assert yes_or_no(text) is said
