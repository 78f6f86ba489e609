"""What the audit keeps outside the database: the key of its chain, and the newest number and hash (the anchor)."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import syslog
from dataclasses import dataclass
from pathlib import Path

from mgov.store.audit import UNKEYED, Head

KEY_NAME, ANCHOR_NAME = "audit.key", "audit.anchor"
KEY_BYTES = 32
_ANCHOR = re.compile(r"(\d{1,20}) ([0-9a-f]{64})\n")


class AuditFileError(Exception):
    """The key or the anchor cannot be read; the text says which file and why."""


@dataclass(frozen=True, slots=True)
class AuditFiles:
    """Finds, makes and keeps the two files. `folder` is that of the configuration."""

    folder: Path
    key_file: Path | None = None
    anchor_file: Path | None = None

    def keys(self) -> list[bytes]:
        """The keys, one a line: the first chains new rows, all verify. Made when needed. Raises `AuditFileError`."""
        path = self._found(self.key_file, KEY_NAME) or self._make_key()
        if path is None:
            return []
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError as error:
            raise AuditFileError(f"{path}: {error.strerror}") from error
        return [line.strip() for line in lines if line.strip() and not line.startswith(b"#")]

    def writing_key(self) -> bytes:
        """The key for new rows; without any file rows are chained unkeyed, which verification refuses."""
        return next(iter(self.keys()), UNKEYED)

    def anchors(self) -> dict[str, Head]:
        """The newest row that each anchor file remembers, by its path. Raises `AuditFileError` for a spoilt one."""
        return {str(path): _read_anchor(path) for path in self._places(self.anchor_file, ANCHOR_NAME) if path.exists()}

    def remember(self, head: Head) -> None:
        """Note the newest row outside the database: in the anchor file, which only goes forward, and in the journal."""
        syslog.openlog("mgov", 0, syslog.LOG_AUTHPRIV)
        syslog.syslog(syslog.LOG_NOTICE, f"audit head {head.number} {head.hash}")
        for path in self._places(self.anchor_file, ANCHOR_NAME):
            if _write_anchor(path, head, forward_only=True):
                return

    def reset_anchor(self, head: Head) -> None:
        """Start again from `head`, which a person accepts: after a restore the database is older than the anchor."""
        for path in self._places(self.anchor_file, ANCHOR_NAME):
            if path.exists():
                _write_anchor(path, head, forward_only=False)

    def _places(self, named: Path | None, name: str) -> list[Path]:
        """Where a file may be: as configured, a systemd credential, beside the configuration, the service's state."""
        if named is not None:
            return [named]
        folders = [self.folder, *(Path(value) for value in [os.environ.get("STATE_DIRECTORY", "")] if value)]
        return [folder / name for folder in folders]

    def _found(self, named: Path | None, name: str) -> Path | None:
        credentials = os.environ.get("CREDENTIALS_DIRECTORY")
        places = self._places(named, name)
        if credentials and named is None:
            places.insert(0, Path(credentials) / name)
        return next((path for path in places if path.exists()), None)

    def _make_key(self) -> Path | None:
        for path in self._places(self.key_file, KEY_NAME):
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return path  # another process was faster
            except OSError:
                continue
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_hex(KEY_BYTES).encode() + b"\n")
            return path
        return None


def _read_anchor(path: Path) -> Head:
    try:
        found = _ANCHOR.match(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise AuditFileError(f"{path}: cannot be read: {error}") from error
    if found is None:
        raise AuditFileError(f"{path}: is no anchor: somebody or something spoilt it")
    return Head(int(found[1]), found[2])


def _write_anchor(path: Path, head: Head, *, forward_only: bool) -> bool:
    """One line of fixed width, overwritten in place under a lock; False where it may not be written."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        known = _ANCHOR.match(os.pread(descriptor, 200, 0).decode("ascii", "replace"))
        if not forward_only or known is None or int(known[1]) < head.number:
            os.pwrite(descriptor, f"{head.number:020d} {head.hash}\n".encode(), 0)
    finally:
        os.close(descriptor)
    return True
