"""What a worker knows of its modem from the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from mgov.domain.routing import SendRules
from mgov.gateway.errands import ErrandSettings
from mgov.workflows.canary import CanarySettings


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """One modem. `reset_command` are the words of the site's own command, `spool_folder` None keeps no spool.

    `canary` None: no text is sent that nobody asked for.
    """

    name: str
    node: str
    driver: str
    port: str
    msisdn: str | None = None
    operator: str | None = None
    reports: bool = True
    crash_safe: bool = False
    rules: SendRules = field(default_factory=SendRules)
    errands: ErrandSettings = field(default_factory=ErrandSettings)
    resets_per_hour: int = 3
    reset_command: tuple[str, ...] = ()
    spool_folder: Path | None = None
    canary: CanarySettings | None = None

    @property
    def owner(self) -> str:
        """The name of the worker's leases."""
        return f"{self.node}/{self.name}"[:64]
