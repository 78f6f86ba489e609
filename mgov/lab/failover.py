"""Two hosts on a database with a copy of it: the line to the copy breaks, the primary dies, the copy takes over.

The database is PostgreSQL with a streaming standby, or MariaDB with a replica.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mgov.lab.books import Books
from mgov.lab.daemon import LabDaemon, LabModem, modems_ready, wait_until
from mgov.lab.losses import count
from mgov.lab.mariadb import DATABASE, SITE, LabMariadb, LabMariadbPrimary, LabMariadbReplica
from mgov.lab.nodes import FINISHED_WITHIN, LATENCY, READY_WITHIN, NodesVerdict
from mgov.lab.postgresql import LabPostgresql, LabStandby
from mgov.lab.server import USER
from mgov.lab.traffic import Traffic
from modem_drivers.simulated import SimulatedNetwork

NODES = 2
TEXT_EVERY = 0.2  # seconds between two texts
CUT = 2.0  # seconds between the break of the line and the death of the primary
HEADLESS = 3.0  # seconds until a person, or the cluster's manager, promotes the standby
ANSWERED_WITHIN = 60.0
LOST_AFTER = 20.0  # seconds that are waited for what is probably lost


class Primary(Protocol):
    """What takes writes, until it is killed."""

    def kill(self) -> None:
        """End it at once."""


class Standby(Protocol):
    """What copies the primary, and takes its place."""

    def cut_off(self) -> None:
        """Let nothing more come from the primary."""

    def give_up_line(self) -> None:
        """Lose what was on its way."""

    def promote(self) -> None:
        """Make it the primary."""


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
    """One failover under traffic, on `postgresql` or `mariadb`.

    `synchronous`: a commit is told only when the standby has it too.
    """

    def __init__(self, folder: Path, seconds: float, *, synchronous: bool, database: str = "postgresql") -> None:
        self._folder = folder
        self._database = database
        self._seconds = seconds
        self._verdict = FailoverVerdict(seconds, 0, synchronous=synchronous)

    def run(self) -> FailoverVerdict:
        """Half of the time before, half of it after."""
        pair = {"postgresql": _postgresql, "mariadb": _mariadb}[self._database]
        with (
            pair(self._folder, self._verdict.synchronous) as (primary, standby, url),
            SimulatedNetwork.start(link_dir=self._folder / "ports") as network,
        ):
            network.submit_latency = LATENCY
            self._play(network, primary, standby, url)
        return self._verdict

    def _play(self, network: SimulatedNetwork, primary: Primary, standby: Standby, url: str) -> None:
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

    def _fail_over(self, network: SimulatedNetwork, traffic: Traffic, primary: Primary, standby: Standby) -> None:
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


@contextmanager
def _postgresql(folder: Path, synchronous: bool) -> Iterator[tuple[Primary, Standby, str]]:
    primary = LabPostgresql(folder / "primary")
    with primary, LabStandby(folder / "standby", primary) as standby:
        if synchronous:
            primary.set(synchronous_standby_names=LabStandby.NAME, synchronous_commit="remote_apply")
        yield primary, standby, both(primary, standby)


@contextmanager
def _mariadb(folder: Path, synchronous: bool) -> Iterator[tuple[Primary, Standby, str]]:
    primary = LabMariadbPrimary(folder / "primary", synchronous=synchronous)
    with primary, LabMariadbReplica(folder / "replica", primary) as replica:
        yield primary, replica, both_on_mariadb(primary, replica)


def both_on_mariadb(primary: LabMariadb, replica: LabMariadb) -> str:
    """The same on MariaDB, by an account that has no rights on the server itself."""
    return f"mariadb+pymysql://{SITE}@/{DATABASE}?hosts=127.0.0.1:{primary.port},127.0.0.1:{replica.port}"


def both(primary: LabPostgresql, standby: LabStandby) -> str:
    """The URL of both hosts: whichever takes writes."""
    return (
        f"postgresql+psycopg://{USER}@/postgres?host=127.0.0.1,127.0.0.1&port={primary.port},{standby.port}"
        "&target_session_attrs=read-write"
    )
