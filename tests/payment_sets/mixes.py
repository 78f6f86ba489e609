"""Which kinds a set is made of, and how many of each."""

from __future__ import annotations

from tests.payment_sets.crooked import CROOKED, Crooked
from tests.payment_sets.honest import EVERYDAY, MESSY
from tests.payment_sets.plot import Plot

#: everyday: honest payers as they come; messy: two thirds of the messy kinds; hard: a third crooked, a third messy.
MIXES = {"everyday": (1.0, 0.0, 0.0), "messy": (1 / 3, 2 / 3, 0.0), "hard": (1 / 3, 1 / 3, 1 / 3)}


def make(mix: str, seed: int, stories: int, *, crowded: bool = False) -> Plot:
    """A set of so many stories; `crowded`: hardly any sums, names and minutes that are only one payer's."""
    stage = Crooked(seed, crowded=crowded)
    kinds, weights = list(EVERYDAY), list(EVERYDAY.values())
    clear = ["exact", "embedded", "credit_first", "credit_later", "weekend"]
    for _ in range(stories):
        family = stage.chance.choices(("everyday", "messy", "crooked"), MIXES[mix])[0]
        if family == "everyday":
            kind = stage.chance.choices(kinds, weights)[0] if mix == "everyday" else stage.chance.choice(clear)
        else:
            kind = stage.chance.choice(MESSY if family == "messy" else CROOKED)
        stage.kind = kind
        getattr(stage, f"tell_{kind}")()
    return stage.plot
