"""script/audit finds a library that is not the one pinned, and a pin that goes back behind a published flaw."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("audit_script", ROOT / "script/audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _advisories() -> list[dict[str, str]]:
    found: list[dict[str, str]] = tomllib.loads((ROOT / "script/advisories.toml").read_text())["advisory"]
    return found


def test_no_pin_has_a_published_flaw(audit: ModuleType) -> None:
    """Every advisory speaks of something that is pinned, and the pin is at or behind its end."""
    wanted = audit.pinned(ROOT / "constraints.txt")
    assert audit.flaws(wanted, _advisories()) == []
    assert {audit._name(one["package"]) for one in _advisories()} <= wanted.keys()
    assert all(Version(one["fixed"]) and one["id"].startswith("CVE-") and one["what"] for one in _advisories())


def test_a_pin_that_goes_back_is_named(audit: ModuleType) -> None:
    """With the flaw and the release that is without it."""
    (line,) = audit.flaws({"jinja2": "3.1.5"}, _advisories())
    assert "CVE-2025-27516" in line
    assert "3.1.6" in line


def test_what_is_not_pinned_or_otherwise_there_is_named(audit: ModuleType) -> None:
    """One line each."""
    lines = audit.differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"})
    assert lines == ["b: 3 is installed, 2 is pinned", "c 4: is not pinned"]
