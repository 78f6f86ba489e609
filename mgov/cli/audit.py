"""`mgov audit`: what staff did, chained so that a change shows. The key is a file beside the configuration."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from mgov import config as configuration
from mgov.cli.context import CliContext, NotDone
from mgov.store import audit as chain

KEY_FILE = "audit.key"
KEY_BYTES = 32


@click.group()
def audit() -> None:
    """The audit of what staff did."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(min=1), help="The newest so many.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, limit: int | None, as_json: bool) -> None:
    """All rows, oldest first."""
    rows = [dict(row) for row in context.database().read(lambda tx: list(chain.rows(tx)))]
    context.print_rows(rows[-limit:] if limit else rows, as_json)


@audit.command("verify")
@click.pass_obj
def verify(context: CliContext) -> None:
    """Recompute the chain; exits 1 when a row was changed, inserted or deleted."""
    verdict = context.database().read(lambda tx: chain.verify(tx, key_of(context)))
    if verdict.fault is not None:
        raise NotDone(f"audit: {verdict.fault}")
    click.echo(f"audit: {verdict.rows} rows, whole; newest {verdict.newest_hash}")


def note(context: CliContext, action: str, kind: str, object_id: object, detail: object = None) -> None:
    """Write one row of the audit for what this command did."""
    key, at, actor = key_of(context), context.now(), context.actor()
    context.database().transact(
        lambda tx: chain.append(
            tx, key, at=at, actor=actor, action=action, kind=kind, object_id=object_id, detail=detail
        )
    )


def key_of(context: CliContext) -> bytes:
    """The key of the chain: `MGOV_AUDIT_KEY_FILE`, else `audit.key` beside the configuration, made when needed."""
    named = os.environ.get("MGOV_AUDIT_KEY_FILE")
    path = Path(named) if named else _beside(context)
    try:
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as error:
        raise NotDone(f"audit: {path}: {error.strerror}") from error


def _beside(context: CliContext) -> Path:
    found = configuration.find(context.config_path)
    return (found.resolve().parent if found else Path.cwd()) / KEY_FILE


def _make(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(KEY_BYTES).encode())
