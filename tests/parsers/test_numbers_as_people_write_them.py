"""Proofs and bills as hands write them: an O for a zero, groups with signs between, a second bill by its serial alone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from parsers.reader import read

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
BILL = "SKRD-2026-052018"


def _proof(text: str) -> object:
    return read(text, NOW).fields.get("proof")


def _bills(text: str) -> object:
    fields = read(text, NOW).fields
    return fields.get("bills", [fields.get("bill")])


@pytest.mark.parametrize(
    ("text", "proof"),
    [
        (f"sudah bayar {BILL} no bukti 958433O89435 tgl 12/11/2026 jam 10.00", "958433089435"),
        (f"BAYAR {BILL}#009O808774#12/11/2026#10:00", "0090808774"),
        (f"bayar {BILL} ref oo99001126 12/11/2026", "0099001126"),
        (f"bayar {BILL} 1.5OO.OOO tgl 12/11 jam 10.00 BRI ref 889O12345", "889012345"),
    ],
)
def test_the_letter_o_among_nothing_but_digits_is_a_zero(text: str, proof: str) -> None:
    """No bank prints a number whose only letter is this one."""
    assert _proof(text) == proof


def test_an_o_among_other_letters_stays_the_letter_that_it_is() -> None:
    """``OVO`` and ``TRO`` are the bank's own."""
    assert _proof(f"bayar {BILL} ref OVO8812003344 12/11/2026") == "OVO8812003344"


@pytest.mark.parametrize(
    "said",
    [
        "#2OO.OOO#12/11/2026#10:00", "#2OOOOO#12/11/2026#10:00", "#15OO000#12/11/2026#10:00", "#12/1O/2026#10:00#350000",
        " bukti 35O.OOO 12/11/2026", " bukti 12-1O-2026 jam 10:00", " hp O81234567890 12/11/2026", " rek 95843O123123",
        " 12/11/2026 10.00 O81234567890", " bukti 95843O** jam 10:00", " bukti OOOOOO123 12/11/2026",
    ],
)  # fmt: skip
def test_a_sum_a_date_or_a_phone_with_the_letter_o_is_no_proof(said: str) -> None:
    """What would be no proof in digits is none with an O among them."""
    assert _proof(f"BAYAR {BILL}{said}") is None


@pytest.mark.parametrize("written", ["FT26.292N.B4GP", "FT26-292N-B4GP", "FT26 292N B4GP", "FT26292N B4GP"])
@pytest.mark.parametrize("form", ["BAYAR {}#{}#12/11/2026#10:00", "sudah bayar {} bukti {} tgl 12/11/2026 jam 10.00"])
def test_a_group_of_a_proof_that_looks_like_a_plate_is_a_group(form: str, written: str) -> None:
    """The whole number is the proof, whatever its groups look like."""
    assert _proof(form.format(BILL, written)) == "FT26292NB4GP"


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("cek tagihan A1234BC/B2345CD", "A 1234 BC"),
        ("TAGIHAN.A.1234.BC", "A 1234 BC"),
        ("cek pajak motor beat2020-A1234BC", "A 1234 BC"),
        ("pajak B4GP-2026 berapa", "B 4 GP"),
        ("tagihan samsat A1234BC.th2026", "A 1234 BC"),
    ],
)
def test_a_plate_beside_a_sign_stays_a_plate(text: str, plate: str) -> None:
    """A dash, a dot or a slash beside a plate makes it no group of a number."""
    assert read(text, NOW).fields.get("plate") == plate


@pytest.mark.parametrize(
    ("text", "bills"),
    [
        ("BAYAR {} dan 052019#0093482711#12/11/2026#10:00", ["052018", "052019"]),
        ("BAYAR {} dan 152060#0093482711#12/11/2026#10:00", ["052018", "152060"]),
        ("BAYAR {}, 052019 & 052020#0093482711#12/11/2026#10:00", ["052018", "052019", "052020"]),
        ("sudah bayar {} dan 052019 no bukti 0093482711 tgl 12/11/2026", ["052018", "052019"]),
        ("bayar {} sama 2026-052019 bukti 0093482711", ["052018", "052019"]),
    ],
)
def test_a_bare_serial_behind_a_bill_is_a_bill_of_the_same_kind_and_year(text: str, bills: list[str]) -> None:
    """``SKRD-2026-052018 dan 052019`` names two bills, and the proof is that of both."""
    said = text.format(BILL)
    assert (_bills(said), _proof(said)) == ([f"SKRD-2026-{serial}" for serial in bills], "0093482711")


@pytest.mark.parametrize(
    "text",
    [
        "sudah bayar {} dan 500000 no bukti 0093482711", "BAYAR {} dan 500000#0093482711#12/11/2026#10:00",
        "sudah bayar {} dan 350 000 bukti 0093482711", "bayar {} dan 052019 ribu bukti 0093482711", "BAYAR {}, 771283, 12/11/2026, 10:00",
        "BAYAR {} + 771283 + 12/11/2026 + 10:00", "BAYAR {}#771283#12/11/2026#10:00", "bayar {} dan 121126 bukti 0093482711",
        "bayar {} dan rp052019 bukti 0093482711", "bayar {} dan bukan 052350 bukti 0093482711", "sudah bayar {} dan 052019 belum dibayar, bukti 0093482711",
        "BAYAR {} dan 0093482711#12/11/2026#10:00",
    ],
)  # fmt: skip
def test_a_sum_a_date_or_a_proof_behind_a_bill_is_no_serial(text: str) -> None:
    """Nor is a serial that is named only to say that it is not paid."""
    assert _bills(text.format(BILL)) == [BILL]
