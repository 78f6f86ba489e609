"""A person's rights: a copy of his data and of nobody else's; erased, but for what law must keep."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message, outbound_message
from mgov.store.schema.services import address_state, contact
from mgov.workflows import privacy
from mgov.workflows.bills import import_bills
from mgov.workflows.privacy import PrivacyError, Subject
from tests.workflows.citizen import BUDI, NIK, NOW, SITI, STAFF, World
from tests.workflows.test_consent import NIB, load, row, run

OTHER = "3604014107900009"
BILLS = (
    "number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    f"SKRD-2026-000001,BAPENDA,{NIK},Budi Santoso,{BUDI},A 1234 BC,Retribusi,50000,2026-12-31\n"
)


@pytest.fixture
def world(migrated_url: str) -> Iterator[World]:
    db = Database(migrated_url)
    world = World(db)
    import_bills(db, BILLS.encode(), STAFF, NOW)
    load(world, row("A-1", holder=NIK), row("B-1", phone=SITI, holder=OTHER))
    run(world)
    world.text(BUDI, "DOKUMEN")
    world.text(BUDI, "rahasia saya")
    world.text(SITI, "DOKUMEN")
    yield world
    db.close()


def everything(world: World) -> str:
    tables = (inbound_message, outbound_message)
    return world.db.read(lambda tx: str([tuple(r) for table in tables for r in tx.execute(select(table))]))


def test_an_export_holds_all_of_one_and_nothing_of_another(world: World) -> None:
    """By NIK: identity, phone, permit, bill and every text; the other citizen's are not in it."""
    found = privacy.export(world.db, Subject(NIK), STAFF, world.now)
    text = json.dumps(found, default=str)
    assert all(word in text for word in (NIK, BUDI, "A-1", "SKRD-2026-000001", "rahasia saya"))
    assert not any(word in text for word in (OTHER, SITI, "B-1"))
    assert "code_digest" not in text


def test_an_erasure_takes_what_it_may_and_says_what_it_keeps(world: World) -> None:
    """Texts and numbers are gone; bills and permits stay, with the reason; nothing unasked goes to the number again."""
    done = privacy.erase(world.db, Subject(NIK), STAFF, world.now)
    assert done.erased["messages_in"] == 2
    assert {"bills", "documents", "parties", "consents"} <= done.kept.keys()
    left = everything(world)
    assert BUDI not in left
    assert "rahasia" not in left
    assert SITI in left
    load(world, row("A-1", holder=NIK))
    assert run(world, 6) == [SITI]
    gone = select(contact.c.id).where(contact.c.address == BUDI, contact.c.recorded.is_(False))
    assert world.db.read(lambda tx: tx.execute(gone).all()) == []
    kept = select(address_state.c.opted_out_at).where(address_state.c.address == BUDI)
    assert world.db.read(lambda tx: tx.execute(kept).scalar()) is not None


def test_a_phone_that_serves_others_is_left_and_named(world: World) -> None:
    """A consultant's phone stands for two holders: the erasure of one does not silence the other."""
    load(world, row("K-1", phone="081277770000", holder=NIK), row("K-2", phone="081277770000", holder=NIB))
    assert privacy.erase(world.db, Subject(NIK), STAFF, world.now).shared == ("+6281277770000",)


def test_nobody_is_erased_by_mistake(world: World) -> None:
    """An identity that is not known is refused."""
    with pytest.raises(PrivacyError, match="nothing is kept"):
        privacy.erase(world.db, Subject("9999999999999999"), STAFF, world.now)
