"""The Indonesian numbering plan as far as a network needs it to route."""

from __future__ import annotations

COUNTRY_CODE = "62"
SHORTEST_SUBSCRIBER_NUMBER = 9  # digits with the trunk prefix; shorter ones are short codes


def normal_number(number: str) -> str:
    """Write a dialled number as `+62…`; short codes and names stay as they are."""
    compact = number.replace(" ", "").replace("-", "")
    if not compact.isdigit() or len(compact) < SHORTEST_SUBSCRIBER_NUMBER:
        return compact if compact.startswith("+") else number
    if compact.startswith("00"):
        return f"+{compact[2:]}"
    if compact.startswith("0"):
        return f"+{COUNTRY_CODE}{compact[1:]}"
    return f"+{compact}"
