"""The bank takes money back, or it came from an account of ours: whatever it says of that, and in whatever order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from mgov.store.database import Database
from mgov.store.schema.money import bank_account, bank_entry, review_case, settlement
from mgov.workflows import own_transfers
from tests.workflows.payment_world import CITIZEN, NOW, PAID_AT, PaymentWorld

BILL = "PKB-2026-300001"
PROOF = "822003841036"
LATER = PAID_AT + timedelta(days=6)


@pytest.fixture
def world(database: Database) -> PaymentWorld:
    return PaymentWorld(database)


def cases(world: PaymentWorld) -> list[tuple[str, int | None, str]]:
    """The open cases that no confirmation belongs to: kind, entry, candidates."""
    query = select(review_case.c.kind, review_case.c.bank_entry_id, review_case.c.candidates)
    mine = query.where(review_case.c.state == "open", review_case.c.confirmation_id.is_(None))
    return world.db.read(lambda tx: [(row[0], row[1], row[2]) for row in tx.execute(mine)])


#: Text of the credit, reference of the debit, text of the debit.
WORDED = {
    "the text with the proof again": (
        f"BI-FAST CR BRI AGUS SETIADI ESB:NBMB:0001500F:{PROOF}",
        "4074991",
        f"REVERSAL BI-FAST CR BRI AGUS SETIADI ESB:NBMB:0001500F:{PROOF}",
    ),
    "no reference at all": (
        f"TRSF E-BANKING CR 1310/FTSCY/WS98311 {PROOF} NAMA ORANGB",
        "",
        f"KOREKSI TRSF E-BANKING CR 1310/FTSCY/WS98311 {PROOF} NAMA ORANGB",
    ),
    "the proof after a number of its own": (
        "BI-FAST CR BRI",
        "RTR26101400012",
        f"RETUR TRANSFER {PROOF} BI-FAST CR BRI",
    ),
    "REV for short": ("SETOR BNI KC MALINGPING", "RV0598020449", f"REV TRANSAKSI TGL 04/12/2026 NO {PROOF}"),
    "its proof in dots": ("BI-FAST CR BRI", "RV0598020451", f"SALAH POSTING {PROOF[:4]}.{PROOF[4:8]}.{PROOF[8:]}"),
    "its proof behind letters": ("BI-FAST CR BRI", "RV0598020452", f"DB ADJ/EXREF{PROOF}/01"),
    "its proof masked": ("BI-FAST CR BRI", "RV0598020454", f"DEBET KEMBALI {PROOF[:5]}XXXX{PROOF[-4:]}"),
    "all its words": ("BI-FAST CR BSI SANTI KURNIA SURYADI", "RV77665545", "DB BI-FAST CR BSI SANTI KURNIA SURYADI"),
    "its proof cut off": ("BI-FAST CR BRI", "RV0598020453", f"PEMBATALAN {PROOF[:10]}"),
    "its proof in words of another bank": ("BI-FAST CR BRI", "RV0598020450", f"TRX DIBATCH ULANG REF {PROOF}"),
    "the words only": ("BI-FAST CR BRI AGUS SETIADI", "RV77665544", "PEMBATALAN TRX BI-FAST CR BRI AGUS SETIADI"),
    "the amount only": ("BI-FAST CR BRI", "RV77665544", "CHARGEBACK"),
}


@pytest.mark.parametrize("debit_first", [False, True], ids=["credit-first", "debit-first"])
@pytest.mark.parametrize("how", WORDED)
def test_a_reversal_is_known_by_what_it_says(world: PaymentWorld, how: str, debit_first: bool) -> None:
    """By the proof in its text, the text or the amount: the bill opens again, and a person sees it."""
    text, reference, undone = WORDED[how]
    own = PROOF if PROOF not in text else "4074000"
    world.bill(BILL, 2_185_400, payer_phone=CITIZEN)
    world.claim(BILL, proof=PROOF, amount=2_185_400)
    steps = [
        lambda: world.entry(own, 2_185_400, text=text),
        lambda: world.entry(reference, 2_185_400, type_="DB", at=LATER, text=undone),
    ]
    for step in reversed(steps) if debit_first else steps:
        step()
        world.match()
    assert world.bill_status(BILL) == "open"
    assert world.books()[1:] == (0, 0)
    assert world.statuses() == ["review"]
    assert world.payments()[0]["reason"] == "credit_reversed"
    assert cases(world) == []


def test_a_reversal_of_one_of_several_equal_credits_is_a_case(world: PaymentWorld) -> None:
    """Nothing tells which: both stay, a person gets the debit with both as candidates, once."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF, amount=250_000)
    entries = [world.entry(PROOF, 250_000, text="BI-FAST CR BRI"), world.entry("917", 250_000, text="KLIRING SKN BTN")]
    debit = world.entry("RV1", 250_000, type_="DB", at=LATER, text="KOREKSI")
    world.match()
    world.match()
    [(kind, entry, candidates)] = cases(world)
    assert (kind, entry) == ("reversal", debit)
    assert all(f'"entry": {number}' in candidates for number in entries)
    assert world.bill_status(BILL) == "paid"


