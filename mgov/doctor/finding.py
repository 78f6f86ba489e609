"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at, `found` is so, `do` says what to do, `runbook` is the section of docs/noc.md."""

    level: str
    what: str
    found: str
    do: str = ""
    runbook: str = ""


def ok(what: str, found: str = "fine") -> Finding:
    """Nothing to do."""
    return Finding(OK, what, found)


def warn(what: str, found: str, do: str, runbook: str = "") -> Finding:
    """It works, and somebody should look at it."""
    return Finding(WARN, what, found, do, runbook)


def fail(what: str, found: str, do: str, runbook: str = "") -> Finding:
    """Something does not work."""
    return Finding(FAIL, what, found, do, runbook)
