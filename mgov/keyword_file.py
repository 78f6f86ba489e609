"""Keyword files: agencies' own keywords with their systems, calls and texts, checked when they are loaded."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from mgov.domain.keyword_fields import FieldKind
from mgov.domain.keywords import AgencyKeyword, KeywordError, KeywordField, Keywords, Who
from mgov.external.caller import CallPlan
from mgov.external.system import HttpCall, SqlCall, System
from mgov.replies import Replies, RepliesError
from mgov.workflows.keywords import KeywordSettings

#: What every call may bind beside the keyword's own fields.
SENDER_VALUES = frozenset({"sender", "sender_id_number"})
_BOUND = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.S)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _known_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    if re.search(r"[+*}]\)?[+*{]", pattern):
        raise ValueError("repeats what repeats already, which can take for ever; write it without nesting")
    return pattern


class Texts(_Section):
    """A text in Indonesian and English."""

    id: str
    en: str


class FieldSection(_Section):
    """One field: what it holds, how it must look, and what is answered when it does not."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    kind: FieldKind = FieldKind.TEXT
    pattern: Annotated[str, AfterValidator(_known_pattern)] | None = None
    required: bool = True
    message: Texts


class SystemSection(_Section):
    """An agency's system: a database (a role that may only read) or an HTTP service. Times are seconds."""

    name: str = Field(min_length=1, max_length=40, pattern=r"^[\w.-]+$")
    url: str
    password_file: Path | None = None
    token_file: Path | None = None
    headers: dict[str, str] = {}
    timeout: float = Field(default=5, gt=0, le=60)
    deadline: float = Field(default=60, gt=0, le=3600)
    concurrency: int = Field(default=2, ge=1, le=32)

    @property
    def is_http(self) -> bool:
        """Whether it is asked over HTTP."""
        return self.url.startswith(("http://", "https://"))

    @model_validator(mode="after")
    def _known(self) -> SystemSection:
        if not self.is_http:
            try:
                backend = make_url(self.url).get_backend_name()
            except ArgumentError:
                backend = "none"
            if backend not in ("sqlite", "postgresql", "mysql", "mariadb"):
                raise ValueError(
                    "url: right would be https://…, postgresql+psycopg://…, mariadb+pymysql://… or sqlite:///…"
                )
        return self


class KeywordSection(_Section):
    """One keyword: its words, who may use it, its fields, its query or request, and its texts."""

    word: str
    also: tuple[str, ...] = ()
    enabled: bool = True
    agency: str = Field(min_length=1, max_length=40)
    system: str
    who: Who = Who.ANYONE
    syntax: str = Field(min_length=1, max_length=120)
    field: tuple[FieldSection, ...] = ()
    query: str | None = None
    path: str | None = Field(default=None, pattern=r"^/")
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, str] = {}
    json_body: dict[str, str] | None = Field(default=None, alias="json")
    rows: str = ""
    found: Texts
    nothing: Texts
    sample: dict[str, Any] = {}
    parts: int = Field(default=2, ge=1, le=6)

    @model_validator(mode="after")
    def _one_call(self) -> KeywordSection:
        if (self.query is None) == (self.path is None):
            raise ValueError("give either query (a database) or path (an HTTP service)")
        known = {one.name for one in self.field} | SENDER_VALUES
        unknown = sorted(self._named() - known)
        if unknown:
            raise ValueError(f'"{unknown[0]}" is no field of it; it can use {", ".join(sorted(known))}')
        if self.query is not None:
            _check_query(self.query)
        return self

    def _named(self) -> set[str]:
        if self.query is not None:
            return set(_BOUND.findall(_LITERAL.sub(" ", self.query)))
        texts = [self.path or "", *self.params.values(), *(self.json_body or {}).values()]
        return {name for text in texts for name in _placeholders(text)}


def _placeholders(text: str) -> list[str]:
    try:
        return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise ValueError(f"{text}: {error}; a field is written {{name}}") from error


def _check_query(query: str) -> None:
    bare = _LITERAL.sub(" ", query).strip().rstrip(";")
    if ";" in bare:
        raise ValueError("query: one statement, without ;")
    if not re.match(r"(?:select|with)\b", bare, re.I):
        raise ValueError("query: reads only, so it begins with select or with")


class KeywordFile(_Section):
    """One file."""

    keyword_system: tuple[SystemSection, ...] = ()
    keyword: tuple[KeywordSection, ...] = ()


@dataclass(frozen=True, slots=True)
class KeywordSite:
    """Everything that keyword files say, ready for the pipeline and the caller."""

    settings: KeywordSettings
    plan: CallPlan


