"""What is written down beside the database tells nobody's number, identity or words; a PIN is written nowhere."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from mgov import logs
from mgov.logs import masked
from modem_drivers.simulated import SimulatedNetwork

MGOV = [sys.executable, "-m", "mgov.cli.main"]
PIN, WRONG_PINS = "774193", ("118342", "118343", "118344", "118345")
LEADER, CITIZEN, GATEWAY = "+6281277700011", "+6281288800022", "+6281100000001"
NIK, NAME = "3604015505880007", "SARINAH KUSUMAWARDANI"
WORDS = "rahasia bunga melati"
TEXTS = (
    (LEADER, f"LAPORAN PAJAK {PIN}"),
    (LEADER, f"laporan pajak 2026 {PIN[:3]} {PIN[3:]}"),
    (LEADER, f"LAPORAN.PAJAK.{PIN}"),
    (LEADER, f"Laporan {PIN}"),
    *((LEADER, f"LAPORAN PAJAK {pin}") for pin in WRONG_PINS),
    (CITIZEN, f"LAPORAN PAJAK {PIN}"),
    (CITIZEN, f"DAFTAR {NIK}#{NAME}"),
    (CITIZEN, "TAGIHAN A 1234 BC"),
    (CITIZEN, "BAYAR PKB-2026-000001#FT26111AAA#12-11-2026#10.00#500000#BJB"),
    (CITIZEN, f"MOHON SIUP#{WORDS} {CITIZEN}"),
    (CITIZEN, f"{WORDS} " * 20),
    (CITIZEN, "BERHENTI"),
)
BILLS = (
    "number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n"
    f"PKB-2026-000001,BAPENDA,{NIK},{NAME},{CITIZEN},A 1234 BC,Pajak,500000,2026-12-20\n"
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, SimulatedNetwork]]:
    """A site with one modem on a tty, a leader with a PIN and a citizen's bill."""
    with SimulatedNetwork.start() as network:
        port = network.add_modem("m1", GATEWAY, capacity=50)
        assert _mgov(tmp_path, "init").returncode == 0
        (tmp_path / "mgov.toml").write_text(
            f'[database]\nurl = "sqlite:///mgov.db"\n[[modem]]\nname = "m1"\ndriver = "at"\nport = "{port}"\n'
            f'[lmtp]\nport = 0\n[web]\nport = 0\n[backup]\nfolder = "backups"\n',
            encoding="utf-8",
        )
        (tmp_path / "bills.csv").write_text(BILLS, encoding="utf-8")
        assert _mgov(tmp_path, "bill", "import", "bills.csv").returncode == 0
        leader = ("staff", "add", "kepala", "--role", "leader", "--phone", LEADER, "--ask-pin")
        assert _mgov(tmp_path, *leader, stdin=f"{PIN}\n").returncode == 0
        yield tmp_path, network


def _mgov(folder: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MGOV, *words], cwd=folder, input=stdin, capture_output=True, text=True, timeout=60)


@contextmanager
def _daemon(folder: Path) -> Iterator[int]:
    with (folder / "daemon.log").open("ab") as log:
        process = subprocess.Popen([*MGOV, "run"], cwd=folder, stdout=log, stderr=log, env=dict(os.environ))
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not true():
        time.sleep(0.1)
    return true()


def _run(folder: Path, network: SimulatedNetwork) -> None:
    with _daemon(folder):
        assert _until(lambda: '"modem ready"' in _log(folder), 30)
        for number, (phone, text) in enumerate(TEXTS, 1):
            network.phone(phone).send(text, to=GATEWAY)
            assert _until(lambda number=number: _log(folder).count("text handled") >= number, 20), text
    assert _mgov(folder, "backup").returncode == 0


def _log(folder: Path) -> str:
    return (folder / "daemon.log").read_text(encoding="utf-8")


