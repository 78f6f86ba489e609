"""What citizens text becomes a row and one answer, and nobody sees more than he may."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import insert, select

from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message, inbound_part
from mgov.store.schema.money import confirmation
from mgov.store.schema.services import address_state, consent
from mgov.workflows import staff
from mgov.workflows.applications import import_applications, set_status
from mgov.workflows.bills import import_bills
from mgov.workflows.services import import_services
from tests.workflows.citizen import BUDI, NIK, NOW, REPLIES, SITI, STAFF, STRANGER, World

BILLS = (
    b"number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    b"PKB-2026-551203,BAPENDA,3604014107900003,SITI AMINAH,+6281200000002,A 1234 BC,Pajak,1275000,2026-12-20\n"
    b"SKRD-2026-004512,BAPENDA,3604014107900003,SITI AMINAH,+6281200000002,KIOS 7 SERANG,Sewa,500000,2026-12-31\n"
)
APPLICATIONS = (
    b"reference,service,agency,applicant_id,applicant_name,phone,status,status_note,submitted_on\n"
    b"IZN-2026-000123,SIUP,DPMPTSP,3604014107900003,SITI AMINAH,+6281200000002,diproses,Survei Senin,2026-11-10\n"
)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_a_plate_answers_amount_due_date_and_account_but_no_name(world: World) -> None:
    """TAGIHAN with a plate tells where to pay and never whose it is."""
    import_bills(world.db, BILLS, STAFF, NOW)
    answer = world.text(STRANGER, "TAGIHAN A 1234 BC")
    for part in ("PKB-2026-551203", "Rp1.275.000", "20/12/2026", "BJB 0061234567001", "RKUD PROV BANTEN"):
        assert part in answer
    for secret in ("SITI", NIK, "0200000002"):
        assert secret not in answer


def test_what_a_bill_is_for_is_told_only_to_its_payer(world: World) -> None:
    """A stranger who knows the number learns the amount, the recorded phone also the object."""
    import_bills(world.db, BILLS, STAFF, NOW)
    assert "KIOS" not in world.text(STRANGER, "TAGIHAN SKRD-2026-004512")
    assert "KIOS 7 SERANG" in world.text(SITI, "TAGIHAN SKRD-2026-004512")


def test_a_bills_number_after_status_answers_the_bill(world: World) -> None:
    """STATUS with a bill's number answers the bill."""
    import_bills(world.db, BILLS, STAFF, NOW)
    assert "Rp1.275.000" in world.text(STRANGER, "STATUS PKB-2026-551203")


def test_my_bills_are_those_of_the_recorded_phone(world: World) -> None:
    """TAGIHAN alone lists what names the phone, and nothing to others."""
    import_bills(world.db, BILLS, STAFF, NOW)
    mine = world.text(SITI, "TAGIHAN")
    assert "PKB-2026-551203" in mine
    assert "SKRD-2026-004512" in mine
    assert "PKB-" not in world.text(STRANGER, "TAGIHAN").replace("TAGIHAN SKRD-2026-004512", "")


def test_an_unknown_reference_gets_a_helpful_answer(world: World) -> None:
    """STATUS 12345 is answered, by what to do."""
    answer = world.text(STRANGER, "STATUS 12345")
    assert "12345" in answer
    assert "RIWAYAT" in answer


def test_the_recorded_phone_is_verified_at_once(world: World) -> None:
    """DAFTAR from the phone that an agency recorded needs no code."""
    import_bills(world.db, BILLS, STAFF, NOW)
    assert "terverifikasi" in world.text(SITI, f"DAFTAR {NIK}#Siti Aminah")
    assert "IZN" not in world.text(SITI, "RIWAYAT")


