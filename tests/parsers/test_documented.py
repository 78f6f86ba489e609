"""The documented form is read without a search, and exactly as the search would read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.banks import SHIPPED
from parsers.documented import read_documented
from parsers.reader import read, read_freely

_NOW = datetime(2026, 11, 12, 16, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
_BILLS = st.one_of(
    st.builds("{}-{}-{:06d}".format, st.sampled_from(["SKRD", "skpd", "PKB", "BBNKB", "RTU"]), st.integers(2024, 2027), st.integers(0, 999_999)),
    st.text("0123456789", min_size=16, max_size=16),
)  # fmt: skip
_PROOFS = st.one_of(
    st.text("0123456789", min_size=6, max_size=15),
    st.builds("{}{}".format, st.sampled_from(["FT", "TRX", "MU", "bjb"]), st.integers(10_000, 10**9)),
    st.builds("FT26{:03d}{}{}".format, st.integers(1, 366), st.sampled_from(["ABC", "QX", "XX"]), st.integers(10, 99)),
)
_TAILS = st.sampled_from(["", "#250000", "#1250750#BJB", "#4999", "##BRI", "#98500#mandiri", "#75000#mega", "#875000#banten", "#12000000"])  # fmt: skip


@given(
    keyword=st.sampled_from(["BAYAR", "bayar", "Pay"]),
    bill=_BILLS,
    proof=_PROOFS,
    ago=st.integers(-90, 400),
    form=st.sampled_from(["%d/%m/%Y#%H:%M", "%d-%m-%Y#%H.%M"]),
    tail=_TAILS,
)
@settings(max_examples=400, deadline=None)
def test_the_documented_form_is_read_as_any_text_is(
    keyword: str, bill: str, proof: str, ago: int, form: str, tail: str
) -> None:
    """Whichever way reads it, the command, every field and what is missing are the same."""
    text = f"{keyword} {bill}#{proof}#{_NOW - timedelta(days=ago, minutes=ago):{form}}{tail}"
    quick, slow = read(text, _NOW), read_freely(text, _NOW)
    assert (quick.command, quick.fields, quick.missing, quick.certain, quick.guessed) == (
        slow.command,
        slow.fields,
        slow.missing,
        slow.certain,
        slow.guessed,
    )


@pytest.mark.parametrize(
    "text",
    [
        "BAYAR SKRD-2026-004512#0093482711#31/11/2026#14:30",  # no such day
        "BAYAR SKRD-2026-004512#1250000#12/11/2026#14:30",  # a sum or a proof
        "BAYAR SKRD-2026-004512#889012xxx#12/11/2026#14:30",
        "BAYAR IZN-2026-004512#0093482711#12/11/2026#14:30",
        "BAYAR SKRD-2026-004512#0093482711#12/11/2026#14:30#250000#BANKKU",
        "BAYRA SKRD-2026-004512#0093482711#12/11/2026#14:30",
        "BAYAR SKRD-2026-004512#0093482711",
    ],
)
def test_what_is_in_doubt_is_left_to_the_general_reader(text: str) -> None:
    """Nothing but the form itself, with fields that can only be what their place says."""
    assert read_documented(text, SHIPPED) is None
