"""The driver gets on with modems that none of us built: dialogues published for real sticks, replayed strictly."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from modem_drivers.profiles import read_profiles
from modem_drivers.simulated.published import PublishedDialogue, published_dialogues, read_dialogue
from modem_drivers.simulated.replay import replay

DIALOGUES = published_dialogues()
PROFILES = read_profiles(
    tomllib.loads((Path(__file__).parents[3] / "config" / "modem_profiles.toml").read_text(encoding="utf-8"))
)


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES.keys())
async def test_the_driver_starts_receives_deletes_and_sends(dialogue: PublishedDialogue) -> None:
    """On every published stick, without a word that the stick refuses doing harm."""
    assert await replay(dialogue, PROFILES) == []


def test_every_dialogue_names_its_source() -> None:
    """Ten at least, each with the page it was taken from, its peculiarities, and what the sources do not show."""
    assert len(DIALOGUES) >= 10
    for dialogue in DIALOGUES.values():
        assert dialogue.sources
        assert all(source.startswith("http") for source in dialogue.sources)
        assert dialogue.quirks, dialogue.name
        assert dialogue.filled, dialogue.name


def test_an_unknown_key_is_refused_with_its_place() -> None:
    """A misspelt key in a dialogue would silently test nothing."""
    with pytest.raises(ValueError, match=r"x: \[wire\] unknown keys \['echoes'\]"):
        read_dialogue("x", 'title = "x"\n[wire]\nechoes = true\n')
