"""A daemon with modems from outside this project, and what its citizens see of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.modem_drivers.stick import Stick

MGOV = [sys.executable, "-m", "mgov.cli.main"]
LONG = "INFO " + "panjang sekali " * 14 + "SELESAI"


def citizen(place: int) -> str:
    """The number of whoever texts the modem at this place."""
    return f"62812000{place:03d}"


class SticksAtWork:
    """Two sticks of each kind, one of which submits from its memory, each with its citizen, and their daemon."""

    def __init__(self, folder: Path, url: str, kinds: Sequence[type[Stick]]) -> None:
        self.sticks = [kind(place) for place, kind in enumerate((*kinds, *kinds))]
        for stick in self.sticks:
            stick.start()
        self.log = folder / "log"
        self.config = folder / "mgov.toml"
        lines = [f'[database]\nurl = "{url}"']
        for place, stick in enumerate(self.sticks):
            lines.append(f'[[modem]]\nname = "{stick.name}"\ndriver = "at"\nport = "{stick.port}"')
            lines.append(f'msisdn = "+6281100000{place:02d}"\n{stick.more_config}')
            lines.append(f"crash_safe_submit = {'true' if place >= len(kinds) else 'false'}")
        self.config.write_text("\n".join(lines), encoding="utf-8")
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the daemon."""
        with self.log.open("ab") as log:
            self._daemon = subprocess.Popen(
                [*MGOV, "--config", str(self.config), "run"], stdout=log, stderr=log, env=os.environ
            )

    def cut_power(self) -> None:
        """End it as a power cut does."""
        assert self._daemon is not None
        self._daemon.kill()
        self._daemon.wait()

    def stop(self) -> None:
        """End it in order, and pull out the sticks."""
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(20)
        for stick in self.sticks:
            stick.stop()

    def come(self, text: str, second: int) -> None:
        """Everybody texts this."""
        for place, stick in enumerate(self.sticks):
            (stick.receive_long if len(text) > 160 else stick.receive)(citizen(place), text, second)

    def answers(self) -> Counter[str]:
        """How many texts each number got."""
        return Counter(to for stick in self.sticks for to, _text in stick.sent)

    def answered(self, each: int) -> bool:
        """Whether everybody has got so many."""
        told = self.answers()
        return all(told[citizen(place)] >= each for place in range(len(self.sticks)))

    def outbox(self) -> list[dict[str, str]]:
        """The daemon's own account."""
        said = subprocess.run(
            [*MGOV, "--config", self.config, "sms", "outbox", "--json"], capture_output=True, check=True
        )
        return [json.loads(line) for line in said.stdout.splitlines()]

    def delivered(self) -> int:
        """How many texts it knows to have come."""
        return sum(line["state"] == "delivered" for line in self.outbox())


def wait(so: Callable[[], bool], seconds: float, every: float = 0.1) -> None:
    """Until something is so, or the time is up."""
    end = time.monotonic() + seconds
    while not so() and time.monotonic() < end:
        time.sleep(every)