def test_a_leaked_nik_opens_nothing(world: World) -> None:
    """A claimed binding sees what a stranger sees, and the recorded phone is told."""
    import_bills(world.db, BILLS, STAFF, NOW)
    import_applications(world.db, APPLICATIONS, STAFF, NOW)
    answer = world.text(STRANGER, f"DAFTAR {NIK}#Pencuri")
    assert "SITI" not in answer
    assert NIK not in answer
    assert "PKB-2026" not in world.text(STRANGER, "TAGIHAN")
    assert "IZN" not in world.text(STRANGER, "RIWAYAT")
    assert "Survei" not in world.text(STRANGER, "STATUS IZN-2026-000123")
    assert "tidak dapat dibatalkan" in world.text(STRANGER, "BATAL IZN-2026-000123")
    told = [text for text, _ in world.sent(SITI)]
    assert len(told) == 1
    assert STRANGER not in told[0]


def test_the_code_from_the_recorded_phone_verifies(world: World) -> None:
    """The code that went to the recorded phone, texted from the new one, verifies it; a wrong one does not."""
    import_bills(world.db, BILLS, STAFF, NOW)
    world.text(BUDI, f"DAFTAR {NIK}#Budi")
    code = re.search(r"kode (\d{6})", world.sent(SITI)[0][0])
    assert code is not None
    wrong = "000000" if code[1] != "000000" else "111111"
    assert "tidak cocok" in world.text(BUDI, wrong)
    assert "sekarang terverifikasi" in world.text(BUDI, code[1])
    assert "PKB-2026-551203" in world.text(BUDI, "TAGIHAN")


def test_codes_cannot_be_guessed(world: World) -> None:
    """After five wrong codes the right one is refused too."""
    import_bills(world.db, BILLS, STAFF, NOW)
    world.text(BUDI, f"DAFTAR {NIK}#Budi")
    code = re.search(r"kode (\d{6})", world.sent(SITI)[0][0])
    assert code is not None
    for _ in range(5):
        world.text(BUDI, "000000" if code[1] != "000000" else "111111")
    assert "tidak cocok" in world.text(BUDI, code[1])


def test_staff_can_verify_a_binding(world: World) -> None:
    """What staff confirm at the counter is verified."""
    world.text(BUDI, f"DAFTAR {NIK}#Siti")
    staff.confirm_phone(world.db, NIK, BUDI, now=NOW, actor=STAFF)
    assert "terverifikasi untuk" in world.text(BUDI, f"DAFTAR {NIK}#Siti")
    with pytest.raises(staff.StaffError):
        staff.confirm_phone(world.db, NIK, STRANGER, now=NOW, actor=STAFF)


def test_an_application_is_filed_told_to_the_agency_and_withdrawn_by_its_filer_only(world: World) -> None:
    """MOHON gives a reference, tells the agency's phone, and BATAL works for who filed it."""
    assert "DAFTAR" in world.text(BUDI, "MOHON SIUP#warung kopi")
    world.text(BUDI, f"DAFTAR {NIK}#Budi")
    answer = world.text(BUDI, "MOHON SIUP#warung kopi")
    assert "PRM-2026-000001" in answer
    assert NIK not in answer
    told = world.sent("+6281299990000")
    assert len(told) == 1
    assert "PRM-2026-000001" in told[0][0]
    assert "warung kopi" in told[0][0]
    assert "tidak dapat dibatalkan" in world.text(STRANGER, "BATAL PRM-2026-000001")
    assert "sudah dibatalkan" in world.text(BUDI, "BATAL PRM-2026-000001")
    assert "tidak dapat dibatalkan lagi" in world.text(BUDI, "BATAL PRM-2026-000001")


def test_an_unknown_service_is_answered_by_what_is_alike(world: World) -> None:
    """MOHON with a mistyped code names the service that was meant."""
    world.text(BUDI, f"DAFTAR {NIK}#Budi")
    assert "Mungkin: SIUP" in world.text(BUDI, "MOHON SIUPP#warung")


def test_strangers_see_the_bare_status(world: World) -> None:
    """STATUS tells the note only to whom it concerns."""
    import_applications(world.db, APPLICATIONS, STAFF, NOW)
    assert "Survei Senin" in world.text(SITI, "STATUS IZN-2026-000123")
    stranger = world.text(STRANGER, "STATUS IZN-2026-000123")
    assert "diproses" in stranger
    assert "Survei" not in stranger


