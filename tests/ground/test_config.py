"""The configuration: other spellings are understood, what is wrong is refused with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from mgov.config import Config, ConfigError, load

MODEM = '[[modem]]\nname = "tsel-1"\ndriver = "simulated"\nmsisdn = "{}"\n'


def read(folder: Path, text: str) -> Config:
    (folder / "mgov.toml").write_text(text, encoding="utf-8")
    return load(folder / "mgov.toml")


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("postgresql://mgov:s3%40cret@db/mgov", "postgresql+psycopg://mgov:s3%40cret@db/mgov"),
        ("mysql://mgov@db/mgov", "mysql+pymysql://mgov@db/mgov"),
        ("mariadb://mgov@db/mgov", "mariadb+pymysql://mgov@db/mgov"),
        ("mariadb+pymysql://mgov@db/mgov", "mariadb+pymysql://mgov@db/mgov"),
    ],
)
def test_a_url_without_a_driver_gets_the_one_that_comes_along(tmp_path: Path, written: str, used: str) -> None:
    """Nobody must know the name of a Python package to name his database."""
    assert read(tmp_path, f'[database]\nurl = "{written}"\n').database.url == used


@pytest.mark.parametrize("written", ["postgresql+psycopg2://mgov@db/mgov", "mysql+mysqldb://mgov@db/m", "foo://x", "x"])
def test_a_driver_that_is_not_there_is_refused_in_one_line(tmp_path: Path, written: str) -> None:
    """The line says where, and which drivers there are."""
    with pytest.raises(ConfigError, match=r"database url: not a database; right would be .*psycopg"):
        read(tmp_path, f'[database]\nurl = "{written}"\n')


@pytest.mark.parametrize("written", ["0811-1234567", "+62 811 1234567", "628111234567"])
def test_the_number_of_a_sim_is_kept_as_senders_are_written(tmp_path: Path, written: str) -> None:
    """Else its own texts would not be known as such, and two gateways could talk for ever."""
    assert read(tmp_path, MODEM.format(written)).modem[0].msisdn == "+628111234567"


def test_a_number_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    """A typing error is told when the configuration is read."""
    with pytest.raises(ConfigError, match=r'modem "tsel-1" msisdn: "abc" is no telephone number'):
        read(tmp_path, MODEM.format("abc"))
