"""Politeness around what is asked: taken off names, topics and details."""

from __future__ import annotations

import re

_WORD = (
    r"(?:terima ?kasih|trima ?kasih|makasih|makasi|mksh|mksih|tks|thx|thanks|thank you|trims|trm ksh|tq|suwun|matur (?:nu|su)wun|hatur nuhun|nuhun|please|pls|plis|"
    r"ya|yah|yaa+|dong|dunk|donk|pak|bu|kak|min|bang|mas|mbak|mba|kang|teh|gan|om|bos|bapak|ibu|bpk|admin|nya|nih|wassalam\w*|salam|tolong|mohon bantuannya|mohon dibantu|mohon diproses|"
    r"sekalian|segera|ok|oke|sir|madam|wr|wb|hormat kami|sampun|nggih|atuh)"
)
_END = re.compile(rf"(?:[\s,.;:!?()\-]++{_WORD})+[\s.,!?;:)\-]*$", re.I)
_MARKS = " \t\n.,;:!?#*|/-_()[]\"'=<>"


def trim(value: str) -> str:
    """Collapse spaces and drop outer punctuation and closing courtesy."""
    plain = " ".join(value[-400:].split()) if len(value) > 400 else " ".join(value.split())
    return _END.sub("", " " + plain).strip(_MARKS)
