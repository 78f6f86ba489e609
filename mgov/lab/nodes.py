"""Three hosts with modems of their own on one database: killed, frozen, and the database restarted, at random."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from mgov.lab.books import Books
from mgov.lab.daemon import LabDaemon, LabModem, modems_ready, wait_until
from mgov.lab.losses import count
from mgov.lab.traffic import Traffic
from modem_drivers.simulated import SimulatedNetwork

NODES = 3
MODEMS = 2  # a node
LATENCY = 0.1  # seconds that the network takes for a message
CALM = (2.0, 6.0)  # seconds between two blows
DEAD = (1.0, 8.0)  # seconds until a killed node is started again
FROZEN = (25.0, 40.0)  # seconds: longer than a node may be silent (mgov.store.nodes.SILENCE)
AWAY = (0.5, 5.0)  # seconds that the database is gone
WEIGHTS = (4, 1, 2)  # of killing, freezing (long, and nobody else may be struck meanwhile) and the database
TEXT_EVERY = 0.4  # seconds between two texts
LOOK_EVERY = 6.0  # seconds between two looks for what fell due (the least that the configuration takes)
DUE_AT_A_LOOK = 10  # documents: a look that is long enough to be struck in its middle
AIMED = 0.5  # share of blows that fall while a look is at work
LOOK_TAKES = 0.2  # seconds after its slot in which such a blow falls
CONFIG = f"""[web]
port = 0
[reminders]
every_minutes = {LOOK_EVERY / 60}
stages = [1]
quiet_until = "00:00"
quiet_from = "23:59"
"""
STEP = 0.01  # seconds between two looks at the clock
READY_WITHIN = 60.0
FINISHED_WITHIN = 180.0


class Server(Protocol):
    """A database server that can be struck."""

    def kill(self) -> None:
        """End it at once."""

    def start(self) -> None:
        """Start it, and return when it answers."""


@dataclass(slots=True)
class NodesVerdict:
    """What came of it. `unexplained` are doubles of messages that were never in doubt."""

    seconds: float
    seed: int
    blows: dict[str, int] = field(default_factory=dict)
    texts_in: int = 0
    lost_in: int = 0
    doubled_in: int = 0
    booked_twice: int = 0
    reminders: int = 0
    reminders_lost: int = 0
    reminded_twice: int = 0
    texts_out: int = 0
    lost_out: int = 0
    doubled_out: int = 0
    unexplained: int = 0
    uncertain: int = 0
    stories: list[str] = field(default_factory=list)  #: of all that was lost or doubled, with the blows
    remark: str = ""

    @property
    def passed(self) -> bool:
        """Nothing lost, booked or reminded twice, and nothing answered or sent twice that was never in doubt."""
        lost = self.lost_in + self.lost_out + self.reminders_lost
        return not (lost or self.booked_twice or self.reminded_twice or self.unexplained or self.remark)


class NodesDrill:
    """One run; the moments are had again by the seed."""

    def __init__(self, folder: Path, server: Server, url: str, seconds: float, *, seed: int) -> None:
        self._folder = folder
        self._server = server
        self._url = url
        self._random = random.Random(seed)  # noqa: S311 - moments of blows, to be had again by the seed
        self._verdict = NodesVerdict(seconds, seed)
        self._blows: list[str] = []
        self._due: list[tuple[float, Callable[[], None]]] = []  # what has to be undone, and when

    def run(self) -> NodesVerdict:
        """Strike for as long as was asked, let everything come back, and count."""
        with SimulatedNetwork.start(link_dir=self._folder / "ports") as network:
            network.submit_latency = LATENCY
            nodes = [self._node(network, number) for number in range(1, NODES + 1)]
            nodes[0].run("db", "upgrade")
            books = Books(self._url)
            traffic = Traffic(network, books)
            try:
                for node in nodes:
                    node.start()
                if wait_until(lambda: modems_ready(network, network.modems), READY_WITHIN) is None:
                    self._verdict.remark = "modems not ready"
                    return self._verdict
                self._strike(network, nodes, traffic)
                self._finish(nodes, traffic, books)
                return self._count(network, nodes, traffic, books)
            finally:
                self._undo(time.monotonic() + 3600)
                for node in nodes:
                    node.stop()
                books.close()

    def _node(self, network: SimulatedNetwork, number: int) -> LabDaemon:
        modems = []
        for place in range(1, MODEMS + 1):
            name, msisdn = f"n{number}-{place}", f"+62811100{number}{place:02d}0"
            modems.append(LabModem(name, network.add_modem(name, msisdn), msisdn))
        folder = self._folder / f"n{number}"
        return LabDaemon(folder, modems, database=self._url, config=CONFIG, node=f"n{number}")

    # Blows

    def _strike(self, network: SimulatedNetwork, nodes: list[LabDaemon], traffic: Traffic) -> None:
        end = time.monotonic() + self._verdict.seconds
        next_blow, next_text, next_due = self._next_blow(), 0.0, 0.0
        while (now := time.monotonic()) < end:
            self._undo(now)
            if now >= next_blow:
                self._blow(nodes)
                next_blow = self._next_blow()
            elif now >= next_due and not self._is_database_away:
                traffic.fall_due(DUE_AT_A_LOOK)
                next_due = now + LOOK_EVERY
            elif now >= next_text:
                self._text(network, traffic)
                next_text = now + TEXT_EVERY
            else:
                time.sleep(STEP)

    def _next_blow(self) -> float:
        """When to strike next: at any moment, or while one of the nodes queues reminders."""
        calm = self._random.uniform(*CALM)
        if self._random.random() < AIMED:
            calm += LOOK_EVERY - (time.time() + calm) % LOOK_EVERY + self._random.uniform(0, LOOK_TAKES)
        return time.monotonic() + calm

    @property
    def _is_database_away(self) -> bool:
        return any(undo == self._server.start for _, undo in self._due)

    def _blow(self, nodes: list[LabDaemon]) -> None:
        """One at a time may be dead or frozen, so that two go on; the database may go meanwhile too."""
        kind = self._random.choices(("kill", "freeze", "database"), WEIGHTS)[0]
        if kind == "database":
            if self._is_database_away:
                return
            self._server.kill()
            self._log("database away")
            self._later(AWAY, self._server.start)
        elif any(undo != self._server.start for _, undo in self._due):
            return
        elif kind == "kill":
            node = self._random.choice(nodes)
            node.kill()
            self._log(f"{node.folder.name} killed")
            self._later(DEAD, node.start)
        else:
            node = self._random.choice(nodes)
            node.freeze()
            self._log(f"{node.folder.name} frozen")
            self._later(FROZEN, node.wake)
        self._verdict.blows[kind] = self._verdict.blows.get(kind, 0) + 1

    def _log(self, blow: str) -> None:
        self._blows.append(f"{datetime.now(UTC):%H:%M:%S.%f} {blow}")

    def _later(self, seconds: tuple[float, float], undo: Callable[[], None]) -> None:
        self._due.append((time.monotonic() + self._random.uniform(*seconds), undo))

    def _undo(self, now: float) -> None:
        for entry in [entry for entry in self._due if entry[0] <= now]:
            self._due.remove(entry)
            entry[1]()
            self._log(f"undone: {getattr(entry[1], '__qualname__', '')}")

    def _text(self, network: SimulatedNetwork, traffic: Traffic) -> None:
        modem = self._random.choice(network.modems)
        chance = self._random.random()
        if chance < 0.5:
            traffic.ask(modem)
        elif chance < 0.75:
            traffic.pay(modem)
        elif not self._is_database_away:
            traffic.queue(1)

    # The end

    def _finish(self, nodes: list[LabDaemon], traffic: Traffic, books: Books) -> None:
        self._undo(time.monotonic() + 3600)
        wait_until(lambda: traffic.settled(books.recipients("uncertain")), FINISHED_WITHIN, every=0.5)
        time.sleep(2.0)  # a doubled answer comes a moment later
        self._verdict.remark = "" if all(node.alive for node in nodes) else "a daemon ended"

    def _count(self, network: SimulatedNetwork, nodes: list[LabDaemon], traffic: Traffic, books: Books) -> NodesVerdict:
        verdict, reminded = self._verdict, traffic.reminded()
        count(verdict, traffic, books)
        verdict.reminders = len(traffic.holders)
        uncertain = books.recipients("uncertain")
        verdict.reminders_lost = len(set(reminded.lost) - uncertain)
        verdict.reminded_twice = len(reminded.doubled)
        tallies = (traffic.answered(), traffic.sent(), reminded)
        doubled = {number for each in tallies for number in each.doubled}
        lost = {number for each in tallies for number in each.lost} - uncertain
        verdict.stories = [line for number in sorted(doubled | lost) for line in self._story(network, books, number)]
        if verdict.stories:
            verdict.stories += self._blows
        if any(not node.alive for node in nodes):
            self._verdict.remark = "a daemon ended"
        return self._verdict

    @staticmethod
    def _story(network: SimulatedNetwork, books: Books, number: str) -> list[str]:
        accepted = [
            f"{each.accepted_at.astimezone(UTC):%H:%M:%S.%f} {each.modem} part {each.part} reference {each.reference}"
            for each in network.history
            if each.to == number
        ]
        return [number, *accepted, *books.story(number)]
