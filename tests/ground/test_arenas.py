"""The C library of a daemon."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: Prints how far apart, in MB, the memory lies that four threads and the main one are given.
PROGRAM = """
import ctypes, sys, threading
from mgov import arenas
if "one" in sys.argv:
    assert arenas.keep_one_arena()
malloc = ctypes.CDLL(None).malloc
malloc.restype, malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
go, given = threading.Event(), []
threads = [threading.Thread(target=lambda: (go.wait(), given.append(malloc(3000)))) for _ in range(4)]
for thread in threads:
    thread.start()
go.set()
for thread in threads:
    thread.join()
given.append(malloc(3000))
print((max(given) - min(given)) >> 20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="arenas are glibc's")
def test_threads_share_one_arena() -> None:
    """What one thread frees serves the others, which is not so by default."""
    apart = {
        how: int(
            subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, check=True, text=True).stdout
        )
        for how in ("one", "default")
    }
    assert apart["one"] < 1 < apart["default"]
