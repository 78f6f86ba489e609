"""Existing gateways, unchanged from their Debian packages, set up on the ports of a simulated network.

Each answers every incoming text in its own way (a hook, or the test in `gammu`'s case the hook too) when `answers` is
true, so that the bench can measure text in → answer out.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path

REPLY = "Tagihan Anda Rp 1.250.000"


class Peer(ABC):
    """One gateway on some ports; processes are ended by `stop`."""

    name: str
    package: str
    programs: tuple[str, ...]

    def __init__(self, folder: Path, ports: list[str]) -> None:
        self.folder, self.ports = folder, ports
        self.processes: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)

    @classmethod
    def missing(cls) -> str | None:
        """Why it cannot run here, None when it can."""
        absent = [program for program in cls.programs if shutil.which(program, path="/usr/sbin:/usr/bin") is None]
        return f"Debian package {cls.package} is not installed ({', '.join(absent)} missing)" if absent else None

    @abstractmethod
    def start(self, *, answers: bool = False) -> None:
        """Write its configuration and start its processes."""

    @abstractmethod
    def send(self, number: str, text: str) -> None:
        """Queue one text the way its users do."""

    @abstractmethod
    def received(self) -> list[str]:
        """Texts it has received so far."""

    def run(self, *command: str) -> None:
        """Start one of its processes, with what it says in a log beside it."""
        log = (self.folder / f"{Path(command[0]).name}-{len(self.processes)}.out").open("wb")
        with log:
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder))

    def stop(self) -> None:
        """End what `start` started, by force when it does not listen."""
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._kill_daemons()

    def _kill_daemons(self) -> None:
        """End what made itself a daemon: it would go on opening a port that by then is another test's."""
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = line.read_bytes()
            except OSError:
                continue
            if str(self.folder).encode() in words and int(line.parent.name) != os.getpid():
                os.kill(int(line.parent.name), signal.SIGKILL)

    def cpu_seconds(self) -> float:
        """Processor time of all its processes so far."""
        total = 0
        for process in self.processes:
            fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / 100  # USER_HZ

    def logs(self) -> str:
        """The ends of its logs, for a failing test."""
        files = [*self.folder.glob("*.out"), *self.folder.glob("*.log")]
        return "\n".join(f"--- {file.name}\n{file.read_text(errors='replace')[-3000:]}" for file in files)


class Gammu(Peer):
    """gammu-smsd: one process for each modem, files as its store."""

    name, package, programs = "gammu-smsd", "gammu-smsd", ("gammu-smsd",)

    def start(self, *, answers: bool = False) -> None:
        self._next = 0
        for number, port in enumerate(self.ports):
            home = self.folder / str(number)
            for box in ("inbox", "outbox", "sent", "error"):
                (home / box).mkdir(parents=True)
            config = home / "smsdrc"
            hook = f"runonreceive = {self._hook(home)}\n" if answers else ""
            config.write_text(
                f"[gammu]\nport = {port}\nconnection = at115200\n[smsd]\nservice = files\n"
                f"logfile = {home}/smsd.log\ndebuglevel = 255\nloopsleep = 1\nreceivefrequency = 1\n"
                f"resetfrequency = 0\nchecksecurity = 0\ncheckbattery = 0\nchecksignal = 0\nchecknetwork = 0\n"
                f"inboxpath = {home}/inbox/\noutboxpath = {home}/outbox/\nsentsmspath = {home}/sent/\n"
                f"errorsmspath = {home}/error/\n{hook}"
            )
            self.run("/usr/bin/gammu-smsd", "-c", str(config))

    def _hook(self, home: Path) -> Path:
        hook = home / "answer.sh"
        hook.write_text(
            "#!/bin/sh\n"
            f'printf %s "{REPLY}" > {home}/.reply.$$ && mv {home}/.reply.$$ '
            f'"{home}/outbox/OUTA_"$$"_00_${{SMS_1_NUMBER}}_r.txt"\n'
        )
        hook.chmod(0o755)
        return hook

    def send(self, number: str, text: str) -> None:
        home = self.folder / str(self._next % len(self.ports))
        self._next += 1
        draft = home / "draft"
        draft.write_text(text)
        draft.replace(home / "outbox" / f"OUTB_{self._next:05d}_00_{number}_t.txt")

    def received(self) -> list[str]:
        return [file.read_text() for file in sorted(self.folder.glob("*/inbox/*.txt"))]

    def logs(self) -> str:
        return super().logs() + "\n".join(
            log.read_text(errors="replace")[-6000:] for log in self.folder.glob("*/smsd.log")
        )


