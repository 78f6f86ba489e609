"""Addresses have one normal form, and none is refused."""

from __future__ import annotations

import pytest

from parsers.phones import normalise


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0811-900-8812", "+628119008812"),
        ("628119008812", "+628119008812"),
        ("+628119008812", "+628119008812"),
        ("+9991234567", "+9991234567"),
        ("4444", "4444"),
        ("TELKOMSEL", "TELKOMSEL"),
    ],
)
def test_a_number_has_one_form(written: str, kept: str) -> None:
    """National forms become E.164; short codes, names and foreign numbers stay."""
    assert normalise(written) == kept
