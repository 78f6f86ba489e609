"""Mail in from a mail server on this host: an LMTP endpoint that says 250 only after the commit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from mgov.mail.incoming import read_mail
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows.alerts_out import WarningDoor
from mgov.workflows.mail import receive_mail

#: A photo of a receipt is usual, and refusing it would refuse the payment that stands above it; only text is read.
MOST_TAKEN = 30_000_000
RETRY = 5.0  # seconds between attempts to take the port


class _Lmtp(LMTP):
    """Takes lines longer than RFC 5321 allows: enough programs write them, and a refusal here is final."""

    line_length_limit = 1_000_000


class LmtpServer:
    """Listens until stopped; no mail and no failure of the database ends it."""

    def __init__(
        self, host: str, port: int, own: frozenset[str], db: Database, warnings: WarningDoor | None = None
    ) -> None:
        self._host = host
        self._port = port
        self._own = own
        self._db = db
        self._warnings = warnings
        self._stopped = asyncio.Event()
        self._log = structlog.get_logger("lmtp")
        self.ready = asyncio.Event()  #: set while the port is open

    def stop(self) -> None:
        """Take no more mail."""
        self._stopped.set()

    async def run(self) -> None:
        """Listen until stopped."""
        loop = asyncio.get_running_loop()
        while not self._stopped.is_set():
            try:
                server = await loop.create_server(self._protocol, self._host, self._port)
            except OSError as error:
                self._log.error("cannot listen", host=self._host, port=self._port, detail=str(error))
                await self._pause()
                continue
            self._port = server.sockets[0].getsockname()[1]
            self.ready.set()
            async with server:
                await self._stopped.wait()

    @property
    def port(self) -> int:
        """The port in use: what was asked for, or what the system gave for 0."""
        return self._port

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """One recipient a mail: LMTP wants an answer for each, and the same mail twice is one anyway."""
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail; 250 only when it is committed, 451 when it could not be."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            await asyncio.to_thread(self._keep, content, envelope.mail_from or "")
        except DatabaseUnavailableError as error:
            self._log.warning("database away", detail=str(error))
            return "451 4.3.0 try again later"
        except Exception:
            self._log.exception("mail not kept")
            return "451 4.3.0 try again later"
        return "250 2.0.0 kept"

    def _keep(self, content: bytes, sender: str) -> None:
        receive_mail(self._db, read_mail(content, self._own, sender), datetime.now(UTC), self._warnings)

    def _protocol(self) -> Any:  # noqa: ANN401 - an asyncio protocol
        return _Lmtp(self, data_size_limit=MOST_TAKEN, enable_SMTPUTF8=True, loop=asyncio.get_running_loop())

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._stopped.wait(), RETRY)
        except TimeoutError:
            return
