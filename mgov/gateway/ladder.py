"""The ladder of recovery: what is tried next on a modem that fails, how often in an hour, and what has been tried."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

FIRST_PAUSE, LONGEST_PAUSE = 0.3, 8.0  # seconds before the port is opened again, with jitter
PERSON_PAUSE = 60.0  # seconds before a SIM that a person has to see to is tried again
STEADY = 30.0  # seconds of service after which a failure is a new one
RESET_AT, COMMAND_AT = 3, 5  # failures in a row
HOUR = 3600.0

UNREGISTERED = "unregistered"  # for longer than a network's pause
#: A locked SIM: no reset opens it, and a try too many closes it for good.
_LOCKED = frozenset({"pin_missing", "pin_refused", "pin_unsafe", "sim_locked"})
#: The modem is not the cause: nothing is reset.
_NOT_THE_MODEM = _LOCKED | {
    *("wrong_imei", "wrong_sim", "port_forbidden", "port_busy", "imei_missing", "no_sim", "no_pdu_mode")
}
#: There is no port to talk through: only power brings it back.
_GONE = frozenset({"no_such_port", "imei_not_found", "port_unusable", "port_lost", "gone"})


class Step(Enum):
    """A rung of the ladder."""

    RESYNC = "asked again"
    REOPEN = "opened again"
    RESET = "reset"
    COMMAND = "ran the site's command"


@dataclass(slots=True)
class Ladder:
    """The recovery of one modem. Times are seconds of one clock; `resets_per_hour` caps resets and commands alike."""

    has_command: bool = False
    resets_per_hour: int = 3
    failures: int = 0  #: in a row
    code: str = ""
    since: datetime | None = None
    tried: Counter[Step] = field(default_factory=Counter)
    _done_at: dict[Step, list[float]] = field(default_factory=dict)

    def failed(self, code: str, now: float, at: datetime) -> Step:
        """Count a failure and say what to do before the port is opened again."""
        self.failures += 1
        self.code = code
        self.since = self.since or at
        step = self._step(now)
        self._note(step, now)
        return step

    def resynced(self, now: float, at: datetime) -> None:
        """Count that the modem had to be brought back to its prompt; that alone is no failure."""
        self.since = self.since or at
        self._note(Step.RESYNC, now)

    def served(self, seconds: float) -> None:
        """Forget what was: the modem has worked for a while."""
        if seconds >= STEADY:
            self.failures, self.since, self.code = 0, None, ""
            self.tried.clear()

    def pause(self) -> float:
        """Seconds before the next opening, longer with each failure, never the same for two modems."""
        if self.code in _LOCKED:
            return PERSON_PAUSE
        doubled = FIRST_PAUSE * 2.0 ** min(self.failures - 1, 10) if self.failures else FIRST_PAUSE
        return min(doubled, LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter

    def evidence(self) -> str:
        """What has been tried, for the operator; empty as long as there is nothing to tell."""
        if self.failures < 2 or self.since is None:
            return ""
        steps = ", ".join(f"{step.value} {count}x" for step, count in self.tried.items())
        ask = "; a person has to look at it" if self._is_at_its_end() else ""
        return f"failing since {self.since:%H:%M:%S} UTC: {steps}{ask}"

    def _is_at_its_end(self) -> bool:
        return self.code in _NOT_THE_MODEM or self.failures > COMMAND_AT

    def _step(self, now: float) -> Step:
        if self.code in _NOT_THE_MODEM:
            return Step.REOPEN
        if self.code == UNREGISTERED and self._is_due(Step.RESET, 1, now):  # it was waited for long enough
            return Step.RESET
        if self.has_command and self._is_due(Step.COMMAND, COMMAND_AT, now):
            return Step.COMMAND
        if self.code not in _GONE and self._is_due(Step.RESET, RESET_AT, now):
            return Step.RESET
        return Step.REOPEN

    def _is_due(self, step: Step, first: int, now: float) -> bool:
        """At the given number of failures, and again after as many more, as the cap allows."""
        lately = [at for at in self._done_at.get(step, []) if at > now - HOUR]
        return len(lately) < self.resets_per_hour and self.failures >= first and (self.failures - first) % 5 == 0

    def _note(self, step: Step, now: float) -> None:
        self.tried[step] += 1
        done = self._done_at.setdefault(step, [])
        done[:] = [at for at in done if at > now - HOUR]
        done.append(now)
