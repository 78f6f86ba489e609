"""The information layer, for anyone: HELP, INFO, SERVICES."""

from __future__ import annotations

import re
from collections import defaultdict

from rapidfuzz import fuzz, process
from sqlalchemy.engine import RowMapping

from mgov.store import articles
from mgov.store import services as catalogue
from mgov.workflows.handlers.request import Reply, Request

#: How alike (0 to 100) a mistyped topic and a known one are before it is suggested.
LIKENESS = 60
#: Words around a topic that name no service: "INFO syarat bikin izin gudang".
FILLERS = frozenset(
    {"IZIN", "SURAT", "SYARAT", "BIKIN", "BUAT", "CARA", "TENTANG", "SOAL", "MENGURUS", "URUS", "PERMOHONAN"}
    | {"LAYANAN", "UNTUK", "DI", "DAN", "YANG", "THE", "A", "OF", "FOR"}
)
CODES_SHOWN = 5
TOPICS_SHOWN = 12
NAMES_SHOWN = 4


def help_(request: Request) -> Reply:
    """What can be texted."""
    return request.say("help", {"contact": request.settings.contact})


def info(request: Request) -> Reply:
    """An article, a service's requirements, or a sector's services; without a topic the topics."""
    topic = request.field("topic").upper()
    listed = catalogue.listing(request.tx, only_active=True)
    topics = _topics(request, listed)
    if not topics and (not topic or _kind(request, topic) is None):
        return request.say("info_none", {"contact": request.settings.contact})
    if not topic:
        return request.say("info_topics", {"topics": topics[:TOPICS_SHOWN]})
    return (
        _about(request, topic, listed)
        or _kind(request, topic)
        or request.say(
            "info_unknown", {"topic": topic[:40], "near": alike(topic, topics + [row["code"] for row in listed])}
        )
    )


def _kind(request: Request, topic: str) -> Reply | None:
    """A kind of document that reminders speak of: its name and how it is extended or reported."""
    language = request.language or request.replies.language
    kinds = request.settings.kinds
    name = kinds.name_of(topic, language) if kinds else None
    if kinds is None or name is None:
        return None
    values = {"kind": topic, "name": name, "how": kinds.how_to_extend(topic, language)}
    return request.say("info_kind", {**values, "contact": request.settings.contact})


def services(request: Request) -> Reply:
    """The catalogue by sector, the first codes of each."""
    listed = catalogue.listing(request.tx, only_active=True)
    if not listed:
        return request.say("services_none", {"contact": request.settings.contact})
    return request.say("services", {"sectors": [(sector, codes[:CODES_SHOWN]) for sector, codes in _sectors(listed)]})


def alike(word: str, known: list[str]) -> list[str]:
    """Up to three known words that the citizen may have meant, the likeliest first."""
    found = process.extract(word, list(dict.fromkeys(known)), scorer=fuzz.ratio, limit=3, score_cutoff=LIKENESS)
    return [name for name, _score, _index in found]


def find_service(request: Request, word: str, listed: list[RowMapping]) -> RowMapping | None:
    """A service by its code, by its code after IZIN or SURAT, or by its whole name."""
    wanted = word.upper().strip()
    names = {
        wanted,
        wanted.removeprefix("IZIN ").strip(),
        wanted.removeprefix("SURAT ").strip(),
        wanted.replace(" ", "-"),
    }
    return next((row for row in listed if row["code"].upper() in names or row["name"].upper() in names), None)


def named_by(words: str, listed: list[RowMapping]) -> list[RowMapping]:
    """Services whose name or code has every telling word of `words`, or begins so; the shortest name first."""
    wanted = [word for word in re.findall(r"[A-Z0-9]+", words.upper()) if word not in FILLERS]
    if not wanted:
        return []
    found = [row for row in listed if _has_all(wanted, f"{row['code']} {row['name']}")]
    return sorted(found, key=lambda row: len(row["name"]))


def _has_all(wanted: list[str], name: str) -> bool:
    words = re.findall(r"[A-Z0-9]+", name.upper())
    return all(any(word == one or (len(one) > 3 and word.startswith(one)) for word in words) for one in wanted)


def _about(request: Request, topic: str, listed: list[RowMapping]) -> Reply | None:
    article = articles.get(request.tx, topic)
    if article is not None:
        return Reply(
            request.replies.render("info", {"topic": topic, "body": _Whole(article["body"])}, request.language)
        )
    service = find_service(request, topic, listed)
    if service is not None:
        return _service(request, service)
    sector = [row for row in listed if row["sector"].upper() == topic]
    if sector:
        return request.say("services", {"sectors": [(topic, [row["code"] for row in sector[:TOPICS_SHOWN]])]})
    return _by_name(request, topic, listed)


def _service(request: Request, service: RowMapping) -> Reply:
    names = ("code", "name", "agency", "requirements", "fee", "legal_basis")
    return request.say("info_service", {name: service[name] for name in names})


def _by_name(request: Request, topic: str, listed: list[RowMapping]) -> Reply | None:
    found = named_by(topic, listed)
    if len(found) == 1:
        return _service(request, found[0])
    if not found:
        return None
    return request.say("info_choose", {"services": [(row["code"], row["name"]) for row in found[:NAMES_SHOWN]]})


def _topics(request: Request, listed: list[RowMapping]) -> list[str]:
    return [row["topic"] for row in articles.listing(request.tx)] + [sector for sector, _ in _sectors(listed)]


def _sectors(listed: list[RowMapping]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in listed:
        found[row["sector"].upper()].append(row["code"])
    return list(found.items())


class _Whole:
    """An article's body: the agency's own words are not cut as a citizen's are."""

    def __init__(self, body: str) -> None:
        self._body = body

    def __str__(self) -> str:
        return self._body
