"""PINs that a SIM refused: never tried again until the configuration has another one, also after a restart."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


class RefusedPins:
    """Which PINs the SIM of one modem refused, by the card's number, or by the modem's name where it tells none.

    A mark is written, and is on the disk, before a PIN is tried, and taken away when it was right: a crash between the
    two costs a look by a person, never a second try. Only digests are kept: in `folder`, or, where there is none, in
    `memory`, which then has to outlive the radio.
    """

    def __init__(self, folder: Path | None, modem: str, memory: set[str]) -> None:
        self._folder = folder
        self._modem = modem
        self._memory = memory

    def knows(self, sim: str | None, pin: str) -> bool:
        """Whether this PIN was tried on this SIM and not found right."""
        digest = self._digest(sim, pin)
        return digest in self._memory if self._folder is None else self._mark(self._folder, digest).exists()

    def expect(self, sim: str | None, pin: str) -> None:
        """Mark a PIN that is about to be tried; raises `OSError` when the mark cannot be kept."""
        digest = self._digest(sim, pin)
        if self._folder is None:
            self._memory.add(digest)
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = os.open(self._mark(self._folder, digest), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.fsync(mark)
        finally:
            os.close(mark)
        _sync_folder(self._folder)

    def forget(self, sim: str | None, pin: str) -> None:
        """Take the mark away: the PIN was right."""
        digest = self._digest(sim, pin)
        self._memory.discard(digest)
        if self._folder is not None:
            self._mark(self._folder, digest).unlink(missing_ok=True)

    @staticmethod
    def _mark(folder: Path, digest: str) -> Path:
        return folder / f"refused-{digest}"

    def _digest(self, sim: str | None, pin: str) -> str:
        # Slow on purpose: four digits are soon guessed from a fast digest.
        salt = (sim or f"modem {self._modem}").encode()
        return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, 50_000).hex()[:40]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
