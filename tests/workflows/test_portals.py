"""A portal writes orders, reads views and follows events; the core tables are never its own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import OperationalError

from mgov.store import bills, portals, services
from mgov.store.database import Database
from mgov.store.schema.portals import portal_application, portal_bill, portal_document, portal_event
from mgov.store.schema.staff import audit
from mgov.workflows import bills as bill_rows
from mgov.workflows.applications import import_applications
from mgov.workflows.portals import ORDERS, PortalSettings, take
from tests.workflows.citizen import NIK, NOW, REPLIES, SITI, STAFF, STRANGER, World

BILL = {"agency": "BAPENDA", "number": "PKB-2026-1", "payer_phone": SITI, "object": "A 1234 BC", "amount": 500_000}
SETTINGS = PortalSettings(REPLIES)


@pytest.fixture
def world(database: Database) -> World:
    made = World(database)
    made.db.transact(lambda tx: bills_agency(tx, "BAPENDA"))
    return made


def bills_agency(tx: Connection, code: str) -> None:
    """An agency that somebody made."""
    services.ensure_agencies(tx, [code], NOW)


def order(db: Database, **said: Any) -> int:  # noqa: ANN401 - the columns of an order
    """What a portal writes of a bill."""
    statement = insert(portal_bill).values(**said)
    return int(db.transact(lambda tx: tx.execute(statement).inserted_primary_key[0]))  # type: ignore[index]


def outcomes(db: Database) -> list[tuple[str, str | None]]:
    query = select(portal_bill.c.outcome, portal_bill.c.reason).order_by(portal_bill.c.id)
    return db.read(lambda tx: [(row[0], row[1]) for row in tx.execute(query)])


def events(db: Database) -> list[tuple[int, str, str]]:
    rows = db.read(lambda tx: portals.events(tx))
    return [(row["number"], row["kind"], row["object"]) for row in rows]


def test_an_order_is_a_bill_a_moment_later(world: World) -> None:
    """TAGIHAN follows what the portal adds, changes and cancels; a column left NULL changes nothing."""
    order(world.db, **BILL)
    assert take(world.db, SETTINGS, NOW).accepted == 1
    assert "Rp500.000" in world.text(STRANGER, "TAGIHAN A 1234 BC")
    order(world.db, agency="BAPENDA", number="PKB-2026-1", amount=600_000)
    take(world.db, SETTINGS, NOW)
    assert "Rp600.000" in world.text(STRANGER, "TAGIHAN A 1234 BC")
    order(world.db, agency="BAPENDA", number="PKB-2026-1", amount=600_000, status="cancelled")
    take(world.db, SETTINGS, NOW)
    assert "Rp600.000" not in world.text(STRANGER, "TAGIHAN A 1234 BC")
    assert outcomes(world.db) == [("accepted", None)] * 3
    assert events(world.db) == [(1, "bill_cancelled", "PKB-2026-1")]


def test_orders_of_one_bill_are_taken_as_they_were_written(world: World) -> None:
    """The last word counts, also when all of them came before the first was taken."""
    for amount in (100, 300, 200):
        order(world.db, **{**BILL, "amount": amount})
    take(world.db, SETTINGS, NOW)
    assert world.db.read(lambda tx: bills.by_numbers(tx, ["PKB-2026-1"]))["PKB-2026-1"]["amount"] == 200


def test_a_bad_order_is_answered_and_the_others_go_in(world: World) -> None:
    """The reason names the column; nothing is lost by it."""
    order(world.db, **{**BILL, "number": "PKB-2026-2", "status": "hilang"})
    order(world.db, agency="BAPENDA", number="PKB-2026-3")
    order(world.db, **{**BILL, "agency": "TIDAKADA"})
    order(world.db, **BILL)
    done = take(world.db, SETTINGS, NOW)
    assert (done.accepted, done.refused) == (1, 3)
    reasons = [why for what, why in outcomes(world.db) if what == "refused"]
    assert [str(why).split(":")[0] for why in reasons] == ["status", "amount", "agency"]


def test_nobody_waits_behind_anothers_thousands(world: World) -> None:
    """One order of an agency with a portal is among the first taken, however many another wrote before it."""
    world.db.transact(lambda tx: bills_agency(tx, "DISHUB"))
    world.db.transact(lambda tx: portals.note_grant(tx, "portal_dishub", "DISHUB", by="staff:x", now=NOW))
    many = [{**BILL, "number": f"PKB-2026-{number}", "object": None} for number in range(ORDERS + 100)]
    world.db.transact(lambda tx: tx.execute(insert(portal_bill), many))
    order(world.db, **{**BILL, "agency": "DISHUB", "number": "RTB-2026-7"})
    assert take(world.db, SETTINGS, NOW).accepted == ORDERS + 1
    assert outcomes(world.db)[-1] == ("accepted", None)
    assert take(world.db, SETTINGS, NOW).accepted == 100


def test_what_was_left_empty_of_an_accepted_order_is_said(world: World) -> None:
    """A phone that nobody can call does not keep a bill out, but its portal reads that it was not kept."""
    order(world.db, **{**BILL, "payer_phone": "di kantor"})
    assert take(world.db, SETTINGS, NOW).accepted == 1
    ((what, why),) = outcomes(world.db)
    assert what == "accepted"
    assert str(why).startswith("payer_phone: left empty")


def test_a_deadlock_is_nobodys_refusal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the database undid because two got in each other's way is done again, whole."""
    order(world.db, **BILL)
    times = _failing_once(monkeypatch, OperationalError("insert", {}, _Deadlock(1213, "Deadlock found")))
    assert take(world.db, SETTINGS, NOW).accepted == 1
    assert times == [1, 2]
    assert outcomes(world.db) == [("accepted", None)]


