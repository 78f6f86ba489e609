"""What is measured of this gateway."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks.figures import Figure, GatewayRow, milliseconds
from benchmarks.site import (
    LOOK,
    Burst,
    ask_at_once,
    ask_one_by_one,
    median,
    number_of,
    plug_in,
    running,
    send_all,
    wait_ready,
)
from mgov.lab.daemon import LabDaemon, setups, wait_until
from mgov.lab.postgresql import LabPostgresql
from modem_drivers.at import AtRadio
from modem_drivers.radio import EventKind, Outcome, RadioSettings
from modem_drivers.simulated import SimulatedNetwork
from modem_drivers.sms import compose

MODEMS = 4
IDLE_SECONDS = 10.0


def answers(folder: Path, texts: int, burst: int, database: str | None = None) -> tuple[GatewayRow, list[Figure]]:
    """Single texts, a burst, and doing nothing, on four modems."""
    kind = "SQLite" if database is None else "PostgreSQL"
    row = GatewayRow(f"mgov, {kind}")
    with SimulatedNetwork.start() as network, running(folder, network, MODEMS, database) as daemon:
        times = ask_one_by_one(network, MODEMS, texts, 0.05, 10)
        row.median, row.slowest = median(times), max(times, default=None)
        before = daemon.cpu_seconds()
        came = ask_at_once(network, MODEMS, burst, 60)
        row.cpu_per_text = (daemon.cpu_seconds() - before) / burst
        _note(row, came)
        time.sleep(3)
        before = daemon.cpu_seconds()
        time.sleep(IDLE_SECONDS)
        row.idle_percent = (daemon.cpu_seconds() - before) / IDLE_SECONDS * 100
        row.memory_mb = daemon.memory_mb()
    return row, _promises(row, came, kind)


def _note(row: GatewayRow, came: Burst) -> None:
    row.burst, row.burst_seconds = came.count, came.seconds
    row.unanswered, row.doubled = came.unanswered, came.doubled


def _promises(row: GatewayRow, came: Burst, kind: str) -> list[Figure]:
    whole = not came.unanswered and not came.doubled
    idle = row.idle_percent if row.idle_percent is not None else 100.0
    return [
        Figure(f"{kind}: a text answered, median", milliseconds(row.median), "30 ms", (row.median or 1) <= 0.030),
        Figure(
            f"{kind}: {came.count} texts at once on {MODEMS} modems, all answered once",
            f"{came.seconds:.2f} s" + ("" if whole else f", {came.unanswered} not, {came.doubled} twice"),
            "3 s",
            whole and came.seconds <= 3.0,
        ),
        Figure(f"{kind}: processor when idle", f"{idle:.2f} % of a core", "1 %", idle < 1.0),
    ]


def answers_on_postgresql(folder: Path, texts: int, burst: int) -> tuple[GatewayRow, list[Figure]]:
    """The same on a PostgreSQL server of the bench's own."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the server runs as another user
    with LabPostgresql(folder / "server") as server:
        return answers(folder / "site", texts, burst, server.url)


def out_of_one(folder: Path, texts: int) -> tuple[float, list[Figure]]:
    """One modem on a network that takes no time, beside what the AT dialogue alone would allow."""
    with SimulatedNetwork.start() as network:
        port = network.add_modem("bare", number_of(0))
        bare = asyncio.run(_bare_dialogue(port, texts))
    with SimulatedNetwork.start() as network, running(folder, network, 1) as daemon:
        count, seconds = send_all(daemon, network, texts, 60)
    rate = (count - 1) / seconds if seconds else 0.0
    told = f"{rate:.0f} texts/s of {bare:.0f}: ratio {rate / bare:.2f}"
    return rate, [Figure("one modem, a network that takes no time: of what the AT dialogue alone does", told)]


