"""Files that are broken or made to do harm: a clear error, quickly."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Iterator

import pytest

from parsers.statements import Entry, StatementError, build_dialects, read_statements, stream_statements
from parsers.statements.sheet import MAX_PART_RATIO_FROM

GENERIC = build_dialects(
    {
        "generic": {
            "title": "generic",
            "header": ["booked_at", "amount", "type"],
            "columns": {"booked_at": "booked_at", "amount": "amount", "direction": "type"},
        }
    }
)
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<Document><Stmt><Id>&b;</Id></Stmt></Document>"
)


def _zip(name: str, size: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * size)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"hello, this is no statement\n", "unknown_format"),
        (b"<html><body>no</body></html>", "no_statement"),
        (b"<Document><Stmt><Ntry>", "bad_xml"),
        (b"<?xml version='1.0' encoding='klingon'?><Document/>", "bad_xml"),
        (BOMB, "unsafe_xml"),
        (b":20:X\n:25:1\n:61:26\x00", "not_text"),
        (b":20:X\n:25:" + b"1" * 300_000 + b"\n", "line_too_long"),
        (b":20:X\n:25:1\n:86:" + b"x\n" * 100_000, "field_too_long"),
        (b'booked_at,amount,type\n"' + b"x,\n" * 100_000, "bad_csv"),
        (b"PK\x03\x04 not a zip", "bad_sheet"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"not a workbook", "bad_sheet"),
        (_zip("a.txt", 10), "bad_sheet"),
        (_zip("xl/worksheets/sheet1.xml", MAX_PART_RATIO_FROM + 1), "too_large"),
    ],
)
def test_refused_with_its_reason(data: bytes, code: str) -> None:
    """What is no statement is refused with a code and a sentence, never read as an empty one."""
    with pytest.raises(StatementError) as caught:
        read_statements(data, "auto", GENERIC)
    assert caught.value.code == code
    assert str(caught.value)


def _mt940(count: int) -> Iterator[bytes]:
    yield b":20:R\n:25:1\n:28C:1\n:60F:C260101IDR0,\n"
    for number in range(count):
        yield b":61:2601050105C1,NTRF%d//%d\n:86:BUDI CONTOH %d\n" % (number, number, number)
    yield b":62F:C260131IDR%d,\n" % count


def test_memory_does_not_grow_with_the_file(tmp_path) -> None:  # noqa: ANN001
    """A hundred thousand entries are read in the memory of a few."""
    path = tmp_path / "big.sta"
    with path.open("wb") as file:
        file.writelines(_mt940(100_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("rb") as file:
        count = sum(isinstance(record, Entry) for record in stream_statements(file, "auto", {}))
    assert count == 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024  # KiB
