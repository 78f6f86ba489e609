"""Run a simulated network as a process: `python -m modem_drivers.simulated --modems 4 --link-dir DIR`.

Prints one JSON line with its modems when they are there, then answers the JSON lines of `control` on standard input
(and on a Unix socket with --control) until the input ends or a signal comes.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from modem_drivers.simulated.control import answer, describe, serve_on
from modem_drivers.simulated.network import OPERATORS, SimulatedNetwork
from modem_drivers.simulated.profiles import profiles


def main() -> None:
    """Start what the arguments ask for and serve until told to stop."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with SimulatedNetwork.start(link_dir=options.link_dir) as network:
        network.submit_latency = options.submit_latency
        operators = list(OPERATORS)
        for number in range(1, options.modems + 1):
            network.add_modem(
                f"sim-{number}",
                f"+6281110000{number:02d}",
                operators[(number - 1) % len(operators)] if options.mixed else "telkomsel",
                options.profile,
                pin=options.pin,
                capacity=options.capacity,
            )
        server = serve_on(network, options.control) if options.control else None
        print(json.dumps({"modems": [describe(network, name) for name in network.modems]}), flush=True)
        try:
            _serve(network, wait=options.control is not None)
        except KeyboardInterrupt:
            pass
        finally:
            if server is not None:
                server.shutdown()
                server.server_close()
                options.control.unlink(missing_ok=True)


def _serve(network: SimulatedNetwork, *, wait: bool) -> None:
    for line in sys.stdin:
        print(answer(network, line), flush=True)
    if wait:
        signal.pause()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m modem_drivers.simulated", description=__doc__)
    parser.add_argument("--modems", type=int, default=1, help="how many modems (default 1)")
    parser.add_argument("--link-dir", type=Path, help="make a link for each port here, named as the modem")
    parser.add_argument("--profile", choices=sorted(profiles()), default="generic")
    parser.add_argument("--pin", help="lock every SIM with this PIN")
    parser.add_argument("--capacity", type=int, default=50, help="slots on each SIM (default 50)")
    parser.add_argument("--submit-latency", type=float, default=0.0, help="seconds the network takes for a message")
    parser.add_argument("--mixed", action="store_true", help="modems of different operators")
    parser.add_argument("--control", type=Path, help="also listen on this Unix socket")
    return parser


if __name__ == "__main__":
    main()
