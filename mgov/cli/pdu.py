"""`mgov pdu`: what a PDU says, and what a text becomes on the air; needs neither config nor database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any, TextIO

import click

from modem_drivers.sms import (
    Composition,
    Deliver,
    Direction,
    PduError,
    StatusReport,
    Submit,
    UserData,
    compose,
    decode,
    decode_deliver,
    join,
)

Record = dict[str, Any]

_JSONL = click.option(
    "--jsonl",
    "source",
    required=True,
    type=click.File("r", encoding="utf-8", errors="replace"),
    metavar="FILE",
    help="JSON objects, one a line; - reads standard input.",
)
_CONFIG = click.option("--config", expose_value=False, metavar="PATH", help="Accepted, not needed.")


@click.group()
@_CONFIG
def pdu() -> None:
    """Baca dan tulis PDU SMS. / Read and write SMS PDUs."""


@pdu.command("decode")
@_JSONL
@_CONFIG
def decode_command(source: TextIO) -> None:
    """Isi setiap PDU. / What each PDU says."""
    _answer(source, _decoded)


@pdu.command("encode")
@_JSONL
@_CONFIG
def encode_command(source: TextIO) -> None:
    """PDU untuk setiap teks. / The PDUs that each text becomes."""
    _answer(source, _encoded)


@pdu.command("join")
@_JSONL
@_CONFIG
def join_command(source: TextIO) -> None:
    """Gabungkan bagian-bagian SMS panjang. / Put the parts of long messages together."""
    _answer(source, _joined)


def _answer(source: Iterable[str], act: Callable[[Record], Record]) -> None:
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        identity: Any = None
        try:
            record = _parsed(line)
            identity = record.get("id")
            result = act(record)
        except PduError as error:
            result = {"error": str(error)}
            click.echo(f"line {number}: {error}", err=True)
        sys.stdout.write(json.dumps({"id": identity} | result) + "\n")


def _parsed(line: str) -> Record:
    try:
        record = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise PduError("json", "the line is not JSON") from None
    if not isinstance(record, dict):
        raise PduError("json", "the line is not a JSON object")
    return record


def _decoded(record: Record) -> Record:
    direction = _direction(record.get("direction", Direction.DELIVER.value))
    message = decode(_text(record, "pdu").strip(), direction, _flag(record, "smsc_prefix", True))
    fields = _fields_of(message) | {"smsc": message.smsc and message.smsc.text}
    return {name: value for name, value in fields.items() if value is not None}


def _direction(name: object) -> Direction:
    try:
        return Direction(name)
    except ValueError:
        raise PduError("direction", "direction is deliver, submit or status-report") from None


def _fields_of(message: Deliver | Submit | StatusReport) -> Record:
    if isinstance(message, Deliver):
        number = message.sender and message.sender.text
        return {"number": number, "scts": message.scts.isoformat()} | _user_data_fields(message.user_data, message.pid)
    number = message.recipient and message.recipient.text
    fields = {"number": number, "reference": message.reference}
    if isinstance(message, Submit):
        return fields | _user_data_fields(message.user_data, message.pid)
    times = {"scts": message.scts.isoformat(), "discharge": message.discharge.isoformat(), "status": message.status}
    carried = {"pid": message.pid, "dcs": message.dcs}
    if message.user_data is not None:
        carried = _user_data_fields(message.user_data, message.pid) | {"dcs": message.dcs}
    return fields | times | carried


def _user_data_fields(user_data: UserData, pid: int | None) -> Record:
    place, ports = user_data.concatenation, user_data.ports
    concat = place and {"ref": place.reference, "total": place.total, "seq": place.sequence, "bits": place.bits}
    return {
        "text": user_data.text,
        "data": None if user_data.data is None else user_data.data.hex(),
        "alphabet": user_data.alphabet.value,
        "class": user_data.message_class,
        "concat": concat,
        "ports": ports and {"dst": ports.destination, "src": ports.source},
        "pid": pid,
        "dcs": user_data.dcs,
    }


def _encoded(record: Record) -> Record:
    bits = _whole(record, "ref_bits")
    composition = compose(
        _text(record, "to"),
        _text(record, "text"),
        reference=_whole(record, "reference") or 0,
        reference_bits=8 if bits is None else bits,
        message_class=_whole(record, "class"),
        report=_flag(record, "report", False),
        validity_minutes=_whole(record, "validity_minutes"),
    )
    return _composition_fields(composition)


def _composition_fields(composition: Composition) -> Record:
    return {
        "alphabet": composition.alphabet.value,
        "parts": list(composition.parts),
        "pdus": [{"pdu": encoded.pdu, "length": encoded.length} for encoded in composition.pdus],
    }


def _joined(record: Record) -> Record:
    pdus = record.get("pdus")
    if not isinstance(pdus, list) or not all(isinstance(entry, str) for entry in pdus):
        raise PduError("pdus", "pdus is a list of PDUs in hexadecimal digits")
    return {"text": join(decode_deliver(entry.strip()) for entry in pdus)}


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise PduError(name, f"{name} is a text")
    return value


def _flag(record: Record, name: str, default: bool) -> bool:
    value = record.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise PduError(name, f"{name} is true or false")
    return value


def _whole(record: Record, name: str) -> int | None:
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise PduError(name, f"{name} is a whole number")
    return value
