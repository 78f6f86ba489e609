"""What a mail server's refusal says of an address: that nobody is there, or only of this mail, this day or of us."""

from __future__ import annotations

import re

_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
#: Basic codes that speak of the mailbox itself where no enhanced code says more (RFC 5321, 4.2.3).
_OF_THE_MAILBOX = frozenset({"550", "551", "553"})


def is_dead_by_reply(code: str, text: str) -> bool:
    """Whether an SMTP reply (`550`, `5.1.1 no such user`) says that mail to this address is no use any more."""
    enhanced = _ENHANCED.search(text)
    if enhanced is not None:
        return is_dead_by_status(enhanced[0])
    return code in _OF_THE_MAILBOX


def is_dead_by_status(status: str) -> bool:
    """Whether an enhanced status code (RFC 3463) says so.

    A full mailbox (5.2.2), a mail that is too large (5.2.3, 5.3.4), a route that is down (5.4.x), a content (5.6.x) or
    a policy (5.7.x: we are on somebody's list) says nothing of the address: whoever marked it would end the reminders
    of a whole province for one evening on a block list.
    """
    found = _ENHANCED.match(status.strip())
    if found is None:
        return False
    subject, detail = int(found[1]), int(found[2])
    return subject in (0, 1) or (subject, detail) in ((2, 0), (2, 1), (4, 4))
