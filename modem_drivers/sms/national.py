"""National language shift tables, for reading only (3GPP TS 23.038, annex A, clauses A.2 and A.3).

Phones set to Turkish, Spanish or Portuguese use them by themselves. What this system sends never does: not every
phone here reads them. Languages without a table here fall back to the default alphabet.
"""

from __future__ import annotations

from modem_drivers.sms.gsm7 import BASIC_ALPHABET, BASIC_EXTENSION

TURKISH, SPANISH, PORTUGUESE = 1, 2, 3


def locking_table(language: int) -> str:
    """The alphabet in place of the default one: 128 characters in the order of their codes."""
    return _LOCKING.get(language, BASIC_ALPHABET)


def single_table(language: int) -> dict[int, str]:
    """What an escape and a code mean, in place of the default extension table."""
    return _SINGLE.get(language, BASIC_EXTENSION)


_TURKISH_LOCKING = (
    "@£$¥€éùıòÇ\nĞğ\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\u00a0ŞşßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "İABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "çabcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)

_PORTUGUESE_LOCKING = (
    "@£$¥êéúíóç\nÔô\rÁá"
    "Δ_ªÇÀ∞^\\€Ó|\u00a0ÂâÊÉ"
    " !\"#º%&'()*+,-./"
    "0123456789:;<=>?"
    "ÍABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÃÕÚÜ§"
    "~abcdefghijklmno"
    "pqrstuvwxyzãõ`üà"
)

_LOCKING = {TURKISH: _TURKISH_LOCKING, PORTUGUESE: _PORTUGUESE_LOCKING}

_SINGLE = {
    TURKISH: BASIC_EXTENSION | {0x47: "Ğ", 0x49: "İ", 0x53: "Ş", 0x63: "ç", 0x67: "ğ", 0x69: "ı", 0x73: "ş"},
    SPANISH: BASIC_EXTENSION
    | {0x09: "ç", 0x41: "Á", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú", 0x61: "á", 0x69: "í", 0x6F: "ó", 0x75: "ú"},
    PORTUGUESE: BASIC_EXTENSION
    | {0x05: "ê", 0x09: "ç", 0x0B: "Ô", 0x0C: "ô", 0x0E: "Á", 0x0F: "á", 0x12: "Φ", 0x13: "Γ", 0x15: "Ω", 0x16: "Π"}
    | {0x17: "Ψ", 0x18: "Σ", 0x19: "Θ", 0x1F: "Ê", 0x41: "À", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú", 0x5B: "Ã", 0x5C: "Õ"}
    | {0x61: "Â", 0x69: "í", 0x6F: "ó", 0x75: "ú", 0x7B: "ã", 0x7C: "õ", 0x7F: "â"},
}
