"""`mgov info`: the information layer, under the regulation's rule: an operator edits only what is his."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from mgov.cli.context import CliContext, NotDone
from mgov.store import articles as articles_store
from mgov.workflows import articles
from mgov.workflows.articles import ArticleError

FIELDS = ("topic", "body", "author", "author_role", "created_at", "updated_at")


@click.group()
def info() -> None:
    """Articles that INFO answers with."""


@info.command("set")
@click.argument("topic")
@click.argument("body")
@click.pass_obj
def set_(context: CliContext, topic: str, body: str) -> None:
    """Write the article of a TOPIC, or change its text."""
    _do(lambda: articles.put(context.database(), topic, body, **_who(context)))
    click.echo(f"{topic.strip().upper()}: written")


@info.command()
@click.argument("topic")
@click.argument("body")
@click.pass_obj
def edit(context: CliContext, topic: str, body: str) -> None:
    """Change the text of an article that is there."""
    _do(lambda: articles.edit(context.database(), topic, body, **_who(context)))
    click.echo(f"{topic.strip().upper()}: changed")


@info.command()
@click.argument("topic")
@click.pass_obj
def delete(context: CliContext, topic: str) -> None:
    """Delete the article of a TOPIC; only an administrator may."""
    _do(lambda: articles.delete(context.database(), topic, **_who(context)))
    click.echo(f"{topic.strip().upper()}: deleted")


@info.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_(context: CliContext, as_json: bool) -> None:
    """All articles by topic."""
    rows = context.database().read(articles_store.listing)
    context.print_rows(({name: row[name] for name in FIELDS} for row in rows), as_json)


def _who(context: CliContext) -> dict[str, Any]:
    return {"actor": context.actor(), "now": context.now()}


def _do(work: Callable[[], None]) -> None:
    try:
        work()
    except ArticleError as error:
        raise NotDone(str(error)) from error
