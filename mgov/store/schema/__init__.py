"""The schema, written once: tables by area, and the triggers that keep the ledger."""

from mgov.store.schema import archives, documents, fleet, messages, money, operations, portals, services, staff
from mgov.store.schema.base import metadata

__all__ = [
    "archives",
    "documents",
    "fleet",
    "messages",
    "metadata",
    "money",
    "operations",
    "portals",
    "services",
    "staff",
]
