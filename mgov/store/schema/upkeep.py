"""How PostgreSQL keeps the busy tables: sooner than its defaults, which are made for tables that change less.

By default a table is vacuumed when a fifth of it is dead: of ten million messages two million. A message is changed
three times before it is settled (claimed, sent, delivered), so the index of what waits would hold more dead entries
than live ones for hours. Run at every upgrade; MariaDB and SQLite have no such settings of a table (docs/scale.md says
what a server should be set to there).
"""

from __future__ import annotations

_QUEUE = {
    "autovacuum_vacuum_scale_factor": "0.02",
    "autovacuum_vacuum_insert_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.02",
    "autovacuum_vacuum_cost_limit": "1000",  # of 200: it must keep up with the modems, and an index is read whole
    # By itself PostgreSQL leaves indexes alone while less than 2 % of a table's pages hold dead rows. Of ten million
    # messages that is always so, and a claim walked over 1,100 pages of what had been sent (measured).
    "vacuum_index_cleanup": "on",
}
#: Half of the changes of a part touch no index: room in its page lets them stay there (HOT).
_PARTS = {**_QUEUE, "fillfactor": "85"}
#: Only added to: what matters is that a plan never rests on last year's statistics.
#: Each is allocated once, which touches no index: with half a page free it stays there (HOT).
_ALLOCATED = {"fillfactor": "60"}
_GROWING = {"autovacuum_vacuum_insert_scale_factor": "0.05", "autovacuum_analyze_scale_factor": "0.05"}
#: A handful of rows that change every few seconds: vacuumed by count, as a share of nothing is nothing.
_HOT = {"autovacuum_vacuum_threshold": "100", "autovacuum_vacuum_scale_factor": "0", "fillfactor": "50"}

TABLES = {
    "inbound_message": _QUEUE,
    "outbound_message": _QUEUE,
    "inbound_part": _QUEUE,
    "outbound_part": _PARTS,
    "delivery_report": _GROWING,
    "transition": _GROWING,
    "bank_entry": _ALLOCATED,
    "archived_inbound_message": _GROWING,
    "archived_outbound_message": _GROWING,
    "archived_outbound_part": _GROWING,
    "node": _HOT,
    "modem": _HOT,
    "counter": _HOT,
}


def statements(dialect: str) -> list[str]:
    """The DDL for one dialect; it may be run again."""
    if dialect != "postgresql":
        return []
    return [
        f"alter table {table} set ({', '.join(f'{name} = {value}' for name, value in settings.items())})"
        for table, settings in TABLES.items()
    ]
