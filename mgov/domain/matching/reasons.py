"""Why the matcher decided as it did: a code for machines, a sentence for people."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One reason; the value is what the database keeps."""

    PROOF_EQUAL = "proof_equal"
    PROOF_IN_DESCRIPTION = "proof_in_description"
    PROOF_FOLDED = "proof_folded"
    PROOF_NEAR = "proof_near"
    AMOUNT_EQUAL = "amount_equal"
    AMOUNT_LESS_FEE = "amount_less_fee"
    AMOUNT_PARTIAL = "amount_partial"
    AMOUNT_OVER = "amount_over"
    AMOUNT_UNIQUE = "amount_unique"
    AMOUNT_DIFFERS = "amount_differs"
    TIME_AGREES = "time_agrees"
    TIME_DIFFERS = "time_differs"
    DATE_MISWRITTEN = "date_miswritten"
    NAMES_BILL = "names_bill"
    NAMES_PAYER = "names_payer"
    NAMES_OTHER_BILL = "names_other_bill"
    NAMES_OTHER_PAYER = "names_other_payer"
    SENDER_HAS_OTHER_BILL = "sender_has_other_bill"
    LOOKALIKE_BILL = "lookalike_bill"
    ACCOUNT_NOT_FOR_AGENCY = "account_not_for_agency"
    OWN_TRANSFER = "own_transfer"
    OTHER_INCOME = "other_income"
    CREDIT_REVERSED = "credit_reversed"
    CREDIT_CONSUMED = "credit_consumed"
    PROOF_CLAIMED_TWICE = "proof_claimed_twice"
    SEVERAL_CREDITS = "several_credits"
    BILL_UNKNOWN = "bill_unknown"
    BILL_CANCELLED = "bill_cancelled"
    BILL_PAID = "bill_paid"
    BILL_PAID_ELSEWHERE = "bill_paid_elsewhere"
    ALREADY_CONFIRMED = "already_confirmed"
    NO_MONEY_YET = "no_money_yet"
    UNDONE = "undone"


_SENTENCES = {
    Reason.PROOF_EQUAL: ("nomor bukti sama dengan referensi bank", "the proof is the bank's reference"),
    Reason.PROOF_IN_DESCRIPTION: ("nomor bukti ada di uraian bank", "the proof stands in the bank's description"),
    Reason.PROOF_FOLDED: ("nomor bukti sama kecuali O/0 atau I/1", "the proof is equal but for O/0 or I/1"),
    Reason.PROOF_NEAR: ("nomor bukti hampir sama", "the proof is nearly equal"),
    Reason.AMOUNT_EQUAL: ("jumlah sama", "the amount agrees"),
    Reason.AMOUNT_LESS_FEE: ("jumlah kurang sebesar biaya bank", "the amount is short by a bank's fee"),
    Reason.AMOUNT_PARTIAL: ("jumlah kurang dari tagihan", "less than the bill"),
    Reason.AMOUNT_OVER: ("jumlah lebih dari tagihan", "more than the bill"),
    Reason.AMOUNT_UNIQUE: ("jumlah dengan kode unik", "the amount with unique rupiah"),
    Reason.AMOUNT_DIFFERS: ("jumlah tidak cocok", "the amount does not fit"),
    Reason.TIME_AGREES: ("waktu cocok", "the time agrees"),
    Reason.TIME_DIFFERS: ("waktu tidak cocok", "the time does not fit"),
    Reason.DATE_MISWRITTEN: ("tanggal tampaknya salah tulis", "the date seems miswritten"),
    Reason.NAMES_BILL: ("uraian bank menyebut tagihan ini", "the description names this bill"),
    Reason.NAMES_PAYER: ("uraian bank menyebut wajib bayar", "the description names the payer"),
    Reason.NAMES_OTHER_BILL: ("uraian bank menyebut tagihan lain", "the description names another bill"),
    Reason.NAMES_OTHER_PAYER: ("uraian bank menyebut wajib bayar lain", "the description names another payer"),
    Reason.SENDER_HAS_OTHER_BILL: (
        "pengirim punya tagihan lain dengan jumlah ini",
        "the sender has another bill of this amount",
    ),
    Reason.LOOKALIKE_BILL: ("ada tagihan bernomor mirip dengan jumlah ini", "a look-alike bill has this amount"),
    Reason.ACCOUNT_NOT_FOR_AGENCY: (
        "rekening ini bukan untuk dinas itu",
        "the account does not take that agency's bills",
    ),
    Reason.OWN_TRANSFER: (
        "dana ini pindahan antarrekening daerah",
        "the money came from an account of the province",
    ),
    Reason.OTHER_INCOME: ("uraian bank: pendapatan lain", "by the bank's words it is other income"),
    Reason.CREDIT_REVERSED: ("dana ditarik kembali oleh bank", "the bank undid the credit"),
    Reason.CREDIT_CONSUMED: ("dana sudah dipakai untuk tagihan lain", "the money already paid another bill"),
    Reason.PROOF_CLAIMED_TWICE: (
        "nomor bukti diajukan untuk beberapa tagihan",
        "the proof is claimed for several bills",
    ),
    Reason.SEVERAL_CREDITS: ("beberapa dana cocok", "several credits fit"),
    Reason.BILL_UNKNOWN: ("tagihan belum dikenal", "the bill is not known"),
    Reason.BILL_CANCELLED: ("tagihan dibatalkan", "the bill was cancelled"),
    Reason.BILL_PAID: ("tagihan sudah lunas", "the bill is already paid"),
    Reason.BILL_PAID_ELSEWHERE: ("tagihan sudah dibayar di tempat lain", "the bill was paid elsewhere"),
    Reason.ALREADY_CONFIRMED: ("pembayaran ini sudah dikonfirmasi", "this payment was confirmed before"),
    Reason.UNDONE: (
        "petugas telah membatalkan dana ini untuk tagihan ini",
        "staff took this money back from this bill",
    ),
    Reason.NO_MONEY_YET: ("dana belum terlihat di rekening", "no money seen on the account yet"),
}


def sentence(reason: Reason) -> str:
    """The reason for people: Indonesian, then English."""
    indonesian, english = _SENTENCES[reason]
    return f"{indonesian} / {english}"