def _bytes_of_everything(folder: Path) -> dict[str, bytes]:
    """Every file of the site: database with its log, spool, backups, logs, keys."""
    with sqlite3.connect(folder / "mgov.db") as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_full_run_leaves_no_person_in_the_logs_and_no_pin_anywhere(site: tuple[Path, SimulatedNetwork]) -> None:
    """Every command is texted, PINs right and wrong: then all files are searched."""
    folder, network = site
    _run(folder, network)
    log = _log(folder)
    for line in log.splitlines():
        assert isinstance(json.loads(line), dict)
    for digits in (NIK, *(number.removeprefix("+62") for number in (LEADER, CITIZEN, GATEWAY))):
        assert digits not in re.sub(r"[ .\-]", "", log)
    for words in (WORDS, NAME, NAME.split()[0], "BAYAR", "A 1234 BC", "PKB-2026-000001", "FT26111AAA"):
        assert words.lower() not in log.lower()
    for name, content in _bytes_of_everything(folder).items():
        for pin in (PIN, f"{PIN[:3]} {PIN[3:]}", *WRONG_PINS):
            for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
                assert pin.encode(encoding) not in content, (pin, name)


def test_the_daemon_listens_on_loopback_only(site: tuple[Path, SimulatedNetwork]) -> None:
    """With mail and metrics on, nothing of it is heard beyond this host."""
    folder, _ = site
    config = (folder / "mgov.toml").read_text(encoding="utf-8")
    for part in ("lmtp", "web"):
        config = config.replace(f"[{part}]\nport = 0", f"[{part}]\nport = {_free_port()}")
    (folder / "mgov.toml").write_text(config, encoding="utf-8")
    with _daemon(folder) as pid:
        assert _until(lambda: len(_listening(pid)) >= 2, 20)
        assert {address for address, _ in _listening(pid)} <= {"127.0.0.1", "::1"}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _listening(pid: int) -> list[tuple[str, int]]:
    """The TCP addresses that a process listens on, from /proc."""
    sockets = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        sockets.add(target.removeprefix("socket:[").removesuffix("]"))
    found = []
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in sockets:
            host, port = fields[1].split(":")
            address = ".".join(str(int(host[n : n + 2], 16)) for n in (6, 4, 2, 0))
            found.append((address, int(port, 16)))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "+6281234567890",
        "081234567890",
        "0812-3456-7890",
        "0812 3456 7890",
        "3604014107900003",
        "3604 0141 0790 0003",
        "36.04.014107.900003",
        "tel:6281234567890;",
        "99.999.999.9-999.999 NPWP 123456789012345",
        "0791261100905100040C9126180000001000006211425000008211C8329BFD06",
    ],
)
def test_numbers_of_people_are_cut(text: str) -> None:
    """Phones, NIK, NPWP and PDUs, in the groups in which people write them."""
    shown = masked(text)
    assert "…" in shown
    assert max((len(run) for run in re.findall(r"\d+", shown)), default=0) < 7


@pytest.mark.parametrize(
    "text", ["2026-11-24", "2026-11-24T06:00:00.123456+00:00", "modem m1 17 parts", "code 38", "-71"]
)
def test_dates_and_counts_stay(text: str) -> None:
    """What a log is read for is still there."""
    assert masked(text) == text


def test_a_traceback_names_its_place_and_not_the_words_it_failed_on() -> None:
    """The message of an exception loses what stands in quotes, its numbers are cut, its frames stay."""
    stream = io.StringIO()
    logs.configure(stream)
    structlog.reset_defaults()
    logs.configure(stream)
    try:
        raise KeyError(f"{WORDS} {NIK}")
    except KeyError:
        structlog.get_logger("test").exception("failed", sender=CITIZEN, nested={"to": [CITIZEN], "nik": int(NIK)})
    line = json.loads(stream.getvalue())
    assert "KeyError" in line["exception"]
    assert "test_masking.py" in line["exception"]
    for secret in (WORDS, NIK, CITIZEN):
        assert secret not in stream.getvalue()
    structlog.reset_defaults()


def test_a_log_line_cannot_be_forged() -> None:
    """Line breaks and escapes in a value stay inside its line of JSON."""
    stream = io.StringIO()
    logs.configure(stream)
    structlog.get_logger("test").info("x", said='a\n{"event": "palsu"}\r\x1b[31m')
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()
    structlog.reset_defaults()
