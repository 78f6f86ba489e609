"""Rights in the workflows: whoever calls them, by whichever door, is asked for the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import articles as articles_store
from mgov.store import audit, bills, documents
from mgov.store.database import Database
from mgov.workflows import access, articles, sessions, staff
from mgov.workflows.access import RefusedError
from mgov.workflows.bills import import_bills
from mgov.workflows.documents import import_documents
from mgov.workflows.services import import_services
from mgov.workflows.staff import StaffError

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ADMIN, ANI, BUDI, KASIR = (Actor.staff(name) for name in ("admin", "ani", "budi", "kasir"))
BILLS = "number,agency,amount,due_date\n{number},{agency},{amount},2026-12-20\n"
DOCUMENTS = (
    "number,kind,agency,holder_id,holder_name,phone,email,issued_on,due_on\n{number},SIUP,{agency},,PT X,,,,{due}\n"
)
SERVICES = "code,name,sector,agency,requirements,fee,legal_basis\n{code},{name},pendidikan,{agency},,0,\n"


@pytest.fixture
def db(migrated_sqlite_url: str) -> Database:
    """A site with an administrator, two operators of two agencies, and a cashier."""
    found = Database(migrated_sqlite_url)
    staff.add(found, "admin", ["administrator"], now=NOW, actor=Actor.system("init"), unix_user="admin")
    staff.add(found, "ani", ["operator"], now=NOW, actor=ADMIN, agency="BAPENDA", password="kata sandi ani")
    staff.add(found, "budi", ["operator"], now=NOW, actor=ADMIN, agency="BAPENDA")
    staff.add(found, "kasir", ["cashier"], now=NOW, actor=ADMIN)
    return found


def _bill(db: Database, actor: Actor, number: str, amount: int, agency: str = "BAPENDA") -> tuple[int, int, int]:
    data = BILLS.format(number=number, agency=agency, amount=amount).encode()
    result = import_bills(db, data, actor, NOW)
    return result.added, result.updated, len(result.errors)


def _document(db: Database, actor: Actor, number: str, due: str, agency: str = "BAPENDA") -> tuple[int, int, int]:
    data = DOCUMENTS.format(number=number, agency=agency, due=due).encode()
    result = import_documents(db, data, actor, NOW)
    return result.added, result.updated, len(result.errors)


def _service(db: Database, actor: Actor, code: str, name: str, agency: str = "BAPENDA") -> tuple[int, int, int]:
    result = import_services(db, SERVICES.format(code=code, name=name, agency=agency).encode(), actor, NOW)
    return result.added, result.updated, len(result.errors)


@pytest.mark.parametrize(
    ("put", "first", "second"),
    [(_bill, 1000, 2000), (_document, "2026-12-20", "2026-12-21"), (_service, "A", "B")],
    ids=["bills", "documents", "services"],
)
def test_an_operator_changes_only_what_he_made(
    db: Database, put: Callable[..., tuple[int, int, int]], first: object, second: object
) -> None:
    """His own he changes; another's stays as it is, and the same again is no change; an administrator may."""
    assert put(db, ANI, "AAA-2026-000001", first) == (1, 0, 0)
    assert put(db, ANI, "AAA-2026-000001", second) == (0, 1, 0)
    assert put(db, BUDI, "AAA-2026-000001", second) == (0, 0, 0)
    assert put(db, BUDI, "AAA-2026-000001", first) == (0, 0, 1)
    assert put(db, ADMIN, "AAA-2026-000001", first) == (0, 1, 0)


@pytest.mark.parametrize("put", [_bill, _document, _service], ids=["bills", "documents", "services"])
def test_an_operator_brings_in_nothing_of_another_agency(
    db: Database, put: Callable[..., tuple[int, int, int]]
) -> None:
    """A row of another agency is refused, and the agency is not even made."""
    value = "2026-12-20" if put is _document else 1000
    assert put(db, ANI, "AAA-2026-000002", value, "DISHUB") == (0, 0, 1)
    with pytest.raises(RefusedError):
        put(db, KASIR, "AAA-2026-000003", value)


def test_a_refused_row_takes_nothing_along(db: Database) -> None:
    """In a strict import one foreign row keeps all of it out; otherwise the others go in, with one row of audit."""
    rows = BILLS.format(number="PKB-2026-000001", agency="BAPENDA", amount=1000).encode()
    rows += b"PKB-2026-000002,DISHUB,1000,2026-12-20\n"
    strict = import_bills(db, rows, ANI, NOW, strict=True)
    assert (strict.accepted, len(strict.errors)) == (0, 1)
    assert db.read(lambda tx: bills.by_numbers(tx, ["PKB-2026-000001"])) == {}
    loose = import_bills(db, rows, ANI, NOW)
    assert (loose.added, len(loose.errors)) == (1, 1)
    noted = db.read(lambda tx: [row for row in audit.rows(tx) if row["action"] == "bill.import"])
    assert [row["actor"] for row in noted] == ["staff:ani"]
    assert '"added": 1' in noted[0]["detail"]


