"""Proofs, names, amounts: when they are the same, nearly the same, and when they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgov.domain.matching import Policy, amounts, proofs
from mgov.domain.matching.amounts import Certainty
from mgov.domain.matching.descriptions import bill_keys
from mgov.domain.matching.name_index import NameIndex
from mgov.domain.matching.names import words_of

KEYS = st.text("0123456789ABCFT", min_size=8, max_size=14)


@given(KEYS, st.data())
def test_one_changed_character_is_one_slip_and_is_found(key: str, data: st.DataObject) -> None:
    """Whatever character is changed, the proof is near, and shares a part by which it is looked up."""
    place = data.draw(st.integers(0, len(key) - 1))
    told = key[:place] + "9" + key[place + 1 :]
    assert proofs.one_slip(told, key)
    assert set(proofs.said_parts(told)) & set(proofs.booked_parts(key))


@given(KEYS, KEYS)
def test_slips_go_both_ways(left: str, right: str) -> None:
    """What is one slip from another has it one slip away."""
    assert proofs.one_slip(left, right) == proofs.one_slip(right, left)


@pytest.mark.parametrize(("left", "right"), [("12345678", "12345687"), ("1234567", "12345678"), ("FT26", "FT2")])
def test_a_swap_or_a_lost_character_is_one_slip(left: str, right: str) -> None:
    """As fingers do."""
    assert proofs.one_slip(left, right)


def test_three_wrong_characters_are_another_proof() -> None:
    """An invented end is not a slip."""
    assert not proofs.is_near("1020205854459", "1020205854736")


@pytest.mark.parametrize("text", ["PKB-2026-016152", "PKB2026016152", "PKB/2026/016082 X", "TRF STRD 2026 051052"])
def test_a_bill_number_is_seen_however_the_bank_writes_it(text: str) -> None:
    """Separators get lost or changed."""
    assert len(bill_keys(text)) == 1


@pytest.mark.parametrize(
    "text", ["BI-FAST CR BRI NANANG KOMALA EFENDI", "KLIRING NANANG KOMALA EFEN", "TRF EFENDI NANANG KOMALA 123"]
)
def test_a_payer_is_named_in_full_cut_or_turned(text: str) -> None:
    """Banks cut names and turn them round."""
    assert NameIndex(["NANANG KOMALA EFENDI"]).find(text) == {words_of("NANANG KOMALA EFENDI")}


def test_a_relative_with_the_same_first_name_is_not_the_payer() -> None:
    """Two people share a first name more often than not."""
    assert NameIndex(["NANANG KOMALA EFENDI"]).find("TRF NANANG SIMATUPANG") == set()


@pytest.mark.parametrize(
    ("due", "came", "said", "certainty"),
    [
        (250_000, 250_000, 250_000, Certainty.EXACT),
        (250_000, 243_500, 250_000, Certainty.SAID),
        (250_000, 247_500, None, Certainty.SAID),
        (250_000, 100_000, 100_000, Certainty.SAID),
        (250_000, 100_000, 250_000, Certainty.DOUBTFUL),
        (250_000, 250_386, 250_386, Certainty.SAID),
        (75_000, 450_000, 450_000, Certainty.IMPOSSIBLE),
        (0, 250_000, 250_000, Certainty.IMPOSSIBLE),
    ],
)
def test_how_an_amount_fits(due: int, came: int, said: int | None, certainty: Certainty) -> None:
    """The bill's amount, a fee less, a part as said, far too much."""
    assert amounts.fit(due, came, said, Policy()).certainty is certainty
