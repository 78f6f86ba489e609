"""Who did something: every change in the database has an actor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of actors; the value is what the database keeps."""

    STAFF = "staff"  #: a member of staff, by login name
    PHONE = "phone"  #: a citizen, by the number texted from
    MAIL = "mail"  #: a citizen, by the address written from
    PORTAL = "portal"  #: an agency's portal, by agency code
    SYSTEM = "system"  #: a part of mgov itself


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor, written `kind:name` in the database and in every explanation."""

    kind: ActorKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    @classmethod
    def system(cls, part: str) -> Actor:
        """A part of mgov, such as `engine` or `scheduler`."""
        return cls(ActorKind.SYSTEM, part)

    @classmethod
    def staff(cls, login: str) -> Actor:
        """A member of staff by login name."""
        return cls(ActorKind.STAFF, login)

    @classmethod
    def portal(cls, agency: str) -> Actor:
        """An agency's portal by the agency's code."""
        return cls(ActorKind.PORTAL, agency)

    @classmethod
    def sender(cls, channel: str, address: str) -> Actor:
        """The citizen behind a text (`sms`) or a mail (`email`)."""
        return cls(ActorKind.MAIL if channel == "email" else ActorKind.PHONE, address)
