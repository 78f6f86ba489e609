"""Compares what is installed with the pins, and the pins with published flaws; exits 1 when something is amiss."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from packaging.version import Version

ADVISORIES = Path(__file__).with_name("advisories.toml")

#: What the environment itself is made of.
TOOLS = {"pip", "setuptools", "wheel", "mgov"}


def pinned(path: Path) -> dict[str, str]:
    """Name → version of a constraints file."""
    found = re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;]+)", path.read_text(encoding="utf-8"))
    return {_name(name): version for name, version in found}


def differences(wanted: dict[str, str], there: dict[str, str]) -> list[str]:
    """A line for each library that is not pinned, or is there in another version."""
    lines = []
    for name, version in sorted(there.items()):
        if name not in wanted:
            lines.append(f"{name} {version}: is not pinned")
        elif wanted[name] != version:
            lines.append(f"{name}: {version} is installed, {wanted[name]} is pinned")
    return lines


def flaws(wanted: dict[str, str], advisories: list[dict[str, Any]]) -> list[str]:
    """A line for each pin that is older than the release without a published flaw."""
    found = ((_name(one["package"]), one) for one in advisories)
    return [
        f"{name} {wanted[name]}: {one['id']}, {one['what']}; {one['fixed']} is without it"
        for name, one in found
        if name in wanted and Version(wanted[name]) < Version(one["fixed"])
    ]


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Print what is wrong."""
    wanted = pinned(Path(sys.argv[1]))
    known = tomllib.loads(ADVISORIES.read_text(encoding="utf-8"))
    there = {_name(one.metadata["Name"]): one.version for one in distributions()}
    found = differences(wanted, {name: there[name] for name in there if name not in TOOLS})
    found += flaws(wanted, known["advisory"])
    print("\n".join(found) or f"{len(there)} libraries: installed as pinned")
    print(f"{len(known['advisory'])} published flaws compared, as of {known['as_of']}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
