"""An agency's HTTP service on loopback, whose behaviour a test sets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Service:
    """Answers `status` with `body` after `delay` seconds; remembers every request."""

    def __init__(self) -> None:
        self.status = 200
        self.body: Any = {"data": [{"berlaku_sampai": "31/12/2026", "tempat": "PKB Serang"}]}
        self.delay = 0.0
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self.url = ""

    def answer(self, handler: BaseHTTPRequestHandler, body: str) -> None:
        """One request."""
        with self._lock:
            self.seen.append((f"{handler.command} {handler.path}", body, dict(handler.headers.items())))
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        time.sleep(self.delay)
        with self._lock:
            self._now -= 1
        data = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        try:
            handler.send_response(self.status)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)
        except OSError:
            return


@contextmanager
def serving() -> Iterator[Service]:
    """A service for the length of a block."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            service.answer(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

        do_GET = _any  # noqa: N815 - http.server's own names
        do_POST = _any  # noqa: N815

        def log_message(self, *_arguments: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
