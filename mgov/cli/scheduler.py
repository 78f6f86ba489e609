"""`mgov scheduler`: the jobs, their last and next run and what came of it."""

from __future__ import annotations

import click

from mgov.bootstrap import job_runner
from mgov.cli.context import CliContext
from mgov.domain.roles import Right
from mgov.workflows.jobs import last_runs


@click.group()
def scheduler() -> None:
    """Jobs that run by themselves."""


@scheduler.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """Jobs with last and next slot, node and outcome."""
    context.agency_seen(Right.STATUS_VIEW)
    db, now = context.database(), context.now()
    last = last_runs(db)
    rows = []
    for job in job_runner(context.config, db).jobs:
        run = last.get(job.name, {})
        rows.append(
            {
                "job": job.name,
                "last": run.get("slot"),
                "next": job.schedule.next_after(job.schedule.slot_at(now)),
                "node": run.get("node"),
                "finished_at": run.get("finished_at"),
                "outcome": run.get("outcome") or ("running" if run else None),
                "detail": run.get("detail"),
            }
        )
    context.print_rows(rows, as_json)
