"""One drill: a daemon under traffic both ways, a fault in the middle of it, and the count afterwards."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from mgov.lab.books import Books
from mgov.lab.catalogue import Scenario
from mgov.lab.daemon import MGOV, LabDaemon, LabModem, modems_ready, wait_until
from mgov.lab.postgresql import LabPostgresql
from mgov.lab.traffic import LONG_QUESTION, QUESTION, Traffic
from modem_drivers.simulated import SimulatedNetwork

READY_WITHIN = 120.0  # seconds until the drill begins at all; how fast a start is, `mgov lab kill` measures
RECOVERED_WITHIN = 15.0  # seconds from the end of a fault to the first answer through its modem
SETTLED_WITHIN = 30.0  # seconds from then until everything must be answered
RETRIED_WITHIN = 90.0  # seconds more when messages wait for their next try
TEXTS_IN = 12
TEXTS_OUT = 12
PACE = 0.1  # seconds between texts in
STEADY_PACE = 0.25  # seconds between texts in while the database is away
TRY_EVERY = 2.0  # seconds that a text in may wait for its answer before the next is tried
STRUCK = "lab-1"
SPARE = "lab-2"
SIMS = {STRUCK: "+628111000001", SPARE: "+628111000002"}
CLEARED_WITHIN = 15.0  # seconds more until no message lies on a SIM and every report is there


@dataclass(slots=True)
class Verdict:
    """What a drill showed. `recovery` is seconds after the fault's end, None when it did not come back in time."""

    scenario: str
    recovery: float | None
    texts_in: int = 0
    lost_in: int = 0
    doubled_in: int = 0
    texts_out: int = 0
    lost_out: int = 0
    doubled_out: int = 0
    uncertain: int = 0
    booked_twice: int = 0
    garbled: int = 0  #: long texts that were joined wrongly
    unreported: int = 0  #: sent, and the delivery report was not understood
    left_on_sim: int = 0  #: received messages that were never deleted
    strayed: int = 0  #: sent by another SIM than the configured one
    remark: str = ""

    @property
    def lost(self) -> int:
        """Texts lost either way."""
        return self.lost_in + self.lost_out

    @property
    def doubled(self) -> int:
        """Texts doubled either way."""
        return self.doubled_in + self.doubled_out

    @property
    def passed(self) -> bool:
        """Whether nothing was lost or doubled and the modem came back by itself."""
        harm = self.lost + self.doubled + self.booked_twice + self.garbled
        harm += self.unreported + self.left_on_sim + self.strayed
        return harm == 0 and self.recovery is not None and not self.remark


