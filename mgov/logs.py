"""Structured logs, one JSON object a line; what identifies a person is masked before it is written (UU 27/2022).

Masked are phone and identity numbers, also in groups, and the hexadecimal of PDUs. Of an exception its place and kind
are kept; its message loses what stands in quotes, as that is often what somebody wrote.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog

#: Seven digits in a row, or nine in groups as people write numbers; a date is neither.
_LONG_NUMBER = re.compile(r"\+?\d{7,}|\+?\b(?!\d{4}-\d\d-\d\d)\d{2,4}(?:[ .\-]\d{2,6}){2,6}\b")
_FEWEST_GROUPED = 9
#: A PDU holds its sender's number and text, with swapped digits.
_HEXADECIMAL = re.compile(r"\b[0-9A-Fa-f]{24,}\b")
_QUOTED = re.compile(r"'[^'\n]{2,}'|\"[^\"\n]{2,}\"")
_LONGEST_MESSAGE = 300
_NOT_MASKED = frozenset({"timestamp", "level", "port"})
_Failure = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(stream: Any = None, level: int = logging.INFO) -> None:  # noqa: ANN401 - any text stream
    """Send every log of this process to `stream` (stderr when None), those of libraries among them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            stamp,
            describe_failure,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Bridge(logging.WARNING)], level=logging.WARNING, force=True)


def stamp(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401
    """Say when, on the host's clock and with its offset: `2026-11-12T14:30:00.123456+07:00`."""
    event["timestamp"] = datetime.now(UTC).astimezone().isoformat(timespec="microseconds")
    return event


def describe_failure(
    _logger: Any,  # noqa: ANN401 - structlog's own signature
    _method: str,
    event: MutableMapping[str, Any],
) -> MutableMapping[str, Any]:
    """Replace `exc_info` by where and what failed, without the words that it failed on."""
    info = event.pop("exc_info", None)
    if info:
        failure = info if isinstance(info, tuple) else sys.exc_info()
        if isinstance(info, BaseException):
            failure = (type(info), info, info.__traceback__)
        if failure[0] is not None:
            event["exception"] = _described(failure)
    return event


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401
    """Strike what identifies a person, wherever it stands in an event."""
    for key, value in event.items():
        if key not in _NOT_MASKED:
            event[key] = _masked_value(value)
    return event


def masked(text: str) -> str:
    """A text with each long number cut to four digits and two, and each long hexadecimal to eight."""
    text = _HEXADECIMAL.sub(lambda found: f"{found[0][:8]}…", text)
    return _LONG_NUMBER.sub(_cut, text)


class _Bridge(logging.Handler):
    """What libraries log goes the same way, masked like everything else."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one record over."""
        level = "error" if record.levelno >= logging.ERROR else "warning"
        getattr(structlog.get_logger(record.name), level)(record.getMessage(), exc_info=record.exc_info)


def _masked_value(value: Any) -> Any:  # noqa: ANN401 - whatever was logged
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**_FEWEST_GROUPED else masked(str(value))
    if isinstance(value, Mapping):
        return {str(key): _masked_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked_value(one) for one in value]
    return masked(str(value))


def _cut(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    is_grouped = not found[0].lstrip("+").isdigit()
    return found[0] if is_grouped and len(digits) < _FEWEST_GROUPED else f"{digits[:4]}…{digits[-2:]}"


def _described(failure: _Failure) -> str:
    kind, error, trace = failure
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    chain = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"\n  after {type(chain).__name__}: {_without_words(chain)}" if chain is not None else ""
    return "\n  ".join([f"{kind.__name__}: {_without_words(error)}{before}", *frames[-12:]])


def _without_words(error: BaseException) -> str:
    return _QUOTED.sub("'…'", str(error))[:_LONGEST_MESSAGE]
