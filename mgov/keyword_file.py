"""Keyword files: agencies' own keywords with their systems, calls and texts, checked when they are loaded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy.engine import make_url

from mgov.domain.keywords import AgencyKeyword, KeywordError, KeywordField, Keywords
from mgov.external.caller import CallPlan
from mgov.external.system import HttpCall, SqlCall, System
from mgov.keyword_sections import SENDER_VALUES, KeywordFile, KeywordSection, SystemSection
from mgov.replies import Replies, RepliesError
from mgov.workflows.keywords import KeywordSettings


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
