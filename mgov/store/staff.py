"""Staff accounts with their roles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.staff import agency, staff, staff_role


def _query() -> Any:  # noqa: ANN401 - a select
    return select(staff, agency.c.code.label("agency")).outerjoin(agency, agency.c.id == staff.c.agency_id)


def by_login(tx: Connection, login: str) -> RowMapping | None:
    """One account by its login."""
    found: RowMapping | None = tx.execute(_query().where(staff.c.login == login)).mappings().first()
    return found


def by_phone(tx: Connection, phone: str) -> RowMapping | None:
    """The enabled account of a phone, locked until the transaction ends where the database can."""
    query = select(staff).where(staff.c.phone == phone, staff.c.disabled_at.is_(None)).with_for_update()
    return tx.execute(query).mappings().first()


def by_email(tx: Connection, email: str) -> RowMapping | None:
    """The enabled account of an address, whatever the case of its letters; None when several have it."""
    query = select(staff).where(func.lower(staff.c.email) == email.lower(), staff.c.disabled_at.is_(None)).limit(2)
    found = tx.execute(query).mappings().all()
    return found[0] if len(found) == 1 else None


def by_unix_user(tx: Connection, unix_user: str) -> RowMapping | None:
    """The account that a Unix user of this host is mapped to."""
    found: RowMapping | None = tx.execute(_query().where(staff.c.unix_user == unix_user)).mappings().first()
    return found


def is_phone_taken(tx: Connection, phone: str) -> bool:
    """Whether any account, closed ones among them, has this phone."""
    return tx.execute(select(staff.c.id).where(staff.c.phone == phone)).first() is not None


def locked(tx: Connection, login: str) -> RowMapping | None:
    """One account by its login, locked until the transaction ends where the database can."""
    return tx.execute(select(staff).where(staff.c.login == login).with_for_update()).mappings().first()


def any_administrator(tx: Connection) -> bool:
    """Whether an administrator was ever made, closed accounts among them."""
    return (
        tx.execute(select(staff_role.c.staff_id).where(staff_role.c.role == "administrator").limit(1)).first()
        is not None
    )


def other_administrators(tx: Connection, staff_id: int) -> int:
    """How many open accounts of administrators there are beside this one."""
    query = (
        select(func.count())
        .select_from(staff_role.join(staff, staff.c.id == staff_role.c.staff_id))
        .where(staff_role.c.role == "administrator", staff.c.disabled_at.is_(None), staff.c.id != staff_id)
    )
    return int(tx.execute(query).scalar_one())


def has_pin(tx: Connection, sender: str) -> bool:
    """Whether an account with a PIN has this phone or address."""
    his = or_(staff.c.phone == sender, staff.c.email == sender)
    query = select(staff.c.id).where(his, staff.c.pin_hash.is_not(None))
    return tx.execute(query.limit(1)).first() is not None


def roles_of(tx: Connection, staff_id: int) -> list[str]:
    """The roles of an account."""
    return sorted(tx.execute(select(staff_role.c.role).where(staff_role.c.staff_id == staff_id)).scalars())


def add(tx: Connection, roles: list[str], **values: Any) -> int:  # noqa: ANN401 - columns of staff
    """A new account with its roles; returns its number."""
    staff_id = int(tx.execute(insert(staff).values(**values)).inserted_primary_key[0])  # type: ignore[index]
    set_roles(tx, staff_id, roles)
    return staff_id


def set_roles(tx: Connection, staff_id: int, roles: list[str]) -> None:
    """Give an account exactly these roles."""
    tx.execute(delete(staff_role).where(staff_role.c.staff_id == staff_id))
    if roles:
        tx.execute(insert(staff_role), [{"staff_id": staff_id, "role": role} for role in dict.fromkeys(roles)])


def change(tx: Connection, staff_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of staff
    """Change one account."""
    tx.execute(update(staff).where(staff.c.id == staff_id).values(**values))


def listing(tx: Connection) -> list[dict[str, Any]]:
    """All accounts in the order they were made; nothing secret among the columns."""
    shown = (
        "login",
        "full_name",
        "agency",
        "phone",
        "email",
        "unix_user",
        "pin_locked_until",
        "password_locked_until",
        "disabled_at",
        "created_at",
    )
    rows = list(tx.execute(_query().order_by(staff.c.id)).mappings())
    return [{name: row[name] for name in shown} | {"roles": roles_of(tx, row["id"])} for row in rows]


def phones_of_role(tx: Connection, role: str) -> list[str]:
    """The phones of the staff who hold a role and are not disabled."""
    query = (
        select(staff.c.phone)
        .join(staff_role, staff_role.c.staff_id == staff.c.id)
        .where(staff_role.c.role == role, staff.c.phone.is_not(None), staff.c.disabled_at.is_(None))
        .order_by(staff.c.id)
    )
    return list(tx.execute(query).scalars())