def test_each_change_of_status_is_told_once(world: World) -> None:
    """A changed status queues one answer to the applicant; the same status again none."""
    import_applications(world.db, APPLICATIONS, STAFF, NOW, replies=REPLIES)
    assert world.sent(SITI) == []
    for _ in range(2):
        set_status(world.db, "IZN-2026-000123", "disetujui", "Loket 3", replies=REPLIES, now=NOW, actor=STAFF)
    told = world.sent(SITI)
    assert len(told) == 1
    assert "disetujui" in told[0][0]
    assert "Loket 3" in told[0][0]
    import_applications(world.db, APPLICATIONS, STAFF, NOW, replies=REPLIES)
    assert len(world.sent(SITI)) == 2
    assert set_status(world.db, "NONE-1", "x", None, replies=REPLIES, now=NOW, actor=STAFF) is None


def test_the_note_of_the_last_status_is_not_told_with_the_next(world: World) -> None:
    """'Collect it at desk 3' belongs to the approval, not to the refusal that follows without a note."""
    import_applications(world.db, APPLICATIONS, STAFF, NOW, replies=REPLIES)
    for status, note in (("disetujui", "Loket 3"), ("ditolak", None)):
        set_status(world.db, "IZN-2026-000123", status, note, replies=REPLIES, now=NOW, actor=STAFF)
    told = [row[0] for row in world.sent(SITI)]
    assert ["Loket 3" in text for text in told] == [True, False]
    assert "Loket 3" not in world.text(SITI, "STATUS IZN-2026-000123")


def test_a_payment_is_recorded_from_any_phone(world: World) -> None:
    """BAYAR makes a row that awaits funds, also for a bill that nobody knows."""
    import_bills(world.db, BILLS, STAFF, NOW)
    world.text(STRANGER, "BAYAR PKB-2026-551203#FT26316ABC12#20/11/2026#14:30#1275000#BJB")
    world.text(STRANGER, "BAYAR SKRD-2026-999999#FT26316ABC13#20/11/2026#14:30")
    columns = (confirmation.c.bill_number, confirmation.c.proof, confirmation.c.amount, confirmation.c.status)
    rows = world.db.read(lambda tx: [tuple(row) for row in tx.execute(select(*columns).order_by(confirmation.c.id))])
    assert rows == [
        ("PKB-2026-551203", "FT26316ABC12", 1275000, "awaiting_funds"),
        ("SKRD-2026-999999", "FT26316ABC13", None, "awaiting_funds"),
    ]


def test_everything_that_lacks_is_asked_for_at_once(world: World) -> None:
    """BAYAR alone is answered by one question that names all that is needed, with an example."""
    answer = world.text(BUDI, "BAYAR")
    for part in ("nomor tagihan", "nomor bukti", "tanggal dan jam", "BAYAR SKRD-"):
        assert part in answer


def test_stop_takes_effect_at_once_and_is_proved(world: World) -> None:
    """BERHENTI sets the opt-out, MULAI lifts it, and both are kept as consent."""
    world.text(BUDI, "BERHENTI")
    opted_out = select(address_state.c.opted_out_at).where(address_state.c.address == BUDI)
    assert world.db.read(lambda tx: tx.execute(opted_out).scalar()) is not None
    world.text(BUDI, "MULAI")
    assert world.db.read(lambda tx: tx.execute(opted_out).scalar()) is None
    acts = world.db.read(lambda tx: list(tx.execute(select(consent.c.act).order_by(consent.c.id)).scalars()))
    assert acts == ["reminders_off", "reminders_on"]


def test_an_english_keyword_is_answered_in_english(world: World) -> None:
    """HELP is answered in English, BANTUAN in Indonesian."""
    assert "Text:" in world.text(BUDI, "HELP")
    assert "Ketik:" in world.text(BUDI, "BANTUAN")


