"""Which modem takes what: the SIM that was texted, the operator, how a route works, and the load."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mgov.domain.operators import Operators
from mgov.domain.routing import Candidate, Fleet, ModemView, SendRules, choose

TABLE = Path(__file__).parents[2] / "config" / "operators.toml"
OPERATORS = Operators.read(tomllib.loads(TABLE.read_text(encoding="utf-8")))
TSEL, XL = "+6281210000001", "+6281810000001"
TSEL_1, TSEL_2, XL_1 = (ModemView("t1", "TELKOMSEL"), ModemView("t2", "TELKOMSEL"), ModemView("x1", "XL"))


def _takes(me: str, fleet: Fleet, *due: Candidate) -> list[int]:
    return choose(me, due, fleet, OPERATORS)


def _away(name: str, operator: str = "TELKOMSEL") -> ModemView:
    return ModemView(name, operator, takes=False, away=True)


def test_a_text_goes_by_a_sim_of_its_operator() -> None:
    """One Telkomsel number is left to the Telkomsel SIM, also when the other one is idle."""
    fleet = Fleet((TSEL_1, XL_1))
    assert _takes("x1", fleet, Candidate(1, 20, TSEL)) == []
    assert _takes("t1", fleet, Candidate(1, 20, TSEL)) == [1]


def test_nobody_idles_beside_a_queue() -> None:
    """What is more than the operator's own SIMs can begin at once is taken by others; the first is left to them."""
    due = [Candidate(number, 20, TSEL) for number in range(1, 5)]
    assert _takes("x1", Fleet((TSEL_1, TSEL_2, XL_1)), *due) == [3, 4]


def test_own_operator_comes_before_another_and_urgency_before_both() -> None:
    """Within a class a SIM takes its own operator's first; a more urgent class goes before."""
    due = [Candidate(1, 20, TSEL), Candidate(2, 20, TSEL), Candidate(3, 20, XL), Candidate(4, 30, XL)]
    assert _takes("x1", Fleet((TSEL_1, XL_1)), *due) == [3, 2, 4]


def test_a_number_of_no_known_operator_goes_by_any() -> None:
    """Foreign numbers have no nearer SIM."""
    assert _takes("x1", Fleet((TSEL_1, XL_1)), Candidate(1, 20, "+447700900000")) == [1]


def test_a_reply_waits_for_its_sim_until_that_is_away() -> None:
    """The SIM that was texted answers; when it is away, one of the same operator; only without one, any."""
    reply = Candidate(1, 10, TSEL, preferred="t1")
    assert _takes("t2", Fleet((TSEL_1, TSEL_2, XL_1)), reply) == []
    gone = Fleet((_away("t1"), TSEL_2, XL_1))
    assert (_takes("t2", gone, reply), _takes("x1", gone, reply)) == ([1], [])
    assert _takes("x1", Fleet((_away("t1"), _away("t2"), XL_1)), reply) == [1]


def test_a_reply_to_a_modem_that_is_no_more_is_taken_by_any() -> None:
    """A modem that left the configuration and the database keeps nothing."""
    assert _takes("x1", Fleet((XL_1,)), Candidate(1, 10, TSEL, preferred="old")) == [1]


def test_the_rest_of_a_long_message_is_for_its_sim_alone() -> None:
    """Whatever the fleet looks like."""
    rest = Candidate(1, 30, XL, bound=True)
    assert _takes("t1", Fleet((TSEL_1, XL_1)), rest) == [1]


def test_a_poor_route_is_left_to_a_better_one() -> None:
    """A SIM whose texts to an operator fail takes none of them while another can; alone it does."""
    poor = frozenset({("t1", "TELKOMSEL")})
    assert _takes("t1", Fleet((TSEL_1, XL_1), poor), Candidate(1, 20, TSEL)) == []
    assert _takes("x1", Fleet((TSEL_1, XL_1), poor), Candidate(1, 20, TSEL)) == [1]
    assert _takes("t1", Fleet((TSEL_1, _away("x1", "XL")), poor), Candidate(1, 20, TSEL)) == [1]
    assert _takes("t1", Fleet((TSEL_1, XL_1), poor), Candidate(1, 20, TSEL, seconds=301)) == [1]


def test_a_pilot_texts_only_to_its_numbers() -> None:
    """Whole numbers or their beginnings; without a pilot to everybody."""
    rules = SendRules(only_to=("+6281210000001", "+62818"))
    assert [rules.may_text(number) for number in (TSEL, XL, "+6281210000002")] == [True, True, False]
    assert SendRules().may_text("+6281210000002")


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("+628111234567", "TELKOMSEL"),
        ("+6281412345678", "INDOSAT"),
        ("+6285712345678", "INDOSAT"),
        ("+6287812345678", "XL"),
        ("+6283812345678", "AXIS"),
        ("+6289912345678", "TRI"),
        ("+6288112345678", "SMARTFREN"),
        ("+62215551234", None),
        ("+447700900000", None),
        ("3636", None),
    ],
)
def test_a_number_tells_its_operator(number: str, name: str | None) -> None:
    """By the prefixes in the shipped table."""
    assert OPERATORS.of_number(number) == name


def test_a_sim_tells_its_operator() -> None:
    """By what the modem calls it, else by its IMSI."""
    assert [OPERATORS.name_of(called) for called in ("Telkomsel", "510 10", "3", "IM3", "XL Axiata")] == [
        "TELKOMSEL",
        "TELKOMSEL",
        "TRI",
        "INDOSAT",
        "XL",
    ]
    by_imsi = OPERATORS.of_sim("510110000000001", None)
    assert by_imsi is not None
    assert by_imsi.name == "XL"
    assert OPERATORS.of_sim("23410000", "vodafone") is None


def test_the_table_of_operators_is_whole() -> None:
    """No prefix and no network code twice, every prefix an Indonesian mobile one, every SMS centre a number."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    prefixes = [prefix for row in table["operator"] for prefix in row["prefixes"]]
    codes = [code for row in table["operator"] for code in row["mnc"]]
    assert len(prefixes) == len(set(prefixes))
    assert len(codes) == len(set(codes))
    assert all(prefix.startswith("+628") and prefix[1:].isdigit() for prefix in prefixes)
    assert all(code.startswith("510") and len(code) == 5 for code in codes)
    assert all(row["smsc"].removeprefix("+").isdigit() for row in table["operator"] if "smsc" in row)
    assert all(row["balance_ussd"] for row in table["operator"])


def test_nearness_starves_nobody() -> None:
    """What the nearer SIM was refused, or did not begin in a quarter of a minute, is for the other one as well."""
    fleet = Fleet((TSEL_1, XL_1))
    assert _takes("x1", fleet, Candidate(1, 20, TSEL, tried=True)) == [1]
    assert _takes("x1", fleet, Candidate(1, 20, TSEL, seconds=14)) == []
    assert _takes("x1", fleet, Candidate(1, 20, TSEL, seconds=16)) == [1]
