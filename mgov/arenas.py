"""How the C library keeps freed memory: in one arena, so that a daemon of many threads stays the size it was."""

from __future__ import annotations

import asyncio
import ctypes

#: `M_ARENA_MAX` of <malloc.h>.
_M_ARENA_MAX = -8


def keep_one_arena() -> bool:
    """Let all threads share one arena from here on; whether the C library took it (glibc does, others need not).

    By default each thread gets an arena of its own, and whatever is freed in one serves no other: measured over
    20,000 texts, what lay about freed grew from 3 to 7 MB, with one arena from 0.5 to 1.3. Threads do not hold one
    another up by it: they hold Python's own lock already. Call it before there are threads.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_ARENA_MAX, 1))


async def give_back(every: float = 60.0) -> None:
    """Return what lies about freed to the system, until cancelled: with years of up-time the holes add up.

    One return takes some milliseconds; the C library gives back by itself only what is freed at the top.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return
    while True:
        await asyncio.sleep(every)
        await asyncio.to_thread(trim, 0)
