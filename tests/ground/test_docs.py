"""What the guides name exists."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from mgov.cli.main import main

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands(guide: Path) -> set[tuple[str, ...]]:
    """The commands in a guide's code, as words: `mgov bill show NO` is (bill, show)."""
    code = re.findall(r"`([^`\n]+)`|^ {4}(.+)$", guide.read_text(), re.MULTILINE)
    found = (re.findall(r"(?:^|sudo |bin/)mgov ([a-z]+)(?: ([a-z][a-z-]+))?(?= |$|;)", "".join(pair)) for pair in code)
    return {tuple(word for word in words if word) for line in found for words in line}


def is_command(words: tuple[str, ...]) -> bool:
    """Whether the command line has it; words after a command that is no group are arguments."""
    command: click.Command | None = main
    context = click.Context(main)
    for word in words:
        if not isinstance(command, click.Group):
            return True
        command = command.get_command(context, word)
    return command is not None


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_command_in_a_guide_exists(guide: Path) -> None:
    """A reader never types a command that is not there."""
    assert {words for words in commands(guide) if not is_command(words)} == set()


def test_the_readme_names_the_commands() -> None:
    """The check above sees the table of commands."""
    assert {("bill", "show"), ("run",), ("sms", "inject")} <= commands(ROOT / "README.md")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_script_and_file_in_a_guide_exists(guide: Path) -> None:
    """Scripts and links lead somewhere."""
    text = guide.read_text()
    named = set(re.findall(r"\bscript/[a-z._-]+\b", text)) - {"script/install rollback"}
    linked = {link for link in re.findall(r"\]\(([^)#:]+)\)", text) if not link.startswith("http")}
    assert {name for name in named if not (ROOT / name).exists()} == set()
    assert {link for link in linked if not (guide.parent / link).exists()} == set()
