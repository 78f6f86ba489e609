"""The spool keeps what came while the database is away, whatever happens to the file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mgov.gateway.ledger import replay_left_behind
from mgov.gateway.spool import Entry, Spool, left_behind
from mgov.store import inbox
from mgov.store.database import Database
from modem_drivers.sms import Address, Deliver, dcs_of, encode_deliver, split, user_data_of

AT = datetime(2026, 11, 12, 7, 30, tzinfo=UTC)


def _entry(number: int) -> Entry:
    pieces = split(f"STATUS {number:05d}")
    data = next(iter(user_data_of(pieces, dcs_of(pieces.alphabet), 0)))
    pdu = encode_deliver(Deliver(Address.of(f"+62812000{number:05d}"), AT, data))
    return Entry("tsel-1", "510100000000001", "+628110000001", AT, pdu)


def _spool(folder: Path, count: int) -> Spool:
    spool = Spool(folder / "spool" / "tsel-1.spool")
    for number in range(count):
        spool.append([_entry(number)])
    return spool


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    """What was appended is read again, oldest first, also by another process."""
    _spool(tmp_path, 3)
    [found] = left_behind(tmp_path / "spool")
    assert found.entries() == [_entry(0), _entry(1), _entry(2)]


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_torn_tail_costs_only_the_torn_entry(tmp_path: Path, cut: int) -> None:
    """A crash in the middle of a write loses that entry, and what is appended later is read all the same."""
    spool = _spool(tmp_path, 3)
    octets = spool.path.read_bytes()
    spool.path.write_bytes(octets[:-cut])
    assert spool.entries() == [_entry(0), _entry(1)]
    spool.append([_entry(9)])
    assert spool.entries() == [_entry(0), _entry(1), _entry(9)]


def test_a_damaged_entry_hides_no_other(tmp_path: Path) -> None:
    """One flipped octet costs one entry."""
    spool = _spool(tmp_path, 3)
    octets = bytearray(spool.path.read_bytes())
    octets[len(octets) // 2] ^= 0xFF
    spool.path.write_bytes(octets)
    assert spool.entries() == [_entry(0), _entry(2)]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """Texts may hold PINs: neither file nor folder is for others."""
    spool = _spool(tmp_path, 1)
    assert spool.path.stat().st_mode & 0o077 == 0
    assert spool.path.parent.stat().st_mode & 0o077 == 0


def test_a_full_disk_leaves_no_half_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written whole is not written at all, and the caller is told."""
    spool = _spool(tmp_path, 1)
    before = spool.path.read_bytes()

    def short_write(descriptor: int, octets: bytes) -> int:
        if len(octets) < 50:
            raise OSError(28, "No space left on device")
        return original(descriptor, octets[:40])

    original = __import__("os").write
    monkeypatch.setattr("mgov.gateway.spool.os.write", short_write)
    with pytest.raises(OSError, match="No space"):
        spool.append([_entry(1)])
    assert spool.path.read_bytes() == before


def test_the_spool_of_a_modem_that_is_gone_is_kept_too(tmp_path: Path, database: Database) -> None:
    """A modem that was renamed meanwhile leaves nothing behind, and a second replay doubles nothing."""
    spool = _spool(tmp_path, 3)
    octets = spool.path.read_bytes()
    replay_left_behind(database, spool.path.parent, {"isat-1"})
    assert not spool.path.exists()
    spool.path.write_bytes(octets)  # a crash between the commit and the clearing
    replay_left_behind(database, spool.path.parent, {"isat-1"})
    rows = database.read(inbox.listing)
    assert [row["sender"] for row in rows] == [f"+62812000{number:05d}" for number in range(3)]
    assert {row["received_at"] for row in rows} == {AT}
