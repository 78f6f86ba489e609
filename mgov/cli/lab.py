"""`mgov lab`: faults against the real daemon on a simulated network, a drill for the NOC and a check for developers."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from mgov.cli.context import NotDone
from mgov.lab.catalogue import CATALOGUE, Scenario, named
from mgov.lab.drill import Drill, Verdict


@click.command()
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Only this fault; repeatable. Default: all.")
@click.option("--rounds", default=1, show_default=True, help="How often each is done.")
@click.option("--database", metavar="URL", help="An empty database to use instead of SQLite.")
@click.option("--crash-safe", is_flag=True, help="Modems with crash_safe_submit = true.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--list", "only_list", is_flag=True, help="Show the catalogue and end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line on stdout.")
def lab(
    faults: tuple[str, ...],
    rounds: int,
    database: str | None,
    crash_safe: bool,
    language: str,
    only_list: bool,
    as_json: bool,
) -> None:
    """Strike modems of a simulated network under traffic; print what was lost, doubled, and how long recovery took.

    Uses a database and a daemon of its own: nothing of the running installation is touched.
    """
    try:
        scenarios = named(faults)
    except KeyError as error:
        raise click.UsageError(f"no fault is called {error.args[0]}; see mgov lab --list") from error
    if only_list:
        for scenario in CATALOGUE:
            click.echo(f"{scenario.name:20} {scenario.sentence(language)}")
        return
    options = "crash_safe_submit = true\n" if crash_safe else ""
    failed = 0
    if not as_json:
        click.echo(_heading(language))
    for scenario in scenarios:
        for _ in range(rounds):
            verdict = _drill(scenario, database, options)
            click.echo(
                json.dumps(asdict(verdict) | {"passed": verdict.passed}) if as_json else _line(verdict, language)
            )
            failed += not verdict.passed
    if failed:
        raise NotDone(f"{failed} of {len(scenarios) * rounds} drills failed")


def _drill(scenario: Scenario, database: str | None, options: str) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="mgov-lab-") as folder:
        return Drill(scenario, Path(folder), database=database, options=options).run()


def _heading(language: str) -> str:
    titles = (
        ("fault", "recovery", "in lost/doubled", "out lost/doubled", "uncertain", "")
        if language == "en"
        else ("gangguan", "pulih", "masuk hilang/ganda", "keluar hilang/ganda", "tak pasti", "")
    )
    return _columns(titles)


def _line(verdict: Verdict, language: str) -> str:
    came_back = "never" if language == "en" else "tidak pulih"
    word = ("ok" if verdict.passed else "FAILED") if language == "en" else ("baik" if verdict.passed else "GAGAL")
    return _columns(
        (
            verdict.scenario,
            came_back if verdict.recovery is None else f"{verdict.recovery:.1f} s",
            f"{verdict.lost_in}/{verdict.doubled_in} ({verdict.texts_in})",
            f"{verdict.lost_out}/{verdict.doubled_out} ({verdict.texts_out})",
            str(verdict.uncertain),
            f"{word} {verdict.remark}".strip(),
        )
    )


def _columns(cells: tuple[str, ...]) -> str:
    widths = (20, 12, 20, 20, 10, 0)
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
