"""`mgov payment`: confirmations, what became of them, and the desk that decides the doubtful ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from mgov.bootstrap import payment_policy as payment_policy
from mgov.cli.context import CliContext, NotDone
from mgov.store import desk as desk_store
from mgov.store import history
from mgov.workflows import desk, payments_view
from mgov.workflows.desk import DeskError, DeskOutcome
from mgov.workflows.payments_matching import match_all

STATUSES = ("awaiting_funds", "settled", "review", "rejected", "expired")


@click.group()
def payment() -> None:
    """Confirmations of payment and the desk."""


@payment.command("list")
@click.option("--status", type=click.Choice(STATUSES), multiple=True, help="only these; may be repeated")
@click.option("--limit", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, status: tuple[str, ...], limit: int | None, as_json: bool) -> None:
    """Confirmations, oldest first."""
    rows = payments_view.listing(context.database(), context.actor(), status, limit)
    context.print_rows(rows, as_json)


@payment.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def review(context: CliContext, as_json: bool) -> None:
    """What waits for a person, with the reasons and the candidates."""
    actor = context.actor()

    def load(tx: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a connection
        cases = {case.confirmation_id: case for case in desk_store.open_cases(tx)}
        return [_with_case(row, cases.get(row["id"])) for row in payments_view.visible(tx, actor, ("review",))]

    context.print_rows(context.database().read(load), as_json)


@payment.command()
@click.argument("payment_id", type=int)
@click.pass_obj
def show(context: CliContext, payment_id: int) -> None:
    """One confirmation with its history."""
    actor = context.actor()

    def load(tx: Any) -> tuple[list[dict[str, Any]], list[Any]]:  # noqa: ANN401 - a connection
        rows = [row for row in payments_view.visible(tx, actor) if row["id"] == payment_id]
        return rows, list(history.of(tx, "confirmation", payment_id))

    rows, steps = context.database().read(load)
    if not rows:
        raise NotDone(f"konfirmasi {payment_id} tidak ada / no such confirmation")
    for key, value in rows[0].items():
        click.echo(f"{key}: {context.shown(value)}")
    for step in steps:
        click.echo(
            " ".join(context.shown(step[name] or "") for name in ("at", "to_state", "actor", "cause", "detail"))
        )


@payment.command("match")
@click.pass_obj
def match_(context: CliContext) -> None:
    """Match everything open now; it also runs by itself whenever something arrives."""
    summary = match_all(context.database(), context.now(), payment_policy(context.config))
    click.echo(f"{summary.settled} settled, {summary.review} in review, {summary.waiting} waiting")


@payment.command()
@click.argument("payment_id", type=int)
@click.option("--entry", required=True, help="the bank's reference of the credit, or #ID")
@click.pass_obj
def approve(context: CliContext, payment_id: int, entry: str) -> None:
    """Settle a confirmation by a bank entry; without one nobody approves."""
    limit = context.config.payments.four_eyes_above or desk.FOUR_EYES_ABOVE
    who: dict[str, Any] = {"actor": context.actor(), "now": context.now()}
    _say(lambda: desk.approve(context.database(), payment_id, entry, limit=limit, **who))


@payment.command()
@click.argument("payment_id", type=int)
@click.option("--reason", required=True)
@click.pass_obj
def reject(context: CliContext, payment_id: int, reason: str) -> None:
    """Refuse a confirmation and tell its sender why."""
    who: dict[str, Any] = {"actor": context.actor(), "now": context.now()}
    _say(lambda: desk.reject(context.database(), payment_id, reason=reason, **who))


@payment.command()
@click.argument("entry")
@click.argument("bills", nargs=-1, required=True)
@click.pass_obj
def assign(context: CliContext, entry: str, bills: tuple[str, ...]) -> None:
    """Allocate a credit to bills, each what it lacks, the rest to the last."""
    who: dict[str, Any] = {"actor": context.actor(), "now": context.now()}
    _say(lambda: desk.assign(context.database(), entry, list(bills), **who))


@payment.command()
@click.argument("entry")
@click.argument("parts", nargs=-1, required=True, metavar="BILL=AMOUNT...")
@click.pass_obj
def split(context: CliContext, entry: str, parts: tuple[str, ...]) -> None:
    """Allocate named amounts of a credit to bills."""
    amounts = [_part(part) for part in parts]
    who: dict[str, Any] = {"actor": context.actor(), "now": context.now()}
    _say(lambda: desk.split(context.database(), entry, amounts, **who))


@payment.command("other-income")
@click.argument("entry")
@click.option("--reason", required=True)
@click.pass_obj
def other_income(context: CliContext, entry: str, reason: str) -> None:
    """Say that a credit pays no bill."""
    who: dict[str, Any] = {"actor": context.actor(), "now": context.now()}
    _say(lambda: desk.other_income(context.database(), entry, reason=reason, **who))


@payment.command()
@click.argument("entry")
@click.option("--reason", required=True)
@click.pass_obj
def refund(context: CliContext, entry: str, reason: str) -> None:
    """Put what is free of a credit on the refund list."""
    who: dict[str, Any] = {"actor": context.actor(), "now": context.now()}
    _say(lambda: desk.refund(context.database(), entry, reason=reason, **who))


@payment.command()
@click.argument("payment_id", type=int)
@click.option("--reason", required=True)
@click.pass_obj
def undo(context: CliContext, payment_id: int, reason: str) -> None:
    """Take back what settled a confirmation."""
    who: dict[str, Any] = {"actor": context.actor(), "now": context.now()}
    _say(lambda: desk.undo(context.database(), payment_id, reason=reason, **who))


def _say(act: Callable[[], DeskOutcome]) -> None:
    """Do it and print what was done."""
    try:
        outcome = act()
    except DeskError as error:
        raise NotDone(f"{error.code}: {error}") from error
    click.echo(f"{outcome.kind}: {outcome.detail}")


def _with_case(row: dict[str, Any], case: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    reasons = case.reasons if case is not None else None
    candidates = json.loads(case.candidates) if case is not None else []
    opened_at = case.opened_at if case is not None else None
    return {**row, "reasons": reasons, "candidates": candidates, "opened_at": opened_at}


def _part(part: str) -> tuple[str, int]:
    number, _, amount = part.partition("=")
    if not number or not amount.isdigit():
        raise click.BadParameter(f"{part}: BILL=AMOUNT, whole rupiah")
    return number, int(amount)
