"""The daemon: every part as a supervised task, ended by nothing but a signal, and then within ten seconds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog

from mgov import __version__, arenas, bootstrap, watchdog
from mgov.config import Config
from mgov.gateway import notices
from mgov.gateway.degraded import Degraded
from mgov.gateway.engine import Engine
from mgov.gateway.ledger import replay_left_behind
from mgov.gateway.lookout import Lookout
from mgov.gateway.portal_desk import PortalDesk
from mgov.gateway.signals import Wakeups
from mgov.gateway.worker import ModemWorker
from mgov.store import migrate, modems
from mgov.store.database import Database, DatabaseUnavailableError
from mgov.store.nodes import BEAT
from mgov.web.server import WebServer
from mgov.workflows import fleet, jobs, nodes
from mgov.workflows.answer import AnswerSettings
from modem_drivers.simulated import SimulatedNetwork
from scheduler.jobs import JobRunner

T = TypeVar("T")

DRAIN = 8.0  # seconds that parts have to finish what they do
DATABASE_PAUSE = 2.0  # seconds between looks for a database that is away at start


class Daemon:
    """All parts of one process. `only` names those to run (`engine`, `modem:NAME`, `scheduler`, `mail`); empty: all."""

    def __init__(self, config: Config, only: tuple[str, ...] = ()) -> None:
        self._config = config
        self._only = only
        self._stop = asyncio.Event()
        self._stoppers: list[Callable[[], None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._degraded = Degraded(lambda sentence: notify(f"STATUS={sentence}"))
        self._log = structlog.get_logger("daemon")
        self._runner: JobRunner | None = None
        self.network: SimulatedNetwork | None = None

    def stop(self) -> None:
        """Ask every part to finish."""
        self._stop.set()
        for stopper in self._stoppers:
            stopper()

    async def run(self, ready: Callable[[Daemon], None] | None = None) -> None:
        """Run until stopped; `ready` is called once when every part has started."""
        loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
        db = await self._database()
        if db is None:
            return
        wakeups = Wakeups(loop)
        db.on_wake(wakeups.notify)
        self.network, ports = bootstrap.simulated_network(self._config)
        begun = False
        ears = [
            asyncio.ensure_future(watchdog.reassure(self._tasks, notify)),
            asyncio.ensure_future(arenas.give_back()),
        ]
        try:
            if self._degraded.is_unchecked:  # modems receive into the spool meanwhile
                self._start(self._workers(db, wakeups, ports))
            if await self._fits(db) and (begun := await self._may_begin(db)):
                ears.append(asyncio.ensure_future(self._beat(db)))
                await self._enlist(db)
                lookout = Lookout(db, wakeups.notify)
                self._stoppers.append(lookout.stop)
                if hear := notices.listener(db, wakeups.notify, lookout.look):
                    ears.append(asyncio.ensure_future(hear()))
                self._start([] if self._tasks else self._workers(db, wakeups, ports))
                self._start([*self._parts(db, wakeups), lookout.run()])
                self._say_ready(ready)
            await self._stop.wait()
        finally:
            self.stop()
            await self._drain(self._tasks)
            if begun:
                await self._say_stopped(db)
            for ear in ears:
                ear.cancel()
            if self.network is not None:
                self.network.stop()
            db.close()

    async def _may_begin(self, db: Database) -> bool:
        """Note that this node begins; a drained one waits until it is resumed. False when stopped meanwhile."""
        node = self._config.node
        may = await self._insist(lambda: nodes.start(db, node, __version__, datetime.now(UTC)))
        if may or may is None:
            return not self._stop.is_set()
        self._log.warning("this node is drained: nothing begins until `mgov node resume`", node=node)
        notify("READY=1\nSTATUS=drained: waiting for `mgov node resume`")
        while not self._stop.is_set():
            await self._wait_for_stop(BEAT)
            if await self._beats(db):
                return not self._stop.is_set()
        return False

    async def _beat(self, db: Database) -> None:
        """Say that this node is alive, and stop in order when it is asked to hand over."""
        while not self._stop.is_set():
            await self._wait_for_stop(BEAT)
            if not self._stop.is_set() and not await self._beats(db):
                self._log.warning("asked to hand over: stopping", node=self._config.node)
                self.stop()

    async def _beats(self, db: Database) -> bool:
        try:
            told = self._looks()
            return await asyncio.to_thread(nodes.beat, db, self._config.node, datetime.now(UTC), told)
        except DatabaseUnavailableError:
            return True  # whoever cannot be heard goes on with what he has

    def _looks(self) -> str | None:
        """What this node's sweeps saw last, for `mgov scheduler list`; None where another process runs them."""
        if self._runner is None:
            return None
        return jobs.as_told(
            {
                "job": look.job,
                "slot": look.slot,
                "started_at": look.started_at,
                "finished_at": look.ended_at,
                "outcome": look.state.value,
                "detail": look.detail or str(look.result or ""),
            }
            for look in self._runner.looks()
        )

    async def _say_stopped(self, db: Database) -> None:
        with contextlib.suppress(DatabaseUnavailableError):
            await asyncio.to_thread(nodes.stop, db, self._config.node)

    def _start(self, parts: list[Coroutine[Any, Any, None]]) -> None:
        self._tasks += [asyncio.create_task(part, name=_name_of(part)) for part in parts]

    async def _enlist(self, db: Database) -> None:
        """Say which modems are about to be opened, and keep what modems spooled that the config no longer names."""
        mine = {modem.name: modem.driver for modem in self._config.modem if self._wanted(f"modem:{modem.name}")}
        await self._insist(lambda: fleet.enlist(db, self._config.node, mine, datetime.now(UTC)))
        folder = bootstrap.spool_folder(self._config)
        if folder is not None:
            names = {modem.name for modem in self._config.modem}
            await self._insist(lambda: replay_left_behind(db, folder, names))

    async def _insist(self, work: Callable[[], T]) -> T | None:
        """Do what a start needs, in a thread, as often as the database goes away under it; None when stopped."""
        while not self._stop.is_set():
            try:
                done = await asyncio.to_thread(work)
            except DatabaseUnavailableError as error:
                self._say_away(error)
                await self._wait_for_stop(DATABASE_PAUSE)
                continue
            self._degraded.back()
            return done
        return None

    def _parts(self, db: Database, wakeups: Wakeups) -> list[Coroutine[Any, Any, None]]:
        parts: list[Coroutine[Any, Any, None]] = []
        if self._wanted("engine"):
            answers = self._answer_settings(db)
            engine = Engine(db, answers, wakeups.event("inbox"))
            self._stoppers.append(engine.stop)
            parts.append(engine.run())
            desk = PortalDesk(db, bootstrap.portal_settings(self._config), wakeups.event("portal"))
            self._stoppers.append(desk.stop)
            parts.append(desk.run())
            caller = bootstrap.caller(self._config, db, answers, wakeups.event("external"))
            if caller is not None:
                self._stoppers.append(caller.stop)
                parts.append(caller.run())
        if self._wanted("scheduler"):
            parts.append(self._keep_time(db))
            watch = bootstrap.outreach(self._config).warning_watch(db)
            if watch is not None:
                self._stoppers.append(watch.stop)
                parts.append(watch.run())
        if self._wanted("mail"):
            for mail in bootstrap.outreach(self._config).mail_parts(db, wakeups.event("outbox")):
                self._stoppers.append(mail.stop)
                parts.append(mail.run())
        if self._wanted("web") and self._config.web.port:
            server = WebServer(self._config.web.host, self._config.web.port, db, self._parts_alive)
            self._stoppers.append(server.stop)
            parts.append(server.run())
        return parts

    def _workers(self, db: Database, wakeups: Wakeups, ports: dict[str, str]) -> list[Coroutine[Any, Any, None]]:
        parts: list[Coroutine[Any, Any, None]] = []
        profiles = bootstrap.modem_profiles()
        for modem in self._config.modem:
            if not self._wanted(f"modem:{modem.name}"):
                continue
            port = ports.get(modem.name) or modem.port or "auto"
            settings = bootstrap.worker_settings(self._config, modem, port)
            opener = bootstrap.radio_opener(self._config, modem, port, profiles)
            worker = ModemWorker(settings, opener, db, wakeups.event("outbox"), self._degraded)
            self._stoppers.append(worker.stop)
            parts.append(worker.run())
        return parts

    def _answer_settings(self, db: Database) -> Callable[[], AnswerSettings]:
        settings = bootstrap.answer_settings(self._config)
        told: dict[frozenset[str], AnswerSettings] = {}

        def current() -> AnswerSettings:
            numbers = db.read(modems.own_numbers)
            if numbers not in told:
                told.clear()
                told[numbers] = replace(settings, own_numbers=settings.own_numbers | numbers)
            return told[numbers]

        return current

    async def _keep_time(self, db: Database) -> None:
        """Run the jobs: everything that recurs and is no part's own."""
        self._runner = runner = bootstrap.job_runner(self._config, db)
        with contextlib.suppress(DatabaseUnavailableError):  # then they are taken for left half an hour later
            await asyncio.to_thread(jobs.begin, db, self._config.node, datetime.now(UTC))
        runner.start()
        await self._stop.wait()
        await runner.stop()

    def _parts_alive(self) -> dict[str, bool]:
        return {task.get_name(): not task.done() for task in self._tasks}

    async def _database(self) -> Database | None:
        """The database, checked when it is there; None when stopped while not even its place was there."""
        while not self._stop.is_set():
            try:
                db = bootstrap.open_database(self._config)
            except DatabaseUnavailableError as error:
                self._say_away(error)
                await self._wait_for_stop(DATABASE_PAUSE)
                continue
            try:
                await asyncio.to_thread(migrate.fits, db)
            except DatabaseUnavailableError as error:
                self._say_away(error)
            except BaseException:
                db.close()
                raise
            else:
                self._degraded.checked()
            return db
        return None

    async def _fits(self, db: Database) -> bool:
        """Wait for a database that was away at start, and check it; False when stopped meanwhile."""
        while self._degraded.is_unchecked and not self._stop.is_set():
            await self._wait_for_stop(DATABASE_PAUSE)
            try:
                await asyncio.to_thread(migrate.fits, db)
            except DatabaseUnavailableError:
                continue
            self._degraded.checked()
        return not self._stop.is_set()

    def _say_away(self, error: DatabaseUnavailableError) -> None:
        if not self._degraded.is_so:
            self._log.error("database away at start, waiting for it", detail=str(error))
        self._degraded.away(str(error))

    async def _drain(self, tasks: list[asyncio.Task[None]]) -> None:
        notify("STOPPING=1")
        _, late = await asyncio.wait(tasks, timeout=DRAIN) if tasks else (set(), set())
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._log.info("stopped", cut_short=len(late))

    def _say_ready(self, ready: Callable[[Daemon], None] | None) -> None:
        notify("READY=1")
        self._log.info("ready", modems=len(self._config.modem), node=self._config.node)
        if ready is not None:
            ready(self)

    def _wanted(self, part: str) -> bool:
        return not self._only or part in self._only

    async def _wait_for_stop(self, seconds: float) -> None:
        await _within(self._stop.wait(), seconds)


def notify(state: str) -> None:
    """Tell systemd (sd_notify(3)); nothing when it did not start us."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect("\0" + address[1:] if address.startswith("@") else address)
        channel.sendall(state.encode())


def _name_of(part: Coroutine[Any, Any, None]) -> str:
    """What a part is called where its health is told, such as `Engine.run`."""
    return str(getattr(part, "__qualname__", "part"))


async def _within(awaitable: Awaitable[Any], seconds: float) -> None:
    try:
        await asyncio.wait_for(awaitable, seconds)
    except TimeoutError:
        return
