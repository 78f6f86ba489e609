"""The one open question of each sender."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from mgov.store.schema.messages import conversation

LIFETIME = timedelta(days=1)

# Built once: building a statement costs several times what running it does.
_OPEN = select(conversation).where(
    conversation.c.sender == bindparam("who"), conversation.c.expires_at > bindparam("now")
)
_ASK = insert(conversation)
_CLOSE = delete(conversation).where(conversation.c.sender == bindparam("who"))


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What a sender was asked: `kind` is `missing`, `propose` or a handler's own; `payload` what was known then."""

    kind: str
    payload: dict[str, object]
    message_id: int

    @property
    def command(self) -> str | None:
        """The command that waits for its answer."""
        command = self.payload.get("command")
        return str(command) if command is not None else None

    @property
    def fields(self) -> dict[str, object]:
        """The fields known so far."""
        fields = self.payload.get("fields")
        return dict(fields) if isinstance(fields, Mapping) else {}

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields asked for."""
        missing = self.payload.get("missing")
        return tuple(str(name) for name in missing) if isinstance(missing, list | tuple) else ()


def open_question(tx: Connection, sender: str, now: datetime) -> OpenQuestion | None:
    """What this sender has not answered yet, within its lifetime."""
    row = tx.execute(_OPEN, {"who": sender, "now": now}).mappings().first()
    return OpenQuestion(row["kind"], json.loads(row["payload"]), row["message_id"]) if row else None


def ask(tx: Connection, sender: str, kind: str, payload: Mapping[str, object], message_id: int, now: datetime) -> None:
    """Remember a question; a newer one takes the place of an older one, so that no two share an answer."""
    close(tx, sender)
    tx.execute(
        _ASK,
        {
            "sender": sender,
            "kind": kind,
            "payload": json.dumps(payload, ensure_ascii=False, default=str),
            "message_id": message_id,
            "asked_at": now,
            "expires_at": now + LIFETIME,
        },
    )


def close(tx: Connection, sender: str) -> None:
    """Forget the question: it was answered, or another thing was texted."""
    tx.execute(_CLOSE, {"who": sender})
