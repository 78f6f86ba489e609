"""The story of a message that goes out: queue, tries, parts, reports, and why it is where it is now."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.domain.message import is_delivered, is_undeliverable
from mgov.store import attempts, history, stories
from mgov.workflows.explain_story import Line, Teller
from mgov.workflows.explain_waiting import waiting
from mgov.workflows.explain_words import detail, say, word

#: States that follow from what was submitted and reported at the same moment.
_ENDS = ("sent", "delivered", "failed", "uncertain")


def outbound_story(tx: Connection, number: int, teller: Teller) -> list[Line]:
    """Everything that is known of one outgoing message, in order; empty when there is none."""
    message = stories.outbound(tx, number)
    if message is None:
        return []
    what = f"send {number}"
    moves = history.of(tx, "send", number)
    lines = [Line.of(row, what, _sentence(row, message, teller)) for row in moves]
    if all(row["from_state"] is not None for row in moves):  # many are queued at once without a line of their own
        cause = word(message["subject_kind"] or message["priority"], teller.lang)
        lines.insert(0, Line(message["queued_at"], what, _queued(message, cause, teller.lang), to="queued"))
    lines += _relations(message, what, teller)
    lines += _attempts(attempts.of(tx, number), what, teller)
    lines += _parts(stories.outbound_parts(tx, number), what, teller)
    lines += _reports(stories.reports_of(tx, number), what, teller)
    lines.sort(key=lambda line: (line.at, line.to in _ENDS))
    return lines + [Line(teller.now, what, sentence) for sentence in waiting(tx, message, teller)]


def _sentence(row: RowMapping, message: RowMapping, teller: Teller) -> str:
    lang, cause = teller.lang, word(row["cause"], teller.lang)
    told = detail(row["detail"], lang)
    if row["from_state"] is None:
        return _queued(message, cause, lang)
    if row["cause"] in ("held", "released"):
        return say(row["cause"], lang, detail=_held_detail(row, lang))
    if row["cause"] == "resend":
        return say("resent", lang, actor=row["actor"], detail=told)
    if row["to_state"] == "sending":
        return say("claimed", lang, modem=row["actor"].removeprefix("system:"))
    if row["to_state"] == "queued":
        return say("requeued", lang, cause=f"{cause}: {told}" if told else cause)
    if row["to_state"] in (*_ENDS, "expired"):
        return say(f"state_{row['to_state']}", lang, cause=f"{cause}: {told}" if told else cause, detail=told or cause)
    return f"{word(row['to_state'], lang)} ({cause})"


def _queued(message: RowMapping, cause: str, lang: str) -> str:
    known = {"number": message["id"], "recipient": message["recipient"], "text": message["text"]}
    return say("queued", lang, priority=message["priority"], cause=cause, **known)


def _held_detail(row: RowMapping, lang: str) -> str:
    if lang == "en":
        return row["detail"] or ""
    words = {
        "held": "uji coba hanya mengirim ke nomor di [routing] only_to",
        "released": "penerima termasuk uji coba, atau uji coba selesai",
    }
    return words[row["cause"]]


def _relations(message: RowMapping, what: str, teller: Teller) -> list[Line]:
    lines = []
    if message["in_reply_to"] is not None:
        lines.append(Line(message["queued_at"], what, say("answers", teller.lang, number=message["in_reply_to"])))
    if message["resend_of"] is not None:
        lines.append(Line(message["queued_at"], what, say("resend_of", teller.lang, number=message["resend_of"])))
    return lines


def _attempts(rows: Sequence[RowMapping], what: str, teller: Teller) -> list[Line]:
    return [
        Line(
            row["ended_at"],
            what,
            say(
                "attempt",
                teller.lang,
                attempt=row["attempt"],
                sequence=row["sequence"],
                modem=row["modem"],
                sim=row["sim"],
                outcome=word(row["outcome"], teller.lang),
                code=f" [{row['code']}]" if row["code"] else "",
                detail=f" - {detail(row['detail'], teller.lang)}" if row["detail"] else "",
            ),
            cause=row["outcome"],
            detail=row["detail"],
        )
        for row in rows
    ]


def _parts(rows: Sequence[RowMapping], what: str, teller: Teller) -> list[Line]:
    lines = []
    for row in rows:
        if row["submitted_at"] is None or row["state"] not in ("sent", "delivered", "failed", "sending", "uncertain"):
            continue
        known = {"sequence": row["sequence"], "total": len(rows), "modem": row["modem"], "sim": row["sim"]}
        number = row["reference"]
        reference = "" if number is None else say("reference", teller.lang, reference=number)
        lines.append(Line(row["submitted_at"], what, say("part_submitted", teller.lang, reference=reference, **known)))
    return lines


def _reports(rows: Sequence[RowMapping], what: str, teller: Teller) -> list[Line]:
    return [
        Line(
            row["received_at"],
            what,
            say(
                "report",
                teller.lang,
                sequence=row["sequence"],
                meaning=say(_meaning(row["status"]), teller.lang),
                status=row["status"],
            ),
        )
        for row in rows
    ]


def _meaning(status: int) -> str:
    if is_delivered(status):
        return "report_delivered"
    return "report_failed" if is_undeliverable(status) else "report_trying"
