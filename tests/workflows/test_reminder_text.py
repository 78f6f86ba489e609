"""The words of reminders as data: complete in both languages, GSM-7, and one part for an ordinary document."""

from __future__ import annotations

from datetime import date

import pytest

from mgov.replies import parts_of
from mgov.workflows import reminder_text
from mgov.workflows.reminder_text import WORDS, Wording
from tests.workflows.test_remind import KINDS, TEXTS

ON = date(2026, 11, 24)
ROW = {"kind": "LKPM", "document": "LKPM-2026-TW4", "holder": "PT Maju Jaya", "due_on": date(2026, 12, 1)}


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_phrase_is_there_and_can_be_texted(language: str) -> None:
    """No phrase lacks or is unknown, and none makes a text UCS-2."""
    assert set(TEXTS[language]) == set(WORDS)
    assert all(parts_of(text) == 1 for text in TEXTS[language].values())
    assert all("{n}" in TEXTS[language][name] for name in ("many", "more"))


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_ordinary_reminder_is_one_sms_that_says_how(language: str) -> None:
    """Sender first, the document, its holder and day, a few words how, and the way out."""
    text = reminder_text.sms(Wording.read("Pemprov Banten", language, KINDS, TEXTS), [ROW], ON)
    assert text.startswith("Pemprov Banten: LKPM-2026-TW4")
    assert "01-12-2026" in text
    assert "oss.go.id" in text
    assert text.endswith(TEXTS[language]["stop"])
    assert reminder_text.sms_parts(text) == 1


def test_what_is_past_is_told_as_past_and_long_lists_are_cut() -> None:
    """Overdue is said; forty companies fit a text that points to DOKUMEN, and a mail names them all."""
    wording = Wording.read("Pemprov Banten", "id", KINDS, TEXTS)
    assert "sudah lewat" in reminder_text.sms(wording, [{**ROW, "due_on": date(2026, 11, 20)}], ON)
    many = [{**ROW, "document": f"LKPM-{n:03d}"} for n in range(40)]
    text, mail = reminder_text.sms(wording, many, ON), reminder_text.mail(wording, many, ON)
    assert "dan 28 lainnya" in text
    assert "LKPM-039" in mail
    assert reminder_text.subject(wording, many).endswith("(+39)")
