"""`mgov bank`: look at a statement, and import it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import click

from mgov import desk_jobs
from mgov.bootstrap import shipped_table
from mgov.cli.context import CliContext, NotDone, error_line
from mgov.cli.importing import expect_many_rows
from mgov.cli.payment import payment_policy
from mgov.config import Config
from mgov.config import find as find_config
from mgov.workflows.bank_import import ImportOutcome, TargetAccount, booked_text, import_statement
from mgov.workflows.drop_folder import import_dropped
from mgov.workflows.payments_matching import match_all
from parsers.statements import (
    Dialect,
    DialectError,
    Entry,
    Statement,
    StatementError,
    build_dialects,
    propose_dialect,
    stream_statements,
)

FORMAT_HELP = "auto, mt940, mt942, camt052, camt053, camt054, xlsx or csv:DIALECT"


@click.group()
def bank() -> None:
    """Bank statements."""


@bank.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "format_", default="auto", show_default=True, help=FORMAT_HELP)
@click.option("--entries", is_flag=True, help="a line for each entry as well")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def preview(context: CliContext, file: Path, format_: str, entries: bool, as_json: bool) -> None:
    """What a statement says and whether it adds up; nothing is stored.

    A statement whose balances do not add up is shown, its reason said on stderr, and the exit code is 1.
    """
    dialects, zone = _dialects(context), _zone(context)
    with file.open("rb") as stream:
        try:
            statements = [r for r in stream_statements(stream, format_, dialects) if isinstance(r, Statement)]
            rows = _rows(stream, format_, dialects, statements, zone) if entries else map(_summary, statements)
            _print(context, rows, as_json)
        except StatementError as error:
            raise NotDone(f"{file.name}: {error}") from error
    _say(file.name, statements)


def _print(context: CliContext, rows: Iterator[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        context.print_rows(rows, as_json=True)
        return
    for row in rows:
        click.echo("  ".join(f"{key}={'-' if value is None else value}" for key, value in row.items()))


def _rows(
    stream: BinaryIO, format_: str, dialects: Mapping[str, Dialect], statements: list[Statement], zone: ZoneInfo
) -> Iterator[dict[str, Any]]:
    """Each statement before its entries: the file is read again, so that none of them is kept."""
    summaries = iter(statements)
    for record in stream_statements(stream, format_, dialects):
        if isinstance(record, Entry):
            yield _entry(record, zone)
        elif not isinstance(record, Statement):
            yield _summary(next(summaries))


def _summary(statement: Statement) -> dict[str, Any]:
    return {
        "account": statement.account,
        "number": statement.number,
        "opening": _plain(statement.opening),
        "closing": _plain(statement.closing),
        "currency": statement.currency,
        "entries": statement.entry_count,
        "credits": statement.credits,
        "debits": statement.debits,
        "credit_sum": _plain(statement.credit_sum),
        "debit_sum": _plain(statement.debit_sum),
        "adds_up": statement.adds_up,
    }


def _entry(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "booked_at": booked_text(entry.booked_at, zone),
        "value_date": entry.value_date.isoformat(),
        "amount": _plain(entry.amount),
        "type": entry.type,
        "reference": entry.reference,
        "description": entry.description,
    }


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _say(name: str, statements: list[Statement]) -> None:
    for statement in statements:
        for text in dict.fromkeys((*statement.remarks, *statement.problems)):
            error_line(": ".join(part for part in (name, statement.number or statement.account, text) if part))
    if any(statement.adds_up is False for statement in statements):
        raise NotDone(f"{name}: saldo tidak cocok / the balances do not add up")


@bank.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--account", required=True, help="name or number of an [[account]], or any number")
@click.option("--format", "format_", default="auto", show_default=True, help=FORMAT_HELP)
@click.option("--covers", metavar="FROM..TO", help="the period it covers, when the file does not say")
@click.pass_obj
def import_(context: CliContext, file: Path, account: str, format_: str, covers: str | None) -> None:
    """Import a statement and match what it brings. The same or an overlapping statement changes nothing."""
    period = _period(covers)
    expect_many_rows()
    database, config, now = context.database(), context.config, context.now()
    _say_if_strange(config, account)
    with file.open("rb") as stream:
        try:
            outcome = import_statement(
                database,
                stream,
                target_account(config, account),
                format=format_,
                dialects=_dialects(context),
                actor=context.actor(),
                now=now,
                zone=config.zone,
                file_name=file.name,
                covers=period,
            )
        except StatementError as error:
            raise NotDone(f"{file.name}: {error}") from error
    _report(file.name, outcome)
    match_all(database, now, payment_policy(config))


def _report(name: str, outcome: ImportOutcome) -> None:
    period = f"{outcome.covers_from}..{outcome.covers_to}" if outcome.covers_from else "-"
    click.echo(f"{name}: {outcome.entries} mutasi / entries, {outcome.new} baru / new, {period}")
    for gap in outcome.gaps:
        error_line(f"{name}: celah / gap: {gap}")
    for remark in outcome.remarks:
        error_line(f"{name}: {remark}")


def target_account(config: Config, name: str) -> TargetAccount:
    """The configured account of that name or number, else a new one of that number."""
    for account in config.account:
        if name in (account.name, account.number):
            return TargetAccount(account.number, account.name, account.bank, account.holder)
    return TargetAccount(name, name)


def _say_if_strange(config: Config, name: str) -> None:
    """A name with a slip of the pen would become an account of its own: where accounts are configured it is said."""
    known = {one for account in config.account for one in (account.name, account.number)}
    if known and name not in known:
        told = ", ".join(account.name for account in config.account)
        error_line(
            f"{name}: bukan [[account]] di mgov.toml ({told}), jadi dicatat sebagai rekening tersendiri / "
            "no [[account]], so it is taken as an account of its own"
        )


def _period(text: str | None) -> tuple[date, date] | None:
    if text is None:
        return None
    start, _, end = text.partition("..")
    try:
        period = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError as error:
        raise click.BadParameter("DARI..SAMPAI / FROM..TO: 2026-10-01..2026-10-31", param_hint="--covers") from error
    if period[0] > period[1]:
        raise click.BadParameter("awal sesudah akhir / FROM is after TO", param_hint="--covers")
    return period


@bank.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.pass_obj
def drop(context: CliContext, folder: Path | None) -> None:
    """Import what lies in the drop folder (FOLDER, else that of [payments]); bad files are set aside with a reason."""
    expect_many_rows()
    database, config, now = context.database(), context.config, context.now()
    place = folder or config.payments.drop_folder
    if place is None:
        raise NotDone("no folder: name one, or set drop_folder in [payments]")
    accounts = [target_account(config, account.name) for account in config.account]
    results = import_dropped(
        database, place, accounts, dialects=_dialects(context), actor=context.actor(), now=now, zone=config.zone
    )
    for result in results:
        if result.outcome is not None:
            _report(result.name, result.outcome)
    match_all(database, now, payment_policy(config))
    failed = [f"{result.name}: {result.reason}" for result in results if result.outcome is None]
    if failed:
        raise NotDone("\n".join(failed))


@bank.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="bank_kami", show_default=True, help="what to call the dialect")
@click.pass_obj
def learn(context: CliContext, file: Path, name: str) -> None:
    """Propose a dialect for an unknown CSV or XLSX, and show what it would read.

    The proposal goes to stdout: check it, and put it in bank_dialects.toml beside the configuration.
    """
    del context
    with file.open("rb") as stream:
        try:
            table = propose_dialect(stream)
        except StatementError as error:
            raise NotDone(f"{file.name}: {error}") from error
        click.echo(_as_toml(name, file.name, table))
        dialects = build_dialects({name: {"title": file.name, **table}})
        try:
            statements = [r for r in stream_statements(stream, f"csv:{name}", dialects) if isinstance(r, Statement)]
        except StatementError as error:
            what = "usulan ini belum membaca berkasnya, perbaiki dulu / the proposal does not read the file yet"
            raise NotDone(f"{file.name}: {error}; {what}") from error
    for statement in statements:
        click.echo("# " + "  ".join(f"{key}={value}" for key, value in _summary(statement).items()))
    _say(file.name, statements)


def _as_toml(name: str, title: str, table: Mapping[str, Any]) -> str:
    lines = [f"[{name}]", f"title = {json.dumps(title)}"]
    for key, value in table.items():
        if isinstance(value, dict):
            lines.append(f"{key} = {{ " + ", ".join(f"{k} = {json.dumps(v)}" for k, v in value.items()) + " }")
        else:
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines)


def _dialects(context: CliContext) -> dict[str, Dialect]:
    """The shipped dialects, and those of the site; a preview needs no configuration."""
    tables = shipped_table("bank_dialects.toml")
    if context.config_path is None and find_config(None) is None:
        return build_dialects(tables)
    try:
        return desk_jobs.dialects(context.config, tables)
    except (DialectError, tomllib.TOMLDecodeError) as error:
        raise NotDone(f"{context.config.payments.dialects}: {error}") from error


def _zone(context: CliContext) -> ZoneInfo:
    """The site's zone, or the default without a configuration: a preview needs none."""
    if context.config_path is None and find_config(None) is None:
        return ZoneInfo("Asia/Jakarta")
    return context.config.zone
