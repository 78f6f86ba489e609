"""`mgov explain`: why something is where it is, told in Indonesian or English."""

from __future__ import annotations

from datetime import datetime

import click

from mgov.cli.context import CliContext, NotDone
from mgov.workflows.explain import KINDS, story


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("number", metavar="ID")
@click.option("--lang", type=click.Choice(["id", "en"]), help="The language of the story; the site's by default.")
@click.option("--json", "as_json", is_flag=True, help="Every transition as a JSON object a line.")
@click.pass_obj
def explain(context: CliContext, kind: str, number: str, lang: str | None, as_json: bool) -> None:
    """Tell the story of a message, payment, bill, …: every transition with its time, actor and cause.

    `message ID` tells of the incoming message with its answers and of the outgoing one with that number; `send ID`
    only of the latter. A bill, document or application may be named by its own number (SKRD-2026-000001).
    """
    actor = context.actor()

    def clock(moment: datetime) -> str:
        return f"{moment.astimezone(context.config.zone):%d/%m/%Y %H:%M:%S}"

    language = lang or context.config.language
    rows = story(context.database(), kind, number, actor=actor, lang=language, now=context.now(), clock=clock)
    if not rows:
        raise NotDone(f"{kind} {number} tidak ada / no {kind} has the number {number}")
    if as_json:
        context.print_rows(rows, as_json)
        return
    what = ""
    for row in rows:
        if row["what"] != what:
            what = row["what"]
            click.echo(f"[{what}]")
        by = f"  ({row['actor']})" if row["actor"] else ""
        click.echo(f"  {clock(row['at'])}  {row['sentence']}{by}")
