"""The sections of a keyword file, checked as they are read: fields, systems, calls and texts."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from mgov.domain.keyword_fields import FieldKind
from mgov.domain.keywords import Who

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
