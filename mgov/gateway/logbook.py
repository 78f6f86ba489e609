"""The logbook of one modem: which claimed parts it began to submit, and what came of them, ahead of the database.

With it several parts may be claimed in one commit, and settled together, without more than one of them ever being in
doubt after a crash of this process. Lines are written, not fsynced: a killed process leaves them to the system. After
a power cut they may be missing; therefore the boot is noted too, and the log of another boot says nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from mgov.workflows.leftovers import Begun
from mgov.workflows.send import Submission, Task

LONGEST = 1 << 20  # octets before it is begun anew
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Logbook:
    """One file; `begun` is what an earlier run left in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1
        self._size = 0

    def read(self) -> dict[int, Begun] | None:
        """Parts that were begun, by number; None when that is not known: no log, or one of another boot."""
        try:
            lines = self._path.read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return None
        boot = _boot()
        if not lines or not boot or lines[0] != boot:
            return None
        begun: dict[int, Begun] = {}
        for line in lines[1:]:
            _read_line(line, begun)
        return begun

    def restart(self, ended: Iterable[tuple[Task, Submission]] = (), on_air: Task | None = None) -> None:
        """Begin it anew: what it told is in the database, but for what ended of late and the part on the air."""
        self.close()
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        self._file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._size = 0
        self._write(_boot())
        for task, submission in ended:
            self.end(task, submission)
        if on_air is not None:
            self.begin(on_air)
        fresh.replace(self._path)

    def begin(self, task: Task) -> None:
        """Note that from now on a part may be on the air."""
        self._write(json.dumps([task.part_id, task.message["lease_number"]]))

    def end(self, task: Task, submission: Submission) -> None:
        """Note what came of it."""
        told = [submission.outcome, submission.reference, submission.code, submission.detail]
        self._write(json.dumps([task.part_id, task.message["lease_number"], *told]))

    @property
    def is_long(self) -> bool:
        """Whether it should be begun anew."""
        return self._size > LONGEST

    def close(self) -> None:
        """Give the file back."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self, line: str) -> None:
        self._size += os.write(self._file, f"{line}\n".encode("ascii"))


def _read_line(line: str, begun: dict[int, Begun]) -> None:
    try:
        part_id, lease, *told = json.loads(line)
    except ValueError:
        return  # torn
    begun[part_id] = Begun(lease, Submission(*told) if told else None)


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
