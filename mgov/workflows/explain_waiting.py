"""Why a message has not moved: pilot, pauses, quotas, time, modems, or simply its turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from mgov.store import dead_letters, modems, pauses, stories
from mgov.workflows.explain_story import Teller
from mgov.workflows.explain_words import say, word


def waiting(tx: Connection, message: RowMapping, teller: Teller) -> list[str]:
    """What keeps a message where it is, the weightiest first; nothing for one that has arrived."""
    state, lang = message["state"], teller.lang
    if state == "sending":
        return [say("why_sending", lang, owner=message["lease_owner"] or "?")]
    if state == "uncertain":
        return [say("why_uncertain", lang, number=message["id"])]
    if state == "sent" and message["channel"] == "sms":
        return [say("why_sent", lang)]
    if state in dead_letters.DEAD:
        again = dead_letters.resent_as(tx, message["id"])
        return [] if again is not None else [say("why_dead", lang, number=message["id"])]
    if state != "queued":
        return []
    found = list(_obstacles(tx, message, teller))
    return found or [say("why_turn", lang, ahead=stories.ahead_of(tx, message, teller.now))]


def _obstacles(tx: Connection, message: RowMapping, teller: Teller) -> Iterator[str]:
    now, lang = teller.now, teller.lang
    if message["held"] == "only_to":
        yield say("why_only_to", lang, recipient=message["recipient"])
    paused = {(row["scope"], row["name"]): row for row in pauses.listing(tx)}
    if (row := paused.get(("class", message["priority"]))) is not None:
        yield say("why_class_paused", lang, **_who(row, teller))
    if message["not_before"] > now:
        yield say("why_later", lang, at=teller.clock(message["not_before"]))
    if message["closes_at"] is not None and message["closes_at"] <= now:
        yield say("why_closed", lang)
    if message["channel"] == "sms":
        yield from _radios(tx, message, paused, teller)


@dataclass(frozen=True, slots=True)
class _Radio:
    """One modem as far as it stands in a message's way."""

    row: RowMapping
    ready: bool
    pause: RowMapping | None
    blocked: bool


def _radios(
    tx: Connection, message: RowMapping, paused: dict[tuple[str, str], RowMapping], teller: Teller
) -> Iterator[str]:
    radios = [_radio(row, paused, teller.now) for row in modems.rows(tx)]
    able = [radio for radio in radios if radio.ready and radio.pause is None and not radio.blocked]
    lang = teller.lang
    if message["bound_sim"] is not None:
        if not any(radio.row["sim"] == message["bound_sim"] for radio in able):
            yield say("why_bound", lang, sim=message["bound_sim"])
        return
    own = next((radio for radio in radios if radio.row["name"] == message["preferred_modem"]), None)
    if own is not None and own not in able and able:
        yield say("why_own_modem", lang, name=own.row["name"], state=word(_state(own), lang))
    if not able:
        yield from (_why_not(radio, teller) for radio in radios if radio.ready)
        if not any(radio.ready for radio in radios):
            told = ", ".join(f"{radio.row['name']}: {word(_state(radio), lang)}" for radio in radios)
            yield say("why_no_modem", lang, modems=f" ({told})" if told else "")


def _radio(row: RowMapping, paused: dict[tuple[str, str], RowMapping], now: datetime) -> _Radio:
    heard = row["last_seen"] is not None and row["last_seen"] > now - modems.PATIENCE
    blocked = row["blocked"] is not None and row["blocked_until"] is not None and row["blocked_until"] > now
    return _Radio(row, row["state"] == "ready" and heard, paused.get(("modem", row["name"])), blocked)


def _state(radio: _Radio) -> str:
    if radio.pause is not None:
        return "paused"
    if radio.row["state"] == "ready" and not radio.ready:
        return "stopped"
    return str(radio.row["state"])


def _why_not(radio: _Radio, teller: Teller) -> str:
    if radio.pause is not None:
        return say("why_modem_paused", teller.lang, **_who(radio.pause, teller))
    until = teller.clock(radio.row["blocked_until"])
    return say("why_quota", teller.lang, quota=radio.row["blocked"], name=radio.row["name"], until=until)


def _who(row: RowMapping, teller: Teller) -> dict[str, str]:
    reason = f": {row['reason']}" if row["reason"] else ""
    return {"name": row["name"], "by": row["by"], "since": teller.clock(row["since"]), "reason": reason}
