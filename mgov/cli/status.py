"""`mgov status`: one screen of everything."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from mgov.cli.context import CliContext, NotDone
from mgov.cli.screen import screen
from mgov.domain.roles import Right
from mgov.store.database import DatabaseUnavailableError
from mgov.workflows import status as overview


@click.command()
@click.option("--watch", is_flag=True, help="Look again every few seconds, until Ctrl-C.")
@click.option("--every", type=click.FloatRange(min=0.2), default=2.0, show_default=True, help="Seconds between looks.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; with --watch one a look.")
@click.pass_obj
def status(context: CliContext, watch: bool, every: float, as_json: bool) -> None:
    """Modems, queues, the oldest that waits, money that waits, jobs, alerts and last errors.

    Exits 1 when the database is away: nothing can be shown then but that.
    """
    while True:
        lines = _look(context, as_json)
        if watch and not as_json:
            click.clear()
        click.echo("\n".join(lines))
        if not watch:
            return
        try:
            time.sleep(every)
        except KeyboardInterrupt:
            return


def _look(context: CliContext, as_json: bool) -> list[str]:
    now = context.now()
    local = now.astimezone(context.config.zone)
    day_began = local.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        context.agency_seen(Right.STATUS_VIEW)
        seen = overview.look(context.database(), now, day_began)
    except DatabaseUnavailableError as error:
        raise NotDone(f"database: {error} (panduan B5)") from error
    except NotDone as error:
        raise NotDone(f"{error.message} (panduan B5)") from error
    if as_json:
        return [json.dumps(_plain(context, seen), ensure_ascii=False)]
    return list(screen(seen | {"at": local}, lambda moment: ago(moment, now)))


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in words; a dash for never."""
    if moment is None:
        return "-"
    seconds = int((now - moment).total_seconds())
    for size, word in ((86400, "hari"), (3600, "jam"), (60, "menit")):
        if abs(seconds) >= 2 * size:
            return f"{seconds // size} {word}"
    return f"{seconds} detik"


def _plain(context: CliContext, value: Any) -> Any:  # noqa: ANN401 - anything that JSON holds
    if isinstance(value, Mapping):
        return {str(key): _plain(context, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(context, inner) for inner in value]
    return context.plain(value)