class Drill:
    """Two modems, one of them struck, on an empty database; `server` is the one to strike when it is the fault.

    `program` is the command line of the daemon under test, without its arguments; `profile` the make of the modems.
    """

    def __init__(
        self,
        scenario: Scenario,
        folder: Path,
        database: str,
        *,
        options: str = "",
        server: LabPostgresql | None = None,
        program: tuple[str, ...] = MGOV,
        profile: str = "generic",
    ) -> None:
        self._scenario = scenario
        self._folder = folder
        self._database = database
        self._options = options
        self._server = server
        self._program = program
        self._profile = profile
        self._long_number = ""

    def run(self) -> Verdict:
        """Do it all and count."""
        with SimulatedNetwork.start(link_dir=self._folder / "ports") as network:
            daemon = self._daemon(network)
            books = Books(self._database)
            daemon.start()
            try:
                if wait_until(lambda: modems_ready(network, network.modems), READY_WITHIN) is None:
                    return Verdict(self._scenario.name, None, remark=f"modems not ready: {daemon.log_tail(1)}")
                return self._under_traffic(network, daemon, books)
            finally:
                daemon.stop()
                books.close()

    def _daemon(self, network: SimulatedNetwork) -> LabDaemon:
        modems = [self._modem(network, name, number) for name, number in SIMS.items()]
        daemon = LabDaemon(self._folder, modems, database=self._database, program=self._program)
        daemon.run("db", "upgrade")
        return daemon

    def _modem(self, network: SimulatedNetwork, name: str, number: str) -> LabModem:
        port = network.add_modem(name, number, profile=self._profile)
        options = self._options + self._scenario.options
        if self._scenario.by_imei:
            port = f"auto:{port}*"
        if self._scenario.by_imei or self._scenario.named_imei:
            options += f'imei = "{network.modem(name).imei}"\n'
        return LabModem(name, port, number, options)

    def _under_traffic(self, network: SimulatedNetwork, daemon: LabDaemon, books: Books) -> Verdict:
        traffic = Traffic(network, books)
        self._ask_some(traffic, TEXTS_IN // 2)
        traffic.queue(TEXTS_OUT // 2)
        ended = self._strike(network, daemon)
        self._ask_some(traffic, TEXTS_IN // 2)
        time.sleep(max(0.0, ended - self._scenario.lasts / 2 - time.monotonic()))
        if not self._scenario.kills_database:
            traffic.queue(TEXTS_OUT // 2)
        for _ in range(self._scenario.at_once):
            traffic.ask(STRUCK)
        if self._scenario.long_texts:
            self._ask_at_length(traffic)
        while self._scenario.steady and time.monotonic() < ended:
            self._ask_some(traffic, 1)
            time.sleep(STEADY_PACE)
        recovery = self._recovery(network, traffic, ended)
        self._wait_settled(traffic, books)
        wait_until(lambda: not self._left(network) and not self._unreported(network, books), CLEARED_WITHIN, every=0.1)
        time.sleep(1.0)  # a doubled answer comes a moment later
        return self._count(network, daemon, books, traffic, recovery)

    def _wait_settled(self, traffic: Traffic, books: Books) -> None:
        """Until everybody has what is owed; what was refused for now waits for its next try."""

        def settled() -> bool:
            return traffic.settled(books.recipients("uncertain"))

        if wait_until(settled, SETTLED_WITHIN, every=0.1) is None and books.recipients("queued"):
            wait_until(settled, RETRIED_WITHIN, every=0.5)

    def _ask_some(self, traffic: Traffic, count: int) -> None:
        for place in range(count):
            if place % 3:
                traffic.ask(STRUCK)
            else:
                traffic.pay(STRUCK)
            time.sleep(PACE)

    def _ask_at_length(self, traffic: Traffic) -> None:
        """A long text whose part is lost, and the same again a moment later, as a citizen would."""
        backwards = self._scenario.backwards
        self._long_number = traffic.ask(STRUCK, LONG_QUESTION, backwards=backwards)
        if not backwards:
            time.sleep(0.5)
            traffic.ask_again(self._long_number, STRUCK, LONG_QUESTION)

    def _strike(self, network: SimulatedNetwork, daemon: LabDaemon) -> float:
        """Let the fault begin; gives the moment at which it ends by itself."""
        began = time.monotonic()
        self._scenario.strike(network, STRUCK)
        if self._scenario.kills_daemon:
            daemon.kill()
            daemon.start()
        if self._scenario.kills_database and self._server is not None:
            self._server.kill()
            threading.Timer(self._scenario.lasts, self._server.start).start()
        return began + self._scenario.lasts

    def _recovery(self, network: SimulatedNetwork, traffic: Traffic, ended: float) -> float | None:
        """Text the struck modem after the fault's end until that very one answers; gives the seconds since the end."""
        time.sleep(max(0.0, ended - time.monotonic()))
        target = SIMS[STRUCK]
        tried = {traffic.ask(STRUCK, QUESTION)}
        asked = time.monotonic()
        while time.monotonic() - ended < RECOVERED_WITHIN:
            if any(each.sender == target and each.to in tried for each in network.history):
                return time.monotonic() - ended
            if time.monotonic() - asked > TRY_EVERY:
                tried.add(traffic.ask(STRUCK, QUESTION))
                asked = time.monotonic()
            time.sleep(0.02)
        return None

    def _left(self, network: SimulatedNetwork) -> int:
        """How many received messages lie on the SIMs and in the modems."""
        stores = [network.stored(name, memory) for name in network.modems for memory in ("SM", "ME")]
        return sum(message.received for store in stores for _, message in store)

    def _unreported(self, network: SimulatedNetwork, books: Books) -> set[str]:
        """Whose report was not understood, but for those that a modem dropped before it could be told to tell."""
        dropped = {number for name in network.modems for number in network.dropped_reports(name)}
        return books.unreported() - dropped

    def _read_rightly(self, books: Books) -> bool:
        """Whether the long text was joined as it was written."""
        return LONG_QUESTION.strip() in [text.strip() for text in books.texts_of(self._long_number)]

    def _count(
        self, network: SimulatedNetwork, daemon: LabDaemon, books: Books, traffic: Traffic, recovery: float | None
    ) -> Verdict:
        answered, sent, bookings = traffic.answered(), traffic.sent(), books.bookings()
        uncertain = books.recipients("uncertain")  # in doubt, and said to be so: not lost
        return Verdict(
            self._scenario.name,
            recovery,
            texts_in=len(traffic.citizens),
            lost_in=len(set(answered.lost) - uncertain) + sum(not bookings[payer] for payer in traffic.payers),
            doubled_in=len(answered.doubled),
            texts_out=len(traffic.recipients),
            lost_out=len(set(sent.lost) - uncertain),
            doubled_out=len(sent.doubled),
            uncertain=len(uncertain),
            booked_twice=sum(times > 1 for times in bookings.values()),
            garbled=int(bool(self._long_number) and not self._read_rightly(books)),
            unreported=len(self._unreported(network, books)),
            left_on_sim=self._left(network),
            strayed=sum(each.sender not in SIMS.values() for each in network.history),
            remark="" if daemon.alive else "the daemon ended",
        )