def test_a_debit_that_quotes_an_unknown_number_undoes_nothing(world: PaymentWorld) -> None:
    """It has the amount of a credit, but names another one: a case, and the credit stays."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000, text="BI-FAST CR BRI")
    world.entry("RV1", 250_000, type_="DB", at=LATER, text="RETUR TRANSFER 555666777888")
    world.match()
    assert world.bill_status(BILL) == "paid"
    assert len(cases(world)) == 1


@pytest.mark.parametrize(
    "text", ["TRANSFER KELUAR PT PREVINDO", "BIAYA AVOIDA TEKNIK", f"DIBATCH ULANG REF {PROOF[:-1]}9"]
)
def test_a_debit_that_only_looks_like_a_reversal_undoes_nothing(world: PaymentWorld, text: str) -> None:
    """A short word inside a longer one, or a number that is not the credit's."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000, text="BI-FAST CR BRI")
    world.entry("CN402", 250_000, type_="DB", at=LATER, text=text)
    world.match()
    assert (world.bill_status(BILL), cases(world)) == ("paid", [])


@pytest.mark.parametrize(
    "text",
    [
        "DANA DIKEMBALIKAN AN MAESAROH KOMALA SURYADI",
        "PEMBETULAN PEMBUKUAN MAESAROH KOMALA",
        "TRANSFER BALIK KE MAESAROH KOMALA SURYADI",
        "KELIRU POSTING 15/10/26",
        "TRF MAESAROH KOMALA",
        f"PENGEMBALIAN {BILL}",
        f"{BILL}",
    ],
)
def test_a_debit_of_the_sum_that_may_undo_the_credit_is_a_case(world: PaymentWorld, text: str) -> None:
    """It has the payer's name, or a word for going back: the bill stays paid, and a person looks."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF, amount=250_000)
    credit = world.entry(PROOF, 250_000, text="TRF ONLINE BJB ATM S1D812 MAESAROH KOMALA SURYADI")
    debit = world.entry("CN404", 250_000, type_="DB", at=LATER, text=text)
    world.match()
    world.match()
    [(kind, entry, candidates)] = cases(world)
    assert (kind, entry) == ("reversal", debit)
    assert f'"entry": {credit}' in candidates
    assert world.bill_status(BILL) == "paid"


def test_a_part_that_goes_back_in_unknown_words_undoes_nothing(world: PaymentWorld) -> None:
    """The province pays a surplus back and quotes the transfer: that takes nothing from the bill."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF, amount=300_000)
    world.entry(PROOF, 300_000, text="BI-FAST CR BRI")
    world.entry("CN403", 50_000, type_="DB", at=LATER, text=f"TRANSFER KELUAR KELEBIHAN {PROOF}")
    world.match()
    assert (world.bill_status(BILL), cases(world)) == ("paid", [])


def test_an_ordinary_debit_of_that_amount_undoes_nothing(world: PaymentWorld) -> None:
    """Money that goes out is no reversal, and nobody is bothered."""
    world.bill(BILL, 250_000)
    world.claim(BILL, proof=PROOF, amount=250_000)
    world.entry(PROOF, 250_000, text="BI-FAST CR BRI")
    world.entry("CN401", 250_000, type_="DB", at=LATER, text="TRANSFER KELUAR KE REK DINAS TANGERANG")
    world.match()
    assert (world.bill_status(BILL), cases(world)) == ("paid", [])


