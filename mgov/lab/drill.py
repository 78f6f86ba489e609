"""One drill: a daemon under traffic both ways, a fault in the middle of it, and the count afterwards."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from mgov.lab.catalogue import Scenario
from mgov.lab.daemon import LabDaemon, LabModem, modems_ready, times_answered, wait_until
from modem_drivers.simulated import SimulatedNetwork

READY_WITHIN = 15.0  # seconds from start to modems that are set up
RECOVERED_WITHIN = 15.0  # seconds from the end of a fault to the first answer through its modem
SETTLED_WITHIN = 30.0  # seconds from then until everything must be answered
TEXTS_IN = 12
TEXTS_OUT = 8
PACE = 0.1  # seconds between texts in
LONG_TEXT = "INFO " + "perizinan usaha kecil dan menengah di kabupaten " * 5
STRUCK = "lab-1"
SPARE = "lab-2"


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
    remark: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing was lost or doubled and the modem came back by itself."""
        harm = self.lost_in + self.doubled_in + self.lost_out + self.doubled_out
        return harm == 0 and self.recovery is not None


class Drill:
    """Two modems, one of them struck; `database` is an empty database to use instead of SQLite."""

    def __init__(self, scenario: Scenario, folder: Path, *, database: str | None = None, options: str = "") -> None:
        self._scenario = scenario
        self._folder = folder
        self._database = database
        self._options = options

    def run(self) -> Verdict:
        """Do it all and count."""
        with SimulatedNetwork.start(link_dir=self._folder / "ports") as network:
            daemon = self._daemon(network)
            daemon.start()
            try:
                if wait_until(lambda: modems_ready(network, network.modems), READY_WITHIN) is None:
                    return Verdict(self._scenario.name, None, remark=f"modems not ready: {daemon.log_tail(1)}")
                return self._under_traffic(network, daemon)
            finally:
                daemon.stop()

    def _daemon(self, network: SimulatedNetwork) -> LabDaemon:
        modems = [
            LabModem(name, network.add_modem(name, number), number, self._options + self._scenario.options)
            for name, number in ((STRUCK, "+628111000001"), (SPARE, "+628111000002"))
        ]
        daemon = LabDaemon(self._folder, modems, database=self._database)
        daemon.run("db", "upgrade")
        return daemon

    def _under_traffic(self, network: SimulatedNetwork, daemon: LabDaemon) -> Verdict:
        citizens = [f"+6281300{number:06d}" for number in range(TEXTS_IN)]
        recipients = [f"+6281400{number:06d}" for number in range(TEXTS_OUT)]
        self._send_some(network, citizens[: TEXTS_IN // 2])
        queueing = threading.Thread(target=self._queue, args=(daemon, recipients))
        queueing.start()  # beside the fault, as it takes a moment
        self._strike(network, daemon)
        self._send_some(network, citizens[TEXTS_IN // 2 :])
        if self._scenario.long_texts:
            citizens.append(self._send_long(network))
        recovery = self._recovery(network)
        queueing.join()
        everyone = citizens + recipients
        wait_until(lambda: all(times_answered(network, everyone).values()), SETTLED_WITHIN, every=0.05)
        time.sleep(1.0)  # a doubled answer comes a moment later
        return self._count(network, daemon, citizens, recipients, recovery)

    def _send_some(self, network: SimulatedNetwork, citizens: list[str]) -> None:
        target = network.modem(STRUCK).sim.msisdn
        for number in citizens:
            network.phone(number).send("BANTUAN", target)
            time.sleep(PACE)

    def _send_long(self, network: SimulatedNetwork) -> str:
        """A long text whose part is lost, and the same again a moment later, as a citizen would."""
        phone = network.phone("+6281309999999")
        for _ in range(2):
            phone.send(LONG_TEXT, network.modem(STRUCK).sim.msisdn)
            time.sleep(0.5)
        return phone.number

    def _strike(self, network: SimulatedNetwork, daemon: LabDaemon) -> None:
        self._struck_at = time.monotonic()
        self._scenario.strike(network, STRUCK)
        if self._scenario.kills_daemon:
            daemon.kill()
            daemon.start()

    def _queue(self, daemon: LabDaemon, recipients: list[str]) -> None:
        lines = "".join(json.dumps({"to": number, "text": "Tagihan Anda"}) + "\n" for number in recipients)
        file = self._folder / "out.jsonl"
        file.write_text(lines, encoding="utf-8")
        daemon.run("sms", "send", "--jsonl", str(file))

    def _recovery(self, network: SimulatedNetwork) -> float | None:
        """Text the struck modem after the fault's end until that one answers; gives the seconds since the end."""
        ended = self._struck_at + self._scenario.lasts
        time.sleep(max(0.0, ended - time.monotonic()))
        ended = max(ended, self._struck_at)
        attempt = 0
        while time.monotonic() - ended < RECOVERED_WITHIN:
            phone = network.phone(f"+6281500{attempt:06d}")
            phone.send("BANTUAN", network.modem(STRUCK).sim.msisdn)
            if phone.wait_for(1, 2.0):
                return time.monotonic() - ended
            attempt += 1
        return None

    def _count(
        self,
        network: SimulatedNetwork,
        daemon: LabDaemon,
        citizens: list[str],
        recipients: list[str],
        recovery: float | None,
    ) -> Verdict:
        answered, sent = times_answered(network, citizens), times_answered(network, recipients)
        outbox = [json.loads(line) for line in daemon.run("sms", "outbox", "--json").splitlines()]
        return Verdict(
            self._scenario.name,
            recovery,
            texts_in=len(citizens),
            lost_in=sum(times == 0 for times in answered.values()),
            doubled_in=sum(times > 1 for times in answered.values()),
            texts_out=len(recipients),
            lost_out=sum(times == 0 for times in sent.values()),
            doubled_out=sum(times > 1 for times in sent.values()),
            uncertain=sum(message["state"] == "uncertain" for message in outbox),
            remark="" if daemon.alive else "the daemon ended",
        )
