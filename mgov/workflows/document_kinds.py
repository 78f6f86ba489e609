"""Kinds of document as `documents.toml` gives them: how to extend, own stages, and which come again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.recurrence import Recurrence


@dataclass(frozen=True, slots=True)
class DocumentKinds:
    """What is known of kinds, by code or alias in upper case; a kind that is not known has the default.

    `extend` maps a kind to how it is extended in a few words, by language; `names` to what people call it.
    """

    extend: Mapping[str, Mapping[str, str]]
    default_extend: Mapping[str, str]
    stages: Mapping[str, tuple[int, ...]]
    duties: Mapping[str, Recurrence]
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> DocumentKinds:
        """Read the file's table; raises KeyError or ValueError when it is wrong (its format has a test)."""
        named = [(name.upper(), kind) for kind in table["kind"] for name in (kind["code"], *kind.get("aliases", ()))]
        return cls(
            extend={name: _extend(kind) for name, kind in named},
            default_extend=_extend(table["default"]),
            stages={name: tuple(kind["stages"]) for name, kind in named if "stages" in kind},
            duties={name: _duty(kind["recurs"]) for name, kind in named if "recurs" in kind},
            names={name: {"id": kind["name_id"], "en": kind["name_en"]} for name, kind in named},
        )

    def name_of(self, kind: str, language: str) -> str | None:
        """What people call a kind; None when it is not known."""
        known = self.names.get(kind.upper())
        return known[language] if known else None

    def how_to_extend(self, kind: str, language: str) -> str:
        """A few words on how to extend a kind."""
        return self.extend.get(kind.upper(), self.default_extend)[language]


def _extend(kind: Mapping[str, str]) -> dict[str, str]:
    return {"id": kind["extend_id"], "en": kind["extend_en"]}


def _duty(recurs: Mapping[str, Any]) -> Recurrence:
    return Recurrence(tuple(recurs["months"]), int(recurs["day"]))
