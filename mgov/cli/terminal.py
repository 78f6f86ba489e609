"""What is safe to show on a person's terminal: words of strangers may hold commands to it."""

from __future__ import annotations

import re

#: C0 and C1 controls (ESC among them), line separators, and the marks that turn the direction of writing around.
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"[\t\n]+")


def safe_line(text: str) -> str:
    """One line without any command to the terminal; a break becomes a blank."""
    return safe_text(_BREAKS.sub(" ", text))


def safe_text(text: str) -> str:
    """The same for a text of several lines."""
    return _COMMANDS.sub("\ufffd", text)
