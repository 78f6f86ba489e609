"""The manners that manuals and bug reports tell of; a seed draws a set of them that no single stick may have."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(slots=True)
class Quirks:
    """One stick's manners."""

    echo: bool = True
    echo_off: bool = True
    double_cr: bool = False
    errors: str = "cms"  # cms, plain: what a refusal looks like
    csms: str = "yes"  # yes, zero (only phase 2), no
    memories: tuple[str, ...] = ("SM",)
    cpms: str = "three"  # three, one, no
    cnmi: str = "indication"  # indication, mode1, direct, none
    reports: str = "direct"  # direct, none
    optional: bool = True  # +CMEE, +CSCS, +CREG=, +CMMS and the like
    empty_slot: str = "321"  # 321, ok, error
    alpha: str = ","  # the alpha field of +CMGL and +CMGR
    spaced: bool = True  # a space after the colon
    prompt: bytes = b"\r\n> "
    delay: float = 0.0
    submit: float = 0.05
    chatter: bool = False
    pieces: bool = False
    registration: str = "short"  # short, long, gprs, none
    identity: str = "bare"  # bare, prefixed, none
    memory_sending: bool = False
    sim_wait: float = 0.0
    text_first: bool = True
    delete_flag: bool = True
    echo_pdu: bool = False  # at the prompt it repeats what is typed, also after ATE0
    esc_answered: bool = True  # a dropped PDU is answered by OK
    verbose: bool = True  # left in ATV0 by the program before us: results are numbers

    @classmethod
    def drawn(cls, seed: int) -> Quirks:
        """The quirks of a seed."""
        dice = random.Random(seed)
        pick = dice.choice
        cnmi = pick(["indication", "indication", "mode1", "direct", "none"])
        return cls(
            echo=pick([True, True, False]),
            echo_off=pick([True, True, True, False]),
            double_cr=pick([True, False]),
            errors=pick(["cms", "plain"]),
            csms="yes" if cnmi == "direct" else pick(["yes", "zero", "no"]),
            memories=pick([("SM",), ("SM", "ME"), ("ME",), ("SM", "ME", "MT")]),
            cpms=pick(["three", "three", "one", "no"]),
            cnmi=cnmi,
            reports=pick(["direct", "none"]) if cnmi in ("indication", "direct") else "none",
            optional=pick([True, True, False]),
            empty_slot=pick(["321", "ok", "error"]),
            alpha=pick([",,", ',"",']),
            spaced=pick([True, True, False]),
            prompt=pick([b"\r\n> ", b"> ", b"\r\n>"]),
            delay=pick([0.0, 0.0, 0.03]),
            submit=pick([0.0, 0.05, 0.4]),
            chatter=pick([True, False]),
            pieces=pick([True, False]),
            registration=pick(["short", "long", "gprs", "none"]),
            identity=pick(["bare", "bare", "prefixed", "none"]),
            memory_sending=pick([True, False, False]),
            sim_wait=pick([0.0, 0.0, 1.5]),
            text_first=pick([True, False]),
            delete_flag=pick([True, False]),
            echo_pdu=pick([True, False, False]),
            esc_answered=pick([True, False]),
            verbose=pick([True, True, True, False]),
        )
