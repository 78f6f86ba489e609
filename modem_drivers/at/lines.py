"""From the bytes of a tty to lines and prompts."""

from __future__ import annotations

import re

_LINE_END = re.compile(rb"[\r\n]+")
_PROMPT = re.compile(rb"[\s\0]*>[ ]?")
LONGEST_LINE = 8192  # a line that never ends is noise


class LineSplitter:
    """Cuts at CR, LF or both; blank lines and NULs vanish. Text that is no ASCII keeps its octets as latin-1."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, octets: bytes) -> list[str]:
        """The lines that are now complete."""
        *lines, self._rest = _LINE_END.split(self._rest + octets.replace(b"\0", b""))
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""
        return [line.decode("latin-1").strip() for line in lines if line.strip()]

    def take_prompt(self) -> bool:
        """Whether the unfinished line is the prompt for a PDU (`> `, the space may be missing); it is consumed."""
        if not _PROMPT.fullmatch(self._rest):
            return False
        self._rest = b""
        return True

    def clear(self) -> None:
        """Forget the unfinished line."""
        self._rest = b""
