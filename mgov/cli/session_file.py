"""Where a user's own session token is kept: a file that only he can read, one a site."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path


def read(site: str) -> str | None:
    """The token of this user's session on a site; None without one, or when others could have read or laid it."""
    try:
        descriptor = os.open(_place(site), os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(descriptor, encoding="ascii") as file:
        status = os.fstat(file.fileno())
        if status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o077:
            return None
        return file.read(200).strip() or None


def keep(site: str, token: str | None) -> None:
    """Keep a token, readable by this user alone; None: forget it."""
    path = _place(site)
    path.unlink(missing_ok=True)
    if token is None:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")


def _place(site: str) -> Path:
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "mgov" / f"session-{hashlib.sha256(site.encode()).hexdigest()[:16]}"
