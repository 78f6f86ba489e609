"""The HTML half of every mail: its text, escaped, in the frame that `mail.html` gives. Pure."""

from __future__ import annotations

import html
from dataclasses import dataclass
from string import Template

PLACES = frozenset({"language", "title", "body", "footer"})


class FrameError(ValueError):
    """A frame cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class HtmlFrame:
    """A frame with `$language`, `$title`, `$body` and `$footer` in it; only the text of a mail goes in, escaped."""

    template: Template
    language: str
    footer: str

    @classmethod
    def read(cls, text: str, language: str, footer: str) -> HtmlFrame:
        """A frame from its file. Raises FrameError when it names another place, or has none for the body."""
        template = Template(text)
        if not template.is_valid():
            raise FrameError("a $ that begins no name; right would be $$ for a dollar sign")
        named = frozenset(template.get_identifiers())
        if strange := sorted(named - PLACES):
            raise FrameError(f"no such place: ${strange[0]}; right would be {', '.join(sorted(PLACES))}")
        if "body" not in named:
            raise FrameError("has no $body")
        return cls(template, language, footer)

    def render(self, title: str, text: str) -> str:
        """The mail's text as HTML: paragraphs where it has empty lines, a list where lines begin with a dash."""
        blocks = "\n".join(_block(block.splitlines()) for block in text.split("\n\n") if block.strip())
        places = {"language": self.language, "title": html.escape(title), "footer": html.escape(self.footer)}
        return self.template.substitute(places, body=blocks)


def _block(lines: list[str]) -> str:
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{html.escape(line[2:])}</li>" for line in lines) + "</ul>"
    return "<p>" + "<br>".join(html.escape(line) for line in lines) + "</p>"
