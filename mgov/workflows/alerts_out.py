"""Alerts out: released by one person who may, or by the warning server through a drop folder or signed mail.

At three at night there is no second person: that is why an alert only ever comes from a template approved beforehand.
Who may write into the drop folder may release, so its Unix permissions are the authorisation; a mail needs the shared
secret's signature and a known sender. The same warning is released once, and a stale one not at all.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.store import alerts, broadcasts
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.broadcast_templates import BroadcastError, approved, filled
from mgov.workflows.broadcasts import BroadcastSettings, Released, broadcast_row, members_of, release
from mgov.workflows.reminder_text import sms_parts
from mgov.workflows.warning_text import LONGEST, IncomingWarning, WarningTextError, is_signed, read_warning

SERVER = Actor.system("warning-server")
DONE, REFUSED = "done", "refused"
#: A file that cannot be read may still be written to for so long.
HALF_WRITTEN = timedelta(seconds=5)
#: A warning may be so far ahead of our clock.
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class WarningDoor:
    """How the warning server reaches us.

    Without a secret no mail releases. A file is trusted for who may write into the folder: a signature in it has to be
    right all the same, and with `sign_files` it has to be there.
    """

    settings: BroadcastSettings = field(default_factory=BroadcastSettings)
    secret: bytes | None = None
    senders: frozenset[str] = frozenset()
    fresh_for: timedelta = timedelta(minutes=30)
    sign_files: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one warning: released, or refused with the reason."""

    name: str
    released: Released | None = None
    reason: str = ""


def release_alert(
    db: Database,
    template: str,
    values: Mapping[str, str],
    actor: Actor,
    now: datetime,
    settings: BroadcastSettings,
    *,
    source: str | None = None,
    group: str | None = None,
) -> Released:
    """Release an alert from an approved template: at once, at any hour, by one person who may or the warning server.

    `source` is the identity of the warning: the same one again does nothing. Raises BroadcastError, RefusedError.
    """
    return db.transact(lambda tx: release_in(tx, template, values, actor, now, settings, source=source, group=group))


def release_in(
    tx: Connection,
    template: str,
    values: Mapping[str, str],
    actor: Actor,
    now: datetime,
    settings: BroadcastSettings,
    *,
    source: str | None = None,
    group: str | None = None,
) -> Released:
    """`release_alert` inside a transaction."""
    access.require(tx, actor, Right.ALERT_RELEASE)
    if source is not None and (known := broadcasts.by_source(tx, source)) is not None:
        return Released(known["id"], known["recipients"], again=True)
    row = approved(tx, template, "alert")
    to = group or row["group_name"]
    if to is None:
        raise BroadcastError("no_group", f"template {template} names no group: say which")
    text = filled(row["text"], values)
    count = members_of(tx, to)
    number = broadcasts.add(
        tx,
        group_name=to,
        kind="alert",
        template_id=row["id"],
        source=source,
        subject=row["subject"],
        text=text,
        state="proposed",
        recipients=count,
        parts=sms_parts(text),
        proposed_by=str(actor),
        created_at=now,
    )
    return Released(number, release(tx, broadcast_row(tx, number), actor, now, settings))


def take_folder(db: Database, folder: Path, door: WarningDoor, now: datetime) -> list[Taken]:
    """Release what the warning server dropped, oldest first; each file moves to `done/` or, with a reason, `refused/`.

    A database that is away raises and leaves the files where they are.
    """
    return [taken for path in _dropped(folder) if (taken := _take_file(db, folder, path, door, now)) is not None]


def is_warning(door: WarningDoor | None, sender: str) -> bool:
    """Whether a mail is the warning server's: it is no citizen's command then."""
    return door is not None and sender in door.senders


def take_mail(tx: Connection, door: WarningDoor, text: str, ignored: str | None, now: datetime) -> Taken:
    """Release the alert that a mail of the warning server asks for; `ignored` says why such a mail is not authentic."""
    try:
        if ignored is not None:
            raise WarningTextError(ignored)
        warning = read_warning(text)
        if door.secret is None or not is_signed(warning, door.secret):
            raise WarningTextError("its signature is not right")
        if warning.identity is None or warning.issued is None:
            raise WarningTextError("a mail needs id and issued")
        return Taken(warning.identity, _release(tx, warning, warning.identity, warning.issued, door, now))
    except (WarningTextError, BroadcastError, access.RefusedError) as error:
        alerts.see(tx, "broadcast_refused", "mail", str(error)[:200], now)
        return Taken("mail", reason=str(error))


def _take_file(db: Database, folder: Path, path: Path, door: WarningDoor, now: datetime) -> Taken | None:
    try:
        content, written = path.read_bytes()[: LONGEST + 1], datetime.fromtimestamp(path.stat().st_mtime, UTC)
        warning = read_warning(content.decode("utf-8"))
        identity = warning.identity or hashlib.sha256(content).hexdigest()[:32]
        _check_file_signature(warning, door)
        issued = warning.issued or written
        released = db.transact(lambda tx: _release(tx, warning, identity, issued, door, now))
    except FileNotFoundError:  # another node took it
        return None
    except (WarningTextError, UnicodeDecodeError) as error:
        if now - written < HALF_WRITTEN:
            return None
        return _refuse(db, folder, path, str(error), now)
    except (BroadcastError, access.RefusedError, OSError) as error:
        return _refuse(db, folder, path, str(error), now)
    _move(path, folder / DONE, now)
    return Taken(path.name, released)


def _check_file_signature(warning: IncomingWarning, door: WarningDoor) -> None:
    if warning.signature is None and not door.sign_files:
        return
    if door.secret is None or not is_signed(warning, door.secret):
        raise WarningTextError("its signature is not right" if warning.signature else "it is not signed")


def _release(
    tx: Connection, warning: IncomingWarning, identity: str, issued: datetime, door: WarningDoor, now: datetime
) -> Released:
    source = f"warning:{identity}"[:191]
    if broadcasts.by_source(tx, source) is None:
        if now - issued > door.fresh_for:
            raise WarningTextError(f"it was issued at {issued.isoformat()}: too old to be told as news")
        if issued - now > _AHEAD:
            raise WarningTextError(f"it was issued at {issued.isoformat()}, which is yet to come: one clock is wrong")
    values, template = warning.values, warning.template
    return release_in(tx, template, values, SERVER, now, door.settings, source=source, group=warning.group)


def _refuse(db: Database, folder: Path, path: Path, reason: str, now: datetime) -> Taken:
    db.transact(lambda tx: alerts.see(tx, "broadcast_refused", path.name[:60], reason[:200], now))
    place = _move(path, folder / REFUSED, now)
    if place is not None:
        place.with_name(place.name + ".reason.txt").write_text(reason + "\n", encoding="utf-8")
    return Taken(path.name, reason=reason)


def _dropped(folder: Path) -> list[Path]:
    """Files in the order of their times; a name that begins with a dot or ends in .tmp or .part is being written."""
    files = [p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")]
    whole = [p for p in files if p.suffix not in (".tmp", ".part")]
    return sorted(whole, key=lambda p: (p.stat().st_mtime, p.name))


def _move(path: Path, to: Path, now: datetime) -> Path | None:
    """Move a file; one of the same name that is there already stays. None when it is gone."""
    to.mkdir(exist_ok=True)
    place = to / path.name
    if place.exists():
        place = to / f"{now:%Y%m%dT%H%M%S%f}-{path.name}"
    try:
        os.replace(path, place)
    except FileNotFoundError:
        return None
    return place
