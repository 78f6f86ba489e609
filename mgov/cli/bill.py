"""`mgov bill`: bills of every agency."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.bootstrap import payment_policy
from mgov.cli.context import CliContext, NotDone
from mgov.cli.importing import FILE, STRICT, run_import
from mgov.domain.roles import Right
from mgov.store import bills
from mgov.workflows import access
from mgov.workflows.bills import import_bills
from mgov.workflows.csv_import import ImportResult
from mgov.workflows.payments_matching import match_all

DETAILS = (
    *("payer_id", "payer_name", "payer_phone", "object", "description", "due_date", "pay_code"),
    *("paid_on", "paid_ref", "created_at", "updated_at"),
)


@click.group()
def bill() -> None:
    """Bills of every agency."""


@bill.command("import")
@FILE
@STRICT
@click.pass_obj
def import_(context: CliContext, file: Path, strict: bool) -> None:
    """Import a CSV file of bills; the same row again updates, and payments are matched again."""
    db, actor, now = context.database(), context.actor(), context.now()
    done: list[ImportResult] = []

    def work(data: bytes, tick: Any) -> ImportResult:  # noqa: ANN401 - the progress callable
        done.append(import_bills(db, data, actor, now, strict=strict, tick=tick))
        if done[0].added or done[0].updated:
            match_all(db, now, payment_policy(context.config))
        return done[0]

    run_import(file, strict, work)


@bill.command("list")
@click.option("--status", type=click.Choice(("open", "partly_paid", "paid", "cancelled")))
@click.option("--agency", help="Only this agency's code.")
@click.option("--limit", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, status: str | None, agency: str | None, limit: int | None, as_json: bool) -> None:
    """Bills, oldest first; with --limit the newest so many."""
    seen = access.scope(context.database(), context.actor(), Right.BILL_VIEW, agency)

    def show(tx: Connection) -> None:
        rows = bills.listing(tx, status=status, agency_code=seen, limit=limit)
        context.print_rows((_summary(row) for row in rows), as_json)

    context.database().read(show)


@bill.command("show")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def show(context: CliContext, number: str, as_json: bool) -> None:
    """One bill with every amount that it had."""
    actor = context.actor()

    def find(tx: Connection) -> dict[str, Any] | None:
        access.require(tx, actor, Right.BILL_VIEW)
        row = bills.by_number(tx, number)
        if row is None:
            return None
        access.require(tx, actor, Right.BILL_VIEW, [row["agency_id"]])
        amounts = [
            {"amount": line["amount"], "valid_from": context.plain(line["valid_from"]), "by": line["recorded_by"]}
            for line in bills.amounts_of(tx, row["id"])
        ]
        return _summary(row) | {name: row[name] for name in DETAILS} | {"amounts": amounts}

    found = context.database().read(find)
    if found is None:
        raise NotDone(f"{number}: no such bill")
    if as_json:
        context.print_rows([found], True)
        return
    for name, value in found.items():
        if value not in (None, ""):
            click.echo(f"{name:12} {context.shown(value)}")


def _summary(row: RowMapping) -> dict[str, Any]:
    return {
        "number": row["number"],
        "agency": row["agency"],
        "amount": row["amount"],
        "paid": row["allocated"],
        "overpaid": row["overpaid"],
        "status": row["status"],
    }
