"""Cases that nobody decided in two working days are taken to deputies and those above, once each."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from mgov.domain.actor import Actor
from mgov.replies import Replies
from mgov.store import audit, desk, history, settlements
from mgov.store.database import Database
from mgov.workflows.desk_age import Ages

SCHEDULER = Actor.system("scheduler")


def escalate(db: Database, replies: Replies, ages: Ages, now: datetime) -> int:
    """Mark late cases and tell whoever can see to them; returns how many cases were escalated."""

    def work(tx: Connection) -> int:
        late = [case for case in desk.open_cases(tx) if case.escalated_at is None and ages.is_late(case.opened_at)]
        for case in late:
            desk.change_case(tx, case, escalated_at=now)
            if case.confirmation_id is not None:
                history.record(
                    tx, "confirmation", case.confirmation_id, to="escalated", at=now, actor=SCHEDULER, cause="late"
                )
        if late:
            audit.record(tx, SCHEDULER, "payment.escalate", "case", late[0].id, {"cases": len(late)}, now=now)
            settlements.queue_answers(tx, _texts(tx, late, replies, ages, now), now)
        return len(late)

    return db.transact(work)


def _texts(tx: Connection, late: list[Row[Any]], replies: Replies, ages: Ages, now: datetime) -> list[dict[str, Any]]:
    by_agency: dict[int | None, list[Row[Any]]] = defaultdict(list)
    for case in late:
        by_agency[desk.agency_of_case(tx, case)].append(case)
    rows = []
    for agency_id, cases in by_agency.items():
        oldest = min(case.opened_at for case in cases).astimezone(ages.zone)
        values = {"count": len(cases), "agency": desk.agency_code(tx, agency_id) or "", "since": oldest}
        text = replies.render("pay_escalated", values)
        for phone in sorted(_phones(tx, agency_id, now)):
            key = f"escalation:{now.date()}:{agency_id}:{phone}"
            shared = {"channel": "sms", "in_reply_to": None, "subject_id": None, "subject": None}
            rows.append({**shared, "recipient": phone, "text": text, "dedupe_key": key})
    return settlements.not_yet_queued(tx, rows)


def _phones(tx: Connection, agency_id: int | None, now: datetime) -> set[str]:
    """The deputies of the agency's cashiers, its leaders; where there are none, administrators."""
    cashiers = [p for p in desk.people(tx, ("cashier",)) if p.agency_id in (None, agency_id)]
    phones = {phone for phone in (desk.deputy_phone(tx, person.id, now) for person in cashiers) if phone}
    phones |= {p.phone for p in desk.people(tx, ("leader",)) if p.phone and p.agency_id == agency_id}
    return phones or {p.phone for p in desk.people(tx, ("administrator",)) if p.phone}
