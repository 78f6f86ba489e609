"""One table says what every error code means."""

from __future__ import annotations

import pytest

from modem_drivers.outcomes import CME, CMS, interrupted, refused, verdict_of
from modem_drivers.radio import Outcome


@pytest.mark.parametrize(("kind", "table"), [("CMS", CMS), ("CME", CME)])
def test_codes_in_digits_and_in_words_mean_the_same(kind: str, table: dict[int, object]) -> None:
    """+CMEE=2 modems say the name."""
    for code, verdict in table.items():
        assert verdict_of(kind, str(code)) is verdict
        assert verdict_of(kind, verdict.name) is verdict  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", ["332", "500", "512", "nonsense", ""])
def test_doubt_is_uncertain_only_when_the_pdu_was_handed_over(code: str) -> None:
    """Before that nothing can have gone out."""
    assert refused("CMS", code, handed_over=True).outcome is Outcome.UNCERTAIN
    assert refused("CMS", code, handed_over=False).outcome is Outcome.MODEM_FAULT


@pytest.mark.parametrize("code", ["timeout", "port_lost", "silent"])
def test_an_answer_that_never_came(code: str) -> None:
    """Uncertain behind the PDU, the modem's fault before it; the code stays readable."""
    assert interrupted(code, handed_over=True).outcome is Outcome.UNCERTAIN
    assert interrupted(code, handed_over=False).outcome is Outcome.MODEM_FAULT
    assert interrupted(code, handed_over=True).code == code
