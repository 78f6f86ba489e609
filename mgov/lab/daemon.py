"""A real `mgov run` on the ports of a simulated network: started, killed, stopped and looked at from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from modem_drivers.simulated import SimulatedNetwork

MGOV = (sys.executable, "-c", "from mgov.cli.main import main; main()")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class LabModem:
    """A modem of the lab as the daemon's configuration names it."""

    name: str
    port: str
    msisdn: str
    options: str = ""  # further TOML lines


class LabDaemon:
    """One daemon in its folder; it can be started again on the same database after it was killed."""

    def __init__(
        self,
        folder: Path,
        modems: list[LabModem],
        *,
        database: str | None = None,
        config: str = "",
        program: tuple[str, ...] = MGOV,
        node: str = "lab",
    ) -> None:
        self.folder = folder
        self.modems = modems
        self._program = program
        self.process: subprocess.Popen[bytes] | None = None
        self._log = folder / "daemon.log"
        folder.mkdir(parents=True, exist_ok=True)
        url = database or f"sqlite:///{folder / 'mgov.db'}"
        tables = "\n".join(
            f'[[modem]]\nname = "{modem.name}"\ndriver = "at"\nport = "{modem.port}"\n'
            f'msisdn = "{modem.msisdn}"\n{modem.options}\n'
            for modem in modems
        )
        head = f'node = "{node}"\n\n[database]\nurl = "{url}"\n\n'
        (folder / "mgov.toml").write_text(f"{head}{tables}\n{config}\n", encoding="utf-8")

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "mgov.toml"

    def run(self, *arguments: str, given: str | None = None) -> str:
        """Run one command of the program to its end and give what it printed; raises when it fails."""
        command = (*MGOV, "--config", str(self.config), *arguments)
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def start(self) -> None:
        """Start the daemon; its log is appended to."""
        with self._log.open("ab") as log:
            command = (*self._program, "--config", str(self.config), "run")
            self.process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - ours

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does (SIGSTOP), as a paused virtual machine is."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let a frozen one go on; it does not know how long it was gone."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)

    def stop(self, within: float = 12.0) -> bool:
        """Ask it to stop; gives whether it did so in time."""
        if self.process is None or self.process.poll() is not None:
            return True
        self.process.terminate()
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def cpu_seconds(self) -> float:
        """Processor time used so far."""
        if not self.alive or self.process is None:
            return 0.0
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self) -> float:
        """Resident memory."""
        if not self.alive or self.process is None:
            return 0.0
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def log_tail(self, lines: int = 20) -> str:
        """The end of its log."""
        with contextlib.suppress(OSError):
            return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def wait_until(happened: Callable[[], bool], within: float, every: float = 0.01) -> float | None:
    """Seconds until something was so; None when it was not in time."""
    started = time.monotonic()
    while not happened():
        if time.monotonic() - started > within:
            return None
        time.sleep(every)
    return time.monotonic() - started


def modems_ready(network: SimulatedNetwork, names: list[str]) -> bool:
    """Whether a driver has set these modems up: each tells of new messages or hands them over (+CNMI)."""
    return all(network.modem(name).settings.cnmi[1] for name in names)


def setups(network: SimulatedNetwork) -> dict[str, int]:
    """How often each modem was set up so far: tells a new driver's work from what an earlier one left behind."""
    return {name: network.modem(name).heard["+CNMI="] for name in network.modems}


def times_answered(network: SimulatedNetwork, numbers: list[str]) -> Mapping[str, int]:
    """How many whole messages the network accepted for each number; the parts of a long one count once."""
    wanted = dict.fromkeys(numbers, 0)
    for submission in network.history:
        if submission.to in wanted and (submission.part is None or submission.part[1] == 1):
            wanted[submission.to] += 1
    return wanted
