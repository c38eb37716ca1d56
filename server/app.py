"""The server process: settings, store, trace, rooms and the site put together; begun and ended in order.

Flows in: ``--settings RUN/settings.json``, written by the supervisor. Flows out: a listening server, and
an exit status: 0 after SIGTERM, 78 when the operator must change something, 1 after a defect. `open_house`
makes the same house without sockets, for tests, the command line and the demo.
"""

import argparse
import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib import import_module, metadata
from pathlib import Path

from aiohttp import web
from sqlalchemy import text

from media.child import run, settle_memory
from server.errors import SettingsError, StoreError, SupervisorError
from server.house import House
from server.people.sessions import Sessions
from server.settings import Settings, restore_file
from server.store import Store
from server.supervisor.guardian import watch_supervisor
from server.tls.context import make_context, reload_for_ever
from server.trace import Trace
from server.trace.checkpoints import Checkpoints
from server.trace.registry import all_projections
from server.web.metrics import Metrics
from server.web.site import make_site

log = logging.getLogger(__name__)

OpenRoom = Callable[[House], AbstractAsyncContextManager[None]]

ROOMS = (
    "server.people.room",
    "server.trace.room",
    "server.plan.room",
    "server.live.room",
    "server.slides.room",
    "server.talk.room",
    "server.captions.room",
    "server.together.room",
    "server.trial.room",
    "server.recording.room",
    "server.playback.room",
    "server.attendance.room",
    "server.board.room",
    "server.exams.room",
    "server.review.room",
    "server.imports.room",
    "server.reports.room",
    "server.retention.room",
    "server.notices.room",
    "server.support.room",
)
"""Opened in this order; each may use the parts of those before it."""

STOP_SECONDS = 2.0
"""How long requests under way may take when the server stops; WebSockets have been closed before."""

BACKLOG = 1024


@asynccontextmanager
async def open_house(
    settings: Settings,
    rooms: Sequence[str | OpenRoom] = ROOMS,
    open_store: Callable[[Settings], Awaitable[Store]] = Store.open,
) -> AsyncIterator[House]:
    """A house with store, trace and rooms, closed in the opposite order.

    Raises:
        StoreError: the database cannot be opened.
    """
    failed: Exception | None = None
    async with AsyncExitStack() as stack:
        store = await open_store(settings)
        stack.push_async_callback(store.close)
        trace = await Trace.open(store, all_projections(), speed=settings.demo_clock)
        stack.push_async_callback(trace.close)
        house = House(settings, trace.clock, store, trace)
        house.add(Metrics())
        house.add(Checkpoints(settings, trace))
        house.checks["store"] = lambda: _answers(store)
        house.checks["trace"] = lambda: _writes(trace)
        # all are imported first: what a room declares must be known before another restores a class
        for opened in [import_module(room).open_room if isinstance(room, str) else room for room in rooms]:
            await stack.enter_async_context(opened(house))
        try:
            yield house
        except Exception as error:
            failed = error
    # raised only now, so that the rooms' task groups close as usual and do not wrap it
    if failed is not None:
        raise failed


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Run until `stop` is set.

    Raises:
        StoreError, SettingsError, SupervisorError: the operator must change something.
    """
    context = make_context(settings.tls_cert, settings.tls_key) if settings.tls else None
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(settings))
        await house.trace.announce(metadata.version("sabak"))
        site = make_site(house, house.part(Sessions))
        runner = web.AppRunner(site, access_log=None, handle_signals=False, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        listener = web.TCPSite(
            runner, settings.http.host, settings.http.port, ssl_context=context, backlog=BACKLOG
        )
        stack.push_async_callback(runner.cleanup)
        try:
            await listener.start()
        except OSError as error:
            raise SupervisorError(
                "supervisor.port_taken",
                f"Cannot listen on {settings.http}: {error.strerror}. End the program that holds it "
                "or change the setting http.",
            ) from None
        log.info("serving on %s", settings.url)
        settle_memory()
        async with asyncio.TaskGroup() as tasks:
            helpers = [tasks.create_task(_watched(settings), name="guardian")]
            if context is not None:
                helpers.append(tasks.create_task(reload_for_ever(context, settings), name="tls reload"))
            await stop.wait()
            log.info("stopping")
            for helper in helpers:
                helper.cancel()
            await listener.stop()
            for tell in house.on_stop:
                tell()


async def _watched(settings: Settings) -> None:
    """The guardian is a help: if it fails, the class goes on."""
    try:
        await watch_supervisor(settings)
    except Exception:
        log.exception("nobody watches the supervisor any more")


async def _answers(store: Store) -> bool:
    async with store.read() as db:
        return bool((await db.execute(text("SELECT 1"))).scalar() == 1)


async def _writes(trace: Trace) -> bool:
    async def work(_db: object) -> bool:
        return True

    return bool(await trace.unrecorded(work))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=Path, required=True, help="the JSON file of the run folder")
    given = parser.parse_args(arguments)
    try:
        settings = restore_file(given.settings)
    except SettingsError as error:
        print(f"server: {error} [{error.code}]", file=sys.stderr)  # noqa: T201 - for the operator
        return 78

    async def until_stopped(stop: asyncio.Event) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await serve(settings, stop)

    return run(
        "server",
        until_stopped,
        level=settings.log_level,
        configuration=(SettingsError, StoreError, SupervisorError),
    )


if __name__ == "__main__":
    sys.exit(main())
