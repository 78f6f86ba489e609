"""A network in a process of its own is told what to do by JSON lines, one answer line for each.

`{"do": "send", "from": "+62…", "text": "…"[, "to": "+62…"]}` and the other words in `COMMANDS`; an answer is
`{"ok": …}` or `{"error": "…"}`.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modem_drivers.simulated.network import SimulatedNetwork

Request = dict[str, Any]
SETTABLE = (
    "submit_latency",
    "delivery_latency",
    "registration_delay",
    "acknowledge_within",
    "retry_after",
    "clock_error",
)


def _send(network: SimulatedNetwork, request: Request) -> object:
    for _ in range(int(request.get("count", 1))):
        network.send_from(request["from"], request["text"], request.get("to"))
    return True


def _inbox(network: SimulatedNetwork, request: Request) -> object:
    phone = network.phone(request["number"])
    texts = phone.wait_for(int(request.get("count", 0)), float(request.get("timeout", 0)))
    return [asdict(text) | {"received_at": text.received_at.isoformat()} for text in texts]


def _history(network: SimulatedNetwork, request: Request) -> object:
    since = int(request.get("since", 0))
    return [asdict(each) | {"accepted_at": each.accepted_at.isoformat()} for each in network.history[since:]]


def _fault(network: SimulatedNetwork, request: Request) -> object:
    network.fault(
        request["modem"],
        request["kind"],
        count=int(request.get("count", 1)),
        value=str(request.get("value", "")),
        seconds=float(request.get("seconds", 0)),
    )
    return True


def _clear(network: SimulatedNetwork, request: Request) -> object:
    network.clear_faults(request["modem"])
    return True


def _set(network: SimulatedNetwork, request: Request) -> object:
    for name in SETTABLE:
        if name in request:
            setattr(network, name, float(request[name]))
    return {name: getattr(network, name) for name in SETTABLE}


def _power(network: SimulatedNetwork, request: Request) -> object:
    if request["on"]:
        return network.switch_on(request["modem"])
    network.switch_off(request["modem"], drop_port=bool(request.get("drop_port")))
    return ""


def _phone(network: SimulatedNetwork, request: Request) -> object:
    phone = network.phone(request["number"])
    if request["on"]:
        phone.switch_on()
    else:
        phone.switch_off()
    return True


def _modems(network: SimulatedNetwork, _request: Request) -> object:
    return [describe(network, name) for name in network.modems]


def _waiting(network: SimulatedNetwork, request: Request) -> object:
    return network.waiting_for(request["number"])


COMMANDS: dict[str, Callable[[SimulatedNetwork, Request], object]] = {
    "send": _send,
    "inbox": _inbox,
    "history": _history,
    "fault": _fault,
    "clear": _clear,
    "set": _set,
    "power": _power,
    "phone": _phone,
    "modems": _modems,
    "waiting": _waiting,
}


def describe(network: SimulatedNetwork, name: str) -> dict[str, str]:
    """Say what a driver has to know of a modem, and what a person wants to."""
    modem = network.modem(name)
    return {
        "name": name,
        "port": modem.path,
        "msisdn": modem.sim.msisdn,
        "operator": modem.operator.name,
        "profile": modem.profile.name,
        "imei": modem.imei,
        "imsi": modem.sim.imsi,
    }


def answer(network: SimulatedNetwork, line: str) -> str:
    """Do what one line asks and word the answer; never raises."""
    try:
        request = json.loads(line)
        result = COMMANDS[request["do"]](network, request)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return json.dumps({"error": f"{type(error).__name__}: {error}"})
    return json.dumps({"ok": result}, ensure_ascii=False)


def serve_on(network: SimulatedNetwork, path: Path) -> socketserver.ThreadingUnixStreamServer:
    """Answer JSON lines on a Unix socket, in a thread, until the server is shut down."""

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                self.wfile.write(f"{answer(network, line.decode())}\n".encode())

    server = socketserver.ThreadingUnixStreamServer(str(path), Session)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="simulated-control", daemon=True).start()
    return server
