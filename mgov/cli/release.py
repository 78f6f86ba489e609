"""`mgov release`: what a restored backup had queued is sent after all, or never."""

from __future__ import annotations

import click

from mgov.cli.context import CliContext, NotDone
from mgov.workflows import held


@click.command()
@click.argument("ids", metavar="[ID]...", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All that is held.")
@click.option("--expire", is_flag=True, help="Never send them, instead of sending them.")
@click.option("--list", "only_list", is_flag=True, help="Show what is held and end.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def release(
    context: CliContext, ids: tuple[int, ...], everything: bool, expire: bool, only_list: bool, as_json: bool
) -> None:
    """Send held messages (some may have gone out before the backup was restored), or expire them."""
    db = context.database()
    if only_list:
        context.print_rows([dict(row) for row in held.listing(db)], as_json)
        return
    if not ids and not everything:
        raise click.UsageError("name messages, or --all; --list shows what is held")
    act = held.expire if expire else held.release
    count = act(db, None if everything else ids, now=context.now(), actor=context.actor())
    if not count:
        raise NotDone("release: nothing of that is held")
    click.echo(f"{count} messages {'expired' if expire else 'released'}; {len(held.listing(db))} still held")
