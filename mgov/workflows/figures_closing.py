"""Closing a month of the figures: what comes later is shown as a correction, never mixed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from mgov.store.database import Database


def close_due(db: Database, topics: Mapping[str, Any], today: date, day: int, now: datetime) -> list[str]:
    """Close the months that are due; returns them as `2026-10`."""
    return []
