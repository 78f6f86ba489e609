"""HTTP systems: one request an attempt, with the message's number as Idempotency-Key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from mgov.external.system import MOST_ROWS, CallOutcome, CallResult, HttpCall, SqlCall, System

LARGEST = 256 * 1024
"""Bytes read of an answer; a longer one is refused."""
_TRY_AGAIN = frozenset({408, 409, 425, 429})
_NOTHING = frozenset({204, 404, 410})


class HttpAsker:
    """Asks one system over HTTP. Redirects are not followed and proxies of the environment are not used."""

    def __init__(self, system: System) -> None:
        self._system = system
        limits = httpx.Limits(max_connections=system.concurrency, max_keepalive_connections=system.concurrency)
        self._client = httpx.AsyncClient(
            timeout=system.timeout, limits=limits, headers=dict(system.headers), trust_env=False
        )

    async def ask(self, call: SqlCall | HttpCall, values: Mapping[str, str], key: str) -> CallResult:
        """Ask once; the whole attempt is bounded, also when the answer trickles."""
        assert isinstance(call, HttpCall)  # noqa: S101 - the configuration pairs calls with systems
        try:
            async with asyncio.timeout(self._system.timeout):
                return await self._ask(call, values, key)
        except TimeoutError:
            return CallResult(CallOutcome.FAILED, detail=f"no answer within {self._system.timeout:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            return CallResult(CallOutcome.FAILED, detail=f"{type(error).__name__}: {error}"[:300])

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, call: HttpCall, values: Mapping[str, str], key: str) -> CallResult:
        path = call.path.format_map({name: quote(value, safe="") for name, value in values.items()})
        request = self._client.build_request(
            call.method,
            self._system.url.rstrip("/") + path,
            params=_filled(call.params, values) or None,
            json=None if call.json is None else _filled(call.json, values),
            headers={"Idempotency-Key": key, "Accept": "application/json"},
        )
        response = await self._client.send(request, stream=True)
        try:
            return await _result(response, call.rows)
        finally:
            await response.aclose()


def _filled(template: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return {name: text.format_map(dict(values)) for name, text in template.items()}


async def _result(response: httpx.Response, place: tuple[str, ...]) -> CallResult:
    status = response.status_code
    if status in _NOTHING:
        return CallResult(CallOutcome.NOTHING, detail=f"HTTP {status}")
    if status >= 500 or status in _TRY_AGAIN:
        return CallResult(CallOutcome.FAILED, detail=f"HTTP {status}")
    if status >= 300:
        return CallResult(CallOutcome.REFUSED, detail=f"HTTP {status}")
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST:
            return CallResult(CallOutcome.REFUSED, detail=f"an answer of more than {LARGEST} bytes")
    return _rows(body, place)


def _rows(body: bytes, place: tuple[str, ...]) -> CallResult:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return CallResult(CallOutcome.FAILED, detail="an answer that is no JSON")
    for step in place:
        if not isinstance(found, dict) or step not in found:
            return CallResult(CallOutcome.REFUSED, detail=f"an answer without {'.'.join(place)}")
        found = found[step]
    if found in (None, [], {}):
        return CallResult(CallOutcome.NOTHING, detail="an empty answer")
    rows = [row for row in (found if isinstance(found, list) else [found]) if isinstance(row, dict)]
    if not rows:
        return CallResult(CallOutcome.REFUSED, detail="an answer whose rows are no objects")
    return CallResult(CallOutcome.FOUND, tuple(rows[:MOST_ROWS]))
