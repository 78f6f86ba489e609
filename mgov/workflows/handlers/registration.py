"""REGISTER: a binding of a phone to an identity, claimed until an agency's record, a code or staff verify it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from sqlalchemy.engine import RowMapping

from mgov.store import history, outbox, parties
from mgov.workflows.handlers.request import Reply, Request

_CODE = re.compile(r"\s*(?:(?:kode|code)\b\W*)?(\d{6})\s*", re.IGNORECASE)
_DIGITS = re.compile(r"\D+")
NIK_DIGITS, NIB_DIGITS = 16, 13
#: Codes that one recorded phone is sent in 24 hours.
CODES_A_DAY = 5


def register(request: Request) -> Reply:
    """Bind the sender to an identity; the phones on record are told of it."""
    number = _DIGITS.sub("", request.field("id_number"))
    name = request.field("name")
    if len(number) not in (NIK_DIGITS, NIB_DIGITS):
        return request.say("register_bad_id")
    if len(_DIGITS.sub("", name)) == NIK_DIGITS:
        return request.say("register_sim_card")
    party = parties.by_id_number(request.tx, number)
    party_id = party["id"] if party else parties.create(request.tx, number, name, now=request.now, actor=request.actor)
    contacts = parties.contacts_of(request.tx, party_id)
    mine = next((row for row in contacts if row["address"] == request.sender), None)
    if mine is not None and mine["state"] == "verified":
        return request.say("registered", {"id_number": number})
    if mine is not None and _waits(mine) and mine["code_expires_at"] > request.now:
        return request.say("registered_code", {"id_number": number})  # the code that went out stands, its tries too
    contact_id = mine["id"] if mine else _bind(request, party_id)
    return _tell_recorded(request, contact_id, contacts, number)


def expects_code(request: Request) -> bool:
    """Whether a text has the shape of a code, and one is waited for from its sender."""
    return _CODE.fullmatch(request.text) is not None and any(
        _waits(row) for row in parties.bindings_of(request.tx, request.sender)
    )


def answer_code(request: Request) -> Reply | None:
    """The code that went to the recorded phone, texted from the claimed one; None when this is no code we wait for."""
    said = _CODE.fullmatch(request.text)
    if said is None:
        return None
    waiting = [row for row in parties.bindings_of(request.tx, request.sender) if _waits(row)]
    if not waiting:
        return None
    for row in waiting:
        if _is_right(request, row, said.group(1)):
            return _verify(request, row)
    for row in waiting:
        parties.change_contact(request.tx, row["id"], code_failures=row["code_failures"] + 1)
    return request.say("code_wrong")


def _bind(request: Request, party_id: int) -> int:
    kind = "email" if request.channel == "email" else "phone"
    contact_id = parties.bind(request.tx, party_id, kind, request.sender, now=request.now, actor=request.actor)
    history.record(
        request.tx, "contact", contact_id, to="claimed", at=request.now, actor=request.actor, cause="REGISTER"
    )
    return contact_id


def _tell_recorded(request: Request, contact_id: int, contacts: list[RowMapping], number: str) -> Reply:
    """Send a code to the phones that are verified for this identity; without any, staff verify.

    A phone is sent a few codes a day, whoever asks for them: strangers must not make us ring it, nor have it guessed.
    """
    trusted = [row["address"] for row in contacts if row["state"] == "verified" and row["kind"] == "phone"]
    since = request.now - timedelta(days=1)
    trusted = [address for address in trusted if outbox.codes_since(request.tx, address, since) < CODES_A_DAY]
    if not trusted:
        return request.say("registered_claimed", {"id_number": number})
    code = f"{secrets.randbelow(1_000_000):06d}"
    until = request.now + timedelta(hours=request.settings.code_hours)
    parties.change_contact(
        request.tx, contact_id, code_digest=_digest(contact_id, code), code_expires_at=until, code_failures=0
    )
    for address in trusted:
        outbox.queue_text(
            request.tx,
            to=address,
            text=request.replies.render("binding_told", {"phone": request.sender, "code": code}),
            now=request.now,
            actor=request.actor,
            cause="a new binding is told to the recorded phone",
            dedupe_key=f"binding:{contact_id}:{request.message_id}:{address}",
            subject_kind="contact",
            subject_id=contact_id,
        )
    return request.say("registered_code", {"id_number": number})


def _waits(row: RowMapping) -> bool:
    return row["state"] == "claimed" and row["code_digest"] is not None


def _is_right(request: Request, row: RowMapping, code: str) -> bool:
    in_time = row["code_expires_at"] >= request.now and row["code_failures"] < request.settings.code_tries
    return in_time and hmac.compare_digest(row["code_digest"], _digest(row["id"], code))


def _verify(request: Request, row: RowMapping) -> Reply:
    parties.change_contact(
        request.tx,
        row["id"],
        state="verified",
        verified_how="code",
        verified_at=request.now,
        code_digest=None,
        code_expires_at=None,
    )
    history.record(
        request.tx,
        "contact",
        row["id"],
        from_="claimed",
        to="verified",
        at=request.now,
        actor=request.actor,
        cause="code texted back",
    )
    return request.say("code_right", {"id_number": row["id_number"]})


def _digest(contact_id: int, code: str) -> str:
    return hashlib.sha256(f"{contact_id}:{code}".encode()).hexdigest()
