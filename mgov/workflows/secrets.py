"""How PINs and passwords are kept and compared: argon2id, whose verification takes the same time right or wrong."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: A PIN is short: what slows guessing is the lock-out, what slows a stolen database is argon2.
_HASHER = PasswordHasher()
_NOBODY: list[str] = []


def digest_of(secret: str) -> str:
    """A secret as it is kept."""
    return _HASHER.hash(secret)


def is_right(digest: str | None, secret: str) -> bool:
    """Whether a secret is the kept one. Without a kept one the answer is no, after the same work."""
    try:
        return _HASHER.verify(digest or _digest_of_nobody(), secret) and digest is not None
    except (VerificationError, InvalidHashError):
        return False


def _digest_of_nobody() -> str:
    """What is compared with when there is no account, so that its absence does not show in the time taken."""
    if not _NOBODY:
        _NOBODY.append(_HASHER.hash("\x00 nobody's"))
    return _NOBODY[0]
