"""Raw mail in, plain record out: who writes, his own words, and whether he may be answered. Pure."""

from __future__ import annotations

import email
import hashlib
import html
import re
from datetime import datetime
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import parseaddr, parsedate_to_datetime

from mgov.domain.bounces import is_dead_by_status
from mgov.workflows.mail import IncomingMail
from parsers.email_body import own_text

#: No command needs more; attachments are never opened.
MAX_BYTES = 1_000_000
MAX_TEXT = 4000
#: The library's parser of structured headers takes quadratic time: what is longer is cut, as no honest header is.
MAX_HEADER, MAX_HEADERS = 2_000, 200
#: Lines that may begin a part; what follows is cut, as each part costs the library a fraction of a millisecond.
MAX_PARTS = 200
LONGEST_ADDRESS = 180
_MACHINES = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply.*|bounces?([+\-].*)?)@", re.IGNORECASE
)
_LEAVING = re.compile(r"berhenti|stop|unsubscribe|unreg", re.IGNORECASE)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_FAILED_AUTH = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
_DMARC_PASS = re.compile(r"\bdmarc\s*=\s*pass\b", re.IGNORECASE)
_RECEIVED_SPF_FAIL = re.compile(r"\s*(fail|softfail)\b", re.IGNORECASE)
_SPF_FAIL = re.compile(r"\bspf\s*=\s*(fail|softfail)\b", re.IGNORECASE)
#: What says of itself that it went to many, or was written by a machine.
_TO_MANY = ("List-Id", "List-Post", "List-Unsubscribe", "X-Loop", "X-Autoreply", "X-Autorespond")
_SUPPRESS = re.compile(r"\b(all|autoreply|oof)\b", re.IGNORECASE)
_DKIM_PASS = re.compile(r"\bdkim\s*=\s*pass\b", re.IGNORECASE)


def read_mail(raw: bytes, own: frozenset[str], envelope_sender: str | None = None) -> IncomingMail:
    """Read one mail; `own` are our own addresses in lower case, `envelope_sender` the MAIL FROM where it is known.

    Nothing in a mail raises: what cannot be read is taken as empty.
    """
    mail = _parse(raw)
    address = parseaddr(_header(mail, "From"))[1].lower()
    sender = address if len(address) <= LONGEST_ADDRESS else ""  # cut, it would be somebody else's
    subject = " ".join(_header(mail, "Subject").split())
    text = _leaving(subject) or _text(mail) or re.sub(r"^((re|fw|fwd|bls)\s*:\s*)+", "", subject, flags=re.IGNORECASE)
    bounce_of, failed = _bounce(mail)
    return IncomingMail(
        sender=_storable(sender),
        text=_storable(text[:MAX_TEXT]),
        subject=_storable(subject),
        message_id=_storable(_message_id(mail, raw)),
        sent_at=_date(mail),
        recipient=parseaddr(_header(mail, "To"))[1].lower()[:191] or None,
        ignore=_why_ignored(mail, sender, own, envelope_sender),
        bounce_of=bounce_of,
        bounced=tuple(failed),
        dead=frozenset(address for address, status in failed.items() if is_dead_by_status(status)),
    )


def _storable(text: str) -> str:
    """No database keeps a NUL or half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class _BoundedPolicy(EmailPolicy):
    """Takes headers, also those of inner parts, only as long as an honest mail's are."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """One header as it stands in the mail, cut."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER]


_POLICY = _BoundedPolicy()


def _parse(raw: bytes) -> EmailMessage:
    """The mail; of one nested deeper than any honest one, or with more headers, only what stands at its top."""
    raw = _first_parts(raw[:MAX_BYTES])
    top, _, _ = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    if top.count(b"\n") > MAX_HEADERS * 4:
        raw = b"\n".join(top.split(b"\n")[:MAX_HEADERS]) + b"\n\n"
    try:
        message = email.message_from_bytes(raw, policy=_POLICY)
        sum(1 for _ in message.walk())
    except RecursionError:
        message = BytesParser(policy=_POLICY).parsebytes(raw, headersonly=True)
        message.set_payload("")
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy makes it so
    return message


def _first_parts(raw: bytes) -> bytes:
    """The mail up to the part that is one too many."""
    if raw.count(b"\n--") <= MAX_PARTS:
        return raw
    end = -1
    for _ in range(MAX_PARTS):
        end = raw.index(b"\n--", end + 1)
    return raw[:end]


def _leaving(subject: str) -> str | None:
    """The subject when it is what our List-Unsubscribe asks for: a client fills the body with words of its own."""
    return subject if _LEAVING.fullmatch(subject.strip(" .!")) else None


