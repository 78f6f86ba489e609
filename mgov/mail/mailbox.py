"""Mail in from a mailbox: IMAP with IDLE; a mail leaves the folder only after its commit."""

from __future__ import annotations

import asyncio
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from imapclient import IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import IMAPClientError  # type: ignore[import-untyped]

from mgov.mail.incoming import MAX_BYTES, read_mail
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.workflows.alerts_out import WarningDoor
from mgov.workflows.mail import receive_mail, remember_validity

IDLE_SECONDS = 600.0  # a server may end an IDLE after 30 minutes (RFC 2177): we end it before
STEP = 1.0  # seconds between looks whether to stop
TRIES = 3  # before a mail that cannot be kept is put aside
PAUSES = (2.0, 5.0, 15.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """The mailbox. `own` are our own addresses in lower case, which are never answered."""

    host: str
    port: int
    user: str
    password: str
    own: frozenset[str]
    tls: bool = True
    ca_file: str | None = None
    folder: str = "INBOX"
    done_folder: str = "Done"
    failed_folder: str = "Failed"
    timeout: float = 30.0


class Mailbox:
    """Reads the mailbox in a thread of its own until stopped; no failure ends it."""

    def __init__(self, settings: ImapSettings, db: Database, warnings: WarningDoor | None = None) -> None:
        self._settings = settings
        self._db = db
        self._warnings = warnings
        self._stopped = threading.Event()
        self._validity = 0
        self._failed: dict[int, int] = {}  # tries by UID, of this UIDVALIDITY
        self._log = structlog.get_logger("imap")

    def stop(self) -> None:
        """End after the mail under way."""
        self._stopped.set()

    async def run(self) -> None:
        """Read until stopped."""
        await asyncio.to_thread(self._work)

    def _work(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            try:
                self._session()
                failures = 0
            except (IMAPClientError, OSError, DatabaseUnavailableError) as error:
                self._pause_after(failures, str(error))
                failures += 1
            except Exception:
                self._log.exception("mailbox failed")
                self._stopped.wait(PAUSES[-1])

    def _pause_after(self, failures: int, detail: str) -> None:
        pause = PAUSES[min(failures, len(PAUSES) - 1)]
        self._log.warning("mailbox away", detail=detail, again_in=pause)
        self._stopped.wait(pause)

    def _session(self) -> None:
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file) if settings.tls else None
        with IMAPClient(
            settings.host, settings.port, ssl=settings.tls, ssl_context=context, timeout=settings.timeout
        ) as client:
            client.login(settings.user, settings.password)
            for folder in (settings.done_folder, settings.failed_folder):
                if not client.folder_exists(folder):
                    client.create_folder(folder)
            selected = client.select_folder(settings.folder)
            self._note_validity(int(selected[b"UIDVALIDITY"]))
            while not self._stopped.is_set():
                self._take_all(client)
                self._idle(client)

    def _note_validity(self, validity: int) -> None:
        """Keep the folder's UIDVALIDITY: where it changed, its numbers mean other mails than before (RFC 3501).

        Nothing is skipped by its number, so a folder made anew is read like any other; what was read once is known by
        its Message-ID.
        """
        settings = self._settings
        known = remember_validity(self._db, f"{settings.user}@{settings.host}/{settings.folder}", validity, _now())
        if known not in (None, validity):
            self._log.warning("mailbox was made anew", folder=settings.folder, before=known, now=validity)
        if self._validity != validity:
            self._failed.clear()
        self._validity = validity

    def _take_all(self, client: Any) -> None:  # noqa: ANN401 - the library has no types
        """Everything in the folder: a notice may be lost, what lies there is not."""
        for uid in client.search(["NOT", "DELETED"]):
            if self._stopped.is_set():
                return
            self._try(client, uid)

    def _try(self, client: Any, uid: int) -> None:  # noqa: ANN401 - the library has no types
        """One mail that cannot be kept does not stand in the way of the others: after some tries it is put aside."""
        try:
            self._take(client, uid)
        except (IMAPClientError, OSError, DatabaseUnavailableError):
            raise  # the server or the database is away: no fault of this mail
        except Exception:
            self._failed[uid] = self._failed.get(uid, 0) + 1
            self._log.exception("mail not kept", uid=uid, tries=self._failed[uid])
            if self._failed[uid] >= TRIES:
                self._move(client, uid, self._settings.failed_folder)

    def _take(self, client: Any, uid: int) -> None:  # noqa: ANN401 - the library has no types
        """Keep one mail, commit, then move it; a move that fails is made up at the next look, and doubles nothing."""
        fetched = client.fetch([uid], [f"BODY.PEEK[]<0.{MAX_BYTES}>"]).get(uid, {})
        raw = next((value for key, value in fetched.items() if key.startswith(b"BODY[]")), None)
        if raw is None:
            return
        receive_mail(self._db, read_mail(raw, self._settings.own), _now(), self._warnings)
        self._move(client, uid, self._settings.done_folder)

    def _move(self, client: Any, uid: int, folder: str) -> None:  # noqa: ANN401 - the library has no types
        if b"MOVE" in client.capabilities():
            client.move([uid], folder)
            return
        client.copy([uid], folder)
        client.delete_messages([uid])
        # only this one: an expunge of all would also end what its owner marked and may still want (RFC 4315)
        if b"UIDPLUS" in client.capabilities():
            client.uid_expunge([uid])
        else:
            client.expunge()

    def _idle(self, client: Any) -> None:  # noqa: ANN401 - the library has no types
        if b"IDLE" not in client.capabilities():
            self._stopped.wait(30.0)
            client.noop()
            return
        client.idle()
        try:
            waited = 0.0
            while not self._stopped.is_set() and waited < IDLE_SECONDS:
                if client.idle_check(timeout=STEP):
                    break
                waited += STEP
        finally:
            client.idle_done()


def _now() -> datetime:
    return datetime.now(UTC)
