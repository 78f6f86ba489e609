"""Triggers that keep the ledger inside the database, one dialect each.

An inserted settlement adds its amount to the entry and to the bill; the check constraint of the entry then refuses what
did not come in. Ledger, audit and consent are append-only: an update or delete is refused.
"""

# ruff: noqa: S608 - every part of this DDL is a constant of this file

from __future__ import annotations

APPEND_ONLY = ("settlement", "audit", "consent")

_ALLOCATE = (
    "update bank_entry set allocated = allocated + new.amount where id = new.bank_entry_id; "
    "update bill set allocated = allocated + new.amount where id = new.bill_id;"
)

#: PostgreSQL knows all rows of a statement at once: an entry or bill that several of them concern is changed once.
_ALLOCATE_ALL = " ".join(
    f"update {table} set allocated = allocated + sums.amount "
    f"from (select {table}_id as id, sum(amount) as amount from added group by 1) as sums where {table}.id = sums.id;"
    for table in ("bank_entry", "bill")
)


def statements(dialect: str) -> list[str]:
    """The DDL for one dialect (`sqlite`, `postgresql`, `mysql` or `mariadb`), in order."""
    if dialect == "sqlite":
        return _sqlite()
    if dialect == "postgresql":
        return _postgresql()
    return _mariadb()


def _sqlite() -> list[str]:
    ddl = [f"create trigger settlement_allocate after insert on settlement begin {_ALLOCATE} end"]
    for table in APPEND_ONLY:
        for event in ("update", "delete"):
            ddl.append(
                f"create trigger {table}_no_{event} before {event} on {table} "
                f"begin select raise(abort, '{table} is append-only'); end"
            )
    return ddl


def _postgresql() -> list[str]:
    ddl = [
        f"create function mgov_allocate() returns trigger language plpgsql as $$ begin {_ALLOCATE_ALL} "
        "return null; end $$",
        "create trigger settlement_allocate after insert on settlement referencing new table as added "
        "for each statement execute function mgov_allocate()",
        "create function mgov_append_only() returns trigger language plpgsql as $$ "
        "begin raise exception '% is append-only', tg_table_name; end $$",
    ]
    for table in APPEND_ONLY:
        ddl.append(
            f"create trigger {table}_append_only before update or delete on {table} "
            "for each row execute function mgov_append_only()"
        )
    return ddl


def _mariadb() -> list[str]:
    ddl = [f"create trigger settlement_allocate after insert on settlement for each row begin {_ALLOCATE} end"]
    for table in APPEND_ONLY:
        for event in ("update", "delete"):
            ddl.append(
                f"create trigger {table}_no_{event} before {event} on {table} for each row "
                f"signal sqlstate '45000' set message_text = '{table} is append-only'"
            )
    return ddl