def test_the_catalogue_is_open_to_anyone(world: World) -> None:
    """LAYANAN and INFO need no registration."""
    assert "SIUP" in world.text(STRANGER, "LAYANAN")
    assert "KTP dan NIB" in world.text(STRANGER, "INFO SIUP")


def test_info_takes_the_words_of_a_service_for_its_code(world: World) -> None:
    """INFO knows a service by telling words of its name, and names those that fit when there are several."""
    import_services(
        world.db,
        b"code,name,sector,agency,requirements,fee,legal_basis\n"
        b"PKB,Pajak Kendaraan Bermotor,pajak,BAPENDA,STNK asli,0,\n"
        b"PBBKB,Pajak Bahan Bakar Kendaraan Bermotor,pajak,BAPENDA,NPWPD,0,\n"
        b"TDG,Tanda Daftar Gudang,perindagkop,DISPERINDAG,denah gudang,0,\n",
        STAFF,
        NOW,
    )
    assert "denah gudang" in world.text(STRANGER, "INFO syarat daftar gudang")
    assert "PKB (Pajak Kendaraan Bermotor), PBBKB" in world.text(STRANGER, "INFO pajak kendaraan")
    assert "belum ada" in world.text(STRANGER, "INFO pajak rokok")


def test_a_leaders_pin_opens_the_figures_and_is_struck(world: World) -> None:
    """LAPORAN with the right PIN answers; the PIN is nowhere in the text, the fields or the PDU afterwards."""
    import_bills(world.db, BILLS, STAFF, NOW)
    staff.add(world.db, "kepala", ["leader"], now=NOW, actor=STAFF, phone=BUDI, pin="773019")
    answer = world.text(BUDI, "LAPORAN PAD 2026 773019")
    assert "Rp1.775.000" in answer
    row = world.db.read(lambda tx: tx.execute(select(inbound_message)).mappings().one())
    assert all("773019" not in str(value) for value in row.values())


def test_the_raw_parts_are_emptied_of_a_pin(world: World) -> None:
    """The PDU held the PIN too: it is gone in the same commit, with the reason beside it."""
    from mgov.workflows.handlers.pins import strike_pin

    world.text(BUDI, "LAPORAN PAD 773019")
    message = world.db.read(lambda tx: tx.execute(select(inbound_message.c.id)).scalar_one())
    part = {"identity": "x", "modem": "m", "pdu": "00AA", "state": "joined", "message_id": message, "received_at": NOW}
    world.db.transact(lambda tx: tx.execute(insert(inbound_part).values(**part)))
    world.db.transact(lambda tx: strike_pin(tx, message, "773019"))
    kept = world.db.read(lambda tx: tx.execute(select(inbound_part.c.pdu, inbound_part.c.error)).one())
    assert kept.pdu == ""
    assert "PIN" in kept.error


def test_wrong_pins_lock_the_phone(world: World) -> None:
    """After three wrong PINs the right one is refused too, until an administrator or time unlocks it."""
    staff.add(world.db, "kepala", ["leader"], now=NOW, actor=STAFF, phone=BUDI, pin="773019")
    for _ in range(3):
        world.text(BUDI, "LAPORAN PAD 111111")
    assert "terkunci" in world.text(BUDI, "LAPORAN PAD 773019")
    staff.unlock(world.db, "kepala", now=NOW, actor=STAFF)
    assert "PAD" in world.text(BUDI, "LAPORAN PAD 773019")


def test_figures_are_for_leaders_only(world: World) -> None:
    """A PIN from another phone, or of a cashier, opens nothing."""
    staff.add(world.db, "kepala", ["leader"], now=NOW, actor=STAFF, phone=BUDI, pin="773019")
    staff.add(world.db, "kasir", ["cashier"], now=NOW, actor=STAFF, phone=SITI, pin="773019")
    for phone in (STRANGER, SITI):
        assert "hanya untuk pimpinan" in world.text(phone, "LAPORAN PAD 773019")
