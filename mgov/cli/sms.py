"""`mgov sms`: queue texts, take texts in, and list both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from mgov.bootstrap import answer_settings, ask_systems, payment_policy
from mgov.cli.context import CliContext, NotDone, error_line
from mgov.cli.dead_letters import dead, resend
from mgov.domain.message import digest
from mgov.store import modems
from mgov.store.schema.messages import INBOUND_STATES, OUTBOUND_STATES, PRIORITIES
from mgov.workflows import texts
from mgov.workflows.answer import answer_next
from mgov.workflows.payments_matching import match_all
from parsers.phones import normalise

BATCH = 500
YEARS = (1970, 9990)  # of an injected text's moment


@click.group()
def sms() -> None:
    """Queue, take in and list texts."""


sms.add_command(dead)
sms.add_command(resend)


@sms.command()
@click.option("--to", "to", metavar="N")
@click.option("--text", metavar="T")
@click.option("--jsonl", "source", type=click.File("r", encoding="utf-8-sig"), help='{"to","text"[,"priority"]} lines.')
@click.option("--priority", type=click.Choice(list(PRIORITIES)), default="transaction")
@click.option("--send-by", metavar="T", help="When it is of no use any more (ISO 8601).")
@click.pass_obj
def send(
    context: CliContext,
    to: str | None,
    text: str | None,
    source: Any,  # noqa: ANN401 - a file
    priority: str,
    send_by: str | None,
) -> None:
    """Queue one text or many; a running daemon starts at once."""
    if (source is None) == (to is None or text is None):
        raise click.UsageError("give --to and --text, or --jsonl")
    common = {"priority": priority, "send_by": send_by}
    rows = _send_lines(source, common) if source else iter([(1, {"to": to, "text": text, **common})])
    now, actor = context.now(), context.actor()
    faults = 0
    db = context.database()
    for batch in _batches(rows):
        good = []
        for number, row in batch:
            fault = _send_fault(row)
            if fault:
                faults += 1
                error_line(f"line {number}: {fault}")
            else:
                good.append(_to_queue(context, row, priority))
        texts.queue(db, good, actor=actor, now=now)
    if faults:
        raise NotDone(f"{faults} lines were not queued")


@sms.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--process", is_flag=True, help="Handle all of them before this ends.")
@click.pass_obj
def inject(context: CliContext, file: Path, process: bool) -> None:
    """Take {"from","text","received_at"[,"to"]} lines of FILE (or - for stdin) as if modems had received them."""
    db = context.database()
    faults = 0
    for batch in _batches(_json_lines(file)):
        good = []
        for number, row in batch:
            try:
                good.append(_injected(context, row))
            except (KeyError, ValueError, TypeError) as error:
                faults += 1
                error_line(f"{file.name} line {number}: {_why(error)}")
        texts.inject(db, good, actor=context.actor(), now=context.now())
    if process:
        _process(context)
    if faults:
        raise NotDone(f"{faults} lines were not taken")


@sms.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--state", type=click.Choice(INBOUND_STATES))
@click.option("--limit", type=int)
@click.pass_obj
def inbox(context: CliContext, as_json: bool, state: str | None, limit: int | None) -> None:
    """List what came in."""
    rows = texts.received(context.database(), context.actor(), state, limit)
    names = ("id", "modem", "sender", "text", "received_at", "state", "command")
    context.print_rows(({name: row[name] for name in names} for row in rows), as_json)


@sms.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--state", type=click.Choice(OUTBOUND_STATES))
@click.option("--limit", type=int)
@click.pass_obj
def outbox(context: CliContext, as_json: bool, state: str | None, limit: int | None) -> None:
    """List what goes out."""
    rows = texts.sent(context.database(), context.actor(), state, limit)
    names = ("id", "to", "text", "modem", "state", "parts", "attempts", "queued_at", "sent_at", "delivered_at")
    tail = ("error", "in_reply_to", "channel", "priority", "send_by", "held")
    shown = ({**{name: row["recipient" if name == "to" else name] for name in (*names, *tail)}} for row in rows)
    context.print_rows(shown, as_json)


def _process(context: CliContext) -> None:
    db = context.database()
    settings = answer_settings(context.config, db.read(modems.own_numbers))
    while answer_next(db, settings, datetime.max.replace(tzinfo=context.config.zone, year=YEARS[1])) is not None:
        continue
    ask_systems(context.config, db, settings, context.now())
    match_all(db, context.now(), payment_policy(context.config))


def _injected(context: CliContext, row: dict[str, Any]) -> dict[str, Any]:
    if "fault" in row:
        raise ValueError(row["fault"])
    moment = _received_at(row["received_at"], context.config.zone)
    text = row["text"]
    if not isinstance(text, str):
        raise TypeError("text: not a text")
    sender = normalise(str(row["from"]))
    if not sender:
        raise ValueError("from: empty")
    return {
        "sender": sender,
        "text": text,
        "sent_at": moment,
        "received_at": moment,
        "recipient": row.get("to"),
        "identity": digest("inject", sender, moment.isoformat(), row.get("to"), text),
    }


def _received_at(text: object, zone: ZoneInfo) -> datetime:
    """The moment as an aware datetime in a year that every database and time zone can hold. Raises `ValueError`."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError("received_at: not a moment; right would be 2026-11-24T10:00:00+07:00") from None
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise ValueError(f"received_at: a year from {YEARS[0]} to {YEARS[1]} would be right")
    return moment.replace(tzinfo=moment.tzinfo or zone)


def _why(error: Exception) -> str:
    return f"{error.args[0]}: missing" if isinstance(error, KeyError) else str(error)


def _json_lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with click.open_file(str(file), encoding="utf-8-sig", errors="replace") as lines:
        yield from _objects(lines)


def _send_lines(lines: Iterable[str], common: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, row in _objects(lines):
        yield number, {**common, **row}


def _to_queue(context: CliContext, row: dict[str, Any], priority: str) -> dict[str, Any]:
    until = datetime.fromisoformat(row["send_by"]) if row.get("send_by") else None
    if until is not None and until.tzinfo is None:
        until = until.replace(tzinfo=context.config.zone)
    return row | {"to": normalise(row["to"]), "priority": row.get("priority") or priority, "send_by": until}


def _objects(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                row = {"fault": f"not JSON: {error}"}
            yield number, row if isinstance(row, dict) else {"fault": "not a JSON object"}


def _send_fault(row: dict[str, Any]) -> str | None:
    if "fault" in row:
        return str(row["fault"])
    if not isinstance(row.get("to"), str) or not normalise(row["to"]).removeprefix("+").isdigit():
        return "to: not a number; right would be +62811…"
    if not isinstance(row.get("text"), str) or not row["text"]:
        return "text: missing"
    if row.get("priority") not in PRIORITIES:
        return f"priority: not one of {', '.join(PRIORITIES)}"
    return _moment_fault(row.get("send_by"))


def _moment_fault(text: object) -> str | None:
    if text is None:
        return None
    try:
        datetime.fromisoformat(str(text))
    except ValueError:
        return "send_by: not a moment; right would be 2026-11-24T17:00:00+07:00"
    return None


def _batches(rows: Iterator[tuple[int, dict[str, Any]]]) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    batch: list[tuple[int, dict[str, Any]]] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
