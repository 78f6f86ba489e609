"""A database with a little of everything, made by the same doors as in real life and by hand where those are long."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from mgov.store import outbound_parts, outbox, staff
from mgov.store.database import Database
from mgov.store.schema.messages import outbound_message, outbound_part
from mgov.store.schema.money import bank_account, bank_entry, bank_statement, bill, settlement
from mgov.store.schema.services import consent
from mgov.store.schema.staff import staff as staff_table
from mgov.workflows.samples import load_samples
from tests.workflows.citizen import CONFIG, NOW, World


def fill(db: Database) -> None:
    """Services, bills, permits and documents of the demonstration; texts with answers; money, staff, consent."""
    world = World(db)
    files = {kind: (CONFIG / f"demo/{kind}.csv").read_bytes() for kind in ("bills", "applications", "documents")}
    load_samples(db, files, NOW)
    for number, words in enumerate(
        ("BANTUAN", "TAGIHAN A 1234 BC", "LAYANAN", "siapa kamu 🙂 € é", "BERHENTI", "%s {x}")
    ):
        world.text(f"+62812000000{number}", words)
    db.transact(_money)
    db.transact(_people)
    db.transact(_being_sent)


def _money(tx: Connection) -> None:
    account = _new(tx, bank_account, number="0012345678901", name="kas", created_at=NOW)
    statement = _new(
        tx, bank_statement, account_id=account, file_digest="d", format="generic", opening=Decimal("12.34567"),
        closing=Decimal("1500000.50"), covers_from=date(2026, 11, 1), covers_to=date(2026, 11, 23), entries=1,
        entries_new=1, imported_at=NOW, imported_by="t",
    )  # fmt: skip
    entry = _new(
        tx, bank_entry, account_id=account, identity="e1", statement_id=statement, booked_at="2026-11-23",
        booked_on=date(2026, 11, 23), value_date=date(2026, 11, 23), amount=900_000, type="CR", description="PKB 100%",
        balance=Decimal("1500000.5"), created_at=NOW,
    )  # fmt: skip
    first = tx.execute(select(bill.c.id).order_by(bill.c.id)).scalars().first()
    paid = {"bank_entry_id": entry, "bill_id": first, "rule": "exact", "actor": "t", "at": NOW}
    settled = _new(tx, settlement, amount=900_000, **paid)
    _new(tx, settlement, amount=-900_000, reverses_id=settled, **paid)
    _new(tx, settlement, amount=400_000, **paid)


def _people(tx: Connection) -> None:
    boss = staff.add(tx, ["leader"], login="pimpinan", phone="+628119990001", created_at=NOW, created_by="t")
    deputy = staff.add(tx, ["cashier"], login="wakil", created_at=NOW, created_by="t")
    tx.execute(update(staff_table).where(staff_table.c.id == boss).values(deputy_id=deputy))  # points forward
    tx.execute(insert(consent).values(address="+628119990002", act="stop", wording="BERHENTI", at=NOW))


def _being_sent(tx: Connection) -> None:
    values = {"now": NOW, "text": "Tagihan Anda", "priority": "transaction"}
    sending = outbox.queue_text(tx, to="+628129990003", **values)
    outbound_parts.add(tx, [{"message_id": sending, "sequence": 1, "state": "queued"}])
    tx.execute(update(outbound_message).where(outbound_message.c.id == sending).values(state="sending"))
    tx.execute(update(outbound_part).where(outbound_part.c.message_id == sending).values(state="sending"))
    gone = outbox.queue_text(tx, to="+628129990004", **values)
    tx.execute(outbound_message.delete().where(outbound_message.c.id == gone))  # a number that is never given out again
    outbox.queue_text(tx, to="+628129990005", not_before=NOW + timedelta(hours=20), **values)


def _new(tx: Connection, table: Table, **values: Any) -> int:  # noqa: ANN401 - columns
    return int(tx.execute(insert(table).values(**values)).inserted_primary_key[0])  # type: ignore[index]
