"""What every table shares: the metadata with its naming convention, and the column types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, MetaData, String, Text, literal_column, or_
from sqlalchemy.dialects import mysql
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: 64 bits and ordered; SQLite numbers rows by itself only in a column that it calls INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")

#: Whole rupiah.
Rupiah = BigInteger()

#: Letters compare exactly, so that a reference or a digest is never equal to another spelling of itself.
_EXACT = {"mysql_charset": "utf8mb4", "mysql_collation": "utf8mb4_bin"}

TABLE_OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", **_EXACT, "sqlite_autoincrement": True}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC to the microsecond; two of the three databases return it without a zone."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """MariaDB keeps whole seconds unless told otherwise."""
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would be read as another one elsewhere."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class StateWord(TypeDecorator[str]):
    """A state that partial indexes are built on: compared as a word of the statement, never as a parameter.

    A planner cannot tell from a parameter that a partial index covers a query, and SQLite plans anew for each value.
    """

    impl = String(64)
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[str]):
        """Writes out what a state is compared with; `in` becomes a chain of `or`, which SQLite's planner follows."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's own
            """As any comparison, with words written out."""
            if op is operators.in_op and isinstance(other[0], (tuple, list)) and other[0]:
                return or_(*(super(StateWord.Comparator, self).operate(operators.eq, _word(one)) for one in other[0]))
            return super().operate(op, *(_word(one) for one in other), **kwargs)

    comparator_factory = Comparator


def _word(value: Any) -> Any:  # noqa: ANN401 - what a column is compared with
    if isinstance(value, str):
        if not value.replace("_", "").isalnum():
            raise ValueError(f"not a state: {value!r}")
        return literal_column(f"'{value}'", String())
    return value


def pk() -> Column[int]:
    """The ordered 64-bit identity of a row."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def short(name: str, *args: Any, **kwargs: Any) -> Column[str]:  # noqa: ANN401 - what Column takes
    """A word: a state, a code, a name of a part."""
    return Column(name, String(64), *args, **kwargs)


def state(name: str = "state") -> Column[str]:
    """A state that partial indexes are built on."""
    return Column(name, StateWord(), nullable=False)


def line(name: str, *args: Any, **kwargs: Any) -> Column[str]:  # noqa: ANN401 - what Column takes
    """A line of text that may be indexed: a number, a name, an address."""
    return Column(name, String(191), *args, **kwargs)


def prose(name: str, *args: Any, **kwargs: Any) -> Column[str]:  # noqa: ANN401 - what Column takes
    """Text of any length."""
    return Column(name, Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"), *args, **kwargs)


def moment(name: str, *args: Any, **kwargs: Any) -> Column[datetime]:  # noqa: ANN401 - what Column takes
    """A moment in time."""
    return Column(name, UtcDateTime(), *args, **kwargs)
