"""What is built is what is shipped."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=110)
    with zipfile.ZipFile(next(folder.glob("mgov-*.whl"))) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_shipped_fact(wheel: set[str]) -> None:
    """Everything in config/ is found as mgov/shipped after an installation."""
    shipped = {f"mgov/shipped/{path.relative_to(ROOT / 'config')}" for path in _data(ROOT / "config")}
    assert shipped, "config/ is empty"
    assert shipped <= wheel


def test_the_wheel_holds_every_module_and_migration(wheel: set[str]) -> None:
    """All four packages are in it, with the migrations and their environment."""
    sources = {
        str(path.relative_to(ROOT))
        for room in ("mgov", "modem_drivers", "parsers", "scheduler")
        for path in _data(ROOT / room)
    }
    assert "mgov/store/migrations/env.py" in sources
    assert sources <= wheel


def test_the_wheel_holds_nothing_else(wheel: set[str]) -> None:
    """Tests, scripts and local databases stay at home."""
    tops = {name.partition("/")[0] for name in wheel if ".dist-info/" not in name}
    assert tops == {"mgov", "modem_drivers", "parsers", "scheduler"}


def _data(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".pyc"]
