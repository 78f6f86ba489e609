"""A mail server on loopback that takes, refuses, delays or drops, as the recipient's name says."""

from __future__ import annotations

import asyncio
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP


class Sink:
    """Keeps what it took in `mails`; `connections` counts who came.

    Recipients: `gone@` is refused for good, `later@` for now (once), `drop@` makes it close after the content (once),
    `slow@` is answered late, `hang@` never as long as `hanging`. With `tls` it takes mail only over TLS: after
    STARTTLS, or from the first octet when `at_once`.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> None:
        self._tls = tls
        self._at_once = at_once
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self.seen: set[str] = set()
        self.port = 0
        self.hanging = False
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on loopback."""
        loop, context = asyncio.get_running_loop(), self._tls if self._at_once else None
        self._server = await loop.create_server(self._protocol, "127.0.0.1", port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: ANN401, N802
        """Refuse by name."""
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        if address.startswith("later@") and self._first(address):
            return "451 4.7.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ANN401, N802
        """Keep, delay or drop by name."""
        address = envelope.rcpt_tos[0]
        if address.startswith("drop@") and self._first(address):
            server.transport.abort()
            return "250 never heard"
        if address.startswith("slow@"):
            await asyncio.sleep(0.3)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if address.startswith("hang") and self.hanging:
            await asyncio.sleep(3600)
        return "250 taken"

    def _first(self, address: str) -> bool:
        first = address not in self.seen
        self.seen.add(address)
        return first

    def _protocol(self) -> SMTP:
        self.connections += 1
        starttls = self._tls if not self._at_once else None
        return SMTP(
            self,
            hostname="sink",
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
            tls_context=starttls,
            require_starttls=starttls is not None,
        )
