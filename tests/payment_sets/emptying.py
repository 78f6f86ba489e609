"""Databases made empty before a set is played on them."""

from __future__ import annotations

from sqlalchemy import text

from mgov.store.database import Database


def emptied(url: str) -> None:
    """Drop everything in the database of `url`; a new SQLite file has nothing to drop."""
    database = Database(url)
    if database.dialect == "postgresql":
        database.transact(lambda tx: tx.execute(text("drop schema public cascade; create schema public")))
    elif database.dialect == "mariadb":
        name = database.engine.url.database
        server = Database(database.engine.url.set(database="mysql").render_as_string(hide_password=False))
        server.transact(lambda tx: tx.execute(text(f"drop database if exists `{name}`")))
        server.transact(lambda tx: tx.execute(text(f"create database `{name}`")))
        server.close()
    database.close()
