"""The reply texts of the site: loaded, checked and rendered.

A text is a jinja2 template in `replies.toml`, in Indonesian (`id`) and English (`en`), with `sample` values. When
loaded, each is rendered with its sample: unknown values, letters outside GSM-7 and texts of more than `parts` SMS are
refused.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

LANGUAGES = ("id", "en")
#: The keyword that a citizen texts for a command, as the answers name it.
KEYWORDS = {
    "HELP": ("BANTUAN", "HELP"),
    "INFO": ("INFO", "INFO"),
    "SERVICES": ("LAYANAN", "SERVICES"),
    "REGISTER": ("DAFTAR", "REG"),
    "APPLY": ("MOHON", "APPLY"),
    "STATUS": ("STATUS", "STATUS"),
    "HISTORY": ("RIWAYAT", "HISTORY"),
    "BILL": ("TAGIHAN", "BILL"),
    "PAY": ("BAYAR", "PAY"),
    "DOCUMENTS": ("DOKUMEN", "DOKUMEN"),
    "REMIND_ON": ("MULAI", "START"),
    "REMIND_OFF": ("BERHENTI", "STOP"),
    "CANCEL": ("BATAL", "CANCEL"),
    "REPORT": ("LAPORAN", "REPORT"),
}
#: TS 23.038, 6.2.1 and 6.2.1.1: the letters of one septet and those of two.
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = frozenset("^{}\\[~]|€")
SINGLE_PART, PART = 160, 153
#: A citizen's own words in an answer are cut here, so that no answer grows without bound.
LONGEST_VALUE = 160


class RepliesError(Exception):
    """The reply texts cannot be used; the text says which and why."""


class Replies:
    """The texts of one site. `render` never fails for values that the sample names."""

    def __init__(self, templates: Mapping[tuple[str, str], Template], language: str = "id") -> None:
        self._templates = templates
        self.language = language

    @classmethod
    def load(cls, path: Path, language: str = "id") -> Replies:
        """Read a `replies.toml` and check its texts. Raises `RepliesError`."""
        try:
            return cls.of(tomllib.loads(path.read_text(encoding="utf-8")), language)
        except (OSError, ValueError) as error:
            raise RepliesError(f"{path}: cannot be read: {error}") from error

    @classmethod
    def of(cls, table: Mapping[str, Any], language: str = "id") -> Replies:
        """Check the texts of a table like `replies.toml`. Raises `RepliesError`."""
        environment = _environment()
        templates: dict[tuple[str, str], Template] = {}
        for name, entry in table.items():
            for tongue in LANGUAGES:
                templates[name, tongue] = _checked(environment, name, tongue, entry)
        return cls(templates, language)

    def joined(self, other: Replies) -> Replies:
        """These texts and others, in this language."""
        return Replies({**self._templates, **other._templates}, self.language)

    def in_language(self, language: str) -> Replies:
        """The same texts for a site that writes another language."""
        return Replies(self._templates, language)

    @property
    def names(self) -> frozenset[str]:
        """The names of all texts."""
        return frozenset(name for name, _ in self._templates)

    def render(self, name: str, values: Mapping[str, object], language: str | None = None) -> str:
        """One text with its values, in the site's language unless another is asked for. Raises `KeyError`."""
        template = self._templates[name, language or self.language]
        return template.render(**{key: _foldable(value) for key, value in values.items()}).strip()


def septets(text: str) -> int | None:
    """How many septets a text takes in GSM-7; None when it has letters outside of it."""
    total = 0
    for letter in text:
        if letter in GSM7:
            total += 1
        elif letter in GSM7_EXTENSION:
            total += 2
        else:
            return None
    return total


def parts_of(text: str) -> int | None:
    """How many SMS a text takes in GSM-7; None when it has letters outside of it."""
    length = septets(text)
    if length is None:
        return None
    return 1 if length <= SINGLE_PART else -(-length // PART)


def rupiah(amount: int) -> str:
    """Rp1.250.000."""
    return "Rp" + f"{amount:,}".replace(",", ".")


def day(value: date | datetime | None) -> str:
    """31/12/2026; a dash when there is none."""
    return "-" if value is None else value.strftime("%d/%m/%Y")


def masked_id(number: str) -> str:
    """3604********0003: enough for its owner to know it."""
    return number if len(number) < 9 else number[:4] + "*" * (len(number) - 8) + number[-4:]


def masked_phone(number: str) -> str:
    """+62812****891: enough for its owner to know it."""
    return number if len(number) < 9 else number[:6] + "****" + number[-3:]


def keyword(command: str, language: str = "id") -> str:
    """What a citizen texts for a command."""
    return KEYWORDS.get(command, (command, command))[language == "en"]


def spoken_fields(fields: Mapping[str, object]) -> str:
    """The fields of a command as they are read back to its sender: no PIN, the identity number masked."""
    left_out = {"pin", "bills", "channel"}
    shown = {name: value for name, value in fields.items() if name not in left_out and value is not None}
    return " ".join(_spoken(name, str(value)) for name, value in shown.items())


def _spoken(name: str, value: str) -> str:
    """One field as people write it: a day first, a moment with a dot between hour and minute."""
    if name == "id_number":
        return masked_id(value)
    if name != "paid_at":
        return value[:32]
    day, _, moment = value.partition("T")
    return " ".join(("/".join(reversed(day.split("-"))), moment[:5].replace(":", "."))).strip()


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(rupiah=rupiah, day=day, masked_id=masked_id, masked_phone=masked_phone)
    environment.filters.update(keyword=keyword, spoken_fields=spoken_fields)
    return environment


def _checked(environment: ImmutableSandboxedEnvironment, name: str, tongue: str, entry: Any) -> Template:  # noqa: ANN401 - TOML
    place = f'replies: text "{name}" ({tongue})'
    if not isinstance(entry, dict) or not isinstance(entry.get(tongue), str):
        raise RepliesError(f"{place}: is missing")
    try:
        template = environment.from_string(entry[tongue])
        template.globals = dict(template.globals)  # jinja's own chain of maps costs a third of each text
        text = template.render(**entry.get("sample", {})).strip()
    except (TemplateError, TypeError, ValueError) as error:
        raise RepliesError(f"{place}: {error}") from error
    parts = parts_of(text)
    if parts is None:
        strange = "".join(sorted({letter for letter in text if letter not in GSM7 | GSM7_EXTENSION}))
        raise RepliesError(f"{place}: letters outside GSM-7: {strange}")
    if not text or parts > entry.get("parts", 2):
        raise RepliesError(
            f"{place}: takes {parts} SMS with its sample, right would be at most {entry.get('parts', 2)}"
        )
    return template


def _foldable(value: object) -> object:
    """Citizens' and agencies' words as GSM-7 where they can be: an accent is dropped before a text becomes UCS-2."""
    if isinstance(value, dict):
        return {name: _foldable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_foldable(one) for one in value]
    if not isinstance(value, str):
        return value
    text = value if septets(value) is not None else "".join(_fold(letter) for letter in value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


_PLAIN = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "`": "'", "\t": " "}


def _fold(letter: str) -> str:
    if letter in GSM7 or letter in GSM7_EXTENSION:
        return letter
    plain = _PLAIN.get(letter) or "".join(
        c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c)
    )
    return plain if plain and septets(plain) is not None else letter
