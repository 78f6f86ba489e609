"""Words that answer a reminder: whose number it is not, what is done already, and what is neither."""

from __future__ import annotations

import pytest

from parsers.reminder_answers import ReminderAnswer, read_answer


@pytest.mark.parametrize(
    "text",
    [
        "bukan saya",
        "Bukan sy.",
        "BUKAN SAYA!!",
        "salah nomor",
        "Maaf salah nomor pak",
        "salah sambung",
        "maaf ini bukan nomor PT Maju",
        "ini bukan nomor beliau lagi",
        "saya bukan pemilik usaha itu",
        "mohon maaf, bukan nomer saya",
        "Bkn punya sy min",
        "nomor ini bukan milik PT Maju lagi",
        "salah orang kali pak",
        "wrong number",
        "Sorry, not me",
        "saya tidak kenal PT itu",
        "sanes abdi kang",
        "bukan perusahaan saya",
    ],
)
def test_a_wrong_number_is_understood(text: str) -> None:
    """However it is spelled, with whatever courtesy."""
    assert read_answer(text) is ReminderAnswer.NOT_ME


@pytest.mark.parametrize(
    "text",
    [
        "sudah diperpanjang",
        "sdh diperpanjang min",
        "udah di perpanjang kemarin",
        "sudah lapor",
        "Sudah kami laporkan",
        "LKPM sudah dilaporkan tgl 10",
        "TDG-2026-00123 sudah diperpanjang",
        "lagi diproses",
        "sedang dalam proses perpanjangan",
        "already renewed",
        "tos diperpanjang",
    ],
)
def test_done_already_is_understood(text: str) -> None:
    """Extended, reported or under way."""
    assert read_answer(text) is ReminderAnswer.EXTENDED


@pytest.mark.parametrize(
    "text",
    [
        "bukan",
        "bukan saya yang bayar",
        "bukan saya yg urus, hubungi bagian legal",
        "salah nomor bukti, yang benar FT26316ABC12",
        "salah nomor tagihan",
        "salah nomor rekening",
        "apakah sudah diperpanjang",
        "sudah diperpanjang?",
        "belum diperpanjang",
        "sudah bayar kemarin",
        "SKRD-2026-004512 sudah dibayar",
        "kapan bisa diperpanjang",
        "BANTUAN",
        "terima kasih",
        "",
        "x" * 5000,
    ],
)
def test_what_speaks_of_something_else_is_left_alone(text: str) -> None:
    """Payments, questions and courtesy are no answer of this kind."""
    assert read_answer(text) is None