def _header(mail: EmailMessage, name: str) -> str:
    try:
        value = str(mail.get(name, "") or "")
        return "".join(letter if letter.isprintable() or letter in "\r\n\t" else "\ufffd" for letter in value)
    except Exception:  # a header that the library cannot parse is as good as none
        return ""


def _message_id(mail: EmailMessage, raw: bytes) -> str:
    """Its Message-ID, else a digest of what it says, without the trace lines of the servers that passed it on."""
    given = "".join(_header(mail, "Message-ID").split())
    if given:
        return given
    _, _, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    named = "\x1f".join(_header(mail, name) for name in ("From", "Date", "Subject"))
    return f"<{hashlib.sha256(named.encode('utf-8', 'replace') + body).hexdigest()[:40]}@no-message-id>"


def _date(mail: EmailMessage) -> datetime | None:
    try:
        sent = parsedate_to_datetime(_header(mail, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return sent if sent.tzinfo is not None else None


def _text(mail: EmailMessage) -> str:
    """The writer's own words from the first text part; attachments are never opened."""
    for part in mail.walk():
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if part.get_content_type() == "text/plain":
            return own_text(_content(part), False).strip()
    for part in mail.walk():
        if part.get_content_type() == "text/html" and part.get_content_disposition() != "attachment":
            return own_text(_content(part), True).strip()
    return ""


def _content(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError, UnicodeError, AssertionError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _why_ignored(mail: EmailMessage, sender: str, own: frozenset[str], envelope_sender: str | None) -> str | None:
    """Why a mail must not be answered: every way in which two machines could begin to write to each other."""
    auto = _header(mail, "Auto-Submitted").strip().lower()
    reasons = (
        (envelope_sender == "", "null sender"),
        (_header(mail, "Return-Path").strip() == "<>", "null sender"),
        (mail.get_content_type() == "multipart/report", "delivery report"),
        (bool(auto) and not auto.startswith("no"), "auto-submitted"),
        (_header(mail, "Precedence").strip().lower() in _BULK, "bulk mail"),
        (_SUPPRESS.search(_header(mail, "X-Auto-Response-Suppress")) is not None, "wants no automatic answer"),
        (any(mail.get(name) for name in _TO_MANY), "a list"),
        ("@" not in sender, "no sender"),
        (sender in own, "our own address"),
        (_MACHINES.match(sender) is not None, "a machine"),
        (_forged(mail), "sender not authentic"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _forged(mail: EmailMessage) -> bool:
    """What the receiving server found (RFC 8601, or RFC 7208 for SPF alone).

    Only its own, topmost headers count, as others may be the writer's.
    """
    found = _topmost(mail, "Authentication-Results")
    by_spf = _SPF_FAIL.search(found) or _RECEIVED_SPF_FAIL.match(_topmost(mail, "Received-SPF"))
    spoiled = by_spf is not None and _DKIM_PASS.search(found) is None and _DMARC_PASS.search(found) is None
    return _FAILED_AUTH.search(found) is not None or spoiled


def _topmost(mail: EmailMessage, name: str) -> str:
    try:
        return str(next(iter(mail.get_all(name, [])), ""))
    except Exception:  # a header that the library cannot parse is as good as none
        return ""


def _bounce(mail: EmailMessage) -> tuple[str | None, dict[str, str]]:
    """The Message-ID that a delivery status notification returns, and the status of each address that failed for good
    (RFC 3464)."""
    if mail.get_content_type() != "multipart/report":
        return None, {}
    failed: dict[str, str] = {}
    original: str | None = None
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed.update(_failed(part))
        elif kind in ("message/rfc822", "text/rfc822-headers") and original is None:
            original = _original_id(part)
    return original, failed


def _failed(part: EmailMessage) -> dict[str, str]:
    found = {}
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        action, status = str(block.get("Action", "")).strip().lower(), str(block.get("Status", "")).strip()
        recipient = str(block.get("Final-Recipient", "") or block.get("Original-Recipient", ""))
        if action == "failed" and status.startswith("5"):
            found[recipient.rpartition(";")[2].strip().lower()] = status
    return found


def _original_id(part: EmailMessage) -> str | None:
    if part.is_multipart():
        inner = part.get_payload(0)
        return "".join(str(inner.get("Message-ID", "")).split()) or None if isinstance(inner, EmailMessage) else None
    found = re.search(r"^message-id:\s*(<[^>\s]+>)", html.unescape(_content(part)), re.IGNORECASE | re.MULTILINE)
    return found[1] if found else None
