"""`mgov lab`: faults against the real daemon on a simulated network, a drill for the NOC and a check for developers."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from mgov.bootstrap import modem_profiles
from mgov.cli.context import NotDone
from mgov.lab.catalogue import CATALOGUE, Scenario, named
from mgov.lab.databases import empty_database
from mgov.lab.drill import Drill, Verdict
from mgov.lab.failover import FailoverDrill
from mgov.lab.kill import READY_WITHIN, KillRounds, KillVerdict
from mgov.lab.mariadb import LabMariadb
from mgov.lab.nodes import NodesDrill
from mgov.lab.postgresql import LabPostgresql
from mgov.lab.server import NoServerError
from modem_drivers.simulated import profiles
from modem_drivers.simulated.published import published_dialogues
from modem_drivers.simulated.replay import replay

DATABASE_HELP = (
    "A server's URL instead of SQLite, by a user who may create databases: each drill gets a database of its own."
)
POSTGRESQL_HELP = "A PostgreSQL server of the lab's own, started for it and ended after it."
SEED_LIMIT = 10**6


@click.group(invoke_without_command=True)
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Only this fault; repeatable. Default: all.")
@click.option("--rounds", default=1, show_default=True, help="How often each is done.")
@click.option("--database", metavar="URL", help=DATABASE_HELP)
@click.option("--postgresql", is_flag=True, help=POSTGRESQL_HELP)
@click.option("--crash-safe", is_flag=True, help="Modems with crash_safe_submit = true.")
@click.option("--profile", type=click.Choice(sorted(profiles())), default="generic", help="The make of the modems.")
@click.option("--away", default=10.0, show_default=True, help="Seconds that `database-away` lasts.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--list", "only_list", is_flag=True, help="Show the catalogue and end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line on stdout.")
@click.pass_context
def lab(
    click_context: click.Context,
    faults: tuple[str, ...],
    rounds: int,
    database: str | None,
    postgresql: bool,
    crash_safe: bool,
    profile: str,
    away: float,
    language: str,
    only_list: bool,
    as_json: bool,
) -> None:
    """Strike modems of a simulated network under traffic; print what was lost, doubled, and how long recovery took.

    Uses a database and a daemon of its own: nothing of the running installation is touched. Without names all faults
    are drilled, `database-away` only with --postgresql.
    """
    if click_context.invoked_subcommand is not None:
        return
    if only_list:
        for scenario in CATALOGUE:
            click.echo(f"{scenario.name:20} {scenario.sentence(language)}")
        return
    scenarios = [_lasting(scenario, away) for scenario in _chosen(faults, postgresql)]
    options = "crash_safe_submit = true\n" if crash_safe else ""
    failed = 0
    if not as_json:
        click.echo(_heading(language))
    with _server(postgresql) as server:
        for scenario in scenarios * rounds:
            verdict = _drill(scenario, server.url if server else database, options, server, profile)
            click.echo(
                json.dumps(asdict(verdict) | {"passed": verdict.passed}) if as_json else _line(verdict, language)
            )
            failed += not verdict.passed
    if failed:
        raise NotDone(f"{failed} of {len(scenarios) * rounds} drills failed")


def _chosen(faults: tuple[str, ...], postgresql: bool) -> list[Scenario]:
    try:
        scenarios = list(named(faults)) if faults else [each for each in CATALOGUE if _can(each, postgresql)]
    except KeyError as error:
        raise click.UsageError(f"no fault is called {error.args[0]}; see mgov lab --list") from error
    if not all(_can(scenario, postgresql) for scenario in scenarios):
        raise click.UsageError("database-away kills a server: give --postgresql")
    return scenarios


def _can(scenario: Scenario, postgresql: bool) -> bool:
    return postgresql or not scenario.kills_database


def _lasting(scenario: Scenario, away: float) -> Scenario:
    return replace(scenario, lasts=away) if scenario.kills_database else scenario


@contextmanager
def _server(wanted: bool) -> Iterator[LabPostgresql | None]:
    """A server of the lab's own, or None; exits 1 when PostgreSQL is not here."""
    if not wanted:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="mgov-lab-pg-", ignore_cleanup_errors=True) as folder:
        try:
            with LabPostgresql(Path(folder)) as server:
                yield server
        except NoServerError as error:
            raise NotDone(str(error)) from error


def _drill(
    scenario: Scenario, database: str | None, options: str, server: LabPostgresql | None, profile: str
) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="mgov-lab-") as name:
        folder = Path(name)
        with empty_database(database, folder) as url:
            return Drill(scenario, folder, url, options=options, server=server, profile=profile).run()


