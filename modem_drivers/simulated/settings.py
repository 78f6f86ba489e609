"""What a terminal has told a modem: lost at a restart, back to the factory's with ATZ and AT&F."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Settings:
    """Every value with its name in V.250, TS 27.005 or TS 27.007 and the factory's default."""

    echo: bool = True  # E
    verbose: bool = True  # V
    quiet: bool = False  # Q
    registers: dict[int, int] = field(default_factory=lambda: {0: 0, 3: 13, 4: 10, 5: 8, 7: 50})  # S
    cmee: int = 0
    cmgf: int = 0
    csms: int = 0
    csdh: int = 0
    cmms: int = 0
    cscs: str = "IRA"
    csmp: tuple[int, int, int, int] = (17, 167, 0, 0)
    cnmi: list[int] = field(default_factory=lambda: [0, 0, 0, 0, 0])  # mode, mt, bm, ds, bfr
    registration: dict[str, int] = field(default_factory=lambda: {"+CREG": 0, "+CGREG": 0, "+CEREG": 0})
    cops_format: int = 0
    kept: dict[str, str] = field(default_factory=dict)  # values only kept to be read back: +CLIP, +IPR, …

    @property
    def ends_line(self) -> int:
        """S3, the character that ends a command line."""
        return self.registers[3]
