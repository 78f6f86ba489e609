"""A small HTTP server for /metrics and /healthz: whatever it is sent, and whoever holds its port, the rest goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog

from mgov.store.database import Database, DatabaseUnavailableError
from mgov.web.metrics import exposition
from mgov.workflows import status

RETRY = 30.0  # seconds between attempts to get the port
LONGEST_REQUEST = 8192  # octets of a request's head
PATIENCE = 5.0  # seconds that a client has for its request, and for taking the answer
MOST_CLIENTS = 16
FRESH = 2.0  # seconds that a look at the tables is good for

Answer = tuple[int, str, bytes]
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


def _wall_clock() -> datetime:
    return datetime.now(UTC)


class WebServer:
    """Answers until stopped.

    `is_well` says what the process knows of its parts: name → alive; `clock` gives an aware moment.
    """

    def __init__(
        self,
        host: str,
        port: int,
        db: Database,
        is_well: Callable[[], Mapping[str, bool]],
        clock: Callable[[], datetime] = _wall_clock,
    ) -> None:
        self._host, self._port = host, port
        self._db = db
        self._is_well = is_well
        self._clock = clock
        self._stopped = asyncio.Event()
        self._clients = 0
        self._looked: tuple[float, dict[str, Any]] | None = None
        self._log = structlog.get_logger("web")

    def stop(self) -> None:
        """Answer no more."""
        self._stopped.set()

    async def run(self) -> None:
        """Serve until stopped; while another program has the port, ask for it again now and then."""
        said = False
        while not self._stopped.is_set():
            try:
                server = await asyncio.start_server(self._serve, self._host, self._port, limit=LONGEST_REQUEST)
            except OSError as error:
                if not said:
                    self._log.warning("metrics not served: port taken", port=self._port, detail=error.strerror)
                    said = True
                await self._pause()
                continue
            async with server:
                self._log.info("metrics served", host=self._host, port=server.sockets[0].getsockname()[1])
                await self._stopped.wait()

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._stopped.wait(), RETRY)
        except TimeoutError:
            return

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            if self._clients <= MOST_CLIENTS:
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
                writer.write(_message(*await self.answer(head)))
                await asyncio.wait_for(writer.drain(), PATIENCE)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a client that is slow, rude or gone
        except Exception:
            self._log.exception("answer failed")
        finally:
            self._clients -= 1
            writer.close()

    async def answer(self, head: bytes) -> Answer:
        """Status, media type and body for the head of a request."""
        words = head.split(b"\r\n", 1)[0].split(b" ")
        if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
            return 400, "text/plain", b"bad request\n"
        if words[0] not in (b"GET", b"HEAD"):
            return 405, "text/plain", b"only GET\n"
        path = words[1].split(b"?", 1)[0]
        if path == b"/healthz":
            answer = await self._health()
        elif path == b"/metrics":
            answer = await self._metrics()
        else:
            answer = 404, "text/plain", b"/metrics or /healthz\n"
        return answer if words[0] == b"GET" else (answer[0], answer[1], b"")

    async def _health(self) -> Answer:
        parts = dict(self._is_well())
        try:
            seen = await self._look()
            database = "ok"
        except DatabaseUnavailableError as error:
            seen, database = None, str(error)
        well = seen is not None and all(parts.values())
        body: dict[str, Any] = {"status": "ok" if well else "fail", "database": database, "parts": parts}
        if seen is not None:
            ready = sum(row["state"] == "ready" and not row["silent"] for row in seen["modems"])
            body["modems"] = {"ready": ready, "all": len(seen["modems"])}
            body["alerts"] = sorted({row["kind"] for row in seen["alerts"]})
        return (200 if well else 503), "application/json", json.dumps(body).encode() + b"\n"

    async def _metrics(self) -> Answer:
        process = {f"part_up_{name.replace(':', '_')}": float(alive) for name, alive in self._is_well().items()}
        process = {"".join(c if c.isalnum() or c == "_" else "_" for c in name): up for name, up in process.items()}
        try:
            seen = await self._look()
        except DatabaseUnavailableError:
            return 503, "text/plain", b"mgov_database_up 0\n"
        body = exposition(seen, {"database_up": 1.0, **process})
        return 200, "text/plain; version=0.0.4; charset=utf-8", body

    async def _look(self) -> dict[str, Any]:
        """One look at the tables; many who ask at once share it."""
        moment = asyncio.get_running_loop().time()
        if self._looked is not None and moment - self._looked[0] < FRESH:
            return self._looked[1]
        now = self._clock()
        began = now.replace(hour=0, minute=0, second=0, microsecond=0)
        seen = await asyncio.to_thread(status.look, self._db, now, began)
        self._looked = (moment, seen)
        return seen


def _message(status_code: int, media: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status_code} {_REASONS[status_code]}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n"
    )
    return head.encode() + body
