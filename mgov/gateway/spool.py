"""The spool: what modems received while the database is away, safe on this disk before it is deleted from a SIM.

One file a modem, appended to and fsynced. An entry is `MARK`, the payload's length and CRC-32 (big endian), and the
payload, which is JSON. A crash can only leave a torn last entry, whose message is still on the SIM: it is passed over.
Texts may hold PINs: the file is for its owner alone, and is emptied when the database has what was in it.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

MARK = b"\xf5mg1"
_HEAD = struct.Struct(">4sII")
LONGEST_PAYLOAD = 65536
SUFFIX = ".spool"


@dataclass(frozen=True, slots=True)
class Entry:
    """One PDU as a modem gave it, with the SMSC address in front, and where and when it came."""

    modem: str
    sim: str
    msisdn: str | None
    at: datetime
    pdu: str


class Spool:
    """The spool file of one modem; for one writer at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entries: Iterable[Entry]) -> None:
        """Add entries; when this returns they are on the disk. Raises `OSError`, and then none of them counts."""
        framed = b"".join(map(_frame, entries))
        new = not self.path.exists()
        if new:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            before = os.fstat(descriptor).st_size
            _write_all(descriptor, framed, before)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            _sync_folder(self.path.parent)

    def entries(self) -> list[Entry]:
        """What is in it, oldest first; torn or damaged entries are passed over."""
        try:
            octets = self.path.read_bytes()
        except FileNotFoundError:
            return []
        return list(_entries(octets))

    def clear(self) -> None:
        """Empty it: the database has everything."""
        self.path.unlink(missing_ok=True)

    @property
    def holds_something(self) -> bool:
        """Whether there is anything to replay; a torn rest alone counts too, until it is cleared."""
        try:
            return self.path.stat().st_size > 0
        except FileNotFoundError:
            return False


def left_behind(folder: Path) -> list[Spool]:
    """The spools of one folder that hold something, whatever the modems are called now."""
    return [Spool(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]


def _frame(entry: Entry) -> bytes:
    told = {"modem": entry.modem, "sim": entry.sim, "msisdn": entry.msisdn, "at": entry.at.isoformat()}
    payload = json.dumps({**told, "pdu": entry.pdu}).encode()
    return _HEAD.pack(MARK, len(payload), zlib.crc32(payload)) + payload


def _entries(octets: bytes) -> Iterator[Entry]:
    place = octets.find(MARK)
    while place >= 0:
        payload = _payload(octets, place)
        if payload is None:
            place = octets.find(MARK, place + 1)
            continue
        yield _entry(payload)
        place = octets.find(MARK, place + _HEAD.size + len(payload))


def _payload(octets: bytes, place: int) -> bytes | None:
    if place + _HEAD.size > len(octets):
        return None
    _, length, checksum = _HEAD.unpack_from(octets, place)
    payload = octets[place + _HEAD.size : place + _HEAD.size + length]
    whole = length <= LONGEST_PAYLOAD and len(payload) == length and zlib.crc32(payload) == checksum
    return payload if whole else None


def _entry(payload: bytes) -> Entry:
    told = json.loads(payload)
    return Entry(told["modem"], told["sim"], told["msisdn"], datetime.fromisoformat(told["at"]), told["pdu"])


def _write_all(descriptor: int, octets: bytes, before: int) -> None:
    """Write everything, or leave the file as it was: a torn middle must not stand before later entries."""
    try:
        written = 0
        while written < len(octets):
            written += os.write(descriptor, octets[written:])
    except OSError:
        os.ftruncate(descriptor, before)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
