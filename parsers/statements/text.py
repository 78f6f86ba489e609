"""Bytes to numbered lines, in constant memory, with the limits that keep a hostile file from filling it."""

from __future__ import annotations

import codecs
import contextlib
import io
from collections.abc import Iterator
from typing import BinaryIO

from parsers.statements.model import StatementError

MAX_LINE = 256 * 1024  # characters; a statement's longest real line is a few hundred
_CHUNK = 1 << 20  # bytes read at once while the encoding is found out

_CONTROLS = {code: None for code in range(1, 32) if chr(code) not in "\t\n\r"}  # STX, ETX, SUB that banks leave in

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of the whole file: by its mark, else UTF-8 when every byte fits, else cp1252 (banks' habit).

    Leaves the stream at its start.
    """
    stream.seek(0)
    start = stream.read(4)
    stream.seek(0)
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        stream.seek(0)
    return "utf-8"


def lines_of(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line, its line end included.

    Raises `StatementError` for NUL characters and for lines longer than any statement has.
    """
    encoding = encoding_of(stream)
    # cp1252 leaves five bytes undefined; they stand in free text only, so a replacement there loses nothing we check
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        yield from _numbered(text)
    finally:
        with contextlib.suppress(ValueError):  # the file was closed before the last line was asked for
            text.detach()


def _numbered(text: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    number = 0
    while line := text.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise StatementError(
                "line_too_long", f"lebih dari {MAX_LINE} huruf / longer than {MAX_LINE} letters", number
            )
        if "\0" in line:
            raise StatementError("not_text", "berisi byte nol, bukan teks / holds NUL bytes, not text", number)
        yield number, line.translate(_CONTROLS)
