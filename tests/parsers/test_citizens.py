"""What citizens tell by seed is read as they meant it."""

from __future__ import annotations

import pytest

from parsers.reader import read
from tests.parsers.citizens import NOW, Citizen

FIELDS = ("bill", "proof", "paid_at", "amount", "bank", "channel")


@pytest.mark.parametrize("batch", range(6))
def test_confirmations_in_own_words(batch: int) -> None:
    """Any words, order, separator, way to say when and how much, with fees, phones and due dates beside them."""
    for seed in range(batch * 100, batch * 100 + 100):
        told = Citizen(seed).freely()
        reading = read(told.text, NOW)
        assert reading.command == "PAY", told.text
        assert {name: reading.fields.get(name) for name in FIELDS} == {
            name: told.fields.get(name) for name in FIELDS
        }, told.text


@pytest.mark.parametrize("batch", range(6))
def test_confirmations_in_the_documented_order(batch: int) -> None:
    """Any separator, spelling and typing error of the keyword; nothing is read that was not told."""
    for seed in range(batch * 100, batch * 100 + 100):
        told = Citizen(seed).as_documented()
        reading = read(told.text, NOW)
        assert reading.command == "PAY", told.text
        assert {name: reading.fields.get(name) for name in FIELDS} == {
            name: told.fields.get(name) for name in FIELDS
        }, told.text