def test_the_regulations_rule_on_articles(db: Database) -> None:
    """Administrators add, edit, delete; operators add, and edit their own; authorship outlives a correction."""
    articles.put(db, "pajak", "Samsat", actor=ADMIN, now=NOW)
    articles.put(db, "trayek", "Loket 2", actor=ANI, now=NOW)
    articles.edit(db, "trayek", "Loket 3", actor=ANI, now=NOW)
    articles.edit(db, "trayek", "Loket 4", actor=ADMIN, now=NOW)
    articles.edit(db, "trayek", "Loket 5", actor=ANI, now=NOW)
    for actor, topic in ((ANI, "pajak"), (BUDI, "trayek"), (BUDI, "pajak")):
        with pytest.raises(RefusedError):
            articles.put(db, topic, "x", actor=actor, now=NOW)
    for actor, topic in ((ANI, "pajak"), (ANI, "trayek"), (BUDI, "trayek"), (KASIR, "pajak")):
        with pytest.raises(RefusedError):
            articles.delete(db, topic, actor=actor, now=NOW)
    found = db.read(articles_store.listing)
    assert [(row["topic"], row["body"], row["author"]) for row in found] == [
        ("PAJAK", "Samsat", "staff:admin"),
        ("TRAYEK", "Loket 5", "staff:ani"),
    ]
    articles.delete(db, "trayek", actor=ADMIN, now=NOW)


def test_the_last_administrator_stays(db: Database) -> None:
    """He is neither closed nor stripped of his role; with a second one he may be."""
    with pytest.raises(StaffError):
        staff.disable(db, "admin", now=NOW, actor=ADMIN)
    with pytest.raises(StaffError):
        staff.set_roles(db, "admin", ["auditor"], now=NOW, actor=ADMIN)
    staff.set_roles(db, "budi", ["administrator"], now=NOW, actor=ADMIN)
    staff.disable(db, "admin", now=NOW, actor=ADMIN)
    with pytest.raises(RefusedError):
        staff.enable(db, "admin", now=NOW, actor=ADMIN)


def test_a_unix_user_is_who_he_is_mapped_to_and_nobody_else(db: Database) -> None:
    """A Unix user called like an account is not that account; a stranger has none; the founder needs no log-in."""

    def who(unix_user: str, token: str | None = None) -> Actor:
        return sessions.identify(db, unix_user, token, now=NOW)

    assert who("admin") == ADMIN
    for stranger in ("ani", "kasir", "x"):
        with pytest.raises(RefusedError):
            access.account(db, who(stranger), Right.EXPLAIN)
    token = sessions.login(db, "ani", "kata sandi ani", unix_user="x", now=NOW)
    assert who("x", token) == ANI
    with pytest.raises(RefusedError):
        who("y", token)


def test_sessions_end_by_time_by_logout_by_revocation_and_by_a_new_password(db: Database) -> None:
    """Each of them makes the token worthless at once; the database holds no token."""

    def alive(token: str, at: datetime = NOW) -> bool:
        try:
            return sessions.identify(db, "x", token, now=at) == ANI
        except RefusedError:
            return False

    tokens = [sessions.login(db, "ani", "kata sandi ani", unix_user="x", now=NOW) for _ in range(3)]
    assert all(map(alive, tokens))
    assert not alive(tokens[0], NOW + sessions.LIFETIME)
    sessions.logout(db, tokens[0], now=NOW)
    assert [alive(token) for token in tokens] == [False, True, True]
    assert sessions.revoke(db, "ani", actor=ANI, now=NOW) == 2
    last = sessions.login(db, "ani", "kata sandi ani", unix_user="x", now=NOW)
    staff.set_password(db, "ani", "sandi yang baru", now=NOW, actor=ANI)
    assert not alive(last)
    with db.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("select * from staff_session").all())
    assert not [token for token in (*tokens, last) if token in kept]
    with pytest.raises(RefusedError):
        sessions.revoke(db, "admin", actor=ANI, now=NOW)


def test_wrong_passwords_lock_for_a_while_and_an_unknown_name_looks_the_same(db: Database) -> None:
    """After five the right one is refused too, until the time is over; both failures read alike."""
    messages = set()
    for name in ("ani", "tidak-ada"):
        for _ in range(sessions.TRIES):
            with pytest.raises(RefusedError) as caught:
                sessions.login(db, name, "salah sekali", unix_user="x", now=NOW)
            messages.add(str(caught.value).replace(name, "NAME"))
    assert len(messages) == 1
    with pytest.raises(RefusedError, match="locked"):
        sessions.login(db, "ani", "kata sandi ani", unix_user="x", now=NOW)
    later = NOW + sessions.LOCKED_FOR + timedelta(seconds=1)
    assert sessions.login(db, "ani", "kata sandi ani", unix_user="x", now=later)


def test_nobody_without_the_right_makes_or_changes_accounts(db: Database) -> None:
    """An operator makes no account, gives no role, sets nobody's PIN, and changes no other's password."""
    attempts: list[Callable[[], object]] = [
        lambda: staff.add(db, "x", ["administrator"], now=NOW, actor=ANI),
        lambda: staff.set_roles(db, "ani", ["administrator"], now=NOW, actor=ANI),
        lambda: staff.set_pin(db, "ani", "123456", now=NOW, actor=ANI),
        lambda: staff.set_password(db, "budi", "sandi yang baru", now=NOW, actor=ANI),
        lambda: staff.map_unix_user(db, "admin", "ani", now=NOW, actor=ANI),
        lambda: staff.unlock(db, "ani", now=NOW, actor=ANI),
        lambda: staff.listing(db, ANI),
        lambda: sessions.listing(db, ANI),
    ]
    before = db.read(audit.head)
    for attempt in attempts:
        with pytest.raises(RefusedError):
            attempt()
    assert db.read(audit.head) == before


def test_documents_keep_who_made_them(db: Database) -> None:
    """The author is in the row, not in a file's word."""
    _document(db, ANI, "SIUP-1", "2026-12-20")
    assert db.read(lambda tx: documents.by_numbers(tx, ["SIUP-1"]))["SIUP-1"]["created_by"] == "staff:ani"
