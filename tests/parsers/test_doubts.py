"""What is said twice, in parts, or with hidden digits is read only as far as it is beyond doubt."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from parsers.reader import read

NOW = datetime(2026, 11, 20, 21, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


@pytest.mark.parametrize(
    "text",
    [
        "sdh tf skrd-2026-118820 dua kali, 300rb dan 450rb, kmrn",
        "bayar SKPD-2026-118820 750.000 + 250.000 tadi jam 10.00 bri ref 88120033",
        "saya transfer pertama 1jt terus 500rb lagi utk skrd 2026 118820 kemarin",
        "sdh setor Rp 2.000.000 lalu Rp 1.500.000 utk SKPD-2026-118820 via teller bjb",
        "sudah transfer 2x masing2 500rb utk pkb-2026-118820",
        "udah dibayar skpd-2026-118820, 1,5jt dari bca sama 500rb dari bri",
    ],
)
def test_of_a_payment_in_parts_no_sum_is_the_amount(text: str) -> None:
    """Two transfers for one bill: neither of them nor their sum is taken for the amount."""
    reading = read(text, NOW)
    assert reading.command == "PAY"
    assert "amount" not in reading.fields


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("sudah bayar skrd-2026-118820 450.000 + admin 6.500 kmrn", 450_000),
        ("saldo saya tinggal 1.200.000, tadi bayar skrd-2026-118820 350.000", 350_000),
        ("saldo di atm 500.000 sdh bayar pkb-2026-118820 rp 425.000", 425_000),
        ("Balance now 900.000, paid skrd-2026-118820 300.000 yesterday", 300_000),
        ("BRImo pembayaran berhasil 19/11/2026 10:11 SKRD-2026-118820 Nominal: Rp350.000 Biaya Admin: Rp 0", 350_000),
    ],
)
def test_fees_and_balances_beside_the_amount_leave_it_standing(text: str, amount: int) -> None:
    """A fee that is added and a balance that is told are not the payment, and do not hide it."""
    assert read(text, NOW).fields["amount"] == amount


@pytest.mark.parametrize(
    "text",
    [
        "sdh bayar skrd-2026-118820 kmrn ref 0093****7711",
        "paid skrd-2026-118820 yesterday ref 99****1234 bca",
        "sudah byr skpd-2026-118820 no bukti 889012xxx",
        "sudah bayar skrd-2026-118820 kmrn id trx 771200-xx-12",
        "BAYAR SKRD-2026-118820#99120****#12/11/2026",
        "udah lunas skrd-2026-118820 bukti 771200(pudar) td pagi",
        "transfer skrd-2026-118820 kmrn ref 12345678 (angka terakhir tidak terbaca)",
    ],
)
def test_a_proof_with_hidden_or_unreadable_digits_is_asked_for(text: str) -> None:
    """Half a number is neither the proof nor a sum nor a time."""
    reading = read(text, NOW)
    assert reading.command == "PAY"
    assert not {"proof", "amount"} & set(reading.fields)
    assert "T" not in str(reading.fields.get("paid_at", "")) or "#" in text


def test_letters_of_a_bank_number_are_not_taken_for_hidden_digits() -> None:
    """``FT26000XX000`` is a whole number, ``FT26000XXXXX`` is not."""
    assert read("bayar skrd-2026-118820 kmrn no bukti FT26000XX000", NOW).fields["proof"] == "FT26000XX000"
    assert "proof" not in read("bayar skrd-2026-118820 kmrn no bukti FT26000XXXXX", NOW).fields


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ("td pukul 2 siang 14.05", "T14:05"),
        ("tadi jam 9 pagi (09.12)", "T09:12"),
        ("td jam 7 malam, 19:45 di struk,", "T19:45"),
        ("td jam 8 malam 20.03", "T20:03"),
    ],
)
def test_an_hour_said_twice_is_the_exact_one(clock: str, said: str) -> None:
    """The hour in words and the minute on the receipt agree: the receipt's is meant."""
    assert said in str(read(f"bayar skrd-2026-118820 {clock} ref 88120033", NOW).fields["paid_at"])


def test_hours_that_differ_leave_the_date_alone() -> None:
    """Two different hours are asked about."""
    assert read("td jam 8 malam 21.03 bayar skrd-2026-118820 ref 88120033", NOW).fields["paid_at"] == "2026-11-20"


@pytest.mark.parametrize(
    "text", ["trf gopay ke bca 90rb skrd-2026-118820 kmrn", "ovo->bri 75rb sdh tf rtu-2026-118820"]
)
def test_from_a_wallet_the_bank_is_not_the_payers(text: str) -> None:
    """The bank behind the arrow got the money."""
    fields = read(text, NOW).fields
    assert "bank" not in fields
    assert fields["channel"] == "transfer"


@pytest.mark.parametrize(
    "text",
    [
        "besok saya bayar SKRD-2026-118820 ya pak",
        "tadi mau transfer skrd-2026-118820 tapi gagal",
        "info jadwal bola malam ini",
        "no rekening bapenda brp ya",
        "Undelivered Mail Returned to Sender: BAYAR SKRD-2026-118820#123456789#11/11/2026#10:00",
        "Your message could not be delivered. Original message: STATUS IZN-2026-118820",
    ],
)
def test_plans_failures_and_returned_mails_are_no_request(text: str) -> None:
    """What nobody asks of us is left alone."""
    assert read(text, NOW).command is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("mau bayar skrd-2026-118820, totalnya berapa", "BILL"),
        ("siapa bilang belum bayar, SUDAH. skrd-2026-118820 tgl 19-11-26 ref 88120033", "PAY"),
        ("sudah transfer mohon dicek", "PAY"),
        ("sudahtransferskpd2026118820 kmrn jam10.02 rp450.000 bukti00817263", "PAY"),
        ("kumaha makena ieu layanan", "HELP"),
        ("DAFATR 36O4112OO988OOO3#Siti Rohmah", "REGISTER"),
    ],
)
def test_own_words_corrections_and_glued_texts_are_understood(text: str, command: str) -> None:
    """People ask, correct themselves and forget the spaces."""
    assert read(text, NOW).command == command


@pytest.mark.parametrize(
    ("text", "bill", "proof"),
    [
        ("BAYAR B-1#0093482711#12/11/2026#14:30", "B-1", "0093482711"),
        ("BAYAR INV/77/A#0093482711#12/11/2026#14:30", "INV-77-A", "0093482711"),
        ("BAYAR KIOS-12-003#0093482711#12/11/2026#14:30", "KIOS-12-003", "0093482711"),
        ("BAYAR TRX-0093482711#12/11/2026#14:30", None, "TRX0093482711"),  # a proof's own letters make no bill
    ],
)
def test_a_number_of_an_agencys_own_form_is_the_bill_straight_behind_the_keyword(
    text: str, bill: str | None, proof: str
) -> None:
    """Alone in the first field, with a digit in it; anywhere else it is none."""
    reading = read(text, NOW)
    assert (reading.command, reading.fields.get("bill"), reading.fields.get("proof")) == ("PAY", bill, proof)
