"""Status reports of the network, as they are kept; one without a part came before its send was settled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from mgov.store.schema.messages import delivery_report

#: How early a report may come before its send is settled.
EARLY_WINDOW = timedelta(minutes=10)

# Built once: building a statement costs several times what running it does.
_R = delivery_report.c
_KNOWN = select(_R.identity).where(_R.identity.in_(bindparam("identities", expanding=True)))
_ADD = insert(delivery_report).inline()
_EARLY = (_R.part_id.is_(None), _R.sim == bindparam("sim_"), _R.received_at >= bindparam("since"))
_EARLY_REFERENCES = select(_R.reference).where(*_EARLY, _R.reference.in_(bindparam("references", expanding=True)))
_EARLY_OF_REFERENCE = (
    select(delivery_report).where(*_EARLY, _R.reference == bindparam("reference_")).order_by(_R.id.desc())
)
_EARLY_OF_SIM = select(delivery_report).where(*_EARLY).order_by(_R.id)
_BIND = update(delivery_report).where(_R.id == bindparam("report"))


def known(tx: Connection, identities: Sequence[str]) -> set[str]:
    """Which of these are kept already."""
    return set(tx.execute(_KNOWN, {"identities": identities}).scalars())


def add(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep new ones."""
    tx.execute(_ADD, list(rows))


def early_references(tx: Connection, sim: str, references: Collection[int], now: datetime) -> set[int]:
    """Which of these TP-MRs a report of this SIM names that waits for its send."""
    wanted = {"sim_": sim, "references": sorted(references), "since": now - EARLY_WINDOW}
    return set(tx.execute(_EARLY_REFERENCES, wanted).scalars())


def early(tx: Connection, sim: str, reference: int, now: datetime) -> list[RowMapping]:
    """The reports under one TP-MR that wait for their send, newest first."""
    wanted = {"sim_": sim, "reference_": reference, "since": now - EARLY_WINDOW}
    return list(tx.execute(_EARLY_OF_REFERENCE, wanted).mappings())


def early_of_sim(tx: Connection, sim: str, since: datetime) -> list[RowMapping]:
    """All reports of a SIM that wait for their send, oldest first."""
    return list(tx.execute(_EARLY_OF_SIM, {"sim_": sim, "since": since}).mappings())


def bind(tx: Connection, report_id: int, part_id: int) -> None:
    """Say which part a report speaks of."""
    tx.execute(_BIND, {"report": report_id, "part_id": part_id})
