"""How fast this gateway and its peers are, on the same simulated network in the same run: a table, no timed test.

The peers are Debian's packages, unchanged, tuned as far as their settings go; those that are not installed are left
out and named.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from mgov.lab.daemon import LabDaemon, LabModem, modems_ready, times_answered, wait_until
from modem_drivers.simulated import SimulatedNetwork

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from simulated.peers import PEERS, Peer

QUESTION = "STATUS 12345"  # its answer is one part
IDLE_SECONDS = 10.0
SETTLE_SECONDS = 2.0  # after a start, before anything is measured


@dataclass(slots=True)
class Row:
    """What was measured of one gateway; times in seconds."""

    name: str
    median: float | None = None
    slowest: float | None = None
    burst: int = 0
    burst_seconds: float | None = None
    unanswered: int = 0
    doubled: int = 0
    idle_percent: float | None = None
    cpu_per_text: float | None = None
    out_per_second: float | None = None
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """The row as words."""
        rate = self.burst / self.burst_seconds if self.burst_seconds else None
        return (
            self.name,
            _milliseconds(self.median),
            _milliseconds(self.slowest),
            f"{self.burst} in {self.burst_seconds:.1f} s" if self.burst_seconds else "-",
            f"{rate:.1f}" if rate else "-",
            f"{self.unanswered} / {self.doubled}",
            f"{self.out_per_second:.1f}" if self.out_per_second else "-",
            _milliseconds(self.cpu_per_text),
            f"{self.idle_percent:.2f} %" if self.idle_percent is not None else "-",
            self.note,
        )


HEADINGS = (
    "gateway",
    "answer, median",
    "slowest",
    "burst answered",
    "texts/s",
    "unanswered / doubled",
    "out, 1 modem /s",
    "CPU a text",
    "CPU idle",
    "remarks",
)


def _milliseconds(seconds: float | None) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds is not None else "-"


def _modems(network: SimulatedNetwork, count: int) -> list[LabModem]:
    numbers = [f"+6281110000{number:02d}" for number in range(count)]
    return [LabModem(f"m{i}", network.add_modem(f"m{i}", number), number) for i, number in enumerate(numbers)]


def _ask_one_by_one(network: SimulatedNetwork, modems: list[LabModem], count: int, pause: float) -> list[float]:
    """Answer times of single texts at an easy pace, stored on the SIM → answer accepted by the network."""
    times: list[float] = []
    for number in range(count):
        phone = network.phone(f"+6281200{number:06d}")
        started = time.perf_counter()
        phone.send(QUESTION, modems[number % len(modems)].msisdn)
        if phone.wait_for(1, 30):
            times.append(time.perf_counter() - started)
        time.sleep(pause)
    return times


def _burst(network: SimulatedNetwork, modems: list[LabModem], count: int, row: Row, within: float) -> None:
    phones = [network.phone(f"+6281300{number:06d}") for number in range(count)]
    started = time.perf_counter()
    for number, phone in enumerate(phones):
        phone.send(QUESTION, modems[number % len(modems)].msisdn)
    wait_until(lambda: all(phone.inbox for phone in phones), within, every=0.005)
    row.burst, row.burst_seconds = count, time.perf_counter() - started
    answers = times_answered(network, [phone.number for phone in phones])
    row.unanswered = sum(1 for times in answers.values() if times == 0)
    row.doubled = sum(1 for times in answers.values() if times > 1)


def bench_mgov(folder: Path, options: argparse.Namespace, database: str | None = None) -> Row:
    """Measure `mgov run` on four modems."""
    row = Row("mgov" if database is None else f"mgov, {database.split(':')[0]}")
    with SimulatedNetwork.start() as network:
        modems = _modems(network, 4)
        daemon = LabDaemon(folder, modems, database=database)
        daemon.run("db", "upgrade")
        daemon.start()
        try:
            if wait_until(lambda: modems_ready(network, network.modems), 15) is None:
                row.note = f"modems not ready: {daemon.log_tail(2)}"
                return row
            time.sleep(SETTLE_SECONDS)
            times = _ask_one_by_one(network, modems, options.texts, 0.05)
            if times:
                row.median, row.slowest = statistics.median(times), max(times)
            before = daemon.cpu_seconds()
            _burst(network, modems, options.burst, row, 60)
            row.cpu_per_text = (daemon.cpu_seconds() - before) / options.burst
            time.sleep(SETTLE_SECONDS)
            before = daemon.cpu_seconds()
            time.sleep(IDLE_SECONDS)
            row.idle_percent = (daemon.cpu_seconds() - before) / IDLE_SECONDS * 100
        finally:
            daemon.stop()
    row.out_per_second = _mgov_out(folder / "out", options.out)
    return row


def _mgov_out(folder: Path, count: int) -> float | None:
    with SimulatedNetwork.start() as network:
        modems = _modems(network, 1)
        daemon = LabDaemon(folder, modems)
        daemon.run("db", "upgrade")
        daemon.start()
        try:
            wait_until(lambda: modems_ready(network, network.modems), 15)
            lines = "".join(f'{{"to": "+6281400{i:06d}", "text": "Tagihan Anda"}}\n' for i in range(count))
            (folder / "out.jsonl").write_text(lines)
            daemon.run("sms", "send", "--jsonl", str(folder / "out.jsonl"))
            return _rate(network, count, 60)
        finally:
            daemon.stop()


def _rate(network: SimulatedNetwork, count: int, within: float) -> float | None:
    """Submissions a second, from the first accepted to the last."""
    wait_until(lambda: len(network.history) >= count, within)
    history = network.history
    if len(history) < 2:
        return None
    seconds = (history[-1].accepted_at - history[0].accepted_at).total_seconds()
    return (len(history) - 1) / seconds if seconds else None


def bench_peer(kind: type[Peer], folder: Path, options: argparse.Namespace) -> Row:
    """Measure one of the existing gateways."""
    row = Row(kind.name)
    if reason := kind.missing():
        row.note = reason
        return row
    with SimulatedNetwork.start() as network:
        modems = _modems(network, 4)
        peer = kind(folder / "in", [modem.port for modem in modems])
        peer.start(answers=True)
        try:
            time.sleep(8)  # they have no sign of being ready, and take some seconds
            times = _ask_one_by_one(network, modems, options.peer_texts, 0.5)
            if times:
                row.median, row.slowest = statistics.median(times), max(times)
            before = peer.cpu_seconds()
            _burst(network, modems, options.peer_burst, row, 120)
            row.cpu_per_text = (peer.cpu_seconds() - before) / options.peer_burst
        finally:
            peer.stop()
    row.out_per_second = _peer_out(kind, folder / "out", options.peer_out)
    return row


def _peer_out(kind: type[Peer], folder: Path, count: int) -> float | None:
    with SimulatedNetwork.start() as network:
        modems = _modems(network, 1)
        peer = kind(folder, [modem.port for modem in modems])
        peer.start()
        try:
            time.sleep(5)
            for number in range(count):
                peer.send(f"6281400{number:06d}", "Tagihan Anda")
            return _rate(network, count, 60)
        finally:
            peer.stop()


def _print_table(rows: list[Row]) -> None:
    table = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADINGS))]
    for place, line in enumerate(table):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |")
        if place == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def main() -> None:
    """Measure what the options ask for and print the table."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--texts", type=int, default=40, help="single texts to answer (default 40)")
    parser.add_argument("--burst", type=int, default=300, help="texts at once on four modems (default 300)")
    parser.add_argument("--out", type=int, default=300, help="texts out on one modem (default 300)")
    parser.add_argument("--peer-texts", type=int, default=5)
    parser.add_argument("--peer-burst", type=int, default=40, help="texts at once for the slower peers (default 40)")
    parser.add_argument("--peer-out", type=int, default=20)
    parser.add_argument("--without-peers", action="store_true", help="measure only this gateway")
    parser.add_argument("--database", help="also measure this gateway on this empty database (SQLAlchemy URL)")
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="mgov-bench-") as scratch:
        rows.append(bench_mgov(Path(scratch) / "mgov", options))
        if options.database:
            rows.append(bench_mgov(Path(scratch) / "mgov-db", options, options.database))
        if not options.without_peers:
            rows += [bench_peer(kind, Path(scratch) / kind.package, options) for kind in PEERS]
    _print_table(rows)


if __name__ == "__main__":
    main()
