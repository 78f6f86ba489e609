"""What a citizen holds: documents that name his phone, or belong to a party of his."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, or_, select
from sqlalchemy.engine import RowMapping

from mgov.store.consents import still_his
from mgov.store.schema.documents import document, document_contact


def documents_of(tx: Connection, address: str, party_ids: Collection[int]) -> list[RowMapping]:
    """Documents in force, the first due first; a number that said it is not the holder's has none by its record."""
    named = (document_contact.c.address == address) & still_his(document_contact.c.address)
    recorded = select(document_contact.c.document_id).where(named)
    mine = or_(document.c.id.in_(recorded), document.c.party_id.in_(list(party_ids)))
    query = select(document).where(mine, document.c.status.in_(("active", "in_renewal")))
    return list(tx.execute(query.order_by(document.c.due_on, document.c.id)).mappings())
