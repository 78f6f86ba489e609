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


#: TS 27.005, 3.2.5 with TS 24.011, table 8.4, and TS 23.040, 9.2.3.22; TS 27.007, 9.2.1.
CMS_CODES = (
    *(1, 8, 10, 17, 21, 22, 27, 28, 29, 30, 38, 41, 42, 47, 50, 69, 81, 95, 96, 97, 98, 99, 111, 127),
    *(128, 129, 130, 143, 144, 145, 159, 160, 161, 175, 176, 192, 193, 194, 195, 196, 197, 198, 199, *range(208, 214)),
    *(255, *range(300, 306), *range(310, 319), 320, 321, 322, 330, 331, 332, 340, 500),
)
CME_CODES = (*range(8), *range(10, 19), *range(20, 28), 30, 31, 32, *range(40, 64), 100)


def test_every_code_of_the_specifications_has_its_verdict() -> None:
    """Each with an outcome and a sentence in both languages."""
    assert set(CMS_CODES) <= CMS.keys()
    assert set(CME_CODES) <= CME.keys()
    for verdict in (*CMS.values(), *CME.values()):
        indonesian, english = verdict.sentence.split(" / ", 1)
        assert indonesian
        assert english


@pytest.mark.parametrize("code", ["2", "100", "126", "131", "200", "254"])
def test_a_cause_that_is_not_listed_counts_as_temporary(code: str) -> None:
    """The network or the centre said no: nothing went out, and it may be tried again later."""
    assert refused("CMS", code, handed_over=True).outcome is Outcome.REFUSED_FOR_NOW
