"""The root of the command line: mounts each noun's commands and lets `--config` stand anywhere."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from mgov import __version__
from mgov.cli.knock import through_the_door

#: Command → module that holds a click command of the same name: loaded when asked for, so that all start fast.
COMMANDS = {
    "agency": "mgov.cli.agency",
    "alert": "mgov.cli.alert",
    "application": "mgov.cli.application",
    "audit": "mgov.cli.audit",
    "backup": "mgov.cli.backup",
    "bank": "mgov.cli.bank",
    "bill": "mgov.cli.bill",
    "broadcast": "mgov.cli.broadcast",
    "check": "mgov.cli.check",
    "consent": "mgov.cli.consent",
    "db": "mgov.cli.db",
    "demo": "mgov.cli.demo",
    "doctor": "mgov.cli.doctor",
    "document": "mgov.cli.document",
    "door": "mgov.cli.door",
    "drift": "mgov.cli.drift",
    "explain": "mgov.cli.explain",
    "group": "mgov.cli.group",
    "info": "mgov.cli.info",
    "init": "mgov.cli.init",
    "lab": "mgov.cli.lab",
    "login": "mgov.cli.login",
    "logout": "mgov.cli.login",
    "modem": "mgov.cli.modem",
    "node": "mgov.cli.node",
    "parse": "mgov.cli.parse",
    "pause": "mgov.cli.pause",
    "payment": "mgov.cli.payment",
    "pdu": "mgov.cli.pdu",
    "privacy": "mgov.cli.privacy",
    "release": "mgov.cli.release",
    "remind": "mgov.cli.remind",
    "report": "mgov.cli.report",
    "restore": "mgov.cli.backup",
    "resume": "mgov.cli.pause",
    "run": "mgov.cli.run",
    "scheduler": "mgov.cli.scheduler",
    "service": "mgov.cli.service",
    "sms": "mgov.cli.sms",
    "staff": "mgov.cli.staff",
    "status": "mgov.cli.status",
    "whoami": "mgov.cli.login",
}


class _Root(click.Group):
    """Finds commands by name without importing the others, and takes `--config` before or after any name."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's own
        """Run here, or behind the door where this user cannot read the site's configuration."""
        words = list(sys.argv[1:] if args is None else args)
        if "obj" not in extra:
            path, command = _take_config(words)
            code = through_the_door(command, Path(path) if path else None)
            if code is not None:
                sys.exit(code)
        return super().main(words, *rest, **extra)

    def list_commands(self, _context: click.Context) -> list[str]:
        """All names."""
        return sorted(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        module = COMMANDS.get(name)
        if module is None:
            return None
        command: click.Command = getattr(importlib.import_module(module), name.replace("-", "_"))
        return command

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; what the actor may not do, or a wrong keyword file, is refused in one line."""
        from mgov.cli.context import NotDone  # here: whoever goes through the door does without them
        from mgov.domain.keywords import KeywordError
        from mgov.workflows.access import RefusedError

        try:
            return super().invoke(context)
        except (RefusedError, KeywordError) as error:
            raise NotDone(str(error)) from error

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Take `--config PATH` out wherever it stands."""
        path, rest = _take_config(args)
        if path is not None:
            from mgov.cli.context import CliContext

            context.ensure_object(CliContext).config_path = Path(path)
        return super().parse_args(context, rest)


def _take_config(args: list[str]) -> tuple[str | None, list[str]]:
    path, rest, literal = None, [], False
    words = iter(args)
    for word in words:
        literal = literal or word == "--"
        if not literal and word == "--config":
            path = next(words, None)
            if path is None:
                raise click.UsageError("Option '--config' requires an argument.")
        elif not literal and word.startswith("--config="):
            path = word.removeprefix("--config=")
        else:
            rest.append(word)
    return path, rest


@click.command(cls=_Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="mgov")
@click.pass_context
def main(context: click.Context) -> None:
    """SMS gateway and transaction engine of a provincial government.

    Every command takes --config PATH (or MGOV_CONFIG; else ./mgov.toml, then /etc/mgov/mgov.toml).
    """
    from mgov.cli.context import CliContext

    context.ensure_object(CliContext)


if __name__ == "__main__":
    main()
