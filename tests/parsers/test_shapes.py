"""A text written from fields, in any of many shapes and orders, is read back to the same fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from parsers.reader import read

NOW = datetime(2026, 11, 12, 20, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
_MONTHS = ["jan", "feb", "maret", "apr", "mei", "juni", "jul", "agt", "sept", "okt", "nop", "des"]


@dataclass(frozen=True)
class Payment:
    """What a citizen wants to say."""

    bill: str
    proof: str
    paid: datetime
    thousands: int
    bank: str

    @property
    def amount(self) -> int:
        """Whole rupiah."""
        return self.thousands * 1000


def _dots(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _million(payment: Payment) -> str:
    """`1,5jt` where that is exact, else `1jt 250rb`."""
    millions, rest = divmod(payment.thousands, 1000)
    if not millions:
        return f"{payment.thousands}rb"
    if rest % 100 == 0:
        return f"{millions},{rest // 100}jt" if rest else f"{millions} juta"
    return f"{millions}jt {rest}rb"


def _part_of_day(hour: int) -> str:
    return "pagi" if hour < 11 else "siang" if hour < 15 else "sore" if hour < 18 else "malam"


_BILLS: list[Callable[[str], str]] = [
    str, str.lower, lambda bill: bill.replace("-", " "), lambda bill: bill.replace("-", "/"), lambda bill: bill.replace("-", ""),
    lambda bill: bill.replace("-", ".").lower(), lambda bill: bill.replace("-", " - "),
]  # fmt: skip
_AMOUNTS: list[Callable[[Payment], str]] = [
    lambda p: f"Rp {_dots(p.amount)}", lambda p: f"Rp{_dots(p.amount)},-", lambda p: f"Rp. {_dots(p.amount)},00", lambda p: _dots(p.amount),
    lambda p: f"IDR {p.amount:,}", lambda p: f"rp {p.amount}", lambda p: f"{p.amount:,}.00", _million, lambda p: f"{p.thousands} ribu",
    lambda p: f"sebesar {_dots(p.amount)}",
]  # fmt: skip
_DATES: list[Callable[[datetime], str]] = [
    lambda d: f"{d:%d/%m/%Y}", lambda d: f"{d:%d-%m-%y}", lambda d: f"{d:%d.%m.%Y}", lambda d: f"{d:%Y-%m-%d}",
    lambda d: f"tgl {d.day} {_MONTHS[d.month - 1]} {d.year}", lambda d: f"tanggal {d:%d/%m/%y}", lambda d: f"{d.day} {_MONTHS[d.month - 1]} {d:%y}",
    lambda d: f"tgl {d.day}/{d.month}",
]  # fmt: skip
_TIMES: list[Callable[[datetime], str]] = [
    lambda d: f"{d:%H:%M}", lambda d: f"jam {d:%H.%M}", lambda d: f"pkl {d:%H.%M} WIB", lambda d: f"pukul {d:%H:%M} wib", lambda d: f"{d:%H.%M} wib",
    lambda d: f"jam {(d.hour - 1) % 12 + 1}.{d:%M} {_part_of_day(d.hour)}",
]  # fmt: skip
_PROOFS = [
    "no bukti {}",
    "bukti: {}",
    "ref {}",
    "no ref. {}",
    "noreff {}",
    "kode transaksi {}",
    "no. referensi {}",
    "slip {}",
    "nomor struk {}",
    "RRN {}",
    "bukti=({})",
]
_MEDIA = ["bank {}", "via atm {}", "lewat mobile banking {}", "dari {}", "teller {}", "pake internet banking {}"]
_OPENINGS = [
    "",
    "Yth admin, ",
    "min ",
    "sdh bayar ",
    "Sudah saya transfer ",
    "lapor pak, sudah dibayar ",
    "BAYAR ",
    "konfirmasi: ",
    "🙏 mohon dicek sudah lunas ",
]
_ENDINGS = ["", " terima kasih", " ya pak", " tks", "\n\nSalam,\nBudi", " 🙏🙏", "."]
_BETWEEN = [", ", " ", "; ", "\n", " | ", " # "]

payments = st.builds(
    Payment,
    bill=st.builds(
        lambda kind, number: f"{kind}-2026-{number:06d}",
        st.sampled_from(["SKRD", "SKPD", "PKB", "BBNKB", "RTU", "STRD"]),
        st.integers(1, 999_999),
    ),
    proof=st.one_of(
        st.from_regex(r"[1-9][0-9]{7,11}[1-9]", fullmatch=True),
        st.from_regex(r"00[0-9]{6,9}[1-9]", fullmatch=True),
        st.from_regex(r"FT26[0-9]{3}[A-HJ-NP-Z]{2}[0-9]{3}", fullmatch=True),
    ),
    paid=st.integers(30, 60 * 24 * 60)
    .map(lambda ago: NOW - timedelta(minutes=ago))
    .filter(lambda paid: 5 <= paid.hour <= 23),
    thousands=st.integers(10, 9_999),
    bank=st.sampled_from(["BJB", "BRI", "BNI", "BCA", "BSI", "BTN"]),
)


def _said(payment: Payment, fields: list[str], between: str, opening: str, ending: str) -> str:
    return opening + between.join(fields) + ending


@given(
    payment=payments,
    bill=st.sampled_from(_BILLS),
    amount=st.sampled_from(_AMOUNTS),
    day=st.sampled_from(_DATES),
    time=st.sampled_from(_TIMES),
    proof=st.sampled_from(_PROOFS),
    medium=st.sampled_from(_MEDIA),
    order=st.permutations(range(5)),
    between=st.sampled_from(_BETWEEN),
    opening=st.sampled_from(_OPENINGS),
    ending=st.sampled_from(_ENDINGS),
)
@settings(max_examples=1000, deadline=None)
def test_labelled_fields_in_any_order(
    payment: Payment, bill: Callable[[str], str], amount: Callable[[Payment], str], day: Callable[[datetime], str],
    time: Callable[[datetime], str], proof: str, medium: str, order: list[int], between: str, opening: str, ending: str,
) -> None:  # fmt: skip
    """Bill, proof, moment, sum and bank, each in some spelling, in any order and with any separator."""
    moment = f"{day(payment.paid)} {time(payment.paid)}"
    parts = [bill(payment.bill), proof.format(payment.proof), moment, amount(payment), medium.format(payment.bank)]
    text = _said(payment, [parts[place] for place in order], between, opening, ending)
    reading = read(text, NOW)
    assert reading.command == "PAY", text
    said = {name: reading.fields.get(name) for name in ("bill", "proof", "paid_at", "amount", "bank")}
    moments = payment.paid.replace(second=0, microsecond=0).isoformat(timespec="seconds")
    assert said == {
        "bill": payment.bill,
        "proof": payment.proof,
        "paid_at": moments,
        "amount": payment.amount,
        "bank": payment.bank,
    }, text


@given(
    payment=payments,
    separator=st.sampled_from(["#", " # ", "*", ";", "|", " / ", "\n", "_"]),
    keyword=st.sampled_from(["BAYAR", "bayar", "Bayar", "BYR", "PAY", "BAYRA", "BAYAAR"]),
    grouped=st.booleans(),
    with_bank=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_the_documented_order_needs_no_words(
    payment: Payment, separator: str, keyword: str, grouped: bool, with_bank: bool
) -> None:
    """`BAYAR no#bukti#tgl#jam#jumlah#bank` with any separator that people use."""
    amount = _dots(payment.amount) if grouped else str(payment.amount)
    fields = [payment.bill, payment.proof, f"{payment.paid:%d/%m/%Y}", f"{payment.paid:%H:%M}", amount]
    text = f"{keyword}{separator if separator == '_' else ' '}" + separator.join(fields + [payment.bank] * with_bank)
    fields_read = read(text, NOW).fields
    assert fields_read["bill"] == payment.bill, text
    assert fields_read["proof"] == payment.proof, text
    assert fields_read["paid_at"] == payment.paid.replace(second=0, microsecond=0).isoformat(timespec="seconds"), text
    assert fields_read.get("amount") == payment.amount, text
    assert fields_read.get("bank") == (payment.bank if with_bank else None), text


_TRAPS = [
    "biaya admin {m}", "saldo {m}", "rek tujuan 0061{n}", "hp 0812{n}", "NIK 3604{n}0003", "plat A 1234 BC", "sisa saldo Rp {m}", "ke rek bjb 0061{n}",
    "npwp 01.234.567.8-401.000", "jatuh tempo 30/12/2026", "bukan {m}", "telp 0254-201122", "kode pos 42117", "adm {m}",
]  # fmt: skip


@given(
    payment=payments,
    traps=st.lists(st.sampled_from(_TRAPS), min_size=1, max_size=3, unique=True),
    number=st.integers(10_000_000, 99_999_999),
    money=st.integers(2, 99).map(lambda n: _dots(n * 500)),
    place=st.integers(0, 3),
)
@settings(max_examples=1000, deadline=None)
@example(
    Payment("SKRD-2026-000001", "100000001", NOW - timedelta(hours=9), 10, "BJB"),
    ["biaya admin {m}"],
    10_000_000,
    "1.000",
    0,
)
def test_what_is_not_the_payment_is_never_read_as_it(
    payment: Payment, traps: list[str], number: int, money: str, place: int
) -> None:
    """Fees, balances, accounts, telephones, identities, plates, due dates and what it was not change nothing."""
    parts = [
        f"tagihan {payment.bill}", f"dibayar Rp {_dots(payment.amount)}", f"tgl {payment.paid:%d/%m/%Y} jam {payment.paid:%H.%M}", f"no bukti {payment.proof}",
    ]  # fmt: skip
    for trap in traps:
        parts.insert(place, trap.format(n=number, m=money))
    text = ", ".join(parts)
    fields = read(text, NOW).fields
    assert fields.get("bill") == payment.bill, text
    assert fields.get("proof") in (payment.proof, None), text
    assert fields.get("amount") in (payment.amount, None), text
    moments = payment.paid.replace(second=0, microsecond=0).isoformat(timespec="seconds")
    assert fields.get("paid_at") in (moments, None), text


_PLAIN = (
    "BAYAR SKRD-2026-004512#0093482711#12/11/2026#14:30#450000#BJB", "STATUS IZN-2026-600123", "TAGIHAN A 1234 BC", "BANTUAN", "LAYANAN", "RIWAYAT", "DOKUMEN",
    "MULAI", "BERHENTI", "BATAL IZN-2026-600123", "LAPORAN PAD 2026-10 7730", "INFO SIUP", "MOHON SIUP#warung kopi", "DAFTAR 3604112009880003#Siti Rohmah",
    "sudah bayar skrd-2026-004512 kemarin jam 14.30 via atm bjb rp 450.000 no ref 0093482711",
)  # fmt: skip
_CHANGES: list[Callable[[str], str]] = [
    lambda text: f"  {text}  ", lambda text: f"{text} 🙏🙏", lambda text: f"Yth admin, {text}", lambda text: f"selamat siang pak, {text}", lambda text: f"{text} terima kasih",
    lambda text: f"\u200b{text}\u00a0", lambda text: f"{text}!!", lambda text: text.replace(" ", "  "), lambda text: f"{text}\n", lambda text: f"Assalamualaikum min. {text}",
    lambda text: f"{text} ya kak", lambda text: f"😀 {text}", lambda text: text.replace(" ", "\u00a0"),
]  # fmt: skip


@given(st.sampled_from(_PLAIN), st.lists(st.sampled_from(_CHANGES), min_size=1, max_size=3))
@settings(max_examples=1000, deadline=None)
def test_courtesy_spaces_and_emoji_change_nothing(text: str, changes: list[Callable[[str], str]]) -> None:
    """What stands around a request in politeness is not read."""
    polite = text
    for change in changes:
        polite = change(polite)
    plain, read_back = read(text, NOW), read(polite, NOW)
    assert (read_back.command, read_back.fields) == (plain.command, plain.fields), polite


@given(st.sampled_from(_PLAIN), st.sampled_from([str.lower, str.upper]))
@settings(max_examples=60, deadline=None)
def test_case_changes_nothing_but_names(text: str, change: Callable[[str], str]) -> None:
    """Citizens write as their phone likes it; only names and details keep the writer's letters."""
    plain, changed = read(text, NOW), read(change(text), NOW)
    assert changed.command == plain.command
    assert {n: str(v).upper() for n, v in changed.fields.items()} == {
        n: str(v).upper() for n, v in plain.fields.items()
    }
