"""What a broadcast says and costs: a template's blanks filled in, parts, minutes and rupiah. Pure."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from mgov.workflows.reminder_text import sms_parts

#: A value that fills a blank: one line, no longer than this.
LONGEST_VALUE = 120
LONGEST_TEXT = 1530  # ten parts


class TextError(ValueError):
    """A text cannot be sent; the words say why."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What sending means: recipients by channel, parts of one text, all parts, minutes on all modems, rupiah."""

    sms: int
    mails: int
    parts_a_text: int
    parts: int
    minutes: float
    cost: int


def blanks_of(text: str) -> frozenset[str]:
    """The names of a template's blanks, `{magnitude}`. Raises TextError for any other use of braces."""
    names = set()
    try:
        for _, name, spec, conversion in string.Formatter().parse(text):
            if name is None:
                continue
            if spec or conversion or not name.isidentifier():
                raise TextError(f"{{{name}}}: a blank is a word in braces, such as {{magnitude}}")
            names.add(name)
    except ValueError as error:
        raise TextError(str(error)) from error
    return frozenset(names)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled. Raises TextError when a value lacks, is not asked for, or is no short line."""
    wanted = blanks_of(text)
    if absent := sorted(wanted - values.keys()):
        raise TextError(f"no value for {', '.join(absent)}")
    if strange := sorted(values.keys() - wanted):
        raise TextError(f"the template has no blank {', '.join(strange)}")
    for name in sorted(wanted):
        value = values[name]
        if not value.strip() or len(value) > LONGEST_VALUE or not value.isprintable():
            raise TextError(f"{name}: a value is one line of at most {LONGEST_VALUE} letters")
    return checked(text.format_map({name: values[name].strip() for name in wanted}))


def checked(text: str) -> str:
    """The text, when it can be sent. Raises TextError."""
    plain = text.strip()
    if not plain:
        raise TextError("the text is empty")
    if len(plain) > LONGEST_TEXT:
        raise TextError(f"the text is longer than {LONGEST_TEXT} letters")
    return plain


def estimate(text: str, sms: int, mails: int, per_minute: float, price: int) -> Estimate:
    """What it means to send a text to so many phones and mail addresses."""
    each = sms_parts(text)
    return Estimate(sms, mails, each, each * sms, each * sms / per_minute, each * sms * price)
