"""A row of the outbox as a mail: text and HTML, threading, and the header that makes leaving easy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import quote

from mgov.mail.html_frame import HtmlFrame

UNASKED = frozenset({"reminder", "bulk"})


def message_id_of(message: Mapping[str, Any], sender: str) -> str:
    """The same for every attempt at one row, so that a second copy can be recognised."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<mgov.{message['id']}.{int(message['queued_at'].timestamp() * 1_000_000):x}@{domain}>"


def compose(
    message: Mapping[str, Any], sender: str, answers: str | None, now: datetime, frame: HtmlFrame | None = None
) -> EmailMessage:
    """Make the mail; `sender` is `Name <address>` or an address, `answers` the Message-ID that it answers.

    With a `frame` it is text and HTML alike.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(sender)
    mail["To"] = _address(message["recipient"])
    mail["Subject"] = _subject(message)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id_of(message, sender)
    if answers:
        mail["In-Reply-To"] = mail["References"] = _one_line(answers)
    mail["Auto-Submitted"] = "auto-replied" if message["in_reply_to"] else "auto-generated"
    if message["priority"] in UNASKED:
        mail["List-Unsubscribe"] = f"<mailto:{parseaddr(sender)[1]}?subject={quote('BERHENTI')}>"
    text = message["text"].encode("utf-8", "replace").decode("utf-8")
    mail.set_content(text)
    html = message["html"] or (frame.render(_subject(message), text) if frame else None)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def _address(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(display_name=name, addr_spec=address)


def _subject(message: Mapping[str, Any]) -> str:
    subject = _one_line(message["subject"] or message["text"])[:180]
    answers = bool(message["in_reply_to"]) and not subject.lower().startswith("re:")
    return f"Re: {subject}" if answers else subject


def _one_line(text: str) -> str:
    """One line that can be encoded: no breaks, no controls, no halves of surrogate pairs."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in whole).split())
