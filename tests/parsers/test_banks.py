"""The payer's bank and medium, by the names that are known and those a site adds."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from parsers.banks import Names
from parsers.reader import read

NOW = datetime(2026, 11, 12, 16, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
SHIPPED = Path(__file__).parents[2] / "config" / "banks.toml"


def _read(medium: str, names: Names) -> tuple[object, object]:
    text = f"SKRD-2026-004512 sudah dibayar {medium}, bukti 0093482711, 12/11/2026 10.00"
    fields = read(text, NOW, names).fields
    return fields.get("bank"), fields.get("channel")


def test_the_shipped_file_adds_names() -> None:
    """A bank and an app that the reader does not know by itself."""
    names = Names.read(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    assert _read("lewat jenius", names) == ("BTPN", "mobile")
    assert _read("via atm bank jatim", names) == ("JATIM", "atm")
    assert _read("lewat qlola", names) == ("BRI", "internet")


@pytest.mark.parametrize(
    ("medium", "bank", "channel"),
    [
        ("transfer dari BCA ke BJB", "BCA", "transfer"),
        ("ditransfer ke rek BJB 0061002003004", None, "transfer"),
        ("di teller bjb", "BJB", "teller"),
        ("lewat livin", "MANDIRI", "mobile"),
        ("scan qris pakai dana", None, "qris"),
        ("di indomaret", None, None),
        ("sumber dana BNI 1234567 tujuan BJB 7654321", "BNI", None),
    ],
)
def test_the_payers_bank_is_told_from_the_receivers(medium: str, bank: str | None, channel: str | None) -> None:
    """What follows `dari` and the source of funds count; an account that money went to does not."""
    assert _read(medium, Names.read({})) == (bank, channel)


@pytest.mark.parametrize(
    "table", [{"banks": {"bank x": "lower case"}}, {"apps": {"x": ["BRI"]}}, {"apps": {"x": ["BRI", "teller"]}}]
)
def test_a_wrong_name_is_refused_with_its_place(table: dict[str, dict[str, object]]) -> None:
    """The sentence names what is wrong and what would be right."""
    with pytest.raises(ValueError, match="right would be"):
        Names.read(table)
