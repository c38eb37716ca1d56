"""The recorder's process: writes what a class sends to files, as a subscriber of its own.

In flow encoded frames from the taps of every media worker, and from the server which rooms and whose
tracks to record (media/recording/messages.py); out flow files, and what became of each. It goes on
while the server is down, and what it has not been able to tell it tells later. Nothing here is decoded.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from media.child import Child, parser, paths, run
from media.control import Link, serve
from media.errors import MediaError
from media.messages import Done
from media.recording.desk import Desk
from media.recording.messages import Disk, Forget, Kept, Order, Orders, PieceState, Shelf, ToRecorder
from media.recording.shelf import Shelf as Folder
from media.tapsocket import dial

log = logging.getLogger(__name__)

PACE = 0.5
"""Seconds between two looks after everything: what a crash may cost is twice that."""


class Ends:
    """Every server that is connected (one, as a rule), as one to talk to."""

    def __init__(self) -> None:
        self.links: list[Link] = []

    def tell(self, body: msgspec.Struct) -> None:
        for link in self.links:
            link.change(body)


class Endpoint:
    """One server's link."""

    def __init__(self, desk: Desk, child: Child, ends: Ends) -> None:
        self._desk = desk
        self._child = child
        self._ends = ends

    def snapshot(self) -> msgspec.Struct:
        return Shelf(self._child.epoch, self._desk.known(), self._desk.disk)

    def on_open(self, link: Link) -> None:
        self._ends.links.append(link)

    def on_snapshot(self, link: Link, body: Any) -> None:
        if isinstance(body, Orders):
            self._desk.ordered(body.orders)

    def on_change(self, link: Link, body: Any) -> None:
        match body:
            case Order():
                self._desk.order(body)
            case Forget():
                self._desk.forget(body.room)
            case Kept():
                self._desk.kept(body.piece)

    async def on_call(self, link: Link, body: Any) -> msgspec.Struct:
        return Done()

    def on_close(self, link: Link) -> None:
        if link in self._ends.links:
            self._ends.links.remove(link)


async def follow(path: Path, desk: Desk) -> None:
    """Read one media worker's taps for ever."""
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, msgspec.MsgspecError):
            client = await dial(path)
            desk.connected(client)
            try:
                while True:
                    desk.take(path.name, await client.news())
            finally:
                desk.hung_up(path.name, client)
                await client.close()
        await asyncio.sleep(0.2)


async def keep(desk: Desk) -> None:
    """Look after everything for ever."""
    while True:
        await asyncio.sleep(PACE)
        await desk.turn()


async def work(
    desk: Desk, child: Child, ends: Ends, socket: Path, taps: Iterable[Path], stop: asyncio.Event
) -> None:
    await desk.recover()
    try:
        server = await serve(socket, lambda: Endpoint(desk, child, ends), ToRecorder)
    except OSError as error:
        raise MediaError(f"cannot listen on {socket}: {error.strerror}") from error
    async with server, asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(follow(path, desk), name=path.name) for path in taps]
        running.append(tasks.create_task(keep(desk), name="recorder"))
        log.info("ready, epoch %s", child.epoch)
        await stop.wait()
        for task in running:
            task.cancel()
    await desk.close()
    socket.unlink(missing_ok=True)
    log.info("stopped")


def main(arguments: list[str] | None = None) -> int:
    options = parser("Sabak's recorder")
    options.add_argument("--media", type=paths, default=(), help="control sockets of the media workers")
    options.add_argument("--folder", type=Path, required=True, help="where recordings are kept")
    chosen = options.parse_args(arguments)
    child, ends = Child("recorder", chosen.index), Ends()
    taps = [path.with_suffix(".taps") for path in chosen.media]

    def tell(news: PieceState | Disk) -> None:
        ends.tell(news)

    async def until_stopped(stop: asyncio.Event) -> None:
        await work(Desk(Folder(chosen.folder), tell), child, ends, chosen.socket, taps, stop)

    return run("recorder", until_stopped, level=chosen.log_level)


if __name__ == "__main__":
    sys.exit(main())
