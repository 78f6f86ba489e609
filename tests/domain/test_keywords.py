"""Agencies' own keywords: what may be one, and how a text of one is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from mgov.domain.circuit import Circuit
from mgov.domain.keyword_fields import FieldKind
from mgov.domain.keywords import AgencyKeyword, KeywordError, KeywordField, Keywords, Who, clash
from parsers.keywords import WORDS
from tests.parsers.typing_errors import mistyped

STEALS = ["BAYAR", "bayarr", "STOK", "STATIS", "PKB", "IZN", "OKE", "PAK", "TRANSFER", "LUNAS", "A", "1ABC", "HA-RGA"]
_NAME = KeywordField("name", ("Sebutkan nama.", "Give the name."))
_NOP = KeywordField("nop", ("18 angka.", "18 digits."), FieldKind.DIGITS, re.compile(r"\d{18}"))


def _keyword(*words: str, fields: tuple[KeywordField, ...] = ()) -> AgencyKeyword:
    return AgencyKeyword(words, "BAPENDA", "simpad", Who.ANYONE, words[0], fields)


@pytest.mark.parametrize("word", STEALS)
def test_a_word_that_would_steal_or_be_stolen_is_refused(word: str) -> None:
    """A command, what could be one mistyped, a bill's letters, a yes, courtesy, and words about payments."""
    assert clash(word) is not None


@pytest.mark.parametrize("core", [word for word in WORDS if len(word) >= 5])
def test_every_typing_error_of_a_command_is_refused(core: str) -> None:
    """Nobody's keyword takes a mistyped command away."""
    for word in mistyped(core):
        assert clash(word) is not None, word


@pytest.mark.parametrize("word", ["HARGA", "NJOP", "KIR", "ANTRIAN", "LOWONGAN", "PBG2"])
def test_other_words_are_free(word: str) -> None:
    """A word far from all commands can be a keyword."""
    assert clash(word) is None


def test_two_agencies_cannot_have_the_same_word() -> None:
    """The second is refused by name."""
    with pytest.raises(KeywordError, match="BAPENDA has it already"):
        Keywords.of((_keyword("HARGA"), _keyword("NJOP", "HARGA")))


@pytest.mark.parametrize(
    ("text", "fields", "wanted"),
    [
        ("NJOP 360401000100100010#Siti Aminah", {"nop": "360401000100100010", "name": "Siti Aminah"}, None),
        (
            "njop 3604.0100.0100.100010 Siti Aminah terima kasih",
            {"nop": "360401000100100010", "name": "Siti Aminah"},
            None,
        ),
        ("Yth admin, NJOP*360401000100100010*Siti", {"nop": "360401000100100010", "name": "Siti"}, None),
        ("NJOP 12#Siti", {"name": "Siti"}, "nop"),
        ("NJOP", {}, "nop"),
    ],
)
def test_fields_are_read_in_their_order(text: str, fields: dict[str, str], wanted: str | None) -> None:
    """Any separator people know; what is wrong or missing is named."""
    said = Keywords.of((_keyword("NJOP", fields=(_NOP, _NAME)),)).read(text)
    assert said is not None
    assert said.fields == fields
    assert (said.wanted.name if said.wanted else None) == wanted


@pytest.mark.parametrize("text", ["", "BAYAR X", "harganya berapa", "saya mau tanya HARGA", "\ud800"])
def test_other_texts_are_none_of_ours(text: str) -> None:
    """Only the first word decides."""
    assert Keywords.of((_keyword("HARGA", fields=(_NAME,)),)).read(text) is None


def test_a_system_that_keeps_failing_is_left_alone_and_probed() -> None:
    """After five failures nothing for a while, then one call; its success closes the circuit."""
    begin, circuit = datetime(2026, 11, 24, tzinfo=UTC), Circuit()
    for _ in range(5):
        assert circuit.allows(begin, 0, 3) == 3
        circuit = circuit.failed(begin)
    assert circuit.allows(begin + timedelta(seconds=14), 0, 3) == 0
    assert circuit.allows(begin + timedelta(seconds=15), 0, 3) == 1
    assert circuit.allows(begin + timedelta(seconds=15), 1, 3) == 0
    assert circuit.succeeded().allows(begin, 1, 3) == 2
