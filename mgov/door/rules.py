"""Which commands the door lets in, and what their words may not do."""

from __future__ import annotations

import os

#: Command → the subcommands let in (None: the command has none). What writes files or starts things stays outside.
LET_IN: dict[str, frozenset[str] | None] = {
    "agency": frozenset({"list", "set"}),
    "alert": frozenset({"list", "ack"}),
    "application": frozenset({"import", "list", "show", "set-status"}),
    "audit": frozenset({"list", "verify", "export"}),
    "bank": frozenset({"import", "preview"}),
    "bill": frozenset({"import", "list", "show"}),
    "broadcast": frozenset({"alert", "approve", "list", "new", "reject", "report", "show", "stop", "template"}),
    "consent": frozenset({"clear-bounce", "close", "list", "off", "on", "tasks"}),
    "document": frozenset({"import", "list", "close"}),
    "explain": None,
    "group": frozenset({"import", "list", "remove"}),
    "info": frozenset({"set", "edit", "delete", "list"}),
    "login": None,
    "logout": None,
    "modem": frozenset({"list", "pause", "resume"}),
    "payment": frozenset(
        {"list", "review", "show", "match", "approve", "reject", "assign", "split", "other-income", "refund", "undo"}
        | {"cases", "close-case", "confirm-reversal", "deputy", "refunds", "separate", "summary"}
    ),
    "pause": None,
    "privacy": frozenset({"export"}),
    "remind": frozenset({"list", "preview", "run"}),
    "report": None,
    "resume": None,
    "service": frozenset({"import", "list"}),
    "sms": frozenset({"dead", "inbox", "outbox", "resend", "send"}),
    "staff": frozenset(
        {"add", "list", "set-roles", "set-password", "set-pin", "map", "sessions", "revoke", "disable", "enable"}
        | {"unlock", "confirm-phone"}
    ),
    "status": None,
    "whoami": None,
}

#: Options that name a file to be written, which would be written on the wrong side.
_WRITES = ("--csv", "--export", "--html", "--out", "--xlsx")


def fault_of(words: list[str], files: set[int]) -> str | None:
    """Why a command is not let in; None when it is. Words that name files of this side are never let in."""
    if not words or words[0] not in LET_IN:
        return "perintah ini tidak lewat pintu / this command does not go through the door"
    wanted = LET_IN[words[0]]
    if wanted is not None and (len(words) < 2 or words[1] not in (*wanted, "--help", "-h")):
        return f"{words[0]}: perintah ini tidak lewat pintu / not through the door; {', '.join(sorted(wanted))} are"
    if any(word.split("=")[0] in _WRITES for word in words):
        return "pintu tidak menulis berkas / the door writes no files: leave the option out and redirect the output"
    for index, word in enumerate(words):
        if index not in files and _names_a_file(word):
            return f"{word[:80]}: bukan berkas Anda / names no file that you can read"
    return None


def _names_a_file(word: str) -> bool:
    """A word, or the value of an option, that leads out of the empty folder in which the command runs."""
    value = word.partition("=")[2] if word.startswith("-") else word
    leads_out = value.startswith(("/", "~")) or ".." in value.split("/")
    return word.startswith("--config") or leads_out or (bool(value) and os.path.lexists(value[:1000]))
