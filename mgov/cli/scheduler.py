"""`mgov scheduler`: the jobs, their last and next run and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import click

from mgov.bootstrap import job_runner
from mgov.cli.context import CliContext
from mgov.config import Config
from mgov.domain.roles import Right
from mgov.workflows.jobs import balance_readings, last_runs
from scheduler.jobs import Job


@click.group()
def scheduler() -> None:
    """Jobs that run by themselves."""


@scheduler.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """Jobs with last and next slot, node and outcome; and when each SIM's balance is asked for."""
    context.agency_seen(Right.STATUS_VIEW)
    db, now = context.database(), context.now()
    last = last_runs(db)
    jobs = [_row(job, last.get(job.name, {}), now) for job in job_runner(context.config, db).jobs]
    context.print_rows([*jobs, *_balances(context.config, balance_readings(db), now)], as_json)


def _row(job: Job, run: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "job": job.name,
        "schedule": str(job.schedule),
        "last": run.get("slot"),
        "next": job.schedule.next_after(job.schedule.slot_at(now)),
        "node": run.get("node"),
        "finished_at": run.get("finished_at"),
        "outcome": run.get("outcome") or ("running" if run else None),
        "detail": run.get("detail"),
    }


def _balances(config: Config, readings: Mapping[str, Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    if config.treasury.every_hours is None:
        return []
    every = timedelta(hours=config.treasury.every_hours)
    return [_balance(modem.name, every, readings.get(modem.name, {}), now) for modem in config.modem]


def _balance(modem: str, every: timedelta, reading: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    at = reading.get("at")
    return {
        "job": f"balance:{modem}",
        "schedule": f"every {every / timedelta(hours=1):g} h",
        "last": at,
        "next": max(at + every, now) if at else now,
        "node": reading.get("node"),
        "finished_at": at,
        "outcome": "done" if at else None,
        "detail": f"Rp {reading['balance']}" if at and reading["balance"] is not None else None,
    }
