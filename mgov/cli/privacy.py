"""`mgov privacy`: a person's data, copied or erased as the law gives him the right to (UU 27/2022)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mgov.cli.context import CliContext, NotDone
from mgov.workflows import csv_import
from mgov.workflows import privacy as workflow
from mgov.workflows.privacy import PrivacyError, Subject


def _who(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name a person."""
    for option in (
        click.option("--email", "emails", multiple=True, help="A mail address of the person."),
        click.option("--phone", "phones", multiple=True, help="A phone number of the person."),
        click.option("--nik", "--nib", "id_number", help="NIK, NIB or NPWP as the agencies' files name it."),
    ):
        command = option(command)
    return command


@click.group()
def privacy() -> None:
    """A person's data: a copy, or its erasure."""


@privacy.command("export")
@_who
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file that only its owner may read.")
@click.pass_obj
def export(
    context: CliContext, id_number: str | None, phones: tuple[str, ...], emails: tuple[str, ...], out: Path | None
) -> None:
    """Everything kept about a person, as one JSON object."""
    subject = _subject(id_number, phones, emails)
    try:
        found = workflow.export(context.database(), subject, context.actor(), context.now())
    except PrivacyError as error:
        raise NotDone(str(error)) from error
    text = json.dumps(found, ensure_ascii=False, indent=1, default=context.plain)
    if out is None:
        click.echo(text)
        return
    out.touch(mode=0o600)
    out.write_text(text + "\n", encoding="utf-8")
    click.echo(f"{out}: {sum(len(rows) for rows in found.values() if isinstance(rows, list))} rows")


@privacy.command("erase")
@_who
@click.option("--yes", is_flag=True, help="Needed: what is erased does not come back.")
@click.pass_obj
def erase(
    context: CliContext, id_number: str | None, phones: tuple[str, ...], emails: tuple[str, ...], yes: bool
) -> None:
    """Erase a person's data; what law must keep is kept and named."""
    subject = _subject(id_number, phones, emails)
    if not yes:
        raise click.UsageError("say --yes: what is erased does not come back (`mgov privacy export` first)")
    try:
        done = workflow.erase(context.database(), subject, context.actor(), context.now())
    except PrivacyError as error:
        raise NotDone(str(error)) from error
    for kind, count in done.erased.items():
        click.echo(f"dihapus/erased: {kind}: {count}")
    for kind, (count, why) in done.kept.items():
        click.echo(f"disimpan/kept: {kind}: {count} - {why}")
    for address in done.shared:
        click.echo(f"dipakai pihak lain/shared with others, left: {address}")


def _subject(id_number: str | None, phones: tuple[str, ...], emails: tuple[str, ...]) -> Subject:
    if not (id_number or phones or emails):
        raise click.UsageError("say --nik, --phone or --email")
    try:
        numbers = tuple(csv_import.phone(phone) for phone in phones)
    except csv_import.CellError as error:
        raise click.BadParameter(str(error)) from error
    return Subject(id_number, (*numbers, *(email.strip().lower() for email in emails)))
