"""`mgov door`: lets staff with Unix accounts of their own in."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mgov import config as configuration
from mgov.cli.context import CliContext, NotDone
from mgov.door.protocol import DEFAULT_SOCKET
from mgov.door.rules import LET_IN
from mgov.door.server import Door
from mgov.workflows.founding import unix_user_of


@click.command()
@click.option("--socket", "path", type=click.Path(path_type=Path), help="Where to listen, if not in /run/mgov-door.")
@click.pass_obj
def door(context: CliContext, path: Path | None) -> None:
    """Serve commands of other Unix users of this host: each by his own account and role."""
    config = configuration.find(context.config_path)
    if config is None:
        raise NotDone("no configuration: run `mgov init`, or name one with --config or MGOV_CONFIG")
    config = config.resolve()
    place = path or _default_socket()

    def run(words: list[str], uid: int, token: str | None, keep: Callable[[str | None], None]) -> int:
        return _run(_Caller(config, uid, token, keep), words)

    _load_commands()
    try:
        Door(place.resolve(), run).serve(lambda: _ready(place))
    except OSError as error:
        raise NotDone(f"{place}: {error.strerror}") from error


def _load_commands() -> None:
    """Load what will be let in, once: the processes that serve callers are forked from this one."""
    from mgov.cli.main import COMMANDS  # here: main knows every command, this one too

    for name in LET_IN.keys() & COMMANDS.keys():
        importlib.import_module(COMMANDS[name])


class _Caller(CliContext):
    """A caller's context: the site's configuration, his Unix user and his token."""

    def __init__(self, config: Path, uid: int, token: str | None, keep: Callable[[str | None], None]) -> None:
        super().__init__()
        self.config_path = config
        self.__dict__ |= {"unix_user": unix_user_of(uid), "token": token}
        self._keep = keep

    def keep_token(self, token: str | None) -> None:
        """Send it to the caller, who keeps it in his own home."""
        self._keep(token)


def _run(caller: _Caller, words: list[str]) -> int:
    from mgov.cli.main import main  # here: main knows every command, this one too

    sys.stdin, sys.stdout, sys.stderr = open(0, closefd=False), open(1, "w"), open(2, "w")  # noqa: SIM115
    try:
        main(args=words, prog_name="mgov", obj=caller)
    except SystemExit as error:
        code: Any = error.code
        return code if isinstance(code, int) else int(bool(code))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _default_socket() -> Path:
    folder = os.environ.get("RUNTIME_DIRECTORY")
    return Path(folder) / DEFAULT_SOCKET.name if folder else DEFAULT_SOCKET


def _ready(place: Path) -> None:
    click.echo(f"pintu terbuka / the door is open: {place}")
    sys.stdout.flush()
