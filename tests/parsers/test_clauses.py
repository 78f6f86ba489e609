"""A story is read clause by clause: what tells of another payment, a failed attempt or a slip gives no field."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parsers.clauses import asides, other_rows
from parsers.corrections import taken_back
from parsers.reader import read

_NOW = datetime(2026, 11, 12, 15, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
_BILL = "skrd 2026 771200"


def _aside(text: str) -> list[str]:
    return [text[start:end].strip(" ,.;()") for start, end in asides(text).spans]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"bulan lalu sy bayar skrd 2026 771100 400.000. skrg {_BILL} 420.000 ref 99120033", ["bulan lalu sy bayar skrd 2026 771100 400.000"]),
        (f"dp kmrn 1.000.000, hari ini {_BILL} pelunasannya 2.750.000", ["dp kmrn 1.000.000"]),
        (f"{_BILL} cicilan ke 2 625.000 20/11/2026. yg ke 1 tgl 20/10/2026", ["yg ke 1 tgl 20/10/2026"]),
        (f"tadi bayar listrik 312.000 ref 8812003345, trus bayar pajak {_BILL} 145.000 ref 8812003391", ["tadi bayar listrik 312.000 ref 8812003345"]),
        (f"salah transfer 1.500.000 ke skrd 2026 771100. yg benar 150.000 utk {_BILL}", ["salah transfer 1.500.000 ke skrd 2026 771100"]),
    ],
)  # fmt: skip
def test_another_payment_is_left_aside(text: str, left: list[str]) -> None:
    """A former one, one of another part, one for another thing, one that was a mistake."""
    assert _aside(text) == left


@pytest.mark.parametrize(
    "text",
    [
        f"kemarin sy bayar {_BILL} 500.000 ref 99120033, skrg tolong dicek",  # nothing is paid now
        f"yg kemarin sy transfer, {_BILL}, 500.000, ref 99120033",  # the only payment there is
        f"{_BILL} 2 hari yg lalu jam 14.30, 500.000",
        f"bayar {_BILL} lewat tokopedia, 500.000",  # a medium, not another bill
        "balance now 900.000, paid skrd-2026-771200 300.000 yesterday",
        f"bayar dulu {_BILL} 500.000, sisanya nyusul",
    ],
)
def test_the_only_payment_told_is_never_left_aside(text: str) -> None:
    """Words of the past decide only between payments that compete."""
    assert _aside(text) == []


def test_of_rows_with_a_number_each_the_first_paid_one_is_read() -> None:
    """A list with a bill and a proof in each row; rows that are not paid yet are no payments."""
    rows = "1) rtu-2026-007762 | 200.000 | bukti 88120771\n2) rtu-2026-007763 | 150.000 | bukti 88120772\n"
    assert [rows[start:end].strip() for start, end in other_rows(rows)] == [rows.splitlines()[1]]
    unpaid = f"- {_BILL} 140.000 belum\n- skrd 2026 771201 125.000 ref 880012736451"
    assert [unpaid[start:end].strip() for start, end in other_rows(unpaid)] == [unpaid.splitlines()[0]]
    assert other_rows(f"{_BILL} dan skrd 2026 771201 lunas, ref 880012736451") == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("tgl 12/11/2026 eh bukan, tgl 13/11/2026 jam 08.50", "tgl 12/11/2026"),
        ("bukti 5531008842, ralat bukti yg benar 5531008824", "5531008842"),
        ("mbanking bca, eh maksud sy bni", "bca"),
        ("sy nulis jam 14.05, yg betul jam 15.40", "jam 14.05"),
        ("300rb eh 350rb", "300rb"),
    ],
)
def test_what_is_corrected_is_taken_back(text: str, wrong: str) -> None:
    """The value before of the same kind, whatever kind it is."""
    assert [text[start:end] for start, end in taken_back(text)] == [wrong]


@pytest.mark.parametrize("text", ["lunas 12/11/2026 jam 08.50, harusnya sudah masuk", "eh min, bayar 500.000 jam 08.50", "ref baru 99120033"])  # fmt: skip
def test_nothing_is_taken_back_without_another_value(text: str) -> None:
    """A word of correction alone corrects nothing."""
    assert taken_back(text) == []


_READ: list[tuple[str, dict[str, Any]]] = [
    ("Tadi jam 9.10 sy tf dr BRI gagal, ref 440118823. Jam 9.40 coba lagi berhasil, ref 440119907, 635.000 utk {}",
     {"proof": "440119907", "paid_at": "2026-11-12T09:40:00+07:00", "amount": 635_000, "bank": "BRI"}),
    ("Awalnya mau tf dari BCA tp gangguan, jadinya pakai mobile banking Permata tadi jam 9.05 pagi. {}, 335.000, ref PB77281934",
     {"proof": "PB77281934", "paid_at": "2026-11-12T09:05:00+07:00", "amount": 335_000, "bank": "PERMATA"}),
    ("kmrn sy tf 200rb ke teman buat patungan. yg pajak {} baru td jam 08.25 sy tf 650rb dari bca, ref 0019283744",
     {"proof": "0019283744", "paid_at": "2026-11-12T08:25:00+07:00", "amount": 650_000, "bank": "BCA"}),
    ("surat tgl 2/11/2026 sudah sy terima, {} sdh dibayar 9/11/2026 bni 400rb ref 99120033",
     {"proof": "99120033", "paid_at": "2026-11-09", "amount": 400_000, "bank": "BNI"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fields"), _READ)
def test_a_story_gives_the_fields_of_its_payment(text: str, fields: dict[str, Any]) -> None:
    """Number, moment, sum and bank of the payment that is confirmed, none of what is told beside it."""
    got = read(text.format("SKRD-2026-771200"), _NOW)
    assert (got.command, got.fields["bill"]) == ("PAY", "SKRD-2026-771200")
    assert {name: got.fields.get(name) for name in fields} == fields


@pytest.mark.parametrize(
    "text",
    [
        "jangan lupa bayar {}", "mohon segera melunasi {}", "minta waktu sampai tgl 5 desember utk melunasi {} Rp 420.000", "{} dijadwalkan transfer otomatis tgl 30/11/2026",
        "seandainya kemarin sudah saya transfer {}", "apa {} sudah lunas?", "REVERSAL: dana Rp 550.000 pembayaran {} telah dikembalikan ke rekening Anda, ref 7718820031",
        "Tagihan Anda {} jatuh tempo hari ini. Segera transfer Rp 450.000 ke BCA 8810092231 agar tidak diblokir", "Menunggu pembayaran: VA BRI 262150081299 Rp 418.000 utk {}",
        "nanti sore dia yg transfer {} 300.000", "kalau sy gajian tgl 25 baru bisa bayar {} yg 475rb", "sedang antri di teller buat bayar {}", "saya tidak pernah bayar {} kok dibilang lunas?",
        "Tagihan Anda {} Rp 500.000 jatuh tempo 30/11/2026. Ketik BAYAR {}#<no bukti>#<tgl>#<jam>", "SMS persetujuan utk {} bukti 88192736 sudah sy terima. Terima kasih",
    ],
)  # fmt: skip
def test_what_is_not_paid_is_no_payment(text: str) -> None:
    """Plans, demands, conditions, questions, refunds, thanks: with a bill, a sum or even a number in them."""
    assert read(text.replace("{}", "SKRD-2026-771200"), _NOW).command != "PAY"
