"""What a person decides on payments, a command each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from mgov.bootstrap import payment_policy
from mgov.cli.context import CliContext, NotDone
from mgov.workflows import desk
from mgov.workflows.desk import DeskError, DeskOutcome

#: Digits from which a number names a bank's reference and no payment; so does one that begins with zero.
_SHORTEST_REFERENCE = 10

REASON = click.option("--reason", required=True)
WHY = click.option("--reason", default="", help="kept with the decision, in the ledger and the audit")


def limit_of(context: CliContext) -> int:
    """Rupiah above which a decision needs a second person."""
    configured = context.config.payments.four_eyes_above
    return desk.FOUR_EYES_ABOVE if configured is None else configured


def sitting(context: CliContext) -> dict[str, Any]:
    """Who decides, when, and what tells citizens."""
    told = payment_policy(context.config).answers
    return {"actor": context.actor(), "now": context.now(), "told": told}


@click.command()
@click.argument("payment_id", type=int)
@click.option("--entry", required=True, help="the bank's reference of the credit, or #ID")
@WHY
@click.pass_obj
def approve(context: CliContext, payment_id: int, entry: str, reason: str) -> None:
    """Settle a confirmation by a bank entry; without one nobody approves."""
    limit, who = limit_of(context), sitting(context)
    said = {"reason": reason} if reason else {}
    _say(lambda: desk.approve(context.database(), payment_id, entry, limit=limit, said=said, **who))


@click.command()
@click.argument("payment_id", type=int)
@REASON
@click.pass_obj
def reject(context: CliContext, payment_id: int, reason: str) -> None:
    """Refuse a confirmation and tell its sender why."""
    who = sitting(context)
    _say(lambda: desk.reject(context.database(), payment_id, reason=reason, **who))


@click.command("confirm-reversal")
@click.argument("payment_id", type=int)
@click.pass_obj
def confirm_reversal(context: CliContext, payment_id: int) -> None:
    """Confirm that the bank took the money of a settled payment back, and tell the correction."""
    who = sitting(context)
    _say(lambda: desk.confirm_reversal(context.database(), payment_id, **who))


@click.command()
@click.argument("entry")
@click.argument("bills", nargs=-1, required=True)
@WHY
@click.pass_obj
def assign(context: CliContext, entry: str, bills: tuple[str, ...], reason: str) -> None:
    """Allocate a credit to bills, each what it lacks, the rest to the last."""
    limit, who = limit_of(context), _who(context)
    _say(lambda: desk.assign(context.database(), entry, list(bills), limit=limit, reason=reason, **who))


@click.command()
@click.argument("entry")
@click.argument("parts", nargs=-1, required=True, metavar="BILL=AMOUNT...")
@WHY
@click.pass_obj
def split(context: CliContext, entry: str, parts: tuple[str, ...], reason: str) -> None:
    """Allocate named amounts of a credit to bills."""
    amounts = [_part(part) for part in parts]
    limit, who = limit_of(context), _who(context)
    _say(lambda: desk.split(context.database(), entry, amounts, limit=limit, reason=reason, **who))


@click.command("other-income")
@click.argument("entry")
@REASON
@click.pass_obj
def other_income(context: CliContext, entry: str, reason: str) -> None:
    """Say that a credit pays no bill."""
    who = _who(context)
    _say(lambda: desk.other_income(context.database(), entry, reason=reason, **who))


@click.command()
@click.argument("entry")
@REASON
@click.pass_obj
def refund(context: CliContext, entry: str, reason: str) -> None:
    """Put what is free of a credit on the refund list."""
    who = _who(context)
    _say(lambda: desk.refund(context.database(), entry, reason=reason, **who))


@click.command()
@click.argument("entry")
@REASON
@click.pass_obj
def separate(context: CliContext, entry: str, reason: str) -> None:
    """Say that an entry is money of its own, though another format seems to tell it too."""
    who = _who(context)
    _say(lambda: desk.separate(context.database(), entry, reason=reason, **who))


@click.command()
@click.argument("what", metavar="ID|ENTRY")
@REASON
@click.pass_obj
def undo(context: CliContext, what: str, reason: str) -> None:
    """Take back what settled a confirmation (its ID), or what was done with a credit alone (its reference, or #ID)."""
    who = sitting(context)
    if what.isdigit() and len(what) < _SHORTEST_REFERENCE and not what.startswith("0"):
        _say(lambda: desk.undo(context.database(), int(what), reason=reason, **who))
    else:
        _say(lambda: desk.undo_entry(context.database(), what, reason=reason, **who))


@click.command("close-case")
@click.argument("case_id", type=int)
@REASON
@click.pass_obj
def close_case(context: CliContext, case_id: int, reason: str) -> None:
    """Say what came of a case that is no confirmation (see `mgov payment cases`)."""
    who = _who(context)
    _say(lambda: desk.close_case(context.database(), case_id, reason=reason, **who))


COMMANDS = (approve, reject, confirm_reversal, assign, split, other_income, refund, separate, undo, close_case)


def _who(context: CliContext) -> dict[str, Any]:
    return {"actor": context.actor(), "now": context.now()}


def _say(act: Callable[[], DeskOutcome]) -> None:
    """Do it and print what was done."""
    try:
        outcome = act()
    except DeskError as error:
        raise NotDone(f"{error.code}: {error}") from error
    click.echo(f"{outcome.kind}: {outcome.detail}")


def _part(part: str) -> tuple[str, int]:
    number, _, amount = part.partition("=")
    if not number or not amount.isdigit():
        told = f"{part}: tulis TAGIHAN=JUMLAH, rupiah bulat tanpa titik / write BILL=AMOUNT, whole rupiah"
        raise click.BadParameter(f"{told}: PKB-2026-000001=150000")
    return number, int(amount)
