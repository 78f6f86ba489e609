"""A site's own command for a modem, such as switching its USB power: run without a shell, ended at a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence

SECONDS = 30.0


async def run_command(words: Sequence[str], modem: str, port: str, seconds: float = SECONDS) -> str | None:
    """Run it with MGOV_MODEM and MGOV_PORT in its environment; None when it did its work, else why not."""
    environment = {**os.environ, "MGOV_MODEM": modem, "MGOV_PORT": port}
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return f"{words[0]}: {error.strerror}"
    try:
        async with asyncio.timeout(seconds):
            _, said = await process.communicate()
    except TimeoutError:
        await _end(process)
        return f"{words[0]}: not done within {seconds:g} s"
    except BaseException:
        await _end(process)
        raise
    if process.returncode:
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        return f"{words[0]}: exit code {process.returncode}{': ' + last[0] if last else ''}"
    return None


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    await process.wait()
