"""`mgov info`: the information layer, under the regulation's rule: an operator edits only what is his."""

from __future__ import annotations

import click
from sqlalchemy import Connection

from mgov.cli.audit import note
from mgov.cli.context import CliContext, NotDone
from mgov.store import articles
from mgov.store import staff as accounts

FIELDS = ("topic", "body", "author", "author_role", "created_at", "updated_at")


@click.group()
def info() -> None:
    """Articles that INFO answers with."""


@info.command("set")
@click.argument("topic")
@click.argument("body")
@click.pass_obj
def set_(context: CliContext, topic: str, body: str) -> None:
    """Write the article of a TOPIC."""
    if not topic.strip() or len(topic) > 64 or not body.strip():
        raise click.UsageError("a topic has 1 to 64 letters, and an article is not empty")
    actor, now = context.actor(), context.now()

    def work(tx: Connection) -> None:
        role = _role_for(tx, context, topic)
        articles.put(tx, topic.strip(), body.strip(), author=str(actor), role=role, now=now)

    context.database().transact(work)
    note(context, "info.set", "article", topic.upper())
    click.echo(f"{topic.upper()}: written")


@info.command("delete")
@click.argument("topic")
@click.pass_obj
def delete(context: CliContext, topic: str) -> None:
    """Delete the article of a TOPIC."""

    def work(tx: Connection) -> bool:
        _role_for(tx, context, topic)
        return articles.remove(tx, topic)

    if not context.database().transact(work):
        raise NotDone(f"{topic.upper()}: no such article")
    note(context, "info.delete", "article", topic.upper())
    click.echo(f"{topic.upper()}: deleted")


@info.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """All articles by topic."""
    rows = context.database().read(articles.listing)
    context.print_rows(({name: row[name] for name in FIELDS} for row in rows), as_json)


def _role_for(tx: Connection, context: CliContext, topic: str) -> str:
    """The role under which this actor may write a topic: administrators everything, operators only their own."""
    login = context.actor().name
    account = accounts.by_login(tx, login)
    roles = accounts.roles_of(tx, account["id"]) if account and account["disabled_at"] is None else []
    if "administrator" in roles:
        return "administrator"
    if "operator" not in roles:
        raise NotDone(f"{login}: only administrators and operators write articles")
    known = articles.get(tx, topic)
    if known is not None and known["author"] != str(context.actor()):
        raise NotDone(f"{topic.upper()}: was written by {known['author']}; an operator edits only his own")
    return "operator"
