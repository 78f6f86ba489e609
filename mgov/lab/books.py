"""The daemon's own books, read and written from outside while it runs or lies dead: the lab's second witness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, and_, select

from mgov.domain.actor import Actor
from mgov.store import outbox
from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message, outbound_message
from mgov.store.schema.money import confirmation
from mgov.store.schema.staff import transition
from mgov.workflows.documents import import_documents

ACTOR = "system:lab"
IN_DOUBT = ("sending", "uncertain")


class Books:
    """One daemon's database, opened beside it as any command of the program does."""

    def __init__(self, url: str) -> None:
        self._db = Database(url)

    def close(self) -> None:
        """Give the connections back."""
        self._db.close()

    def queue(self, numbers: Iterable[str], text: str) -> None:
        """Queue the same text to each number, as `mgov sms send` does."""
        now = datetime.now(UTC)

        def work(tx: Connection) -> None:
            for number in numbers:
                outbox.queue_text(tx, to=number, text=text, now=now, actor=ACTOR, cause="lab")

        self._db.transact(work)

    def register_documents(self, holders: Mapping[str, str], due: datetime) -> None:
        """Import documents due on that day, as `mgov document import` does; gives phone by number of the document."""
        rows = "".join(f"{number},TDG,LAB,{phone},{due:%Y-%m-%d}\n" for number, phone in holders.items())
        source = f"number,kind,agency,phone,due_on\n{rows}".encode()
        result = import_documents(self._db, source, Actor.system("lab"), datetime.now(UTC), strict=True)
        if result.errors:
            raise RuntimeError(f"the lab's documents were refused: {result.errors[0]}")

    def in_doubt(self) -> dict[int, int]:
        """Messages that are claimed or uncertain: the number of the claim by message; a new claim has a new number."""
        columns = outbound_message.c
        query = select(columns.id, columns.lease_number).where(columns.state.in_(IN_DOUBT), columns.channel == "sms")
        return {row.id: row.lease_number for row in self._db.read(lambda tx: tx.execute(query).all())}

    def story(self, number: str) -> list[str]:
        """What the books say of the messages to one number, for whoever looks into a loss or a double."""
        c, t = outbound_message.c, transition.c
        query = (
            select(c.id, t.at, t.from_state, t.to_state, t.actor, t.cause, t.detail)
            .join(transition, and_(t.object_id == c.id, t.object_kind == "send"))
            .where(c.recipient == number)
            .order_by(t.id)
        )
        rows = self._db.read(lambda tx: tx.execute(query).all())
        return [f"{row.at:%H:%M:%S.%f} {row.id} {' '.join(str(value) for value in row[2:])}" for row in rows]

    def recipients(self, *states: str) -> set[str]:
        """Who the messages in these states are for."""
        query = select(outbound_message.c.recipient).where(outbound_message.c.state.in_(states))
        return set(self._db.read(lambda tx: tx.execute(query).scalars().all()))

    def sent_again_in_doubt(self) -> set[str]:
        """Recipients of messages that were uncertain and, as no report had come, were queued again."""
        query = (
            select(outbound_message.c.recipient)
            .join(transition, transition.c.object_id == outbound_message.c.id)
            .where(transition.c.object_kind == "send", transition.c.from_state == "uncertain")
            .where(transition.c.to_state.in_(("queued", "sending")))
        )
        return set(self._db.read(lambda tx: tx.execute(query).scalars().all()))

    def texts_of(self, sender: str) -> list[str]:
        """What somebody texted, as the daemon read it."""
        query = select(inbound_message.c.text).where(inbound_message.c.sender == sender)
        return list(self._db.read(lambda tx: tx.execute(query).scalars().all()))

    def unreported(self) -> set[str]:
        """Recipients of texts that were sent and of which no delivery report was understood."""
        return self.recipients("sent")

    def bookings(self) -> Counter[str]:
        """How many payment confirmations are booked, by sender."""
        query = select(confirmation.c.sender)
        return Counter(self._db.read(lambda tx: tx.execute(query).scalars().all()))
