"""A network of one modem and a terminal on its port, as a driver has them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import serial

from modem_drivers.simulated import SimulatedNetwork

GATEWAY = "+628111000001"
CITIZEN = "+628123456789"


class Terminal:
    """A person at the port: types lines, reads what comes until an expected ending."""

    def __init__(self, path: str) -> None:
        self.serial = serial.Serial(path, 115200, timeout=0.02)

    def type(self, text: str) -> None:
        self.serial.write(text.encode("latin-1"))

    def until(self, *endings: str, seconds: float = 2.0) -> str:
        """Read until one of the endings stands there; fails with what came instead."""
        deadline = time.monotonic() + seconds
        seen = ""
        while time.monotonic() < deadline:
            seen += self.serial.read(max(1, self.serial.in_waiting)).decode("latin-1")
            if any(ending in seen for ending in endings):
                return seen
        raise AssertionError(f"none of {endings} came, but {seen!r}")

    def silence(self, seconds: float = 0.15) -> str:
        """Read what comes within a moment, usually nothing."""
        time.sleep(seconds)
        return self.serial.read(self.serial.in_waiting).decode("latin-1")

    def ask(self, line: str, seconds: float = 2.0) -> str:
        """Type a command line and give everything up to its final result."""
        self.type(f"{line}\r")
        return self.until("\r\nOK\r\n", "ERROR", seconds=seconds)

    def lines_of(self, start: str) -> list[str]:
        """Wait for an unsolicited line and give it with the PDU below."""
        lines = (self.until(start) + self.silence()).split("\r\n")
        first = next(i for i, line in enumerate(lines) if line.startswith(start))
        return lines[first : first + 2]

    def send_pdu(self, pdu: str, length: int, command: str = "+CMGS") -> str:
        """Send one PDU through the prompt."""
        self.type(f"AT{command}={length}\r")
        self.until("\r\n> ")
        self.type(f"{pdu}\x1a")
        return self.until("\r\nOK\r\n", "ERROR")

    def close(self) -> None:
        self.serial.close()


@pytest.fixture
def network() -> Iterator[SimulatedNetwork]:
    with SimulatedNetwork.start() as network:
        yield network


@pytest.fixture
def terminal(network: SimulatedNetwork) -> Iterator[Terminal]:
    terminal = Terminal(network.add_modem("tsel-1", GATEWAY))
    terminal.ask("ATE0")
    yield terminal
    terminal.close()