def _heading(language: str) -> str:
    titles = (
        ("fault", "recovery", "in lost/doubled", "out lost/doubled", "uncertain", "")
        if language == "en"
        else ("gangguan", "pulih", "masuk hilang/ganda", "keluar hilang/ganda", "tak pasti", "")
    )
    return _columns(titles)


def _line(verdict: Verdict, language: str) -> str:
    came_back = "never" if language == "en" else "tidak pulih"
    return _columns(
        (
            verdict.scenario,
            came_back if verdict.recovery is None else f"{verdict.recovery:.1f} s",
            f"{verdict.lost_in}/{verdict.doubled_in} ({verdict.texts_in})",
            f"{verdict.lost_out}/{verdict.doubled_out} ({verdict.texts_out})",
            str(verdict.uncertain),
            f"{_word(verdict.passed, language)} {_further(verdict, language)} {verdict.remark}".strip(),
        )
    )


def _further(verdict: Verdict, language: str) -> str:
    """The harm that has no column of its own."""
    words = {
        "booked_twice": ("dicatat dua kali", "booked twice"),
        "garbled": ("teks rusak", "garbled"),
        "unreported": ("tanpa laporan", "without report"),
        "left_on_sim": ("tertinggal di SIM", "left on the SIM"),
        "strayed": ("lewat SIM lain", "sent by another SIM"),
    }
    found = asdict(verdict)
    return ", ".join(f"{found[key]} {pair[language == 'en']}" for key, pair in words.items() if found[key])


def _word(passed: bool, language: str) -> str:
    if language == "en":
        return "ok" if passed else "FAILED"
    return "baik" if passed else "GAGAL"


def _columns(cells: tuple[str, ...]) -> str:
    widths = (20, 12, 20, 20, 10, 0)
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


@lab.command()
@click.option("--rounds", default=20, show_default=True, help="How often the daemon is killed.")
@click.option("--database", metavar="URL", help=DATABASE_HELP)
@click.option("--postgresql", is_flag=True, help=POSTGRESQL_HELP)
@click.option("--crash-safe", is_flag=True, help="Modems with crash_safe_submit = true.")
@click.option("--profile", type=click.Choice(sorted(profiles())), default="generic", help="The make of the modems.")
@click.option("--burst", default=0, metavar="N", help="In every fourth round queue N texts, and kill in their middle.")
@click.option("--seed", type=int, help="Of the random moments; printed, so that a run can be had again.")
@click.option("--ready-within", default=READY_WITHIN, show_default=True, help="Seconds that a start may take.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def kill(
    rounds: int,
    database: str | None,
    postgresql: bool,
    crash_safe: bool,
    profile: str,
    burst: int,
    seed: int | None,
    ready_within: float,
    language: str,
    as_json: bool,
) -> None:
    """Kill the daemon (SIGKILL) at random moments with traffic both ways, then count what was lost or doubled."""
    chosen = random.randrange(SEED_LIMIT) if seed is None else seed  # noqa: S311 - moments, no secret
    with (
        _server(postgresql) as server,
        tempfile.TemporaryDirectory(prefix="mgov-lab-") as name,
        empty_database(server.url if server else database, Path(name)) as url,
    ):
        verdict = KillRounds(
            Path(name),
            url,
            rounds,
            crash_safe=crash_safe,
            seed=chosen,
            ready_within=ready_within,
            profile=profile,
            burst=burst,
        ).run()
    found = {"passed": verdict.passed, "late": verdict.late, "slowest": verdict.slowest}
    click.echo(json.dumps(asdict(verdict) | found) if as_json else _story(verdict, language))
    if not verdict.passed:
        raise NotDone(f"the daemon did not survive {rounds} kills unharmed (seed {chosen})")


