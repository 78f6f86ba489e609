"""The daily summary of money in: matched, waiting, unclaimed, doubtful; printed, texted and mailed to the desk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from mgov.domain.actor import Actor
from mgov.domain.roles import Right
from mgov.replies import Replies, rupiah
from mgov.store import desk, settlements, takings
from mgov.store.database import Database
from mgov.workflows import access
from mgov.workflows.desk_age import Ages


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One account (or all, `account` None) on one booking day; sums in rupiah.

    `matched + unclaimed + doubtful + other = total`. `waiting` and `review` are confirmations, `late` the cases that
    are open for longer than the desk has; these and `refunds_due` do not depend on the day.
    """

    on: date
    account: str | None
    entries: int = 0
    total: int = 0
    matched: int = 0
    unclaimed: int = 0
    doubtful: int = 0
    other: int = 0
    waiting: int = 0
    waiting_sum: int = 0
    review: int = 0
    late: int = 0
    refunds_due: int = 0

    def row(self) -> dict[str, Any]:
        """As a row for printing."""
        return asdict(self)


def summaries(db: Database, actor: Actor, on: date, ages: Ages) -> list[DaySummary]:
    """Each account's day, then all of them together. Raises `RefusedError`."""

    def read(tx: Connection) -> list[DaySummary]:
        access.require(tx, actor, Right.PAYMENT_VIEW)
        return _summaries(tx, on, ages)

    return db.read(read)


def tell_desk(db: Database, on: date, replies: Replies, ages: Ages, now: datetime) -> int:
    """Queue the summary of a day to the desk's phones and mail addresses, once a day and address; returns how many."""

    def work(tx: Connection) -> int:
        whole = _summaries(tx, on, ages)[-1]
        text = replies.render("pay_summary", whole.row())
        rows = [
            {
                "channel": channel,
                "recipient": address,
                "text": text if channel == "sms" else _letter(whole, text),
                "subject": None if channel == "sms" else f"Dana masuk {on:%d/%m/%Y}",
                "in_reply_to": None,
                "subject_id": None,
                "dedupe_key": f"summary:{on}:{address}",
            }
            for person in desk.people(tx, ("cashier",))
            for channel, address in (("sms", person.phone), ("email", person.email))
            if address
        ]
        return settlements.queue_answers(tx, settlements.not_yet_queued(tx, rows), now)

    return db.transact(work)


def _summaries(tx: Connection, on: date, ages: Ages) -> list[DaySummary]:
    doubtful = takings.free_of(tx, on, takings.doubtful(tx))
    found = []
    for row in takings.of_day(tx, on):
        doubt = doubtful.get(row.account, 0)
        figures = {"total": int(row.total), "matched": int(row.matched), "other": int(row.other), "doubtful": doubt}
        unclaimed = figures["total"] - figures["matched"] - figures["other"] - doubt
        found.append(DaySummary(on, row.account, int(row.entries), unclaimed=unclaimed, **figures))
    return [*found, _together(tx, on, found, ages)]


def _together(tx: Connection, on: date, parts: list[DaySummary], ages: Ages) -> DaySummary:
    open_now = takings.waiting(tx)
    names = ("entries", "total", "matched", "unclaimed", "doubtful", "other")
    sums = {name: sum(getattr(part, name) for part in parts) for name in names}
    return DaySummary(
        on,
        None,
        **sums,
        waiting=open_now.get("awaiting_funds", (0, 0))[0],
        waiting_sum=open_now.get("awaiting_funds", (0, 0))[1],
        review=open_now.get("review", (0, 0))[0],
        late=sum(1 for case in desk.open_cases(tx) if ages.is_late(case.opened_at)),
        refunds_due=takings.refunds_due(tx),
    )


def _letter(day: DaySummary, text: str) -> str:
    lines = [
        text,
        "",
        f"Total masuk / money in:            {rupiah(day.total)} ({day.entries})",
        f"Cocok dengan tagihan / matched:    {rupiah(day.matched)}",
        f"Belum ada konfirmasi / unclaimed:  {rupiah(day.unclaimed)}",
        f"Diragukan / doubtful:              {rupiah(day.doubtful)}",
        f"Bukan untuk tagihan / other:       {rupiah(day.other)}",
        f"Konfirmasi menunggu / waiting:     {day.waiting} ({rupiah(day.waiting_sum)})",
        f"Diperiksa petugas / in review:     {day.review}, lewat waktu / late {day.late}",
        f"Harus dikembalikan / refunds due:  {rupiah(day.refunds_due)}",
    ]
    return "\n".join(lines)
