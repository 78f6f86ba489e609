"""Which money belongs to which confirmation and bill: a pure function over plain records.

`match` decides; `records` says what goes in and comes out. Only what is beyond doubt is matched; doubt is ambiguous,
with the candidates and the reasons, and waits for a person.
"""

from mgov.domain.matching.match import match
from mgov.domain.matching.reasons import Reason, sentence
from mgov.domain.matching.records import (
    Allocation,
    Around,
    Bill,
    Claim,
    Credit,
    Decision,
    DecisionKind,
    Policy,
    Rule,
)

__all__ = [
    "Allocation",
    "Around",
    "Bill",
    "Claim",
    "Credit",
    "Decision",
    "DecisionKind",
    "Policy",
    "Reason",
    "Rule",
    "match",
    "sentence",
]