def load(paths: Iterable[Path]) -> KeywordSite:
    """Read keyword files. Raises `KeywordError`: file, keyword or system, and what would be right."""
    files = [(path, _read(path)) for path in paths]
    systems: dict[str, tuple[SystemSection, Path]] = {}
    for path, file in files:
        for system in file.keyword_system:
            if system.name in systems:
                raise KeywordError(f'{path.name}: keyword_system "{system.name}": there are two of this name')
            systems[system.name] = (system, path)
    sections = [(path, one) for path, file in files for one in file.keyword if one.enabled]
    keywords = Keywords.of(()) if not sections else _keywords(sections, systems)
    used = {one.system for _, one in sections}
    return KeywordSite(
        KeywordSettings(
            keywords=keywords,
            replies=_texts(sections),
            deadlines={name: timedelta(seconds=systems[name][0].deadline) for name in used},
        ),
        CallPlan(
            systems={name: _system(*systems[name]) for name in sorted(used)},
            calls={one.word.upper(): _call(one) for _, one in sections},
        ),
    )


def _read(path: Path) -> KeywordFile:
    try:
        return KeywordFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise KeywordError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KeywordError(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise KeywordError(_sentence(path, error)) from error


def _sentence(path: Path, error: ValidationError) -> str:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    first = error.errors()[0]
    words: list[str] = []
    here: Any = data
    for step in first["loc"]:
        here = _step(here, step)
        if isinstance(step, int):
            name = (here.get("word") or here.get("name")) if isinstance(here, dict) else None
            words.append(f'"{name}"' if name else f"number {step + 1}")
        else:
            words.append(str(step))
    message = first["msg"].removeprefix("Value error, ").replace("Extra inputs are not permitted", "no such setting")
    return f"{path.name}: {' '.join(words)}: {message}"


def _step(here: Any, step: int | str) -> Any:  # noqa: ANN401 - TOML
    if isinstance(here, dict):
        return here.get(str(step))
    return here[step] if isinstance(here, list) and isinstance(step, int) and step < len(here) else None


def _keywords(sections: list[tuple[Path, KeywordSection]], systems: dict[str, tuple[SystemSection, Path]]) -> Keywords:
    made: list[AgencyKeyword] = []
    for path, section in sections:
        place = f'{path.name}: keyword "{section.word}"'
        if section.system not in systems:
            raise KeywordError(f'{place}: no keyword_system is called "{section.system}"')
        if systems[section.system][0].is_http != (section.path is not None):
            raise KeywordError(f'{place}: "{section.system}" is {_kind(systems[section.system][0])}')
        made.append(_keyword(section))
        try:
            Keywords.of(made)
        except KeywordError as error:
            raise KeywordError(f"{path.name}: {error}") from error
    return Keywords.of(made)


def _kind(system: SystemSection) -> str:
    return "an HTTP service, which needs a path" if system.is_http else "a database, which needs a query"


def _keyword(section: KeywordSection) -> AgencyKeyword:
    fields = tuple(
        KeywordField(
            name=one.name,
            message=(one.message.id, one.message.en),
            kind=one.kind,
            pattern=re.compile(one.pattern) if one.pattern else None,
            required=one.required,
        )
        for one in section.field
    )
    return AgencyKeyword(
        words=tuple(word.upper() for word in (section.word, *section.also)),
        agency=section.agency,
        system=section.system,
        who=section.who,
        syntax=section.syntax,
        fields=fields,
    )


def _texts(sections: list[tuple[Path, KeywordSection]]) -> Replies:
    """The texts of all keywords, checked like the site's own: values, letters and length."""
    texts = Replies({})
    for path, one in sections:
        fields = {field.name: "" for field in one.field} | dict.fromkeys(SENDER_VALUES, "")
        sample = {**fields, **one.sample, "rows": one.sample.get("rows", [one.sample])}
        table = {
            f"{one.word.upper()} {name}": {"id": text.id, "en": text.en, "sample": sample, "parts": one.parts}
            for name, text in (("found", one.found), ("nothing", one.nothing))
        }
        try:
            texts = texts.joined(Replies.of(table))
        except RepliesError as error:
            raise KeywordError(f"{path.name}: {str(error).replace('replies: text', 'keyword')}") from error
    return texts


def _system(section: SystemSection, path: Path) -> System:
    headers = dict(section.headers)
    url = section.url
    if section.token_file is not None:
        headers["Authorization"] = f"Bearer {_secret(path, section.token_file)}"
    if section.password_file is not None:
        password = _secret(path, section.password_file)
        url = make_url(url).set(password=password).render_as_string(hide_password=False)
    return System(section.name, url, section.timeout, section.concurrency, headers)


def _secret(path: Path, file: Path) -> str:
    try:
        return (path.parent / file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise KeywordError(f"{path.name}: {file}: cannot be read: {error.strerror}") from error


def _call(section: KeywordSection) -> SqlCall | HttpCall:
    if section.query is not None:
        return SqlCall(section.query.strip().rstrip(";"))
    return HttpCall(
        method=section.method,
        path=section.path or "/",
        params=section.params,
        json=section.json_body,
        rows=tuple(step for step in section.rows.split(".") if step),
    )
