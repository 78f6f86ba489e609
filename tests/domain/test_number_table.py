"""The table of numbers promises what a dict would, in a tenth of the room."""

from __future__ import annotations

import random
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from mgov.domain.number_table import NumberTable

KEYS = st.integers(min_value=-(2**63), max_value=2**64 - 1)


@given(st.lists(st.tuples(KEYS, st.integers(1, 2**32 - 1))))
def test_it_answers_as_a_dict(pairs: list[tuple[int, int]]) -> None:
    """The last value set for a key is the one told, and a key never set has none."""
    table, known = NumberTable(), {}
    for key, value in pairs:
        table.set(key, value)
        known[key & (2**64 - 1)] = value
    assert len(table) == len(known)
    assert all(table.get(key) == value for key, value in known.items())
    assert table.get(12345) == known.get(12345, 0)


def test_several_values_of_a_key_stay_in_their_order_while_it_grows() -> None:
    """However often the table grows, a key's values come in the order added, and no other key's among them."""
    chance = random.Random(7)
    table, known = NumberTable(), defaultdict(list)
    for value in range(1, 20_001):
        key = chance.choice((chance.getrandbits(64), chance.randrange(50), chance.randrange(50) << 40))
        table.add(key, value)
        known[key].append(value)
    assert len(table) == 20_000
    assert all(list(table.all(key)) == values for key, values in known.items())
    assert list(table.all(2**50 + 7)) == []
