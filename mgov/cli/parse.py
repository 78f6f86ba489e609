"""`mgov parse`: how a text would be read, and which rule read what."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mgov.bootstrap import shipped_table
from parsers.banks import Names
from parsers.reader import read
from parsers.reading import Reading
from parsers.unread import kind_of

_ZONE = ZoneInfo("Asia/Jakarta")


@click.command("parse")
@click.argument("text", required=False)
@click.option("--received-at", metavar="T", help="ISO 8601 time of receipt; the present when left out.")
@click.option("--jsonl", metavar="FILE", help='Read {"id","text","received_at"} lines from FILE, or from - for stdin.')
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
@click.option("--explain", is_flag=True, help="Say which rule read what, beside the reading; the default for people.")
@click.option("--config", "_config", type=click.Path(path_type=Path), hidden=True, expose_value=False)
def parse(text: str | None, received_at: str | None, jsonl: str | None, as_json: bool, explain: bool) -> None:
    """Show how TEXT would be read. Needs neither configuration nor database."""
    if (text is None) == (jsonl is None):
        raise click.UsageError("give a TEXT or --jsonl FILE")
    if jsonl is not None:
        _lines(jsonl)
        return
    reading = read(text or "", _moment(received_at), _banks())
    click.echo(_as_json(reading) if as_json and not explain else _explained(reading, text or ""))


def _banks() -> Names:
    """Names of banks and apps: those that the reader knows and the shipped ones."""
    try:
        return Names.read(shipped_table("banks.toml"))
    except ValueError as error:
        raise click.ClickException(f"banks.toml: {error}") from error


def _moment(value: str | None) -> datetime:
    if value is None:
        return datetime.now(_ZONE)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no ISO 8601 time such as 2026-11-12T14:30:00+07:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=_ZONE)


def _lines(source: str) -> None:
    """Read every line; one that cannot be read is a remark on stderr and stops nothing."""
    if source == "-":
        _write(sys.stdin)
        return
    try:
        with Path(source).open(encoding="utf-8") as file:
            _write(file)
    except OSError as error:
        raise click.ClickException(f"{source}: {error.strerror}") from error


def _write(lines: Iterable[str]) -> None:
    banks = _banks()
    for row in _rows(lines):
        reading = read(str(row.get("text") or ""), _moment(row.get("received_at")), banks)
        answer = {"id": row.get("id"), "command": reading.command, "fields": reading.fields, "missing": reading.missing}
        click.echo(json.dumps(answer, ensure_ascii=True))


def _rows(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            _moment(row.get("received_at"))
        except (ValueError, AttributeError, TypeError, click.BadParameter) as error:
            click.echo(f"line {number}: {error}", err=True)
            continue
        yield row


def _as_json(reading: Reading) -> str:
    return json.dumps(
        {
            "command": reading.command,
            "fields": reading.fields,
            "missing": reading.missing,
            "certain": reading.certain,
            "how": reading.how,
        }
    )


def _explained(reading: Reading, text: str) -> str:
    lines = [f"command: {reading.command or f'- ({kind_of(text)})'}"]
    if reading.command and not reading.certain:
        lines[0] += "  (guessed: money and STOP wait for YA)"
    lines += [f"  {name}: {value}" for name, value in reading.fields.items()]
    if reading.missing:
        lines.append(f"missing: {', '.join(reading.missing)}")
    return "\n".join([*lines, *(f"  - {rule}" for rule in reading.how)])
