"""What parts of the bench report, and the two tables that are made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Cells = tuple[str, ...]


@dataclass(slots=True)
class GatewayRow:
    """What was measured of one gateway; times in seconds."""

    name: str
    median: float | None = None
    slowest: float | None = None
    burst: int = 0
    burst_seconds: float | None = None
    unanswered: int = 0
    doubled: int = 0
    out_per_second: float | None = None
    cpu_per_text: float | None = None
    idle_percent: float | None = None
    memory_mb: float | None = None
    note: str = ""

    def cells(self) -> Cells:
        """The row as words."""
        answered = self.burst - self.unanswered
        rate = answered / self.burst_seconds if self.burst_seconds and answered else None
        return (
            self.name,
            milliseconds(self.median),
            milliseconds(self.slowest),
            f"{answered} of {self.burst} in {self.burst_seconds:.1f} s" if self.burst_seconds else "-",
            f"{rate:.1f}" if rate else "-",
            f"{self.unanswered} / {self.doubled}",
            f"{self.out_per_second:.1f}" if self.out_per_second else "-",
            milliseconds(self.cpu_per_text),
            f"{self.idle_percent:.2f} %" if self.idle_percent is not None else "-",
            f"{self.memory_mb:.0f} MB" if self.memory_mb else "-",
            self.note,
        )


@dataclass(slots=True)
class Figure:
    """One promise: what was measured, what is wanted, and whether it was kept (None: nobody promised anything)."""

    what: str
    measured: str
    wanted: str = ""
    kept: bool | None = None

    def cells(self) -> Cells:
        """The figure as words."""
        return self.what, self.measured, self.wanted, {True: "kept", False: "MISSED", None: ""}[self.kept]


GATEWAYS = (
    *("gateway", "answer, median", "slowest", "burst answered", "texts/s", "unanswered / doubled"),
    *("out, 1 modem /s", "CPU a text", "CPU idle", "memory", "remarks"),
)
PROMISES = ("figure", "measured", "wanted", "")


def milliseconds(seconds: float | None) -> str:
    """Seconds as milliseconds."""
    return f"{seconds * 1000:.1f} ms" if seconds is not None else "-"


def table(headings: Cells, rows: Sequence[Cells]) -> str:
    """A Markdown table."""
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(drawn)
