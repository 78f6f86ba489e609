"""Rounds of `kill -9` at random moments with traffic both ways, and the books afterwards."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from mgov.lab.books import Books
from mgov.lab.daemon import LabDaemon, LabModem, setups, wait_until
from mgov.lab.losses import count
from mgov.lab.traffic import Traffic
from modem_drivers.simulated import SimulatedNetwork

MODEMS = 2
TEXTS_IN, TEXTS_OUT = 4, 3  # a round
LATENCIES = (0.0, 0.05, 0.4)  # seconds that the network takes for a message: some kills cut a submission in two
WINDOW = 1.0  # seconds after its modems are ready within which the daemon is killed
EARLY = 0.2  # share of rounds that are killed while the daemon still starts
EARLIEST, LATEST = 0.1, 2.0  # seconds after the start at which those are killed
READY_WITHIN = 3.0  # seconds from the start to modems that are set up
SETTLED_WITHIN = 15.0  # seconds that anything may stay claimed or uncertain after a restart, with crash-safe submission
BURST_EVERY = 4  # in every so many rounds a burst is queued, where bursts are asked for
SETTLE_EVERY = 20  # in every so many rounds the daemon lives until nothing is in doubt, and the time is taken
GIVEN_UP = 60.0  # seconds after which waiting makes no sense
REPORTS_WITHIN = 15.0  # seconds more for the reports of what is uncertain
FINISHED_WITHIN = 90.0  # seconds from the last start until everybody has what is owed


@dataclass(slots=True)
class KillVerdict:
    """What many kills did. `unexplained` are doubles of messages that were never in doubt; times are seconds."""

    rounds: int
    crash_safe: bool
    seed: int
    texts_in: int = 0
    lost_in: int = 0
    doubled_in: int = 0
    booked_twice: int = 0
    texts_out: int = 0
    lost_out: int = 0
    doubled_out: int = 0
    unexplained: int = 0
    uncertain: int = 0
    unreported: int = 0  #: sent, and no report was booked though the modem keeps each until it is acknowledged
    ready: list[float] = field(default_factory=list)
    ready_within: float = READY_WITHIN
    longest_doubt: float = 0.0
    remark: str = ""

    @property
    def late(self) -> int:
        """How many starts took longer than they may."""
        return sum(seconds > self.ready_within for seconds in self.ready)

    @property
    def slowest(self) -> float:
        """The slowest start."""
        return max(self.ready, default=0.0)

    @property
    def passed(self) -> bool:
        """Nothing lost or booked twice; doubles only of what was in doubt, and none with crash-safe submission."""
        lost = self.lost_in + self.lost_out + self.booked_twice + self.unreported
        doubled = self.doubled_in + self.doubled_out if self.crash_safe else self.unexplained
        settled = not self.crash_safe or (self.longest_doubt <= SETTLED_WITHIN and not self.uncertain)
        return not lost and not doubled and settled and not self.late and not self.remark


class KillRounds:
    """One database, one simulated network that outlives the daemon, and a daemon that is killed again and again."""

    def __init__(
        self,
        folder: Path,
        database: str,
        rounds: int,
        *,
        crash_safe: bool,
        seed: int,
        ready_within: float,
        profile: str = "generic",
        burst: int = 0,
    ) -> None:
        self._folder = folder
        self._database = database
        self._rounds = rounds
        self._profile = profile
        self._burst = burst
        self._random = random.Random(seed)  # noqa: S311 - moments of kills, to be had again by the seed
        self._verdict = KillVerdict(rounds, crash_safe, seed, ready_within=ready_within)
        self._doubts: dict[int, int] = {}
        self._doubted: dict[int, float] = {}  # seconds of a ready daemon by message

    def run(self) -> KillVerdict:
        """Do all rounds, let the last daemon finish, and count."""
        with SimulatedNetwork.start(link_dir=self._folder / "ports") as network:
            daemon = self._daemon(network)
            books = Books(self._database)
            traffic = Traffic(network, books)
            try:
                for number in range(1, self._rounds + 1):
                    self._round(number, network, daemon, books, traffic)
                self._finish(network, daemon, books, traffic)
                return self._count(network, daemon, books, traffic)
            finally:
                daemon.stop()
                books.close()

    def _daemon(self, network: SimulatedNetwork) -> LabDaemon:
        options = "crash_safe_submit = true\n" if self._verdict.crash_safe else ""
        modems = []
        for number in range(1, MODEMS + 1):
            name, msisdn = f"lab-{number}", f"+6281110000{number:02d}"
            modems.append(LabModem(name, network.add_modem(name, msisdn, profile=self._profile), msisdn, options))
        daemon = LabDaemon(self._folder, modems, database=self._database)
        daemon.run("db", "upgrade")
        return daemon

    # One round

    def _round(self, number: int, network: SimulatedNetwork, daemon: LabDaemon, books: Books, traffic: Traffic) -> None:
        if self._random.random() < EARLY:  # what came while nobody listened
            self._ask(network, traffic)
        network.submit_latency = self._random.choice(LATENCIES)
        before = setups(network)
        started = time.monotonic()
        ready_at = None
        daemon.start()
        if self._random.random() < EARLY:
            time.sleep(self._random.uniform(EARLIEST, LATEST))
        else:
            self._wait_ready(network, before, started)
            ready_at = time.monotonic()
            if self._burst and number % BURST_EVERY == 0:
                self._send_half_a_burst(network, traffic)
            else:
                self._exchange(network, traffic)
            if number % SETTLE_EVERY == 0:
                self._wait_settled(books, started)
        daemon.kill()
        self._note_doubts(books, time.monotonic() - ready_at if ready_at else 0.0)

    def _wait_ready(self, network: SimulatedNetwork, before: dict[str, int], started: float) -> None:
        ready = wait_until(lambda: all(now > before[name] for name, now in setups(network).items()), GIVEN_UP)
        if ready is None:
            self._verdict.remark = "modems not ready"
        self._verdict.ready.append(time.monotonic() - started)

    def _exchange(self, network: SimulatedNetwork, traffic: Traffic) -> None:
        """Texts both ways at random moments until the moment of the kill."""
        length = self._random.uniform(0.0, WINDOW)
        moments = sorted(self._random.uniform(0.0, length) for _ in range(TEXTS_IN + 1))
        queued_at = self._random.choice(moments)
        began = time.monotonic()
        for moment in moments:
            time.sleep(max(0.0, began + moment - time.monotonic()))
            if moment == queued_at:
                traffic.queue(TEXTS_OUT)
            else:
                self._ask(network, traffic)
        time.sleep(max(0.0, began + length - time.monotonic()))

    def _send_half_a_burst(self, network: SimulatedNetwork, traffic: Traffic) -> None:
        """As fast as the modems send; the reports of what has gone out are still under way at its end."""
        network.submit_latency = 0.0
        before = len(network.history)
        traffic.queue(self._burst)
        wait_until(lambda: len(network.history) - before >= self._burst // 2, GIVEN_UP)

    def _ask(self, network: SimulatedNetwork, traffic: Traffic) -> None:
        modem = self._random.choice(network.modems)
        if self._random.random() < 0.5:
            traffic.ask(modem)
        else:
            traffic.pay(modem)

    def _wait_settled(self, books: Books, started: float) -> None:
        """Nothing that an earlier run left behind may stay in doubt."""
        left = dict(self._doubts)

        def settled() -> bool:
            now = books.in_doubt()
            return not any(now.get(message) == claim for message, claim in left.items())

        wait_until(settled, GIVEN_UP, every=0.1)
        if left:
            self._verdict.longest_doubt = max(self._verdict.longest_doubt, time.monotonic() - started)

    def _note_doubts(self, books: Books, served: float) -> None:
        """Add up how long daemons whose modems were ready have left the same claim in doubt."""
        now = books.in_doubt()
        still = {message for message, claim in now.items() if self._doubts.get(message) == claim}
        self._doubted = {message: self._doubted.get(message, 0.0) + served for message in still}
        self._doubts = now
        self._verdict.longest_doubt = max(self._verdict.longest_doubt, *self._doubted.values(), 0.0)

    # The end

    def _finish(self, network: SimulatedNetwork, daemon: LabDaemon, books: Books, traffic: Traffic) -> None:
        before, started = setups(network), time.monotonic()
        daemon.start()
        self._wait_ready(network, before, started)
        if self._verdict.crash_safe:
            self._wait_settled(books, started)
        wait_until(lambda: traffic.settled(books.recipients("uncertain")), FINISHED_WITHIN, every=0.2)
        if not self._verdict.crash_safe:
            wait_until(lambda: not books.in_doubt(), REPORTS_WITHIN, every=0.2)
        wait_until(lambda: not self._unreported(network, books), REPORTS_WITHIN, every=0.2)
        time.sleep(1.0)  # a doubled answer comes a moment later

    def _unreported(self, network: SimulatedNetwork, books: Books) -> int:
        """A modem that wants no receipt tells a report to nobody while the daemon is dead, and it is gone."""
        keeps_reports = all(network.modem(name).settings.csms for name in network.modems)
        return len(books.unreported()) if keeps_reports else 0

    def _count(self, network: SimulatedNetwork, daemon: LabDaemon, books: Books, traffic: Traffic) -> KillVerdict:
        verdict = self._verdict
        count(verdict, traffic, books)
        verdict.unreported = self._unreported(network, books)
        if not daemon.alive:
            verdict.remark = "the daemon ended"
        return verdict
