"""What goes into a cell of a CSV or XLSX file that people open in a spreadsheet: never a formula."""

from __future__ import annotations

import re
from typing import TypeVar

T = TypeVar("T")

#: A spreadsheet takes a text that begins so, also behind blanks, for a formula (CWE-1236).
_FORMULA = re.compile(r"[\s\x00-\x1f\ufeff\u200b]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
#: What XML 1.0 (and so XLSX) cannot hold, and what breaks lines elsewhere.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL = 32_767


def safe_cell(value: T) -> T | str:
    """A value as a cell: a text that would be read as a formula gets an apostrophe, numbers and dates stay.

    Our own imports take the apostrophe off again where a cell may begin with a sign (phone numbers).
    """
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("\ufffd", value)
    if _FORMULA.match(text):
        text = f"'{text}"
    return text[:_LONGEST_CELL]
