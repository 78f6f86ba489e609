"""How fast this gateway and its peers are, on the same simulated network in the same run: tables, no timed test.

Each part runs in a process of its own with a deadline: one that fails says so in a sentence, and the others go on.
The peers are Debian's packages, unchanged, tuned as far as their settings go; those that are not installed are named.
Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import ours, queue, theirs
from benchmarks.figures import GATEWAYS, PROMISES, Figure, GatewayRow, table

Report = dict[str, Any]  # {"row": a GatewayRow, "figures": Figures, "out": texts a second}


def _parts(options: argparse.Namespace) -> dict[str, tuple[float, Callable[[Path], Report]]]:
    """Every part by name: its deadline in seconds, and what it does in a folder of its own."""
    parts: dict[str, tuple[float, Callable[[Path], Report]]] = {
        "sqlite": (90, lambda at: _answers(ours.answers(at, options.texts, options.burst))),
        "postgresql": (100, lambda at: _answers(ours.answers_on_postgresql(at, options.texts, options.burst))),
        "out": (60, lambda at: _out(ours.out_of_one(at, options.out))),
        "fleet": (90, lambda at: {"figures": ours.fleet(at, options.fleet_texts)}),
        "restart": (60, lambda at: {"figures": ours.restart(at)}),
        "memory": (60 + options.memory / 20, lambda at: {"figures": ours.memory(at, options.memory)}),
    }
    parts |= {f"queue-{database}": _queue(database, options) for database in queue.DATABASES}
    for peer in theirs.PEERS:
        parts[peer.name] = (130, lambda at, peer=peer: {"row": _peer(peer, at, options)})  # type: ignore[misc]
    return parts


def _queue(database: str, options: argparse.Namespace) -> tuple[float, Callable[[Path], Report]]:
    """Growth on one database: a tenth of a second for a thousand messages is thrice what filling took."""
    histories = [queue.History(total) for total in options.history]
    histories += [queue.History(total, archived=False) for total in options.unarchived]
    cases = 9 * (len(histories) + 1) * (options.queue_rounds + 1)
    seconds = 120 + sum(history.messages for history in histories) / 10_000 + cases * (options.queue_seconds + 1)
    server = next((url for url in options.queue_url or () if url.startswith(database)), None)
    plan = queue.Plan(histories, options.queue_seconds, options.queue_rounds, server)
    return seconds, lambda at: {"figures": queue.figures(at, database, plan)}


def _answers(measured: tuple[GatewayRow, list[Figure]]) -> Report:
    return {"row": measured[0], "figures": measured[1]}


def _out(measured: tuple[float, list[Figure]]) -> Report:
    return {"out": measured[0], "figures": measured[1]}


def _peer(peer: type[theirs.Peer], folder: Path, options: argparse.Namespace) -> GatewayRow:
    return theirs.measure(peer, folder, options.peer_texts, options.peer_burst, options.peer_out)


def _run_part(name: str, seconds: float, arguments: list[str]) -> Report:
    """Run one part in a process of its own; whatever goes wrong becomes a row that says so."""
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, __file__, *arguments, "--part", name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, complaints = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return _failed(name, f"not done within {seconds:g} s")
    finally:
        with contextlib.suppress(ProcessLookupError):  # its daemons too
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    if process.returncode:
        return _failed(name, _sentence(complaints) or f"exit code {process.returncode}")
    return _read(said.splitlines()[-1])


def _sentence(complaints: str) -> str:
    """The line of a traceback that says what was wrong."""
    lines = [line for line in complaints.splitlines() if line and not line[0].isspace()]
    named = [line for line in lines if line.split(":")[0].endswith("Error")]
    return (named or lines or [""])[-1]


def _failed(name: str, why: str) -> Report:
    print(f"{name}: {why}", file=sys.stderr)
    if any(name == peer.name for peer in theirs.PEERS):
        return {"row": GatewayRow(name, note=f"failed: {why[:120]}")}
    return {"figures": [Figure(name, f"failed: {why[:160]}", kept=False)]}


def _written(report: Report) -> str:
    plain = {name: dataclasses.asdict(value) if name == "row" else value for name, value in report.items()}
    if "figures" in plain:
        plain["figures"] = [dataclasses.asdict(figure) for figure in plain["figures"]]
    return json.dumps(plain)


def _read(line: str) -> Report:
    report: Report = json.loads(line)
    if "row" in report:
        report["row"] = GatewayRow(**report["row"])
    report["figures"] = [Figure(**figure) for figure in report.get("figures", [])]
    return report


def _tables(reports: dict[str, Report]) -> str:
    rows = [report["row"] for report in reports.values() if "row" in report]
    figures = [figure for report in reports.values() for figure in report.get("figures", [])]
    out = reports.get("out", {}).get("out")
    for row in rows:
        if row.name == "mgov, SQLite":
            row.out_per_second = out
    load = os.getloadavg()[0]
    head = (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load at the end {load:.1f}"
    )
    gateways = table(GATEWAYS, [row.cells() for row in rows])
    return "\n\n".join([head, gateways, table(PROMISES, [figure.cells() for figure in figures])])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--texts", type=int, default=40, help="single texts to answer (default 40)")
    parser.add_argument("--burst", type=int, default=300, help="texts at once on four modems (default 300)")
    parser.add_argument("--out", type=int, default=300, help="texts out on one modem (default 300)")
    parser.add_argument("--fleet-texts", type=int, default=480, help="texts out on eight modems (default 480)")
    parser.add_argument("--memory", type=int, default=5000, help="texts while memory is watched (default 5000)")
    _add_growth(parser)
    parser.add_argument("--peer-texts", type=int, default=4)
    parser.add_argument("--peer-burst", type=int, default=24, help="texts at once for the slower peers (default 24)")
    parser.add_argument("--peer-out", type=int, default=10)
    parser.add_argument("--without-peers", action="store_true", help="measure only this gateway")
    parser.add_argument("--only", action="append", metavar="PART", help="only this part; repeatable")
    parser.add_argument("--file", type=Path, default=Path("bench.md"), help="where the tables go (default bench.md)")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    return parser.parse_args()


def _add_growth(parser: argparse.ArgumentParser) -> None:
    how_many: dict[str, Any] = {"type": int, "nargs": "*", "metavar": "N"}
    text = "messages of history for `queue`, each beside an empty database (default 20000)"
    parser.add_argument("--history", default=[20_000], help=text, **how_many)
    parser.add_argument("--unarchived", default=[], help="the same, nothing of it archived: the worst case", **how_many)
    parser.add_argument("--queue-seconds", type=float, default=1.0, help="seconds a measurement of `queue` (default 1)")
    parser.add_argument("--queue-rounds", type=int, default=3, help="measurements of each, in turns (default 3)")
    parser.add_argument("--queue-url", action="append", metavar="URL", help="a server for `queue` instead of our own")


def _named(only: list[str], parts: Mapping[str, object]) -> list[str]:
    """Parts by name; `queue` is that of each database."""
    return [
        name
        for word in only
        for name in ([one for one in parts if one.startswith("queue-")] if word == "queue" else [word])
    ]


def main() -> None:
    """Measure what the options ask for; print the tables and write them to a file."""
    options = _options()
    parts = _parts(options)
    if options.part:
        with tempfile.TemporaryDirectory(prefix="mgov-bench-") as scratch:
            Path(scratch).chmod(0o755)  # PostgreSQL runs as another user
            print(_written(parts[options.part][1](Path(scratch) / "part")))
        return
    peers = {peer.name for peer in theirs.PEERS} if options.without_peers else set()
    wanted = _named(options.only, parts) if options.only else [name for name in parts if name not in peers]
    if unknown := [name for name in wanted if name not in parts]:
        sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(parts)}")
    reports = {name: _run_part(name, parts[name][0], sys.argv[1:]) for name in wanted}
    tables = _tables(reports)
    options.file.write_text(f"{tables}\n", encoding="utf-8")
    print(tables)


if __name__ == "__main__":
    main()
