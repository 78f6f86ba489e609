"""Texts not understood are counted by kind and shown beside the period before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mgov.store.database import temporary
from mgov.workflows.drift import drift
from tests.workflows.citizen import SITI, World

WEEK = timedelta(days=7)


@pytest.fixture
def world(migrated_url: str) -> Iterator[World]:
    with temporary(migrated_url) as database:
        yield World(database)


def test_texts_are_counted_by_how_they_were_read(world: World) -> None:
    """Keyword, mistyped, guessed, answered; and what was not read, by kind, with its newest numbers."""
    texts = (
        "BANTUAN",
        "BANTUANN",
        "ada layanan apa saja",
        "bayar",
        "BATAL",
        "selamat pagi pak",
        "kapan ada pemutihan?",
    )
    for text in texts:
        world.text(SITI, text)
    found = drift(world.db, world.now + timedelta(seconds=1), WEEK)
    assert found.texts == 7
    assert found.ways["keyword"] == 2
    assert found.ways["mistyped keyword"] == 1
    assert found.ways["guessed from the words"] == 1
    kinds = {row.kind: row for row in found.unread}
    assert kinds["greeting or thanks"].count == 1
    assert not kinds["greeting or thanks"].wanted
    assert kinds["question"].examples == (7,)
    assert "a keyword in another sense" not in kinds
    assert found.lost == pytest.approx(1 / 7, abs=0.2)


def test_more_lost_texts_than_before_are_noticed(world: World) -> None:
    """Ten texts that nobody could read, where there were none the week before."""
    for _ in range(12):
        world.text(SITI, "BANTUAN")
    world.now += WEEK
    for number in range(12):
        world.text(SITI, f"gelombang kedua nomor {number} kapan dibuka?")
    found = drift(world.db, world.now + timedelta(minutes=1), WEEK)
    assert found.is_worse
    assert found.lost_before == 0
