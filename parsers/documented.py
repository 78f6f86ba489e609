"""The documented payment, ``BAYAR no#bukti#tgl#jam[#jumlah][#bank]`` to the letter: read without any search.

Whatever differs in anything, or could be read in two ways, is left to the general reader, which reads these the same.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from parsers.amounts import SMALLEST
from parsers.banks import Names
from parsers.proof_shapes import is_proof
from parsers.reading import Reading
from parsers.references import BILL_KINDS

_FORM = re.compile(
    r"(?:BAYAR|PAY) {1,2}(?:([A-Z]{3,6})-(20\d\d)-(\d{6})|(\d{16}))#(\d{6,15}|[A-Z]{2,4}\d{5,12}[A-Z]{0,2}\d{0,4})#(\d\d)[/-](\d\d)[/-](20\d\d)"
    r"#(\d\d)[:.](\d\d)(?:#(\d{4,8}))?(?:#([A-Z]{3,10}))?",
    re.I,
)
_WIB = timezone(timedelta(hours=7))


def read_documented(text: str, names: Names) -> Reading | None:
    """The reading of a text in the documented form; None for every other."""
    match = _FORM.fullmatch(text)
    if match is None or not _is_plain(match, names):
        return None
    try:
        day, month, year, hour, minute = (int(match[group]) for group in (6, 7, 8, 9, 10))
        moment = datetime(year, month, day, hour, minute, tzinfo=_WIB)
    except ValueError:
        return None
    fields: dict[str, object] = {
        "bill": match[4] or f"{match[1]}-{match[2]}-{match[3]}".upper(),
        "proof": match[5].upper(),
        "paid_at": moment.isoformat(timespec="seconds"),
    }
    if match[11]:
        fields["amount"] = int(match[11])
    if match[12]:
        fields["bank"] = names.banks[match[12].lower()]
    return Reading("PAY", fields, (), True, ("the documented form, field by field",))


def _is_plain(match: re.Match[str], names: Names) -> bool:
    """Whether each field can only be what its place says."""
    kind, proof, amount, bank = match[1], match[5], match[11], match[12]
    if kind and kind.lower() not in BILL_KINDS:
        return False
    if not is_proof(proof.upper()) or proof.endswith("00") or "xx" in proof.lower():
        return False
    if amount and (int(amount) < SMALLEST or amount[0] == "0"):
        return False
    return not bank or bank.lower() in names.banks
