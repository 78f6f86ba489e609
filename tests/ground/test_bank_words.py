"""The table of banks' words: money that goes back, money that is no citizen's."""

from __future__ import annotations

from mgov import bootstrap


def test_the_table_of_words_is_in_capitals_and_has_the_known_ones() -> None:
    """Descriptions are compared in capitals."""
    words = bootstrap.bank_words()
    assert set(words) == {"reversal", "suspect", "income"}
    assert {"REVERSAL", "RETUR", "KOREKSI", "BATAL", "CHARGEBACK"} <= words["reversal"]
    assert {"SETORAN LAIN-LAIN", "JASA GIRO"} <= words["income"]
    assert all(word and word == word.upper().strip() for kind in words.values() for word in kind)
