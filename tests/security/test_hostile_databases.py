"""What one database takes another refuses: NUL, surrogates, long lines. The hostile table goes into all three."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from mgov.gateway.pdus import join_texts, part_of
from mgov.mail.incoming import read_mail
from mgov.store.database import Database
from mgov.store.schema.messages import inbound_message, inbound_part
from mgov.workflows.answer import answer_next
from mgov.workflows.bills import import_bills
from mgov.workflows.mail import receive_mail
from mgov.workflows.receive import Origin, receive_parts, receive_text
from tests.security.hostile import BY_HAND
from tests.workflows.citizen import NOW, STAFF, World


def _count(db: Database, table: Any) -> int:  # noqa: ANN401 - a table
    return int(db.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one()))


def test_every_database_keeps_every_hostile_text_and_answers_it(database: Database) -> None:
    """As a text of its own and behind a keyword; none is set aside, none stops the next."""
    world = World(database)
    sent = [*BY_HAND, *(f"DAFTAR 3604015505880007#{text}" for text in BY_HAND), *(f"MOHON SIUP#{t}" for t in BY_HAND)]

    def receive(tx: Any) -> None:  # noqa: ANN401 - a transaction
        for number, text in enumerate(sent):
            values = {"sender": f"+62813{number:08d}", "sent_at": NOW, "received_at": NOW}
            receive_text(tx, channel="sms", text=text, identity=f"hostile-{number}", **values)

    database.transact(receive)
    while answer_next(database, world.settings, NOW) is not None:
        continue
    states = database.read(lambda tx: set(tx.execute(select(inbound_message.c.state)).scalars()))
    assert states == {"handled"}
    assert _count(database, inbound_message) == len(sent)


def test_every_database_keeps_noise_on_the_line(database: Database) -> None:
    """A PDU of NULs, of controls or without end is kept raw: it must not block what comes after it."""
    pdus = [*BY_HAND, "\0" * 50, "00" * 5000, "\xff" * 300, "07\x0091"]
    parts = [part_of(pdu, NOW) for pdu in pdus]
    receive_parts(database, Origin("m1", "sim"), parts, join_texts, NOW)
    assert _count(database, inbound_part) == len({part.identity("sim") for part in parts})


def test_every_database_keeps_hostile_mails(database: Database) -> None:
    """In the subject, the sender's name, the Message-ID and the body."""
    for number, text in enumerate(BY_HAND):
        words = text.encode("utf-8", "replace")
        for raw in (
            b"From: w@example.org\r\nSubject: " + words + b"\r\n\r\nBANTUAN",
            b"From: " + words + b" <w@example.org>\r\n\r\nBANTUAN",
            b"From: w@example.org\r\nMessage-ID: <" + words + b">\r\n\r\nBANTUAN",
            b"From: w@example.org\r\nMessage-ID: <%d@x>\r\n\r\n" % number + words,
        ):
            receive_mail(database, read_mail(raw, frozenset()), NOW)
    assert _count(database, inbound_message) > len(BY_HAND)


def test_every_database_takes_or_refuses_hostile_cells(database: Database) -> None:
    """A bill's description of each kind: kept as it is, or refused with its line."""
    lines = ["number,agency,amount,description"]
    for number, text in enumerate(BY_HAND):
        cell = text.replace('"', '""')
        lines.append(f'PKB-2026-{number:06d},BAPENDA,1000,"{cell}"')
    data = "\n".join(lines).encode("utf-8", "replace")
    result = import_bills(database, data, STAFF, NOW)
    assert result.accepted + len(result.errors) == len(BY_HAND)
