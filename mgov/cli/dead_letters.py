"""`mgov sms dead` and `mgov sms resend`: what is not tried any more, and sending it again."""

from __future__ import annotations

import click

from mgov.cli.context import CliContext, NotDone, error_line
from mgov.domain.roles import Right
from mgov.workflows import dead_letters

FIELDS = (
    *("id", "to", "text", "modem", "state", "priority", "attempts", "queued_at", "error_code", "error"),
    *("in_reply_to", "channel", "resent_as"),
)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also what was sent again or taken back.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--limit", type=int)
@click.pass_obj
def dead(context: CliContext, everything: bool, as_json: bool, limit: int | None) -> None:
    """List the messages that nobody tries to send any more, with the reason."""
    context.agency_seen(Right.SMS_VIEW)
    rows = dead_letters.listing(context.database(), everything=everything, limit=limit)
    shown = ({name: row["recipient" if name == "to" else name] for name in FIELDS} for row in rows)
    context.print_rows(shown, as_json)


@click.command()
@click.argument("numbers", metavar="ID...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every dead letter.")
@click.option("--doubtful", is_flag=True, help="Also what may have gone out.")
@click.pass_obj
def resend(context: CliContext, numbers: tuple[int, ...], everything: bool, doubtful: bool) -> None:
    """Send dead letters again, each as a new message."""
    if bool(numbers) == everything:
        raise click.UsageError("give one or more numbers, or --all")
    db, actor, now = context.database(), context.actor(), context.now()
    wanted = numbers or tuple(row["id"] for row in dead_letters.listing(db))
    refused = 0
    for number in wanted:
        try:
            again = dead_letters.resend(db, number, actor=actor, now=now, doubtful=doubtful)
        except dead_letters.NotResentError as error:
            refused += 1
            error_line(str(error))
        else:
            click.echo(f"{number}: queued again as {again}")
    if refused:
        raise NotDone(f"{refused} not sent again")