def test_an_error_of_the_program_is_told_to_its_staff(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is answered, the others go on, and the daemon's log gets the error itself."""
    order(world.db, **BILL)
    error = RuntimeError("no such column")
    _failing_once(monkeypatch, error)
    done = take(world.db, SETTINGS, NOW)
    assert (done.refused, done.faults) == (1, (error,))
    assert "RuntimeError" in str(outcomes(world.db)[0][1])


class _Deadlock(Exception):  # noqa: N818 - as a driver's
    """As MariaDB's driver tells of it: a number and a sentence."""


def _failing_once(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[int]:
    """Let the first try to store bills fail; returns the tries as they come."""
    store, times = bill_rows.store, []

    def failing(*args: Any, **said: Any) -> Any:  # noqa: ANN401 - as the one it stands for
        times.append(len(times) + 1)
        if len(times) == 1:
            raise error
        return store(*args, **said)

    monkeypatch.setattr(bill_rows, "store", failing)
    return times


def test_another_agencys_bill_is_not_changed(world: World) -> None:
    """What belongs to one agency stays as it is, whatever another orders."""
    world.db.transact(lambda tx: bills_agency(tx, "DISHUB"))
    order(world.db, **BILL)
    order(world.db, **{**BILL, "agency": "DISHUB", "amount": 1})
    assert take(world.db, SETTINGS, NOW).refused == 1
    assert world.db.read(lambda tx: bills.by_numbers(tx, ["PKB-2026-1"]))["PKB-2026-1"]["amount"] == 500_000


def test_an_order_is_taken_once_and_leaves_a_row_in_the_audit(world: World) -> None:
    """A second look finds nothing; who changed the bill is the portal."""
    order(world.db, **BILL)
    assert take(world.db, SETTINGS, NOW)
    assert not take(world.db, SETTINGS, NOW)
    query = select(audit.c.actor).where(audit.c.action == "portal.bill")
    assert world.db.read(lambda tx: list(tx.execute(query).scalars())) == ["portal:BAPENDA"]


def test_a_changed_application_tells_the_applicant_and_the_portal(world: World) -> None:
    """The applicant gets one message; the portal finds the change among its events."""
    import_applications(
        world.db,
        b"reference,service,agency,applicant_id,applicant_name,phone,status,status_note,submitted_on\n"
        b"IZN-1,SIUP,DISPERINDAG,,SITI,081200000002,diproses,,2026-11-10\n",
        STAFF,
        NOW,
    )
    row = {"agency": "DISPERINDAG", "reference": "IZN-1", "status": "selesai", "status_note": "Ambil di loket 3"}
    world.db.transact(lambda tx: tx.execute(insert(portal_application).values(**row)))
    assert take(world.db, SETTINGS, NOW).accepted == 1
    assert [said for said, _ in world.sent(SITI) if "loket 3" in said]
    assert events(world.db) == [(1, "application_status", "IZN-1")]


def test_what_a_citizen_files_is_told_to_the_portal(world: World) -> None:
    """MOHON by SMS is an event of the service's agency, with what the citizen said."""
    world.text(SITI, f"DAFTAR {NIK}#Siti")
    world.text(SITI, "MOHON SIUP#warung kopi")
    take(world.db, SETTINGS, NOW)
    (found,) = world.db.read(lambda tx: portals.events(tx, agency="DISPERINDAG"))
    assert found["kind"] == "application_filed"
    assert "warung kopi" in found["detail"]


def test_a_renewed_document_is_told(world: World) -> None:
    """A later due date is a renewal."""
    said = {"agency": "BAPENDA", "number": "SIPA-1", "kind": "SIPA", "holder_name": "PT X", "due_on": date(2026, 12, 1)}
    for due_on in (date(2026, 12, 1), date(2028, 12, 1)):
        row = {**said, "due_on": due_on}
        world.db.transact(lambda tx, row=row: tx.execute(insert(portal_document).values(**row)))
        take(world.db, SETTINGS, NOW)
    assert events(world.db) == [(1, "document_renewed", "SIPA-1")]


def test_events_are_numbered_without_a_gap_and_only_when_committed(world: World) -> None:
    """A poller that has seen number N has seen all before it; what was rolled back leaves no hole."""
    values = {"agency": "BAPENDA", "kind": "bill_paid", "object": "x", "detail": "{}", "at": NOW}
    for _ in range(3):
        world.db.transact(lambda tx: tx.execute(insert(portal_event).values(**values)))
    with pytest.raises(ZeroDivisionError):
        world.db.transact(lambda tx: (tx.execute(insert(portal_event).values(**values)), 1 // 0))
    take(world.db, SETTINGS, NOW)
    world.db.transact(lambda tx: tx.execute(insert(portal_event).values(**values)))
    take(world.db, SETTINGS, NOW)
    assert [number for number, _kind, _object in events(world.db)] == [1, 2, 3, 4]


def test_the_views_show_what_is_paid(world: World) -> None:
    """v1_bill tells amount, paid and status as `mgov bill list` does."""
    order(world.db, **BILL)
    take(world.db, SETTINGS, NOW)
    query = text("select agency, number, amount, paid, status from v1_bill")
    assert world.db.read(lambda tx: [tuple(row) for row in tx.execute(query)]) == [
        ("BAPENDA", "PKB-2026-1", 500_000, 0, "open")
    ]


def test_taken_orders_can_be_cleared_away(world: World) -> None:
    """What was taken long ago goes; what waits stays."""
    order(world.db, **BILL)
    take(world.db, SETTINGS, NOW)
    order(world.db, **{**BILL, "number": "PKB-2026-9"})
    assert world.db.transact(lambda tx: portals.remove_taken(tx, NOW + timedelta(days=1))) == 1
    assert take(world.db, SETTINGS, NOW).accepted == 1
