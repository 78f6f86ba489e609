"""How a command finds the door: little is imported here, as the work is done behind it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mgov.cli import session_file
from mgov.door.client import DoorError, ask
from mgov.door.protocol import DEFAULT_SOCKET
from mgov.door.rules import LET_IN


def through_the_door(words: list[str], config_path: Path | None) -> int | None:
    """Have a command done behind the door where this user cannot read the configuration; None: do it here."""
    named = os.environ.get("MGOV_DOOR")
    path = Path(named) if named else DEFAULT_SOCKET
    if not words or words[0] not in LET_IN or not path.is_socket() or not (named or _is_shut_out(config_path)):
        return None
    site = f"door:{path}"
    try:
        return ask(path, words, session_file.read(site), lambda token: session_file.keep(site, token))
    except DoorError as error:
        click.echo(f"pintu / door: {error}", err=True)
        return 1


def _is_shut_out(config_path: Path | None) -> bool:
    from mgov import config as configuration  # here: it costs half a second that the door's callers do without

    try:
        found = configuration.find(config_path)
        return found is None or not os.access(found, os.R_OK)
    except PermissionError:
        return True
