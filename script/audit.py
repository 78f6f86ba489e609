"""Compares what is installed with what is pinned; exits 1 when they differ."""

from __future__ import annotations

import re
import sys
from importlib.metadata import distributions
from pathlib import Path

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


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Print the differences."""
    there = {_name(one.metadata["Name"]): one.version for one in distributions()}
    found = differences(pinned(Path(sys.argv[1])), {name: there[name] for name in there if name not in TOOLS})
    print("\n".join(found) or f"{len(there)} libraries: installed as pinned")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
