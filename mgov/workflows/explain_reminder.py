"""The story of a reminder: which run wanted it, why it was left out, or what became of the message that carries it."""

from __future__ import annotations

from sqlalchemy import Connection

from mgov.store import reminder_queue
from mgov.workflows.explain_outbound import outbound_story
from mgov.workflows.explain_story import Line, Teller

_WANTED = {
    "id": "{document} jatuh tempo {due}: tahap {stage} hari, lewat {channel} ke {to}, untuk hari {day}{reason}",
    "en": "{document} falls due on {due}: stage of {stage} days, by {channel} to {to}, for the day {day}{reason}",
}


def reminder_story(tx: Connection, number: int, teller: Teller) -> list[Line]:
    """The lines of one reminder and of the message that carries it; none when there is no such reminder."""
    row = reminder_queue.get(tx, number)
    if row is None:
        return []
    sentence = _WANTED[teller.lang].format(
        document=row["document"],
        due=row["due_on"].isoformat(),
        stage=row["stage"],
        channel=row["channel"],
        to=row["to"],
        day=row["run_on"].isoformat(),
        reason=f". {row['state']}: {row['reason']}" if row["reason"] else "",
    )
    cause, detail = f"stage {row['stage']}", row["reason"]
    first = Line(
        row["created_at"], f"reminder {number}", sentence, None, row["state"], "system:reminders", cause, detail
    )
    return [first] if row["message"] is None else [first, *outbound_story(tx, int(row["message"]), teller)]
