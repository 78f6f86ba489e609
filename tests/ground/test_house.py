"""The house stays a house: pins without addresses, scripts that parse."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [*(ROOT / "script").iterdir(), ROOT / ".ci/run"]


def test_constraints_pin_releases_and_nothing_else() -> None:
    """Every line is name==version: no registry, no file, no checkout."""
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert len(lines) > 30
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []


@pytest.mark.parametrize("script", [s for s in SCRIPTS if s.is_file()], ids=lambda path: path.name)
def test_a_shell_script_parses(script: Path) -> None:
    """bash reads every shell script without complaint."""
    if script.suffix == ".py":
        compile(script.read_text(), str(script), "exec")
        return
    assert subprocess.run(["bash", "-n", str(script)], capture_output=True, check=False).stderr == b""
