"""Rows of a spreadsheet (XLSX, and XLS through xlrd), guarded against files made to fill the memory."""

from __future__ import annotations

import importlib
import os
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from parsers.statements.model import StatementError
from parsers.statements.table import Row

MAX_UNPACKED = 512 * 1024 * 1024  # bytes; a sheet of a million rows unpacks to about 200 MB
MAX_RATIO = 200  # unpacked to packed; sheets reach 20 to 60
MAX_XLS = 64 * 1024 * 1024  # bytes
XLS_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
MAX_PART_RATIO_FROM = 8 * 1024 * 1024  # bytes unpacked below which a ratio says nothing


def xlsx_rows(stream: BinaryIO) -> Iterator[Row]:
    """The rows of every sheet in order, formula cells by their stored values; raises `StatementError`."""
    import openpyxl  # type: ignore[import-untyped]  # here: it takes 0.2 s, and a daemon rarely sees a sheet

    _guard(stream)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not concern us
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
    except Exception as error:
        raise StatementError("bad_sheet", f"lembar kerja rusak / broken workbook: {error}") from error
    try:
        yield from _rows(book)
    finally:
        book.close()


def sheet_rows(stream: BinaryIO) -> Iterator[Row]:
    """The rows of a workbook, XLSX or the older XLS, told by its first bytes."""
    stream.seek(0)
    if stream.read(len(XLS_MAGIC)) == XLS_MAGIC:
        yield from _xls_rows(stream)
    else:
        yield from xlsx_rows(stream)


def _xls_rows(stream: BinaryIO) -> Iterator[Row]:
    """XLS holds 65,536 rows at most, so it may be read at once."""
    stream.seek(0)
    data = stream.read(MAX_XLS + 1)
    if len(data) > MAX_XLS:
        raise StatementError("too_large", "berkas XLS terlalu besar / the XLS is too large")
    try:
        xlrd = importlib.import_module("xlrd")
        with open(os.devnull, "w", encoding="utf-8") as quiet:  # xlrd prints what it finds odd
            book = xlrd.open_workbook(file_contents=data, logfile=quiet)
    except ImportError as error:
        raise StatementError("xls_unsupported", "simpan sebagai XLSX / save it as XLSX (xlrd is missing)") from error
    except Exception as error:
        raise StatementError("bad_sheet", f"lembar kerja rusak / broken workbook: {error}") from error
    for sheet in book.sheets():
        for line in range(sheet.nrows):
            yield line + 1, [cell if cell != "" else None for cell in sheet.row_values(line)]


def _rows(book: Any) -> Iterator[Row]:  # noqa: ANN401 - openpyxl ships no types
    for sheet in book.worksheets:
        try:
            sheet.reset_dimensions()  # the declared size may be wrong
            for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield line, list(cells)
        except StatementError:
            raise
        except (ValueError, KeyError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
            raise StatementError("bad_sheet", f"lembar kerja rusak / broken sheet: {error}") from error


def _guard(stream: BinaryIO) -> None:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise StatementError("bad_sheet", "bukan XLSX yang utuh / no intact XLSX") from error
    stream.seek(0)
    bomb = any(p.file_size > MAX_PART_RATIO_FROM and p.file_size > MAX_RATIO * max(p.compress_size, 1) for p in parts)
    if bomb or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise StatementError("too_large", "isi XLSX terlalu besar (bom zip?) / unpacks to too much (zip bomb?)")
