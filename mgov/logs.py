"""Structured logs, one JSON object a line; what identifies a person is masked before it is written."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_LONG_NUMBER = re.compile(r"\+?\d{7,}")


def configure(stream: Any = None, level: int = logging.INFO) -> None:  # noqa: ANN401 - any text stream
    """Send every log of this process to `stream` (stderr when None)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            structlog.processors.format_exc_info,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=True,
    )


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401
    """Strike phone numbers and identity numbers, also inside sentences (UU 27/2022)."""
    for key, value in event.items():
        if key != "timestamp" and isinstance(value, str):
            event[key] = masked(value)
    return event


def masked(text: str) -> str:
    """A text with each long number cut to its first four and last two digits."""
    return _LONG_NUMBER.sub(lambda number: f"{number[0][:4]}…{number[0][-2:]}", text)
