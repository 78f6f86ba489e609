"""Which modem sends what: by the SIM that was texted, then operator, then how well a route works, then load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mgov.domain.operators import Operators
from mgov.domain.quotas import NO_QUOTAS, Quotas

#: Seconds that a message waits for a modem of its operator that could begin it, and for any but a poor route.
FAR_AFTER, POOR_AFTER = 15.0, 300.0


@dataclass(frozen=True, slots=True)
class ModemView:
    """One modem as the others see it.

    `takes`: it can send now. `away`: it cannot send what is meant for it, and has not been able to for longer than we
    are patient, so that others do. `operator` is a name of `Operators`.
    """

    name: str
    operator: str | None = None
    takes: bool = True
    away: bool = False


@dataclass(frozen=True, slots=True)
class Fleet:
    """The modems, and the routes (modem, operator of the recipient) that work poorly."""

    modems: tuple[ModemView, ...] = ()
    poor: frozenset[tuple[str, str]] = frozenset()

    def is_uniform(self) -> bool:
        """Whether no modem that can send is nearer to any recipient than another."""
        return not self.poor and len({modem.operator for modem in self.modems if modem.takes}) < 2

    def others_at_home(self, me: str) -> tuple[str, ...]:
        """The other modems that see to what is meant for them."""
        return tuple(modem.name for modem in self.modems if modem.name != me and not modem.away)

    def can_another_send(self, me: str) -> bool:
        """Whether another modem can take what this one should not."""
        return any(modem.takes and modem.name != me for modem in self.modems)


@dataclass(frozen=True, slots=True)
class SendRules:
    """What the site says about sending: the operators, the pilot's recipients, and this modem's quotas."""

    operators: Operators = field(default_factory=Operators)
    only_to: tuple[str, ...] = ()
    quotas: Quotas = NO_QUOTAS

    def may_text(self, recipient: str) -> bool:
        """Whether a number, or an address of mail, belongs to the pilot; without a pilot everybody does."""
        if not self.only_to:
            return True
        if "@" not in recipient:
            return recipient.startswith(self.only_to)
        address = recipient.lower()
        return any(address == known or (known[0] == "@" and address.endswith(known)) for known in self.only_to)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that is due, for so many seconds already.

    `preferred` is the modem that was texted, `bound`: parts went out by this SIM already, `tried`: a modem failed, so
    that it is for whoever may take it.
    """

    id: int
    urgency: int
    recipient: str
    preferred: str | None = None
    bound: bool = False
    tried: bool = False
    seconds: float = 0.0


def choose(me: str, due: Sequence[Candidate], fleet: Fleet, operators: Operators) -> list[int]:
    """The messages that this modem should take, best first; `due` is in the order in which they are to leave.

    A message whose operator has a modem of its own is left to that one, as long as there are no more such messages
    than such modems: nobody idles beside a queue.
    """
    mine = next((modem for modem in fleet.modems if modem.name == me), ModemView(me))
    seen: dict[str | None, int] = {}
    ranked: list[tuple[int, int, int, int]] = []
    for place, candidate in enumerate(due):
        operator = operators.of_number(candidate.recipient)
        ahead = seen.get(operator, 0)
        seen[operator] = ahead + (candidate.preferred is None)
        tier = _tier(mine, candidate, operator, ahead, fleet)
        if tier is not None:
            ranked.append((candidate.urgency, tier, place, candidate.id))
    return [entry[-1] for entry in sorted(ranked)]


def _tier(me: ModemView, candidate: Candidate, operator: str | None, ahead: int, fleet: Fleet) -> int | None:
    """How near a message is to this modem: 0 its own, 1 for want of a nearer one, 2 of any; None: left to another."""
    if candidate.bound:
        return 0
    if candidate.preferred == me.name:
        return 0
    others = [modem for modem in fleet.modems if modem.takes and modem.name != me.name]
    if candidate.preferred is not None:
        return _tier_of_orphan(me, candidate.preferred, others, fleet)
    return _tier_of_free(me, candidate, operator, ahead, others, fleet)


def _tier_of_orphan(me: ModemView, preferred: str, others: Sequence[ModemView], fleet: Fleet) -> int | None:
    """A reply whose SIM is away: another SIM of the same operator first, then any."""
    owner = next((modem for modem in fleet.modems if modem.name == preferred), ModemView(preferred, away=True))
    if not owner.away:
        return None
    if owner.operator is None or me.operator == owner.operator:
        return 1
    return None if any(modem.operator == owner.operator for modem in others) else 1


def _tier_of_free(
    me: ModemView,
    candidate: Candidate,
    operator: str | None,
    ahead: int,
    others: Sequence[ModemView],
    fleet: Fleet,
) -> int | None:
    """Nearness never starves a message: what was tried, or has waited for the nearer ones, is for this one too."""
    near = [modem for modem in others if operator is not None and modem.operator == operator]
    good = [modem for modem in others if (modem.name, operator) not in fleet.poor]
    if (me.name, operator) in fleet.poor:
        return 2 if candidate.seconds > POOR_AFTER or not good else None
    if operator is None or me.operator == operator or not near:
        return 0
    good_near = [modem for modem in near if modem in good]
    waited = candidate.tried or candidate.seconds > FAR_AFTER
    return 1 if waited or ahead >= len(good_near) else None
