"""Sample data for the demonstration: imported by the same doors as real files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mgov.domain.actor import Actor
from mgov.store.database import Database
from mgov.workflows.applications import import_applications
from mgov.workflows.bills import import_bills
from mgov.workflows.documents import import_documents


def load_samples(db: Database, files: Mapping[str, bytes], now: datetime) -> None:
    """Import `bills`, `applications` and `documents`."""
    actor = Actor.system("demo")
    import_bills(db, files["bills"], actor, now)
    import_applications(db, files["applications"], actor, now)
    import_documents(db, files["documents"], actor, now)
