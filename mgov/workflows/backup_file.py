"""A backup's file: a zip of one text a table and a manifest, sealed by a digest over every octet at its end.

The seal is the zip's comment, so that any unpacker opens the file. A turned bit anywhere is refused, also where zip's
own sums do not look: names, dates, flags, lengths. It tells damage from wholeness, not forgery: who may write the
file may seal it again, so it is kept like the database (mode 600).
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

FORMAT = 2
UNSEALED = 1  # the format before seals; read as it was
MANIFEST = "manifest.json"
LONGEST_MANIFEST = 16 << 20  # octets; ours has some kilobytes
_SEAL = b"sha256 "  # then 64 hexadecimal digits, the last octets of the file
_DIGITS = 64
_BLOCK = 1 << 20
#: What a damaged archive makes the reader raise: RuntimeError for a flag that says "encrypted", and so on.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, OverflowError, struct.error)


class BackupError(Exception):
    """A backup cannot be taken, read or restored; the text says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: when it was taken, by which program and schema; each table's columns, rows and digest."""

    taken_at: datetime
    program: str
    revision: str
    dialect: str
    tables: dict[str, dict[str, Any]]

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(int(table["rows"]) for table in self.tables.values())


@contextmanager
def writing(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """An archive to fill, on a file open for reading and writing; sealed when the block ends well."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = _SEAL + b"0" * _DIGITS
        yield archive
    seal(file)


def seal(file: IO[bytes]) -> None:
    """Write the digest of everything before it over the last octets."""
    found = _digest(file)
    file.seek(-_DIGITS, os.SEEK_END)
    file.write(found)


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """The last member: what the others hold."""
    written = {
        "format": FORMAT, "taken_at": manifest.taken_at.isoformat(), "program": manifest.program,
        "revision": manifest.revision, "dialect": manifest.dialect, "tables": manifest.tables,
    }  # fmt: skip
    archive.writestr(MANIFEST, json.dumps(written, indent=1))


def opened(path: Path) -> tuple[zipfile.ZipFile, Manifest]:
    """The archive and its manifest; the seal was compared. Raises `BackupError`."""
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise BackupError(f"{path}: not a backup: {error}") from error
    try:
        sealed = _is_sealed(path, archive)
        return archive, _manifest(archive, path, sealed)
    except BaseException:
        archive.close()
        raise


def lines(archive: zipfile.ZipFile, table: str, path: Path) -> Iterator[str]:
    """The rows of a table as they were written, however many. Raises `BackupError`."""
    try:
        with archive.open(_ours(archive, member(table))) as rows:
            for line in TextIOWrapper(rows, encoding="utf-8", newline="\n"):
                yield line.removesuffix("\n")
    except (KeyError, *_DAMAGE) as error:
        raise BackupError(f"{path}: {table}: damaged: {error}") from error


def member(table: str) -> str:
    """The name of a table's member."""
    return f"tables/{table}.jsonl"


def _is_sealed(path: Path, archive: zipfile.ZipFile) -> bool:
    """Whether it has a seal, which then must be right."""
    if not archive.comment.startswith(_SEAL):
        return False
    with path.open("rb") as file:
        if archive.comment != _SEAL + _digest(file):
            raise BackupError(f"{path}: damaged: its seal does not fit what is in it")
    return True


def _digest(file: IO[bytes]) -> bytes:
    left = file.seek(0, os.SEEK_END) - _DIGITS
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (block := file.read(min(_BLOCK, left))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest().encode()


def _manifest(archive: zipfile.ZipFile, path: Path, sealed: bool) -> Manifest:
    try:
        info = _ours(archive, MANIFEST)
        if info.file_size > LONGEST_MANIFEST:
            raise BackupError(f"{path}: not a backup of mgov: a manifest of {info.file_size} octets")
        found = json.loads(archive.read(info))
        if found["format"] not in (UNSEALED, FORMAT):
            raise BackupError(f"{path}: a backup of format {found['format']}; this program reads up to {FORMAT}")
        if found["format"] == FORMAT and not sealed:
            raise BackupError(f"{path}: damaged or cut off: its seal is missing")
        taken_at = datetime.fromisoformat(found["taken_at"])
        return Manifest(taken_at, found["program"], found["revision"], found["dialect"], found["tables"])
    except (KeyError, TypeError, *_DAMAGE) as error:
        raise BackupError(f"{path}: not a backup of mgov, or cut off: {error}") from error


def _ours(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """A member, compressed as we compress: other ways have decoders that no one here has tried with damage."""
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise ValueError(f"{name} is compressed in a way that mgov does not write")
    return info
