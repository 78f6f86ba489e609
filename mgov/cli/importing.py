"""What the commands that import CSV share: progress on a terminal, remarks, refused rows, the exit code."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import click

from mgov.cli.context import NotDone, error_line, is_terminal
from mgov.workflows.csv_import import CsvError, ImportResult

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
STRICT = click.option("--strict", is_flag=True, help="All rows or none.")


def expect_many_rows() -> None:
    """Let the collector look for cycles less often in this process: rows make none, and looking at them all costs."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def run_import(file: Path, strict: bool, work: Callable[[bytes, Callable[[int], None]], ImportResult]) -> None:
    """Import one file and say what became of it: remarks leave 0, a refused row exits 1."""
    expect_many_rows()
    progress = _progress if is_terminal() else _silent
    try:
        result = work(file.read_bytes(), progress)
    except CsvError as error:
        raise NotDone(f"{file.name}: {error}") from error
    except OSError as error:
        raise NotDone(f"{file.name}: cannot be read: {error.strerror}") from error
    if is_terminal():
        click.echo("\r\033[K", err=True, nl=False)
    for remark in result.remarks:
        error_line(f"{file.name}: {remark}")
    for problem in result.errors:
        error_line(f"{file.name}: {problem}")
    click.echo(f"{file.name}: {result}")
    if result.errors:
        kept = "nothing was imported (--strict)" if strict else "the other rows went in"
        raise NotDone(f"{file.name}: {len(result.errors)} rows refused, {kept}")


def _progress(count: int) -> None:
    click.echo(f"\r{count} rows", err=True, nl=False)


def _silent(_count: int) -> None:
    return None
