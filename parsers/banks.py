"""The payer's bank and the medium of a payment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_BANKS: Mapping[str, str] = {
    "bjb": "BJB", "bank jabar": "BJB", "bank jabar banten": "BJB", "banten": "BANTEN", "bri": "BRI", "bni": "BNI",
    "mandiri": "MANDIRI", "mdr": "MANDIRI", "bca": "BCA", "bsi": "BSI", "btn": "BTN", "cimb": "CIMB", "cimb niaga": "CIMB",
    "niaga": "CIMB", "mega": "MEGA", "muamalat": "MUAMALAT", "danamon": "DANAMON", "permata": "PERMATA", "panin": "PANIN",
    "ocbc": "OCBC", "maybank": "MAYBANK", "bukopin": "BUKOPIN", "btpn": "BTPN", "sinarmas": "SINARMAS", "uob": "UOB",
    "dki": "DKI", "bank central asia": "BCA", "bank rakyat indonesia": "BRI", "bank negara indonesia": "BNI", "bjb syariah": "BJB", "bank syariah indonesia": "BSI", "bank tabungan negara": "BTN", "jago": "JAGO", "seabank": "SEABANK",
}  # fmt: skip
_APPS: Mapping[str, tuple[str, str]] = {
    "brimo": ("BRI", "mobile"), "livin": ("MANDIRI", "mobile"), "bjb digi": ("BJB", "mobile"), "digi bjb": ("BJB", "mobile"), "digi bank bjb": ("BJB", "mobile"), "digi by bank bjb": ("BJB", "mobile"),
    "octo": ("CIMB", "mobile"), "octo mobile": ("CIMB", "mobile"), "octomobile": ("CIMB", "mobile"), "klikbca": ("BCA", "internet"), "klik bca": ("BCA", "internet"),
    "m-transfer": ("BCA", "mobile"), "mtransfer": ("BCA", "mobile"), "m-bca": ("BCA", "mobile"), "mbca": ("BCA", "mobile"),
    "mybca": ("BCA", "mobile"), "bca mobile": ("BCA", "mobile"), "wondr": ("BNI", "mobile"), "byond": ("BSI", "mobile"),
    "d-bank": ("DANAMON", "mobile"), "permatamobile": ("PERMATA", "mobile"), "bale": ("BTN", "mobile"),
    "jakone": ("DKI", "mobile"), "octo clicks": ("CIMB", "internet"), "ib mandiri": ("MANDIRI", "internet"),
}  # fmt: skip
AMBIGUOUS = frozenset({"banten", "mega", "niaga", "permata", "jago", "mandiri", "bale", "dki", "livin"})


_CHANNELS = (
    ("qris", re.compile(r"\bqr ?is\b|\bscan qr\b|\bqr code\b|\bqr\b")),
    ("va", re.compile(r"\bva\b|\bvirtual ?acc?ount\b|\bbriva\b|\brek(?:ening)? virtual\b")),
    ("internet", re.compile(r"\binternet[ -]?bank\w*|\bi[ -]?bank(?:ing)?\b|\binet ?banking\b|\bnet ?banking\b|\binternet mandiri\b")),
    ("mobile", re.compile(r"\bm[ -]?bank(?:in|ing)?\b|\bm[ -]?bangking\b|\bmobile\b|\bmob(?:ile)?[ -]?banking\b|\be-?banking\b|\bmbangking\b")),
    ("teller", re.compile(r"(?<!petugas )(?<!kata )(?<!tanya )(?<!mbak )(?<!mas )\b(?:tell?er|loket)\b|\bsetor(?:an)? tunai\b|\bcounter\b|\bkasir bank\b")),
    ("atm", re.compile(r"\batm\b|\bmesin setor\b|\bcrm\b|\bcdm\b")),
)  # fmt: skip
_HINTS = {
    "qris": ("qr",), "va": ("va", "virtual"), "internet": ("net", "iban", "i-ban", "i ban"), "mobile": ("bank", "bangk", "mob"),
    "teller": ("tel", "tunai", "loket", "counter", "kasir"), "atm": ("atm", "mesin", "crm", "cdm"),
}  # fmt: skip
"""Pieces without which a medium is not named."""
_TRANSFER = re.compile(
    r"\b(?:di ?|ke ?|nge ?|ku ?|tak ?|men|ne|n)?(?:transfer(?:red|ed|kan|an)?(?:nya)?|transfr|tansfer|transper|trans?fer|trf|trfs|trfr|tfr|tf|trnsfer|tranfer|trasfer|ditrf|bi-?fast)\b(?![\-/]\d)"
)
_OTHER_COUNTER = re.compile(
    r"\balfa(?:mart|midi)?\b|\bindomaret\b|\bindomart\b|\bkantor ?pos\b|\bpos\b|\bgopay\b|\bdana\b(?! bos)|\bovo\b|\bshopee\w*|\blinkaja\b|\btokopedia\b"
)


_WALLET_TO = re.compile(r"\b(?:gopay|dana|ovo|shopee ?pay|linkaja|spay) ?(?:\bke\b|\bto\b|-?>)")
"""From a wallet to a bank: a transfer, and the bank is not the payer's."""


