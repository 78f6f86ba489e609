"""Whose identity a sender speaks for: verified bindings open everything, claimed ones only what the sender filed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.engine import RowMapping

from mgov.replies import masked_id
from mgov.store import parties
from mgov.workflows.handlers.request import Request


@dataclass(frozen=True, slots=True)
class Identity:
    """The parties of one sender: party number to NIK or NIB, oldest binding first."""

    verified: dict[int, str]
    claimed: dict[int, str]

    @property
    def newest(self) -> tuple[int, str] | None:
        """The party that a new application is for: the newest binding, a verified one before a claimed one."""
        chosen = self.verified or self.claimed
        return next(reversed(chosen.items()), None)

    def whose(self, party_id: int | None) -> str:
        """A party, masked; empty for one that the sender has nothing to do with."""
        number = self.verified.get(party_id or 0) or self.claimed.get(party_id or 0)
        return masked_id(number) if number else ""


def identity_of(request: Request) -> Identity:
    """The parties to which the sender's phone or address is bound."""
    verified: dict[int, str] = {}
    claimed: dict[int, str] = {}
    for row in parties.bindings_of(request.tx, request.sender):
        (verified if row["state"] == "verified" else claimed)[row["party_id"]] = row["id_number"]
    return Identity(verified, claimed)


def whose_each(identity: Identity, rows: Iterable[RowMapping]) -> list[str]:
    """Beside each row whose it is, masked, when the rows belong to several; else nothing needs to be said."""
    owners = [identity.whose(row["party_id"]) for row in rows]
    return owners if len(set(owners)) > 1 else [""] * len(owners)
