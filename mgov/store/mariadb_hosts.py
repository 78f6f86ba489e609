"""Several MariaDB hosts in one URL: the one that takes writes is found, as libpq does it for PostgreSQL.

`mariadb+pymysql://mgov@/mgov?hosts=db-1:3306,db-2:3306`. A replica is told by `read_only`, which it must have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import URL, Engine, event
from sqlalchemy.engine import ExceptionContext

PORT = 3306
#: The server runs with --read-only; a transaction that only reads.
_READ_ONLY = {1290, 1792}
_UNREACHABLE = 2003

Host = tuple[str, int]


def of(url: URL) -> tuple[URL, list[Host]]:
    """The URL without its `hosts`, and these in their order; none when it names a single host as usual."""
    named = url.query.get("hosts", ())
    words = named.split(",") if isinstance(named, str) else [word for one in named for word in one.split(",")]
    return url.difference_update_query(["hosts"]), [_host(word.strip()) for word in words if word.strip()]


def _host(word: str) -> Host:
    name, _, port = word.rpartition(":") if word.rpartition(":")[2].isdecimal() else (word, "", "")
    return name.strip("[]"), int(port or PORT)


def follow(engine: Engine, hosts: Sequence[Host]) -> None:
    """Let every new connection go to the first host that takes writes, and leave one that takes none any more."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
        return _writable(engine.dialect.import_dbapi(), hosts, arguments, named)

    @event.listens_for(engine, "handle_error")
    def leave(context: ExceptionContext) -> None:
        original = context.original_exception
        if original is not None and original.args and original.args[0] in _READ_ONLY:
            context.is_disconnect = True  # it became a replica: look for the primary again


def _writable(driver: Any, hosts: Sequence[Host], arguments: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    why = []
    for name, port in hosts:
        try:
            connection = driver.connect(*arguments, **{**named, "host": name, "port": port})
        except driver.OperationalError as error:
            why.append(f"{name}:{port}: {error.args[-1]}")
            continue
        if not _is_read_only(connection):
            return connection
        connection.close()
        why.append(f"{name}:{port}: takes no writes")
    raise driver.OperationalError(_UNREACHABLE, "no host takes writes: " + "; ".join(why))


def _is_read_only(connection: Any) -> bool:  # noqa: ANN401 - the driver's own
    with connection.cursor() as cursor:
        cursor.execute("select @@global.read_only")
        return bool(cursor.fetchone()[0])
