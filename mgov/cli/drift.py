"""`mgov drift`: how well texts are read, and what was not understood, by kind."""

from __future__ import annotations

import json
from datetime import timedelta

import click

from mgov.cli.context import CliContext
from mgov.domain.roles import Right
from mgov.workflows.drift import Drift
from mgov.workflows.drift import drift as count


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="The period, in days.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a kind.")
@click.pass_obj
def drift(context: CliContext, days: int, as_json: bool) -> None:
    """Count texts by how they were read, and those not understood by kind, beside the period before.

    The numbers behind a kind are the newest such texts: `mgov explain message N`.
    """
    context.agency_seen(Right.SMS_VIEW)
    found = count(context.database(), context.now(), timedelta(days=days))
    if as_json:
        for row in found.unread:
            told = {"kind": row.kind, "count": row.count, "before": row.before, "wanted": row.wanted}
            click.echo(json.dumps({**told, "examples": row.examples}))
        return
    click.echo(_told(found, days))


def _told(found: Drift, days: int) -> str:
    lines = [f"{found.texts} texts in {days} days ({found.texts_before} before)"]
    lines += [f"  {count:6d}  {way}" for way, count in sorted(found.ways.items(), key=lambda item: -item[1])]
    lines.append(f"not understood though something was wanted: {found.lost:.1%} ({found.lost_before:.1%} before)")
    for row in found.unread:
        numbers = ", ".join(map(str, row.examples))
        mark = "" if row.wanted else "  (not for us)"
        lines.append(f"  {row.count:6d}  {row.kind} ({row.before} before){mark}{f': {numbers}' if numbers else ''}")
    if found.is_worse:
        lines.append(
            "more is lost than before: read the newest texts and teach the reader, or announce the format again"
        )
    return "\n".join(lines)
