"""What is measured of the existing gateways: Debian's packages, unchanged, tuned as far as their settings go."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.figures import GatewayRow
from benchmarks.site import ask_at_once, ask_one_by_one, median, number_of, plug_in, span
from modem_drivers.simulated import SimulatedNetwork

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from simulated.peers import PEERS, Peer

MODEMS = 4
START_SECONDS = 8.0  # they have no sign of being ready, and take some seconds


def peer_named(name: str) -> type[Peer]:
    """The peer of that name."""
    return next(peer for peer in PEERS if peer.name == name)


def measure(kind: type[Peer], folder: Path, texts: int, burst: int, out: int) -> GatewayRow:
    """Single texts and a burst on four modems, then texts out on one."""
    row = GatewayRow(kind.name)
    if reason := kind.missing():
        row.note = reason
        return row
    with SimulatedNetwork.start() as network:
        peer = kind(folder / "in", [modem.port for modem in plug_in(network, MODEMS)])
        peer.start(answers=True)
        try:
            time.sleep(START_SECONDS)
            times = ask_one_by_one(network, MODEMS, texts, 0.3, 10)
            row.median, row.slowest = median(times), max(times, default=None)
            before = peer.cpu_seconds()
            came = ask_at_once(network, MODEMS, burst, 40)
            row.burst, row.burst_seconds = came.count, came.seconds
            row.unanswered, row.doubled = came.unanswered, came.doubled
            row.cpu_per_text = (peer.cpu_seconds() - before) / burst
        finally:
            peer.stop()
    row.out_per_second = _out(kind, folder / "out", out)
    return row


def _out(kind: type[Peer], folder: Path, count: int) -> float | None:
    with SimulatedNetwork.start() as network:
        port = network.add_modem("m0", number_of(0))
        peer = kind(folder, [port])
        peer.start()
        try:
            time.sleep(5)
            for place in range(count):
                peer.send(f"6281400{place:06d}", "Tagihan Anda")
            went, seconds = span(network, count, 25)
        finally:
            peer.stop()
    return (went - 1) / seconds if seconds else None
