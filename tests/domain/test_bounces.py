"""Refusals of mail: which end an address, and which only this mail."""

from __future__ import annotations

import pytest

from mgov.domain.bounces import is_dead_by_reply, is_dead_by_status


@pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.0.0", "5.2.1", "5.4.4", " 5.1.2 (bad destination)"])
def test_who_is_not_there_is_dead(status: str) -> None:
    """No such user, no such domain, a closed mailbox, and a server that says no more than "no"."""
    assert is_dead_by_status(status)


@pytest.mark.parametrize("status", ["5.2.2", "5.2.3", "5.3.4", "5.4.7", "5.6.1", "5.7.1", "4.1.1", "", "five"])
def test_what_is_wrong_with_the_mail_or_with_us_ends_no_address(status: str) -> None:
    """A full mailbox, a size, a route, a content, a block list: the address stays."""
    assert not is_dead_by_status(status)


@pytest.mark.parametrize(
    ("code", "text", "dead"),
    [
        ("550", "no such user here", True),
        ("550", "5.1.1 <a@b.example>: Recipient address rejected", True),
        ("550", "5.7.1 Service unavailable; client host [203.0.113.9] blocked using a list", False),
        ("552", "5.2.2 mailbox full", False),
        ("552", "message size exceeds limit", False),
        ("553", "mailbox name not allowed", True),
        ("554", "5.7.1 looks like spam", False),
        ("554", "transaction failed", False),
        ("554", "5.1.1 no such user", True),
        ("dropped", "the mail server went away", False),
    ],
)
def test_a_reply_is_judged_by_its_enhanced_code_first(code: str, text: str, *, dead: bool) -> None:
    """Where the server says no more than three digits, only those of the mailbox count."""
    assert is_dead_by_reply(code, text) is dead
