"""A citizen's phone on a database: text something, read the one answer."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from mgov.domain.actor import Actor
from mgov.domain.figures import read_topics
from mgov.replies import Replies
from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message, outbound_message
from mgov.workflows.answer import AnswerSettings, answer_next
from mgov.workflows.figures import FiguresSettings
from mgov.workflows.handlers.request import HandlerSettings, PayAccount
from mgov.workflows.receive import receive_text
from mgov.workflows.services import import_services

CONFIG = Path(__file__).parents[2] / "config"
FIGURES = FiguresSettings(read_topics(tomllib.loads((CONFIG / "topics.toml").read_text(encoding="utf-8"))))
REPLIES = Replies.load(CONFIG / "replies.toml")
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
STAFF = Actor.staff("tester")
BUDI, SITI, STRANGER = "+6281200000001", "+6281200000002", "+6281200000099"
NIK = "3604014107900003"
SERVICES = (
    b"code,name,sector,agency,requirements,fee,legal_basis,agency_phone\n"
    b"SIUP,Izin Usaha Perdagangan,perindagkop,DISPERINDAG,KTP dan NIB,0,PP 5/2021,081299990000\n"
)


class World:
    """One site: a database, its catalogue, and a clock that moves a second a text."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.now = NOW
        account = PayAccount(bank="BJB", number="0061234567001", holder="RKUD PROV BANTEN")
        self.settings = AnswerSettings(handlers=HandlerSettings(accounts=(account,), figures=FIGURES), replies=REPLIES)
        import_services(db, SERVICES, STAFF, NOW)

    def text(self, sender: str, words: str) -> str:
        """Text from a phone; the one answer to it."""
        self.now += timedelta(seconds=1)
        at, identity = self.now, f"text-{self.now.isoformat()}"

        def receive(tx: object) -> None:
            receive_text(
                tx,  # type: ignore[arg-type]
                channel="sms",
                sender=sender,
                text=words,
                sent_at=at,
                received_at=at,
                identity=identity,
            )

        self.db.transact(receive)
        handled = answer_next(self.db, self.settings, at)
        assert handled is not None
        assert handled.state == "handled", self.error(handled.message_id)
        answers = [row for row in self.sent(sender) if row[1] == handled.message_id]
        assert len(answers) == 1
        return answers[0][0]

    def sent(self, to: str) -> Sequence[tuple[str, int | None]]:
        """What was queued to a phone, oldest first: text and what it answers."""
        columns = (outbound_message.c.text, outbound_message.c.in_reply_to)
        query = select(*columns).where(outbound_message.c.recipient == to).order_by(outbound_message.c.id)
        return self.db.read(lambda tx: [(row[0], row[1]) for row in tx.execute(query)])

    def error(self, message_id: int) -> str | None:
        """Why a text was not handled."""
        query = select(inbound_message.c.error).where(inbound_message.c.id == message_id)
        return self.db.read(lambda tx: tx.execute(query).scalar())
