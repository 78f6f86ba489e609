"""Two hosts on a PostgreSQL with a streaming standby: the line to it breaks, the primary dies, it takes over."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from mgov.lab.books import Books
from mgov.lab.daemon import LabDaemon, LabModem, modems_ready, wait_until
from mgov.lab.losses import count
from mgov.lab.nodes import FINISHED_WITHIN, LATENCY, READY_WITHIN, NodesVerdict
from mgov.lab.postgresql import USER, LabPostgresql, LabStandby
from mgov.lab.traffic import Traffic
from modem_drivers.simulated import SimulatedNetwork

NODES = 2
TEXT_EVERY = 0.2  # seconds between two texts
CUT = 2.0  # seconds between the break of the line and the death of the primary
HEADLESS = 3.0  # seconds until a person, or the cluster's manager, promotes the standby
ANSWERED_WITHIN = 60.0
LOST_AFTER = 20.0  # seconds that are waited for what is probably lost


@dataclass(slots=True)
class FailoverVerdict(NodesVerdict):
    """`first_answer` is how many seconds after the promotion a text sent then was answered."""

    synchronous: bool = True
    first_answer: float | None = None

    @property
    def passed(self) -> bool:
        """Nothing lost or doubled; without the setting that promises so, only that the daemons go on by themselves."""
        if self.remark or self.first_answer is None:
            return False
        return not (self.synchronous and (self.lost_in or self.lost_out or self.booked_twice or self.unexplained))


class FailoverDrill:
    """One failover under traffic. `synchronous`: a commit is told only when the standby has it too."""

    def __init__(self, folder: Path, seconds: float, *, synchronous: bool) -> None:
        self._folder = folder
        self._seconds = seconds
        self._verdict = FailoverVerdict(seconds, 0, synchronous=synchronous)

    def run(self) -> FailoverVerdict:
        """Half of the time before, half of it after."""
        primary = LabPostgresql(self._folder / "primary")
        with primary, LabStandby(self._folder / "standby", primary) as standby:
            if self._verdict.synchronous:
                primary.set(synchronous_standby_names=LabStandby.NAME, synchronous_commit="remote_apply")
            with SimulatedNetwork.start(link_dir=self._folder / "ports") as network:
                network.submit_latency = LATENCY
                self._play(network, primary, standby)
        return self._verdict

    def _play(self, network: SimulatedNetwork, primary: LabPostgresql, standby: LabStandby) -> None:
        url = both(primary, standby)
        nodes = [self._node(network, url, number) for number in range(1, NODES + 1)]
        nodes[0].run("db", "upgrade")
        books = Books(url)
        traffic = Traffic(network, books)
        try:
            for node in nodes:
                node.start()
            if wait_until(lambda: modems_ready(network, network.modems), READY_WITHIN) is None:
                self._verdict.remark = "modems not ready"
                return
            self._text(network, traffic, self._seconds / 2)
            self._fail_over(network, traffic, primary, standby)
            self._text(network, traffic, self._seconds / 2)
            patience = FINISHED_WITHIN if self._verdict.synchronous else LOST_AFTER
            wait_until(lambda: traffic.settled(books.recipients("uncertain")), patience, every=0.5)
            time.sleep(2.0)  # a doubled answer comes a moment later
            count(self._verdict, traffic, books)
            if not all(node.alive for node in nodes):
                self._verdict.remark = "a daemon ended"
        finally:
            for node in nodes:
                node.stop()
            books.close()

    def _node(self, network: SimulatedNetwork, url: str, number: int) -> LabDaemon:
        name, msisdn = f"n{number}-1", f"+62811100{number}010"
        modems = [LabModem(name, network.add_modem(name, msisdn), msisdn)]
        return LabDaemon(
            self._folder / f"n{number}", modems, database=url, config="[web]\nport = 0\n", node=f"n{number}"
        )

    def _text(self, network: SimulatedNetwork, traffic: Traffic, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for place, modem in enumerate(network.modems):
                traffic.pay(modem) if place else traffic.ask(modem)
            traffic.queue(1)
            time.sleep(TEXT_EVERY)

    def _fail_over(
        self, network: SimulatedNetwork, traffic: Traffic, primary: LabPostgresql, standby: LabStandby
    ) -> None:
        standby.cut_off()
        end = time.monotonic() + CUT
        while time.monotonic() < end:  # nothing is queued by hand now: a synchronous commit would wait for ever
            traffic.ask(network.modems[0])
            time.sleep(TEXT_EVERY)
        primary.kill()
        self._verdict.blows["database"] = 1
        standby.give_up_line()
        time.sleep(HEADLESS)
        standby.promote()
        citizen = traffic.ask(network.modems[0])
        self._verdict.first_answer = wait_until(lambda: citizen not in traffic.answered().lost, ANSWERED_WITHIN, 0.05)


def both(primary: LabPostgresql, standby: LabStandby) -> str:
    """The URL of both hosts: whichever takes writes."""
    return (
        f"postgresql+psycopg://{USER}@/postgres?host=127.0.0.1,127.0.0.1&port={primary.port},{standby.port}"
        "&target_session_attrs=read-write"
    )
