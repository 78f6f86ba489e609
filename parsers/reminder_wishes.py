"""Whether a text wants reminders on or off."""

from __future__ import annotations

import re

from parsers import vocabulary as v
from parsers.lexicon import Sense
from parsers.marks import Marks


def about_reminders(low: str) -> bool:
    """Whether a text speaks of reminders proper."""
    return v.REMIND_ME.said(low)


def reminder_words(low: str) -> bool:
    """Whether a text speaks of reminders or of the texts we send."""
    return v.REMINDER.said(low)


_DO_NOT_FORGET = Sense("jangan_lupa jgn_lupa jangan_sampai jgn_sampai ulah_hilap don't_forget jangan_telat")
_TURN_ON = re.compile(
    r"\b(?<!non )(?:di|meng|me)?(?:hidup|nyala|aktif|hurung|idup|urip)(?:k[ae]n|in|keun|i|ake|aken|ke)?\b|\bturn\b.{0,30}\bon\b|\b(?:enable|activate|pasang|start|mulai)\b"
    r"|\b(?:kirim|terima|dapat|dapet|minta|mau|ingin|pengen|want|receive|get|send|ingatkan|ingetin)\w*\b.{0,40}\b(?:lagi|lg|kembali|again|deui|malih)\b"
)
_BY_MISTAKE = re.compile(
    r"\b(?:dulu|kemarin|kmrn|kemaren|kmren|tadi|sempat|sempet|pernah|terlanjur|keburu|(?:ga|gak|tidak|tdk|nggak) sengaja|sebelumnya|waktu itu|accidentally|by mistake|salah (?:pencet|ketik))\b[^,.;!?]*"
)
"""What was done before: it does not say what is wanted now."""
_TAKE_OFF = re.compile(
    r"\b(?:hapus|keluarkan|keluarin|coret|remove|delete|cabut)\w* (?:\w+ ){0,2}(?:nomor|nmr|nomer|no|number|hp|saya|sy|me|kami)\b|\bbatal\w* (?:\w+ ){0,1}(?:langganan|berlangganan|pengingat|notif\w*|reminder|sms)\b"
)
_FROM_LIST = re.compile(
    r"\b(?:pengingat\w*|reminder\w*|notif\w*|langganan|list|sms\w*)\b|\b(?:remove|delete) my number\b"
)


def _wants_on(low: str) -> bool:
    """Whether a text asks to switch something on, what was done before left aside."""
    now = _BY_MISTAKE.sub(" ", low)
    return _TURN_ON.search(now) is not None and not v.OFF.said(now)


def off(low: str, marks: Marks) -> bool:
    """Whether a text wants no more reminders."""
    if marks.bill or marks.application or (v.REMIND_ME.said(low) and _wants_on(low)):
        return False
    if _TAKE_OFF.search(low) and _FROM_LIST.search(low):
        return True
    if _TURN_ON.search(_BY_MISTAKE.sub(" ", low)) and not _NO_MORE.search(low):
        return False
    return v.REMINDER.said(low) and v.OFF.said(low) and not _DO_NOT_FORGET.said(low)


_NO_MORE = re.compile(
    r"\b(?:jangan|jgn|ulah|ojo|tidak|tdk|ga|gak|nggak|ngga|gausah|stop|berhenti\w*|brenti\w*|hentikan|don't|do not|no more|teu|mboten|ora|usah|off|matikan|matiin|non)\b"
)


def on(low: str, marks: Marks) -> bool:
    """Whether a text wants reminders."""
    if marks.bill or marks.plate or marks.application or not v.REMIND_ME.said(low) or _TAKE_OFF.search(low):
        return False
    return _wants_on(low) or (v.ON.said(low) and (_DO_NOT_FORGET.said(low) or not v.OFF.said(low)))
