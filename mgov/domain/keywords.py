"""Agencies' own keywords: what a site defines beside the fourteen commands, and how a text of one is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mgov.domain.keyword_fields import FieldKind, normal_form
from parsers import keywords as core
from parsers import vocabulary
from parsers.completion import yes_or_no
from parsers.courtesy import trim
from parsers.normalise import normalise
from parsers.references import APPLICATION_KINDS, BILL_KINDS

_FIRST_WORD = re.compile(r"[a-z][a-z0-9]*")
_SEPARATORS = re.compile(r"\s*[#*|;\n]\s*")


class Who(StrEnum):
    """Who may use a keyword."""

    ANYONE = "anyone"
    VERIFIED = "verified"  #: a phone or address that is a verified party's
    STAFF = "staff"  #: the phone of an open staff account


class KeywordError(ValueError):
    """A keyword cannot be used as it is defined; the text says where and what would be right."""


@dataclass(frozen=True, slots=True)
class KeywordField:
    """One field. `pattern` is matched in full on its normal form; `message` (id, en) says what is right."""

    name: str
    message: tuple[str, str]
    kind: FieldKind = FieldKind.TEXT
    pattern: re.Pattern[str] | None = None
    required: bool = True

    def read(self, said: str) -> str | None:
        """The normal form of what was said; None when it is not right."""
        value = normal_form(self.kind, said)
        if value is None or (self.pattern is not None and not self.pattern.fullmatch(value)):
            return None
        return value


@dataclass(frozen=True, slots=True)
class AgencyKeyword:
    """One keyword of an agency. `words` are in upper case, the documented one first; `syntax` is shown to citizens."""

    words: tuple[str, ...]
    agency: str
    system: str
    who: Who
    syntax: str
    fields: tuple[KeywordField, ...] = ()

    @property
    def name(self) -> str:
        """The documented word."""
        return self.words[0]


@dataclass(frozen=True, slots=True)
class KeywordText:
    """A text of an agency's keyword: the fields that are right, and the first that is missing or wrong."""

    keyword: AgencyKeyword
    fields: dict[str, str]
    wanted: KeywordField | None = None


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords of one site, by word. Raises `KeywordError` when two share a word or one is too near a command."""

    by_word: Mapping[str, AgencyKeyword]

    @classmethod
    def of(cls, keywords: Iterable[AgencyKeyword]) -> Keywords:
        """Check that no word clashes with a command, with a yes or no, or with another keyword."""
        by_word: dict[str, AgencyKeyword] = {}
        for keyword in keywords:
            for word in keyword.words:
                if fault := clash(word):
                    raise KeywordError(f'keyword "{word}": {fault}')
                if word in by_word:
                    raise KeywordError(f'keyword "{word}": {by_word[word].agency} has it already')
                by_word[word] = keyword
        return cls(by_word)

    def read(self, text: str) -> KeywordText | None:
        """Read a text that begins with one of the keywords, also behind courtesy; None when it does not."""
        plain = normalise(text[:2_000])
        low = plain.lower()
        match = _FIRST_WORD.match(low, core.courtesy_end(low))
        keyword = self.by_word.get(match[0].upper()) if match else None
        if match is None or keyword is None:
            return None
        return read_fields(keyword, plain[match.end() :], {})

    @property
    def all(self) -> tuple[AgencyKeyword, ...]:
        """Every keyword once, in the order of the configuration."""
        return tuple(dict.fromkeys(self.by_word.values()))


NO_KEYWORDS = Keywords({})


def read_fields(keyword: AgencyKeyword, rest: str, known: Mapping[str, str]) -> KeywordText:
    """Read what stands behind a keyword into the fields that are not known yet, in their order."""
    open_fields = [field for field in keyword.fields if field.name not in known]
    fields = dict(known)
    wanted: KeywordField | None = None
    for field, said in zip(open_fields, _parts(rest, len(open_fields)), strict=True):
        value = field.read(said) if said else None
        if value is not None:
            fields[field.name] = value
        elif wanted is None and (field.required or said):
            wanted = field
    return KeywordText(keyword, fields, wanted)


def _parts(rest: str, count: int) -> list[str]:
    """Split at the separators people know (`#`, `*`, `|`, `;`, a new line), else at spaces; the last has the rest."""
    if count == 0:
        return []
    plain = rest.strip(" .,:#*|;\n")
    if count == 1:
        return [trim(plain)]
    parts = _SEPARATORS.split(plain, maxsplit=count - 1)
    if len(parts) == 1:
        parts = plain.split(maxsplit=count - 1)
    return [trim(part) for part in parts] + [""] * (count - len(parts))


def clash(word: str) -> str | None:
    """Why a word cannot be an agency's keyword; None when it can."""
    low = word.lower()
    if not re.fullmatch(r"[a-z][a-z0-9]{2,19}", low):
        return "is not 3 to 20 letters and digits, a letter first"
    if near := core.nearest(low):
        told = "is the core keyword" if near == low else "can be a mistyped"
        return f"{told} {near.upper()} ({core.WORDS[near]}); choose a word that differs more"
    if low in BILL_KINDS | APPLICATION_KINDS:
        return "begins the numbers of bills or applications"
    if yes_or_no(low) is not None:
        return "answers an open question"
    if core.courtesy_end(f"{low} x") > 0:
        return "is courtesy, which is not read"
    if vocabulary.PAID.has(low) or vocabulary.DONE.has(low) or vocabulary.TAX.has(low):
        return "begins texts about payments"
    return None
