"""A daemon on modems of a simulated network, and what is asked of it and counted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mgov.lab.daemon import LabDaemon, LabModem, setups, times_answered, wait_until
from modem_drivers.simulated import SimulatedNetwork

QUESTION = "STATUS 12345"  # its answer is one part
SETTLE_SECONDS = 2.0  # after a start, before anything is measured
READY_WITHIN = 30.0
LOOK = 0.02  # seconds between looks: the network shares this process


class NotReadyError(Exception):
    """The daemon did not set its modems up."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Texts that came at once: seconds until the last was answered, how many were not, and how many twice."""

    count: int
    seconds: float
    unanswered: int
    doubled: int


def number_of(place: int) -> str:
    """The MSISDN of the modem at a place."""
    return f"+6281110000{place:02d}"


def plug_in(network: SimulatedNetwork, count: int) -> list[LabModem]:
    """So many modems on the network."""
    numbers = [number_of(place) for place in range(count)]
    return [LabModem(f"m{i}", network.add_modem(f"m{i}", number), number) for i, number in enumerate(numbers)]


@contextmanager
def running(folder: Path, network: SimulatedNetwork, modems: int, database: str | None = None) -> Iterator[LabDaemon]:
    """A daemon whose modems are ready; raises `NotReadyError` with the end of its log."""
    daemon = LabDaemon(folder, plug_in(network, modems), database=database)
    daemon.run("db", "upgrade")
    daemon.start()
    try:
        wait_ready(network, daemon)
        time.sleep(SETTLE_SECONDS)
        yield daemon
    finally:
        daemon.stop()


def wait_ready(network: SimulatedNetwork, daemon: LabDaemon, before: dict[str, int] | None = None) -> float:
    """Seconds until every modem was set up once more than `before`."""
    earlier = before or dict.fromkeys(network.modems, 0)
    seconds = wait_until(lambda: all(n > earlier[name] for name, n in setups(network).items()), READY_WITHIN, LOOK)
    if seconds is None:
        raise NotReadyError(f"modems not ready within {READY_WITHIN:g} s: {daemon.log_tail(1)}")
    return seconds


def ask_one_by_one(network: SimulatedNetwork, modems: int, count: int, pause: float, within: float) -> list[float]:
    """Answer times of single texts at an easy pace, stored on the SIM → answer accepted by the network."""
    times: list[float] = []
    for place in range(count):
        phone = network.phone(f"+6281200{place:06d}")
        started = time.perf_counter()
        phone.send(QUESTION, number_of(place % modems))
        if phone.wait_for(1, within):
            times.append(time.perf_counter() - started)
        time.sleep(pause)
    return times


def ask_at_once(network: SimulatedNetwork, modems: int, count: int, within: float) -> Burst:
    """Send so many texts at once and wait until all are answered, or for `within` seconds."""
    phones = [network.phone(f"+6281300{place:06d}") for place in range(count)]
    before = len(network.history)
    started = time.perf_counter()
    for place, phone in enumerate(phones):
        phone.send(QUESTION, number_of(place % modems))
    wait_until(lambda: len(network.history) - before >= count, within, LOOK)
    last = max((each.accepted_at.timestamp() for each in network.history[before:]), default=time.time())
    seconds = last - (time.time() - (time.perf_counter() - started))
    time.sleep(0.5)  # a doubled answer comes a moment later
    answers = times_answered(network, [phone.number for phone in phones])
    unanswered = sum(times == 0 for times in answers.values())
    return Burst(count, seconds, unanswered, sum(times > 1 for times in answers.values()))


def send_all(daemon: LabDaemon, network: SimulatedNetwork, count: int, within: float) -> tuple[int, float]:
    """Queue so many texts; gives how many were accepted, and the seconds from the first acceptance to the last."""
    texts = daemon.folder / "out.jsonl"
    texts.write_text("".join(f'{{"to": "+6281400{i:06d}", "text": "Tagihan Anda"}}\n' for i in range(count)))
    daemon.run("sms", "send", "--jsonl", str(texts))
    return span(network, count, within)


def span(network: SimulatedNetwork, count: int, within: float) -> tuple[int, float]:
    """Wait for so many acceptances; gives how many there were, and the seconds from the first to the last."""
    wait_until(lambda: len(network.history) >= count, within, 0.1)
    history = network.history
    if len(history) < 2:
        return len(history), 0.0
    return len(history), (history[-1].accepted_at - history[0].accepted_at).total_seconds()


def median(times: list[float]) -> float | None:
    """The median, None of nothing."""
    return statistics.median(times) if times else None