async def _bare_dialogue(port: str, texts: int) -> float:
    """Texts a second of a loop that does nothing but submit, and acknowledge each report as it must."""
    radio = AtRadio(RadioSettings("bare", port))
    await radio.open()
    reports = asyncio.create_task(_acknowledge_reports(radio, texts))
    started = time.perf_counter()
    for place in range(texts):
        part = compose(f"+6281400{place:06d}", "Tagihan Anda", reference=1, report=True).pdus[0]
        result = await radio.submit(part.pdu, part.length, more=True)
        if result.outcome is not Outcome.ACCEPTED:
            raise RuntimeError(f"the simulated network refused: {result.detail}")
    await asyncio.wait_for(reports, 30)  # they hold the line as long as the texts do
    seconds = time.perf_counter() - started
    await radio.close()
    return texts / seconds


async def _acknowledge_reports(radio: AtRadio, count: int) -> None:
    while count:
        event = await radio.next_event()
        if event.kind is EventKind.RECEIVED:
            await radio.acknowledge()
            count -= 1


def fleet(folder: Path, texts: int, modems: int = 8, latency: float = 0.5) -> list[Figure]:
    """Many modems on a network that takes its time: how much of it they use."""
    with SimulatedNetwork.start() as network:
        network.submit_latency = latency
        with running(folder, network, modems) as daemon:
            before = daemon.cpu_seconds()
            count, seconds = send_all(daemon, network, texts, texts * latency / modems * 2 + 20)
            used = (daemon.cpu_seconds() - before) / texts
    ideal = modems / latency
    # From the first submission, which is one latency before the first acceptance.
    carried = count / (seconds + latency)
    share = carried / ideal
    told = f"{share * 100:.1f} % ({carried:.2f} texts/s), {used * 1000:.1f} ms of a processor a text"
    what = f"{modems} modems, {latency:g} s a text: share of {ideal:g} texts/s, {texts} texts"
    return [Figure(what, told if count >= texts else f"{told}; only {count} went out", "98 %", share >= 0.98)]


def restart(folder: Path, rounds: int = 5) -> list[Figure]:
    """From `kill -9` and a start to modems that are set up."""
    seconds: list[float] = []
    with SimulatedNetwork.start() as network:
        daemon = LabDaemon(folder, plug_in(network, MODEMS))
        daemon.run("db", "upgrade")
        try:
            for _ in range(rounds):
                before = dict(setups(network))
                daemon.start()
                seconds.append(wait_ready(network, daemon, before))
                time.sleep(0.5)
                daemon.kill()
        finally:
            daemon.stop()
    told = f"{median(seconds):.2f} s (slowest {max(seconds):.2f} s of {rounds})"
    return [Figure(f"restart after kill -9: {MODEMS} modems ready", told, "3 s", max(seconds) <= 3.0)]


def memory(folder: Path, texts: int, modems: int = 4) -> list[Figure]:
    """Resident memory while many texts are answered: how much it grows after the first fifth."""
    with SimulatedNetwork.start() as network, running(folder, network, modems) as daemon:
        sizes = [_after(network, daemon, modems, place, texts // 5) for place in range(5)]
        grown = sizes[-1] - sizes[0]
    per_thousand = grown / (texts * 0.8) * 1000
    told = f"{sizes[0]:.0f} → {sizes[-1]:.0f} MB: {per_thousand:+.3f} MB a thousand"
    return [Figure(f"memory over {texts} texts in and out", told, "flat", grown < max(5.0, sizes[0] * 0.05))]


def _after(network: SimulatedNetwork, daemon: LabDaemon, modems: int, place: int, count: int) -> float:
    """Ask so many texts of ever new numbers, a hundred at a time, and give the resident memory then."""
    for first in range(0, count, 100):
        network.forget_history()
        for n in range(first, min(first + 100, count)):
            network.send_from(f"+62815{place}{n:07d}", "STATUS 12345", number_of(n % modems))
        wanted = min(100, count - first)
        wait_until(lambda wanted=wanted: len(network.history) >= wanted, 60, LOOK)  # type: ignore[misc]
    return daemon.memory_mb()