@lab.command()
@click.option("--seconds", default=600.0, show_default=True, help="How long nodes and database are struck.")
@click.option("--seed", type=int, help="Of the random moments; printed, so that a run can be had again.")
@click.option("--mariadb", is_flag=True, help="On a MariaDB instead of a PostgreSQL.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def nodes(seconds: float, seed: int | None, mariadb: bool, language: str, as_json: bool) -> None:
    """Strike three hosts on one PostgreSQL at random: kill, freeze past the lease, restart the database."""
    chosen = random.randrange(SEED_LIMIT) if seed is None else seed  # noqa: S311 - moments, no secret
    with tempfile.TemporaryDirectory(prefix="mgov-lab-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs as another user
        try:
            with LabMariadb(folder / "db") if mariadb else LabPostgresql(folder / "db") as server:
                verdict = NodesDrill(folder, server, server.url, seconds, seed=chosen).run()
        except NoServerError as error:
            raise NotDone(str(error)) from error
    found = asdict(verdict) | {"passed": verdict.passed}
    click.echo(json.dumps(found) if as_json else _told(found, verdict.passed, language))
    if not verdict.passed:
        raise NotDone(f"three nodes did not keep their promises (seed {chosen})")


@lab.command()
@click.option("--seconds", default=20.0, show_default=True, help="Of traffic, half before and half after.")
@click.option("--asynchronous", is_flag=True, help="The databases' default: shows what may be lost then.")
@click.option("--mariadb", is_flag=True, help="A MariaDB with a replica instead of a PostgreSQL with a standby.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def failover(seconds: float, asynchronous: bool, mariadb: bool, language: str, as_json: bool) -> None:
    """Let the primary of a PostgreSQL with a streaming standby die under traffic, and promote the standby."""
    database = "mariadb" if mariadb else "postgresql"
    with tempfile.TemporaryDirectory(prefix="mgov-lab-") as name:
        Path(name).chmod(0o755)  # the servers run as other users
        try:
            verdict = FailoverDrill(Path(name), seconds, synchronous=not asynchronous, database=database).run()
        except NoServerError as error:
            raise NotDone(str(error)) from error
    found = asdict(verdict) | {"passed": verdict.passed}
    click.echo(json.dumps(found) if as_json else _told(found, verdict.passed, language))
    if not verdict.passed:
        raise NotDone("the failover did not keep its promises")


def _told(found: dict[str, Any], passed: bool, language: str) -> str:
    aside = ("passed", "remark", "stories")
    lines = [f"{name.replace('_', ' '):20} {value}" for name, value in found.items() if name not in aside]
    lines += [str(line) for line in found.get("stories", ())]
    return "\n".join([*lines, f"{_word(passed, language)} {found['remark']}".strip()])


@lab.command()
@click.option("--name", "names", multiple=True, metavar="NAME", help="Only this dialogue; repeatable. Default: all.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line on stdout.")
def dialogues(names: tuple[str, ...], language: str, as_json: bool) -> None:
    """Replay AT dialogues published for real sticks against the driver; each names its source."""
    known = published_dialogues()
    if unknown := [name for name in names if name not in known]:
        raise click.UsageError(f"no dialogue is called {unknown[0]}; known: {', '.join(known)}")
    failed = 0
    for dialogue in [known[name] for name in names] if names else known.values():
        faults = asyncio.run(replay(dialogue, modem_profiles()))
        failed += bool(faults)
        row = {"name": dialogue.name, "title": dialogue.title, "sources": dialogue.sources, "faults": faults}
        source = dialogue.sources[0]
        line = f"{dialogue.name:20} {_word(not faults, language):6} {dialogue.title} ({source}) {'; '.join(faults)}"
        click.echo(json.dumps(row) if as_json else line.rstrip())
    if failed:
        raise NotDone(f"the driver does not get on with {failed} published modems")


def _story(verdict: KillVerdict, language: str) -> str:
    middle = sorted(verdict.ready)[len(verdict.ready) // 2] if verdict.ready else 0.0
    words = (
        ("rounds", "texts in: lost/doubled/booked twice", "texts out: lost/doubled", "doubles never in doubt")
        if language == "en"
        else ("putaran", "masuk: hilang/ganda/dicatat dua kali", "keluar: hilang/ganda", "ganda tanpa keraguan")
    )
    more = (
        (
            "uncertain/without report at the end",
            "modems ready: median/slowest/late",
            "longest doubt after a restart",
            "seed",
        )
        if language == "en"
        else (
            "tak pasti/tanpa laporan di akhir",
            "modem siap: median/terlama/terlambat",
            "ragu terlama sesudah mulai",
            "benih",
        )
    )
    values = (
        str(verdict.rounds),
        f"{verdict.lost_in}/{verdict.doubled_in}/{verdict.booked_twice} ({verdict.texts_in})",
        f"{verdict.lost_out}/{verdict.doubled_out} ({verdict.texts_out})",
        str(verdict.unexplained),
        f"{verdict.uncertain}/{verdict.unreported}",
        f"{middle:.1f} s/{verdict.slowest:.1f} s/{verdict.late} ({len(verdict.ready)})",
        f"{verdict.longest_doubt:.1f} s",
        str(verdict.seed),
    )
    lines = [f"{word:38} {value}" for word, value in zip((*words, *more), values, strict=True)]
    return "\n".join([*lines, f"{_word(verdict.passed, language)} {verdict.remark}".strip()])