def test_a_part_taken_back_leaves_the_rest_and_goes_to_a_person(world: PaymentWorld) -> None:
    """The bill is partly paid by new rows of the ledger; the confirmation and the debit are before a person."""
    world.bill(BILL, 1_005_100)
    world.claim(BILL, proof=PROOF, amount=1_005_100)
    world.entry(PROOF, 1_005_100, text="BI-FAST CR BRI")
    world.match()
    debit = world.entry(PROOF, 505_100, type_="DB", at=LATER, text="KOREKSI BI-FAST CR BRI")
    assert world.match().reversed == 1
    world.match()
    assert world.bill_status(BILL) == "partly_paid"
    ledger = select(settlement.c.amount).order_by(settlement.c.id)
    assert world.db.read(lambda tx: list(tx.scalars(ledger))) == [1_005_100, -1_005_100, 500_000]
    assert world.statuses() == ["review"]
    assert [case[:2] for case in cases(world)] == [("reversal", debit)]


def test_what_paid_without_a_confirmation_is_shown_when_it_is_taken_back(world: PaymentWorld) -> None:
    """No confirmation can go to a person, so the debit does."""
    world.bill(BILL, 250_000)
    world.entry(PROOF, 250_000, text=f"BI-FAST CR BRI {BILL}")
    world.match()
    assert world.bill_status(BILL) == "paid"
    debit = world.entry(PROOF, 250_000, type_="DB", at=LATER, text="REVERSAL")
    world.match()
    assert world.bill_status(BILL) == "open"
    assert [case[:2] for case in cases(world)] == [("reversal", debit)]


def own_account(world: PaymentWorld, number: str, name: str) -> int:
    """One more account of ours."""
    values = {"number": number, "name": name, "created_at": NOW}
    statement = insert(bank_account).values(**values)
    return int(world.db.transact(lambda tx: tx.execute(statement).inserted_primary_key)[0])


def swept(world: PaymentWorld, out: tuple[str, str], into: tuple[str, str], amount: int = 1_446_400) -> None:
    """A claim on a credit that settled, and then the other account's statement with the debit."""
    other = own_account(world, "0069876543210", "BJB1")
    world.bill(BILL, amount)
    world.claim(BILL, proof=into[0], amount=amount)
    world.entry(into[0], amount, text=into[1])
    world.match()
    mine, world.account = world.account, other
    world.entry(out[0], amount, type_="DB", text=out[1])
    world.account = mine
    world.db.transact(lambda tx: own_transfers.pair(tx, date(2026, 11, 1)))
    world.match()


def kinds(world: PaymentWorld) -> list[str]:
    return world.db.read(lambda tx: list(tx.scalars(select(bank_entry.c.kind).order_by(bank_entry.c.id))))


@pytest.mark.parametrize(
    ("out", "into"),
    [
        (("BB261026901409", "TRANSFER"), ("BB261026901409", "SETORAN")),
        (("BB261026901409", "PEMINDAHBUKUAN KE RKUD"), ("770012345", "PEMINDAHBUKUAN DARI BJB1")),
        (("BB261026901409", "TRF"), ("BB77001", "TRF DARI 0069876543210")),
    ],
)
def test_an_own_transfer_that_settled_a_bill_opens_it_again(
    world: PaymentWorld, out: tuple[str, str], into: tuple[str, str]
) -> None:
    """The debit's statement comes after: the allocation is reversed by a new row, a person gets the confirmation."""
    swept(world, out, into)
    assert kinds(world) == ["own_transfer", "own_transfer"]
    assert (world.bill_status(BILL), world.books()[1:]) == ("open", (0, 0))
    assert [(row["status"], row["reason"]) for row in world.payments()] == [("review", "own_transfer")]


def test_words_alone_make_no_own_transfer(world: PaymentWorld) -> None:
    """A citizen writes "KAS DAERAH" too; a payment out of that amount on that day changes nothing."""
    swept(world, ("OUT14", "TRANSFER KE KAS DAERAH KOTA SERANG"), ("900000000014", "TRF KE KAS DAERAH BANTEN"))
    assert kinds(world) == ["ordinary", "ordinary"]
    assert world.bill_status(BILL) == "paid"
