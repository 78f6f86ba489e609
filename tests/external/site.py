"""A site with agencies' keywords: texts come in, systems are asked for real, answers are read from the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from mgov import keyword_file
from mgov.external.caller import Caller
from mgov.replies import Replies
from mgov.store import outbox
from mgov.store.database import Database
from mgov.store.schema.messages import external_call
from mgov.workflows.answer import AnswerSettings, answer_next
from mgov.workflows.handlers.request import HandlerSettings
from mgov.workflows.receive import receive_text

REPLIES = Replies.load(Path(__file__).parents[2] / "config" / "replies.toml", "id")
CITIZEN = "+6281234567890"

KIR = """
[[keyword_system]]
name = "kir"
url = "{url}"
headers = {{ X-Api-Key = "k" }}
timeout = {timeout}
deadline = {deadline}
concurrency = 2
[[keyword]]
word = "KIR"
agency = "DISHUB"
system = "kir"
syntax = "KIR <nopol>"
path = "/v1/kendaraan/{{plate}}"
rows = "data"
[keyword.found]
id = "KIR {{{{ plate }}}}: {{{{ berlaku_sampai }}}} di {{{{ tempat }}}}."
en = "KIR {{{{ plate }}}} {{{{ berlaku_sampai }}}}"
[keyword.nothing]
id = "{{{{ plate }}}} tidak terdaftar."
en = "{{{{ plate }}}} is unknown."
[keyword.sample]
berlaku_sampai = "1"
tempat = "x"
[[keyword.field]]
name = "plate"
kind = "plate"
message = {{ id = "Sebutkan nomor polisi.", en = "Give the plate." }}
"""


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    while not condition():  # noqa: ASYNC110 - what is waited for lies in a database or another thread
        await asyncio.sleep(0.02)


class Site:
    """One database with keyword files in force."""

    def __init__(self, db: Database, *files: Path) -> None:
        site = keyword_file.load(files)
        self.db = db
        self.plan = site.plan
        told = replace(site.settings, replies=site.settings.replies.in_language("id"))
        self.settings = AnswerSettings(HandlerSettings(), REPLIES, keywords=told)
        self.count = 0

    def receive(self, text: str, sender: str = CITIZEN, channel: str = "sms", ago: timedelta = timedelta()) -> int:
        """A text that came in a while ago is read."""
        self.count += 1
        now, identity = datetime.now(UTC), f"t{self.count}"
        at = now - ago
        values = {"channel": channel, "sender": sender, "text": text, "sent_at": at, "received_at": at}
        message_id = self.db.transact(lambda tx: receive_text(tx, identity=identity, **values))  # type: ignore[arg-type]
        assert message_id is not None
        assert answer_next(self.db, self.settings, now) is not None
        return message_id

    def caller(self) -> Caller:
        """What asks the systems."""
        return Caller(self.db, self.plan, lambda: self.settings.queue_of_calls)

    def drain(self) -> None:
        """Ask for everything that waits."""
        asyncio.run(self.caller().drain(datetime.now(UTC)))

    def ask(self, text: str, sender: str = CITIZEN) -> str:
        """Text something, have it asked, and read the one answer."""
        message_id = self.receive(text, sender)
        self.drain()
        answers = self.answers(message_id)
        assert len(answers) == 1
        return answers[0]

    def answers(self, message_id: int | None = None) -> list[str]:
        """What was queued, for one message or all."""
        rows = self.db.read(outbox.listing)
        return [str(row["text"]) for row in rows if message_id in (None, row["in_reply_to"])]

    def states(self) -> list[str]:
        """The states of all calls."""
        query = select(external_call.c.state).order_by(external_call.c.id)
        return self.db.read(lambda tx: list(tx.execute(query).scalars()))