def _words(names: Mapping[str, object]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@dataclass(frozen=True)
class Names:
    """Banks and apps as citizens write them, lower case: what is written, and its code, or its bank and channel."""

    banks: Mapping[str, str]
    apps: Mapping[str, tuple[str, str]]

    @classmethod
    def read(cls, table: Mapping[str, Mapping[str, Any]]) -> Names:
        """The names that are known here and those of a table like `banks.toml`. Raises `ValueError` with the place."""
        banks, apps = dict(_BANKS), dict(_APPS)
        for written, code in table.get("banks", {}).items():
            if not isinstance(code, str) or not re.fullmatch(r"[A-Z][A-Z0-9]{1,15}", code):
                raise ValueError(f'banks "{written}": {code!r} is no code; right would be upper case such as "BJB"')
            banks[written.lower()] = code
        for written, known in table.get("apps", {}).items():
            if not isinstance(known, list) or len(known) != 2 or known[1] not in ("mobile", "internet"):
                raise ValueError(f'apps "{written}": right would be ["BRI", "mobile"] or ["BRI", "internet"]')
            apps[written.lower()] = (str(known[0]), str(known[1]))
        return cls(banks, apps)

    @cached_property
    def bank_pattern(self) -> re.Pattern[str]:
        """A bank, with or without the word bank."""
        return re.compile(rf"(?<![a-z0-9])(bank )?({_words(self.banks)})(?![a-z\d])")

    @cached_property
    def app_pattern(self) -> re.Pattern[str]:
        """A banking app."""
        return re.compile(rf"(?<![a-z0-9])({_words(self.apps)})(?![a-z])")


SHIPPED = Names(_BANKS, _APPS)


def read_app(low: str, names: Names = SHIPPED) -> tuple[str, str] | None:
    """The bank and channel of the first banking app that a lower-case text names."""
    match = names.app_pattern.search(low)
    return names.apps[match[1]] if match else None


def read_channel(low: str) -> str | None:
    """The medium named; the word transfer counts only when no medium is."""
    for channel, pattern in _CHANNELS:
        if any(hint in low for hint in _HINTS[channel]) and pattern.search(low):
            return channel
    if _OTHER_COUNTER.search(low) and not _WALLET_TO.search(low):
        return None
    return "transfer" if _TRANSFER.search(low) else None


def read_bank(low: str, names: Names = SHIPPED) -> str | None:
    """The payer's bank: what follows ``dari`` before what follows ``ke``; None when two are named alike."""
    sources: list[str] = []
    targets: list[str] = []
    for match in names.bank_pattern.finditer(low):
        if not _is_bank(low, match):
            continue
        before = low[max(0, match.start() - 24) : match.start()]
        if match.start() <= 2 and _HEADING.match(low, match.end()):
            return names.banks[match[2]]
        is_target = _TARGET.search(before) is not None or _BEHIND_ACCOUNT.search(before) is not None
        if is_target and _ACCOUNT.match(low, match.end()):
            continue  # where the money went; whose bank sent it, the text does not say
        place = targets if is_target else sources
        if _SOURCE.search(before):
            return names.banks[match[2]]
        if not _NEGATED.search(before):
            place.append(names.banks[match[2]])
    if sources or _WALLET_TO.search(low):
        return _only(sources)
    return _only(targets)


_HEADING = re.compile(r" ?(?:[:\n]|(?:mobile|m-?banking|mbanking|online|internet|ib|notif\w*)\b)")
"""What follows the name of the bank whose notice it is, at the very beginning of a text."""
_BEHIND_ACCOUNT = re.compile(r"\b(?:ke|tujuan|rek\w*|to)\b[ :.]{0,3}[\d\-]{8,}[ ,]{1,2}(?:bank )?$")
_ACCOUNT = re.compile(r"[ :\-]{0,3}(?:rek\w*|no\.?|norek)?[ .:]{0,3}(?!\d{1,3}(?:\.\d{3})+(?!\d))\d[\d\-]{5,}")
_TARGET = re.compile(
    r"(?:\bke|\btujuan|\bkepada|\bmasuk|\bto|\bpenerima|\bbeneficiary|->|>)(?: rek(?:ening)?\.?| no| tujuan| kas| bank| pemprov| va)*[ :.=]*$"
)
_SOURCE = re.compile(
    r"(?:\bdari|\bdr|\bfrom|\bdr?i|\btina|\bti|\bsaking|\bsumber dana|\bpengirim|\basal|\bkartu)(?: rek(?:ening)?\.?| bank| atm| debit| debet| mobile| m-?banking| mbanking| sumber)*[ :.=]*$"
)
_NEGATED = re.compile(r"\b(?:bukan|bkn|not)\s*(?:bank )?$")


def _is_bank(low: str, match: re.Match[str]) -> bool:
    before = low[max(0, match.start() - 48) : match.start()]
    if match[2] not in AMBIGUOUS or match[1]:
        return True
    if match[2] == "banten":
        return bool(re.search(r"[#*|;,/_\n]\s*$|\b(?:atm|teller|m-?banking|mbanking|ibank\w*|banking|va|dari|dr|tf|trf|transfer|mobile|via|lewat)\s+$|\d[.,\-]{0,2} $",
                              before[-16:]))  # fmt: skip
    return not _COMPANY.search(before)


_COMPANY = re.compile(
    r"\b(?:usaha|jaya|super)\.? $|(?:\ba[./]?n\.?|\batas nama|\bnama|\bsdri?\.?|\bibu|\bbu|\bsaya)[ :.]{1,3}(?:(?!bank\b|bayar|dari|pakai|lewat|sudah|transfer|tf\b|trf\b)[a-z]+ ){0,1}$|\b(?:pt|cv|ud|toko|koperasi|kop|yayasan|bumdes)\.? (?:(?!(?:lewat|lwt|via|dari|dr|bank|atm|tf|trf|transfer\w*|pakai|pake|bayar|di?bayar\w*|ke|di|teller|mobile|dgn|dengan|sudah|sdh|udah|setor|rek\w*)\b)[a-z]+ ){0,4}$"
)
"""A company may be called as a bank is (``CV Karya Mandiri``)."""


def _only(values: list[str]) -> str | None:
    return values[0] if len(set(values)) == 1 else None
