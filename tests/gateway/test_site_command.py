"""A site's own command: run without a shell, and never for longer than it may."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from mgov.gateway.site_command import run_command


async def test_it_is_told_which_modem(tmp_path: Path) -> None:
    """Name and port of the modem are in its environment; its words reach it as they are."""
    out = tmp_path / "out"
    told = "[os.environ['MGOV_MODEM'], os.environ['MGOV_PORT'], *sys.argv[2:]]"
    script = f"import os, sys; open(sys.argv[1], 'w').write(' '.join({told}))"
    words = [sys.executable, "-c", script, str(out), "$HOME; true"]
    assert await run_command(words, "tsel-1", "/dev/ttyUSB0") is None
    assert out.read_text() == "tsel-1 /dev/ttyUSB0 $HOME; true"


async def test_its_failure_is_a_sentence() -> None:
    """A missing program, and one that fails, are told apart."""
    assert await run_command(["/no/such/program"], "m", "p") == "/no/such/program: No such file or directory"
    failed = await run_command(
        [sys.executable, "-c", "import sys; print('no hub', file=sys.stderr); sys.exit(3)"], "m", "p"
    )
    assert failed is not None
    assert failed.endswith("exit code 3: no hub")


async def test_one_that_hangs_is_ended_with_its_children() -> None:
    """It does not keep the modem waiting."""
    started = time.monotonic()
    failed = await run_command(["/bin/sh", "-c", "sleep 60 & sleep 60"], "m", "p", seconds=0.3)
    assert failed == "/bin/sh: not done within 0.3 s"
    assert time.monotonic() - started < 5
