"""The watched drop folder: statements that the bank's host-to-host job puts there are imported by themselves.

A file lies in the folder of its account's name (`drop/RKUD/statement.sta`), or directly in the drop folder when it
names an account number that is configured. It then moves to `done/`, or to `failed/` with its reason in a text beside
it. A file that was written to less than `QUIET_SECONDS` ago is left for the next round: it may not be complete. Links
are never followed, neither of files nor of folders: who may write here must not make us read or move what is elsewhere.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from mgov.domain.actor import Actor
from mgov.store.database import Database
from mgov.workflows.bank_import import ImportOutcome, TargetAccount, import_statement
from parsers.statements import Dialect, StatementError, StatementHead, stream_statements

DONE, FAILED = "done", "failed"
QUIET_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of one file: `outcome` when it was imported, `reason` when it was set aside."""

    name: str
    outcome: ImportOutcome | None = None
    reason: str = ""


def import_dropped(
    db: Database,
    folder: Path,
    accounts: Sequence[TargetAccount],
    *,
    dialects: Mapping[str, Dialect],
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
) -> list[Dropped]:
    """Import every complete file of the folder, oldest first; matching is the caller's next step.

    A database that is away raises and leaves the files where they are; anything wrong with a file sets it aside.
    """
    results = []
    for path in _complete(folder, now):
        try:
            with _opened(path) as stream:
                account = _account_of(path, folder, stream, accounts, dialects)
                outcome = import_statement(
                    db,
                    stream,
                    account,
                    format="auto",
                    dialects=dialects,
                    actor=actor,
                    now=now,
                    zone=zone,
                    file_name=path.name,
                )
        except (StatementError, OSError) as error:
            results.append(Dropped(path.name, reason=_set_aside(path, folder, now, str(error))))
        else:
            _move(path, folder / DONE, now)
            results.append(Dropped(path.name, outcome))
    return results


def _complete(folder: Path, now: datetime) -> Iterator[Path]:
    inner = (p for p in sorted(folder.iterdir()) if _is(stat.S_ISDIR, p) and p.name not in (DONE, FAILED))
    files = [p for place in (folder, *inner) for p in place.iterdir() if _is_file(p) and not p.name.startswith(".")]
    quiet = [p for p in files if now.timestamp() - p.lstat().st_mtime >= QUIET_SECONDS]
    yield from sorted(quiet, key=lambda p: (p.lstat().st_mtime, p.name))


def _is_file(path: Path) -> bool:
    """A file, or a link, which is set aside with its reason; never a device or a pipe, which could hold us up."""
    return _is(stat.S_ISREG, path) or _is(stat.S_ISLNK, path)


def _is(kind: Callable[[int], bool], path: Path) -> bool:
    try:
        return kind(path.lstat().st_mode)
    except OSError:
        return False


def _opened(path: Path) -> BinaryIO:
    """Open a file, never what a link leads to."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _account_of(
    path: Path, folder: Path, stream: BinaryIO, accounts: Sequence[TargetAccount], dialects: Mapping[str, Dialect]
) -> TargetAccount:
    """By the folder that the file lies in, else by the number it names."""
    if path.parent != folder:
        name = path.parent.name
        known = (account for account in accounts if name in (account.name, account.number))
        return next(known, TargetAccount(name, name))
    head = next((r for r in stream_statements(stream, "auto", dialects) if isinstance(r, StatementHead)), None)
    number = re.sub(r"\D", "", head.account) if head else ""
    for account in accounts:
        ours = re.sub(r"\D", "", account.number).lstrip("0")
        if len(ours) >= 6 and number.endswith(ours):
            return account
    raise StatementError(
        "no_account", "rekening tidak dikenal, taruh di map rekeningnya / unknown account: use its folder"
    )


def _set_aside(path: Path, folder: Path, now: datetime, reason: str) -> str:
    place = _move(path, folder / FAILED, now)
    note = os.open(
        place.with_name(place.name + ".reason.txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o640
    )
    with os.fdopen(note, "w", encoding="utf-8", errors="replace") as file:
        file.write(reason + "\n")
    return reason


def _move(path: Path, to: Path, now: datetime) -> Path:
    """Move the file; one of the same name that is there already stays, the new one is stamped."""
    to.mkdir(exist_ok=True)
    if to.is_symlink():
        raise OSError(f"{to} is a link")
    place = to / path.name
    if os.path.lexists(place):
        place = to / f"{now:%Y%m%dT%H%M%S%f}-{path.name}"
    os.replace(path, place)
    return place
