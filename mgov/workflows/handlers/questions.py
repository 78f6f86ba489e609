"""What is answered to a text that says too little, or nothing that we know."""

from __future__ import annotations

from dataclasses import replace

from mgov.workflows.handlers.applications import cancel, status
from mgov.workflows.handlers.pins import strike_pin
from mgov.workflows.handlers.registration import answer_code
from mgov.workflows.handlers.request import Question, Reply, Request

#: What each field is called when it is asked for: Indonesian, English.
_FIELDS = {
    "bill": ("nomor tagihan", "the bill's number"),
    "proof": ("nomor bukti", "the proof number"),
    "whole_proof": ("nomor bukti yang utuh, tanpa X atau *", "the whole proof number, without X or *"),
    "paid_at": ("tanggal dan jam bayar", "date and time of payment"),
    "id_number": ("NIK atau NIB", "NIK or NIB"),
    "name": ("nama", "name"),
    "service": ("kode layanan", "the service code"),
    "reference": ("nomor permohonan", "the application's number"),
    "topic": ("topik", "the topic"),
    "pin": ("PIN", "your PIN"),
}
_EXAMPLES = {
    "PAY": (
        "BAYAR SKRD-2026-004512#FT26316ABC12#12/11/2026#14:30",
        "PAY SKRD-2026-004512#FT26316ABC12#12/11/2026#14:30",
    ),
    "REGISTER": ("DAFTAR 3604014107900003#Siti Aminah", "REG 3604014107900003#Siti Aminah"),
    "APPLY": ("MOHON SIUP#warung kopi", "APPLY SIUP#coffee stall"),
    "STATUS": ("STATUS PRM-2026-000123", "STATUS PRM-2026-000123"),
    "CANCEL": ("BATAL PRM-2026-000123", "CANCEL PRM-2026-000123"),
    "REPORT": ("LAPORAN PAD 2026-10 <pin>", "REPORT PAD 2026-10 <pin>"),
}


#: Commands whose reference may have a shape that only its agency knows.
_BY_REFERENCE = {"STATUS": status, "CANCEL": cancel}


def missing(request: Request) -> Reply:
    """Ask once for everything that a command lacks, with an example; what is known already is kept for a day."""
    reading = request.reading
    command = reading.command or ""
    if command in _BY_REFERENCE and (said := _said_reference(request.text)):
        named = replace(reading, fields={**reading.fields, "reference": said}, missing=())
        return _BY_REFERENCE[command](replace(request, reading=named))
    fields = {name: value for name, value in reading.fields.items() if name != "pin"}
    if pin := request.field("pin"):
        strike_pin(request.tx, request.message_id, pin)
    wanted = tuple(dict.fromkeys((*reading.missing, *(("pin",) if pin else ()))))
    column = 1 if (request.language or request.replies.language) == "en" else 0
    asked = ("whole_proof" if name == "proof" and reading.says_hidden_number else name for name in wanted)
    values = {
        "command": command,
        "wanted": [_FIELDS.get(name, (name, name))[column] for name in asked],
        "example": _EXAMPLES.get(command, (command, command))[column],
    }
    payload: dict[str, object] = {
        "command": command,
        "fields": fields,
        "missing": list(wanted),
        "certain": reading.certain,
    }
    return Reply(request.say("missing", values).text, ask=Question("missing", payload))


def unknown(request: Request) -> Reply:
    """A text that is no command: a code that we wait for, else a word of help."""
    return answer_code(request) or request.say("unknown")


def _said_reference(text: str) -> str | None:
    """What stands behind the keyword, when it is one word with a digit: `STATUS 12345`."""
    words = text.upper().replace("#", " ").split()
    if len(words) == 2 and any(letter.isdigit() for letter in words[1]):
        return words[1].strip(".,?!")[:40]
    return None
