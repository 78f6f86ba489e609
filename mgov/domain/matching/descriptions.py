"""What a bank's description says: bill numbers, proofs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import lru_cache

from mgov.domain.matching.proofs import AS_DIGITS, MIN_EMBEDDED, MIN_PROVING, REMEMBERED, bare, is_guessable, normalise

#: A bill number as people and banks write it: SKRD-2026-004512, SKRD2026004512, SKRD/2026/004512, SKRD 2026 004512, and
#: with letters that are read as digits.
_BILL = re.compile(r"(?<![A-Z0-9])([A-Z]{2,8})[-/. ]?((?:19|2[0O])[\dOIL]{2})[-/. ]?([\dOIL]{4,8})(?![A-Z0-9])")
#: The same where the bank cut the description off.
_CUT_BILL = re.compile(r"(?<![A-Z0-9])([A-Z]{2,8})[-/. ]?((?:19|20)\d\d)[-/. ]?(\d{0,7})[-/. ]?$")
#: Letters of a word that would be part of names and of longer words: REV, VOID.
SHORT_WORD = 4
_TOKEN = re.compile(r"[A-Z0-9]+")
#: Numbers that the bank's own words say are of a merchant, a terminal, an account or a person, and of no transfer.
_LABELLED = re.compile(
    r"(?<![A-Z])(?:N?MID|TID|TERMINAL|TERM|NIK|NPWP|NIB|NOP|HP|TELP|NO ?REK|REK|REKENING|ACC|ACCT|A/C|NO ?KARTU)"
    r"[ .:#]*([A-Z0-9]+)"
)
#: The settlement line of a QRIS merchant, whose number stands in every one of them.
_QRIS = re.compile(r"ON ?US\b|OFF ?US\b")
#: A description may tell the day on which the money was sent, a few days before it was booked.
_DAYS_TOLD = 5
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?")


def bill_key(number: str) -> str:
    """A bill number without its separators."""
    return normalise(number)


def prefix_of(number: str) -> str:
    """The letters of a bill number: the kind of levy."""
    return "".join(letter for letter in number.upper() if letter.isalpha())


@lru_cache(maxsize=REMEMBERED)
def bill_keys(description: str) -> tuple[str, ...]:
    """Everything in `description` that has the shape of a bill number, as keys."""
    found = _BILL.findall(description.upper())
    return tuple(kind + year.translate(AS_DIGITS) + serial.translate(AS_DIGITS) for kind, year, serial in found)


def cut_bill_key(description: str) -> str | None:
    """The start of a bill number with which `description` ends, as a key; it may be the whole number."""
    found = _CUT_BILL.search(description.upper().rstrip())
    return "".join(found.groups()) if found else None


@lru_cache(maxsize=REMEMBERED)
def tokens(description: str) -> tuple[str, ...]:
    """The numbers in `description` that may be a proof or a pay code."""
    found = map(bare, _TOKEN.findall(description.upper()))
    return tuple(t for t in found if len(t) >= MIN_EMBEDDED and any(c.isdigit() for c in t))


def proofs_in(
    description: str, amount: int, days: Iterable[date | None], own_numbers: Collection[str]
) -> tuple[str, ...]:
    """The numbers in `description` that can prove a payment: nothing that can be known without having paid.

    Not proof are: what is short (terminals, branches, channels), our accounts, merchants', sums, moments of `days`.
    """
    long = [token for token in tokens(description) if len(token) >= MIN_PROVING]
    if not long:
        return ()
    upper = description.upper()
    known = {found.group(1) for found in _LABELLED.finditer(upper)}
    if "QR" in upper and _QRIS.search(upper):
        known |= {token for token in long if token.isdigit()}
    return tuple(
        token
        for token in long
        if token not in known
        and not is_guessable(token, own_numbers)
        and token.lstrip("0") not in (str(amount), f"{amount}00")
        and not _is_moment(token, days)
    )


def _is_moment(token: str, days: Iterable[date | None]) -> bool:
    """Whether a number is a day and a time: 131026083500, 20261013083500."""
    if not token.isdigit() or len(token) not in (10, 12, 14):
        return False
    for size in (6, 8):
        if _CLOCK.fullmatch(token[size:]) and any(token[:size] in _spellings(day, size) for day in days if day):
            return True
    return False


def _spellings(day: date, size: int) -> set[str]:
    around = [day - timedelta(days=n) for n in range(-1, _DAYS_TOLD)]
    forms = ("%d%m%y", "%y%m%d") if size == 6 else ("%d%m%Y", "%Y%m%d")
    return {near.strftime(form) for near in around for form in forms}


def says_one_of(description: str, words: Iterable[str]) -> bool:
    """Whether `description` holds one of a bank's words: also inside a longer word, but a short one only by itself."""
    said = description.upper()
    return any(_by_itself(word).search(said) if len(word) <= SHORT_WORD else word in said for word in words)


@lru_cache(maxsize=REMEMBERED)
def _by_itself(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Z0-9]){re.escape(word)}(?![A-Z0-9])")


def names_account(description: str, own_numbers: Iterable[str], but: str = "") -> bool:
    """Whether `description` names an account of ours other than `but`, on which the money is."""
    digits = _BETWEEN_DIGITS.sub("", description)
    mine = but.lstrip("0")
    return any(
        len(number) >= MIN_EMBEDDED and number != mine and number in digits
        for number in (digits_of(own).lstrip("0") for own in own_numbers)
    )


#: What stands between the digits of an account's number.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[-. ](?=\d)")


def digits_of(number: str) -> str:
    """The digits of an account's number."""
    return "".join(c for c in number if c.isdigit())
