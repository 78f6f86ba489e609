"""Who may do what: one table of rights and the roles that hold them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff is for; one person may hold several."""

    ADMINISTRATOR = "administrator"  #: keeps accounts and everything else; decides on payments like a cashier
    OPERATOR = "operator"  #: adds an agency's services, bills, documents, articles; edits only what he made
    CASHIER = "cashier"  #: decides on payments, brings in statements
    LEADER = "leader"  #: reads the figures of his agency
    NOC = "noc"  #: keeps modems, queues and backups running
    AUDITOR = "auditor"  #: reads everything, changes nothing


class Right(StrEnum):
    """What may be asked of mgov; the value is said when it is refused."""

    STAFF_CHANGE = "keep staff accounts"
    STAFF_VIEW = "see staff accounts"
    AUDIT_VIEW = "read the audit"
    AUDIT_ACCEPT = "accept a new beginning of the audit's anchor"
    AGENCY_VIEW = "see agencies and their contacts"
    AGENCY_CHANGE = "change agencies"
    INFO_WRITE = "write articles"
    INFO_DELETE = "delete articles"
    CATALOGUE_IMPORT = "change the service catalogue"
    BILL_IMPORT = "bring in bills"
    BILL_VIEW = "see bills"
    APPLICATION_CHANGE = "change applications"
    APPLICATION_VIEW = "see applications"
    DOCUMENT_CHANGE = "change documents"
    DOCUMENT_VIEW = "see documents"
    CONTACT_VERIFY = "confirm whose a phone is"
    BANK_IMPORT = "bring in bank statements"
    BANK_VIEW = "see bank statements"
    PAYMENT_VIEW = "see payments"
    PAYMENT_DECIDE = "decide on payments"
    REMIND_RUN = "send reminders"
    REMIND_VIEW = "see reminders"
    BROADCAST_DRAFT = "write broadcasts"
    BROADCAST_APPROVE = "approve broadcasts"
    ALERT_RELEASE = "release alerts and stop broadcasts"
    SMS_SEND = "send texts"
    SMS_VIEW = "read texts"
    SMS_INJECT = "speak for citizens by texts that no modem received"
    MODEM_CONTROL = "control modems"
    FIGURES_VIEW = "see figures"
    EXPLAIN = "ask why something is where it is"
    PRIVACY = "give out or erase a person's data"
    PORTAL_GRANT = "open the database to portals"
    STATUS_VIEW = "see how the gateway runs"
    SYSTEM = "keep the installation"
    BACKUP = "back up and restore"


_EVERY = frozenset(Role)
_A, _O, _C, _L, _N, _R = Role  # the initials of the table below; _R reads (auditor)

#: Right → the roles that hold it. What is not here nobody may do.
HOLDERS: dict[Right, frozenset[Role]] = {
    Right.STAFF_CHANGE: frozenset({_A}),
    Right.STAFF_VIEW: frozenset({_A, _N, _R}),
    Right.AUDIT_VIEW: frozenset({_A, _R}),
    Right.AUDIT_ACCEPT: frozenset({_A}),
    Right.AGENCY_VIEW: _EVERY - {_L},
    Right.AGENCY_CHANGE: frozenset({_A}),
    Right.INFO_WRITE: frozenset({_A, _O}),
    Right.INFO_DELETE: frozenset({_A}),
    Right.CATALOGUE_IMPORT: frozenset({_A, _O}),
    Right.BILL_IMPORT: frozenset({_A, _O}),
    Right.BILL_VIEW: frozenset({_A, _O, _C, _R}),
    Right.APPLICATION_CHANGE: frozenset({_A, _O}),
    Right.APPLICATION_VIEW: frozenset({_A, _O, _R}),
    Right.DOCUMENT_CHANGE: frozenset({_A, _O}),
    Right.DOCUMENT_VIEW: frozenset({_A, _O, _R}),
    Right.CONTACT_VERIFY: frozenset({_A, _O}),
    Right.BANK_IMPORT: frozenset({_A, _C}),
    Right.BANK_VIEW: frozenset({_A, _C, _R}),
    Right.PAYMENT_VIEW: frozenset({_A, _C, _R}),
    Right.PAYMENT_DECIDE: frozenset({_A, _C}),
    Right.REMIND_RUN: frozenset({_A, _O, _N}),
    Right.REMIND_VIEW: frozenset({_A, _O, _N, _R}),
    Right.BROADCAST_DRAFT: frozenset({_A, _O}),
    Right.BROADCAST_APPROVE: frozenset({_A}),
    Right.ALERT_RELEASE: frozenset({_A, _N}),
    Right.SMS_SEND: frozenset({_A, _O, _N}),
    Right.SMS_VIEW: frozenset({_A, _N, _R}),
    Right.SMS_INJECT: frozenset({_A}),
    Right.MODEM_CONTROL: frozenset({_A, _N}),
    Right.FIGURES_VIEW: frozenset({_A, _L, _R}),
    Right.EXPLAIN: _EVERY - {_L},
    Right.PRIVACY: frozenset({_A}),
    Right.PORTAL_GRANT: frozenset({_A}),
    Right.STATUS_VIEW: frozenset({_A, _N, _R}),
    Right.SYSTEM: frozenset({_A, _N}),
    Right.BACKUP: frozenset({_A, _N}),
}


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks: the roles he holds, and the agency he is bound to, by number and code (None: the whole province)."""

    name: str
    roles: frozenset[Role]
    agency_id: int | None = None
    agency: str | None = None

    def holds(self, role: Role) -> bool:
        """Whether he holds a role."""
        return role in self.roles

    def may(self, right: Right) -> bool:
        """Whether one of his roles holds a right."""
        return not self.roles.isdisjoint(HOLDERS[right])

    def sees(self, agency_ids: Iterable[int | None]) -> bool:
        """Whether all of these agencies are his; what belongs to none is the province's."""
        return self.agency_id is None or all(agency == self.agency_id for agency in agency_ids)
