"""Database roles of portals: made with as few rights as a portal needs, on PostgreSQL and MariaDB.

A role may add orders (not change, nor take them back), read the views `v1_*`, and nothing else: no texts, no PINs, no
audit, no table of the core. On PostgreSQL, where policies keep it to its agency's rows, it may read its orders and
events in their tables too; MariaDB knows no such policies.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from mgov.store.schema.portal_doors import ORDER_COLUMNS, VIEWS

_CANNOT_CREATE_USER = 1396
ROLE = re.compile(r"[a-z][a-z0-9_]{0,31}")


class RoleError(Exception):
    """A role cannot be made; the text says why."""


def make(tx: Connection, role: str, password: str | None, *, require_tls: bool, known: bool) -> None:
    """Make a log-in role, or change the one there is when it is `known` for a portal's, and give it a portal's rights.

    Without a password the old one stays. `require_tls` is MariaDB's to keep; PostgreSQL has it in pg_hba.conf
    (`hostssl`). Raises `RoleError` on SQLite, which has no roles, for a name that is none, and for another's role.
    """
    _check(tx, role)
    if tx.dialect.name == "postgresql":
        _create_on_postgresql(tx, role, known=known)
        _equip_on_postgresql(tx, role, password)
    else:
        _create_on_mariadb(tx, role, known=known)
        _equip_on_mariadb(tx, role, password, require_tls=require_tls)


def drop(tx: Connection, role: str) -> None:
    """Take a portal's role away; what it ordered stays."""
    _check(tx, role)
    if tx.dialect.name == "postgresql":
        if _exists(tx, "select 1 from pg_roles where rolname = :role", role):
            tx.exec_driver_sql(f'drop owned by "{role}"')
            tx.exec_driver_sql(f'drop role "{role}"')
    else:
        tx.exec_driver_sql(f"drop user if exists `{role}`@`%`".replace("%", "%%"))


def _check(tx: Connection, role: str) -> None:
    if tx.dialect.name == "sqlite":
        raise RoleError("SQLite has no roles: portals need PostgreSQL or MariaDB (`mgov db move`)")
    if not ROLE.fullmatch(role):
        raise RoleError(f'"{role[:40]}" is not a role\'s name; right would be portal_bapenda')


def _exists(tx: Connection, query: str, role: str) -> bool:
    return tx.execute(text(query), {"role": role}).first() is not None


def _create_on_postgresql(tx: Connection, role: str, *, known: bool) -> None:
    if not _exists(tx, "select 1 from pg_roles where rolname = :role", role):
        tx.exec_driver_sql(f'create role "{role}" login nosuperuser nocreatedb nocreaterole noinherit')
    elif not known:
        raise _another(role)


def _create_on_mariadb(tx: Connection, role: str, *, known: bool) -> None:
    """Who may make users need not be able to list them: that one is there already shows when it is made."""
    try:
        tx.exec_driver_sql(f"create user {'if not exists ' if known else ''}`{role}`@`%%`")
    except OperationalError as error:
        if error.orig is None or error.orig.args[0] != _CANNOT_CREATE_USER:
            raise
        raise _another(role) from error


def _another(role: str) -> RoleError:
    return RoleError(f"{role} is there already and not a portal's: choose another name")


def _equip_on_postgresql(tx: Connection, role: str, password: str | None) -> None:
    if password is not None:
        secret = tx.execute(text("select quote_literal(:secret)"), {"secret": password}).scalar_one()
        tx.exec_driver_sql(f'alter role "{role}" password {secret}'.replace("%", "%%"))
    schema = tx.execute(text("select quote_ident(current_schema())")).scalar_one()
    tx.exec_driver_sql(f'grant usage on schema {schema} to "{role}"')
    for table, columns in ORDER_COLUMNS.items():
        tx.exec_driver_sql(f'grant insert ({", ".join(columns)}) on {table} to "{role}"')
        # a portal reads the id of its order from the sequence, as PDO::lastInsertId does
        sequence = tx.execute(text("select pg_get_serial_sequence(:table, 'id')"), {"table": table}).scalar_one()
        tx.exec_driver_sql(f'grant usage on sequence {sequence} to "{role}"')
        tx.exec_driver_sql(f'grant select on {table} to "{role}"')  # its own rows only, by the table's policy
    tx.exec_driver_sql(f'grant select on portal_event to "{role}"')
    for view in VIEWS:
        tx.exec_driver_sql(f'grant select on {view} to "{role}"')


def _equip_on_mariadb(tx: Connection, role: str, password: str | None, *, require_tls: bool) -> None:
    if password is not None:
        tx.exec_driver_sql(f"alter user `{role}`@`%%` identified by %s", (password,))
    tx.exec_driver_sql(f"alter user `{role}`@`%%` require {'ssl' if require_tls else 'none'}")
    schema = tx.execute(text("select database()")).scalar_one()
    for table, columns in ORDER_COLUMNS.items():
        said = ", ".join(f"`{column}`" for column in columns)
        tx.exec_driver_sql(f"grant insert ({said}) on `{schema}`.`{table}` to `{role}`@`%%`")
    for view in VIEWS:
        tx.exec_driver_sql(f"grant select on `{schema}`.`{view}` to `{role}`@`%%`")
