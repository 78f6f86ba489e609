"""Reads one citizen's text: which command it is and what its fields say."""

from __future__ import annotations

import re
from datetime import datetime

from parsers.reading import Reading, missing_of

_KEYWORDS = {
    "BANTUAN": "HELP", "HELP": "HELP", "INFO": "INFO", "LAYANAN": "SERVICES", "SERVICES": "SERVICES",
    "DAFTAR": "REGISTER", "REG": "REGISTER", "MOHON": "APPLY", "APPLY": "APPLY", "STATUS": "STATUS",
    "RIWAYAT": "HISTORY", "HISTORY": "HISTORY", "TAGIHAN": "BILL", "BILL": "BILL", "BAYAR": "PAY", "PAY": "PAY",
    "DOKUMEN": "DOCUMENTS", "MULAI": "REMIND_ON", "START": "REMIND_ON", "BERHENTI": "REMIND_OFF",
    "STOP": "REMIND_OFF", "UNREG": "REMIND_OFF", "BATAL": "CANCEL", "CANCEL": "CANCEL", "LAPORAN": "REPORT",
    "REPORT": "REPORT",
}  # fmt: skip


def read(text: str, received_at: datetime) -> Reading:
    """Read an SMS that came in at ``received_at`` (aware). Never raises, whatever the text holds."""
    word = re.match(r"\s*(\w+)", text)
    command = _KEYWORDS.get(word.group(1).upper()) if word else None
    return Reading(command, {}, missing_of(command, {}), command is not None, ())
