"""Mail out: one connection for many mails, each claimed before and settled after."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Literal

import aiosmtplib
import structlog

from mgov.domain.routing import SendRules
from mgov.mail.compose import compose, message_id_of
from mgov.mail.html_frame import HtmlFrame
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows.leftovers import recover
from mgov.workflows.mail import MailOutcome, MailResult, MailTask, any_due, next_mail, settle_mail

POLL = 2.0  # seconds between looks into the outbox, because wake-ups are only hints
PAUSES = (2.0, 5.0, 15.0, 30.0, 60.0)  # seconds between attempts to reach the server; then the last again


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server that takes our mail. `sender` is `Name <address>`; `per_minute` None means no limit."""

    host: str
    port: int
    sender: str
    owner: str
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None
    per_minute: int | None = None
    timeout: float = 30.0
    rules: SendRules = field(default_factory=SendRules)
    frame: HtmlFrame | None = None


class MailSender:
    """Drains the mails of the outbox until stopped; no failure ends it."""

    def __init__(self, settings: SmtpSettings, db: Database, wake: asyncio.Event) -> None:
        self._settings = settings
        self._db = db
        self._wake = wake
        self._stopped = asyncio.Event()
        self._client: aiosmtplib.SMTP | None = None
        self._failures = 0
        self._log = structlog.get_logger("mail")

    def stop(self) -> None:
        """End after the mail under way."""
        self._stopped.set()
        self._wake.set()

    async def run(self) -> None:
        """Send until stopped."""
        try:
            await self._take_up()
            while not self._stopped.is_set():
                self._wake.clear()
                await self._wait(await self._round())
        finally:
            await self._disconnect()

    async def _take_up(self) -> None:
        """What a killed process of this name left in the middle is tried again now, not when its lease has run out."""
        try:
            await asyncio.to_thread(recover, self._db, self._settings.owner, datetime.now(UTC))
        except DatabaseUnavailableError as error:
            self._log.warning("database away", detail=str(error))

    async def _round(self) -> float:
        """Send all that is due; returns the seconds to wait then."""
        try:
            while not self._stopped.is_set() and await self._send_next():
                await self._keep_to_rate()
            self._failures = 0
        except DatabaseUnavailableError as error:
            self._log.warning("database away", detail=str(error))
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return await self._server_away(error)
        except Exception:
            self._log.exception("mail failed")
            return PAUSES[0]
        return POLL

    async def _server_away(self, error: Exception) -> float:
        await self._disconnect()
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        self._log.warning("mail server away", detail=str(error), again_in=pause)
        return pause

    async def _send_next(self) -> bool:
        """Claim and send one mail, over a connection known to be alive; whether there was one."""
        if self._client is None and not await asyncio.to_thread(self._anything_due):
            return False
        client = await self._connected()
        task = await asyncio.to_thread(
            next_mail, self._db, self._settings.owner, datetime.now(UTC), self._settings.rules
        )
        if task is None:
            return False
        result = await self._submit(client, task)
        self._log.info("mail", message=task.message["id"], outcome=result.outcome.value, code=result.code)
        mail_id = message_id_of(dict(task.message), self._settings.sender)
        await asyncio.to_thread(settle_mail, self._db, self._settings.owner, task, mail_id, result, datetime.now(UTC))
        return True

    def _anything_due(self) -> bool:
        return any_due(self._db, datetime.now(UTC))

    async def _submit(self, client: aiosmtplib.SMTP, task: MailTask) -> MailResult:
        try:
            mail = compose(
                dict(task.message), self._settings.sender, task.answers, datetime.now(UTC), self._settings.frame
            )
        except (HeaderParseError, ValueError, IndexError) as error:
            return MailResult(MailOutcome.REFUSED_FOR_GOOD, "address", f"cannot be written as a mail: {error}")
        refused = await self._envelope(client, str(task.message["recipient"]))
        return refused or await self._content(client, mail)

    async def _envelope(self, client: aiosmtplib.SMTP, recipient: str) -> MailResult | None:
        """MAIL and RCPT; the refusal, or None when the server wants the content."""
        try:
            await client.mail(parseaddr(self._settings.sender)[1])
        except aiosmtplib.SMTPResponseException as error:  # it is we who are refused: not this recipient's fault
            return await self._reset(MailResult(MailOutcome.REFUSED_FOR_NOW, str(error.code), error.message))
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return await self._dropped(MailOutcome.REFUSED_FOR_NOW, error)
        try:
            await client.rcpt(recipient)
        except aiosmtplib.SMTPResponseException as error:
            return await self._reset(_refusal(error))
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return await self._dropped(MailOutcome.REFUSED_FOR_NOW, error)
        return None

    async def _content(self, client: aiosmtplib.SMTP, mail: EmailMessage) -> MailResult:
        try:
            answer = await client.data(bytes(mail))
        except aiosmtplib.SMTPResponseException as error:
            return await self._reset(_refusal(error))
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return await self._dropped(MailOutcome.UNCERTAIN, error)
        return MailResult(MailOutcome.ACCEPTED, str(answer.code), answer.message)

    async def _reset(self, result: MailResult) -> MailResult:
        """A refused transaction is put away; a server that closes then (421) is left."""
        try:
            if self._client is not None:
                await self._client.rset()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            await self._disconnect()
        return result

    async def _dropped(self, outcome: MailOutcome, error: Exception) -> MailResult:
        await self._disconnect()
        return MailResult(outcome, "dropped", f"the mail server went away: {error}")

    async def _connected(self) -> aiosmtplib.SMTP:
        """The connection, proven alive (NOOP) before a mail is claimed for it."""
        if self._client is not None:
            try:
                await self._client.noop()
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                await self._disconnect()
            else:
                return self._client
        client = self._new_client()
        await client.connect()
        self._client = client
        return client

    def _new_client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file) if settings.tls != "none" else None
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user,
            password=settings.password,
            timeout=settings.timeout,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=context,
        )

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        try:
            await asyncio.wait_for(client.quit(), 2.0)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            client.close()

    async def _keep_to_rate(self) -> None:
        if self._settings.per_minute:
            await self._pause(60.0 / self._settings.per_minute)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopped.wait(), seconds)
        except TimeoutError:
            return

    async def _wait(self, seconds: float) -> None:
        if self._failures:  # a wake-up does not bring a server back: keep the pause
            await self._pause(seconds)
            return
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return


def _refusal(error: aiosmtplib.SMTPResponseException) -> MailResult:
    outcome = MailOutcome.REFUSED_FOR_GOOD if error.code >= 500 else MailOutcome.REFUSED_FOR_NOW
    return MailResult(outcome, str(error.code), error.message)