class Smstools(Peer):
    """smsd of smstools: one process tree for all modems, files as its store."""

    name, package, programs = "smstools", "smstools", ("smsd",)

    def start(self, *, answers: bool = False) -> None:
        self._count = 0
        for box in ("outgoing", "checked", "incoming", "sent", "failed", "report"):
            (self.folder / box).mkdir()
        names = [f"GSM{number}" for number in range(len(self.ports))]
        modems = "".join(
            f"[{name}]\ndevice = {port}\nincoming = yes\nbaudrate = 115200\ndevice_open_retries = -1\n"
            "init = AT+CNMI=2,1,0,0,0\nqueues = all\n"
            for name, port in zip(names, self.ports, strict=True)
        ).replace("queues = all\n", "")
        hook = f"eventhandler = {self._hook()}\n" if answers else ""
        config = self.folder / "smsd.conf"
        config.write_text(
            f"devices = {', '.join(names)}\noutgoing = {self.folder}/outgoing\nchecked = {self.folder}/checked\n"
            f"incoming = {self.folder}/incoming\nsent = {self.folder}/sent\nfailed = {self.folder}/failed\n"
            f"report = {self.folder}/report\nlogfile = {self.folder}/smsd.log\nloglevel = 7\ndelaytime = 1\n"
            f"infofile = {self.folder}/smsd.working\npidfile = {self.folder}/smsd.pid\nerrorsleeptime = 1\n"
            f"delaytime_mainprocess = 1\nautosplit = 3\nreceive_before_send = no\n{hook}{modems}"
        )
        self.run("/usr/sbin/smsd", "-c" + str(config))

    def _hook(self) -> Path:
        hook = self.folder / "answer.sh"
        hook.write_text(
            '#!/bin/sh\n[ "$1" = RECEIVED ] || exit 0\n'
            "to=$(sed -n 's/^From: //p' \"$2\")\n"
            f"printf 'To: %s\\n\\n{REPLY}' \"$to\" > {self.folder}/.r.$$ && "
            f"mv {self.folder}/.r.$$ {self.folder}/outgoing/reply.$$\n"
        )
        hook.chmod(0o755)
        return hook

    def send(self, number: str, text: str) -> None:
        self._count += 1
        draft = self.folder / "draft"
        draft.write_text(f"To: {number}\n\n{text}")
        draft.replace(self.folder / "outgoing" / f"text{self._count:05d}")

    def received(self) -> list[str]:
        files = sorted((self.folder / "incoming").iterdir())
        return [file.read_text(encoding="latin-1").split("\n\n", 1)[1] for file in files]


class Kannel(Peer):
    """bearerbox with the AT2 driver and smsbox."""

    name, package, programs = "kannel", "kannel", ("bearerbox", "smsbox")

    def start(self, *, answers: bool = False) -> None:
        self._admin, boxes, self._http = _free_ports(3)
        modems = "".join(
            f"group = smsc\nsmsc = at\nsmsc-id = m{number}\nmodemtype = generic\ndevice = {port}\nspeed = 115200\n"
            "sim-buffering = true\n\n"
            for number, port in enumerate(self.ports)
        )
        config = self.folder / "kannel.conf"
        reply = f'text = "{REPLY}"' if answers else 'text = ""\nomit-empty = true'
        config.write_text(
            f"group = core\nadmin-port = {self._admin}\nadmin-password = bar\nsmsbox-port = {boxes}\n"
            f'log-file = {self.folder}/bearerbox.log\nlog-level = 0\nbox-deny-ip = ""\n'
            f"access-log = {self.folder}/access.log\nstore-type = file\nstore-location = {self.folder}/store\n\n"
            f"{modems}"
            "group = modems\nid = generic\nname = Generic\n\n"
            f"group = smsbox\nbearerbox-host = 127.0.0.1\nsendsms-port = {self._http}\nglobal-sender = 13013\n"
            f"log-file = {self.folder}/smsbox.log\nlog-level = 0\n\n"
            "group = sendsms-user\nusername = tester\npassword = foobar\n\n"
            f"group = sms-service\nkeyword = default\n{reply}\n\n"
        )
        self.run("/usr/sbin/bearerbox", "-v", "4", str(config))
        _wait_for_port(boxes)
        self.run("/usr/sbin/smsbox", "-v", "4", str(config))
        _wait_for_port(self._http)

    def send(self, number: str, text: str) -> None:
        query = urllib.parse.urlencode({"username": "tester", "password": "foobar", "to": number, "text": text})
        with urllib.request.urlopen(f"http://127.0.0.1:{self._http}/cgi-bin/sendsms?{query}", timeout=5):
            pass

    def received(self) -> list[str]:
        log = self.folder / "access.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        texts = [line for line in lines if "Receive SMS" in line]
        return [line.split("[msg:", 1)[1].split(":", 1)[1].split("]", 1)[0] for line in texts]


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _wait_for_port(port: int, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")


PEERS: tuple[type[Peer], ...] = (Smstools, Gammu, Kannel)
