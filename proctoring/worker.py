"""A vision worker's process: looks at exams at low priority and tells what it sees.

In flow encoded frames from the taps of every media worker, and from the server whom to look at; out flows
what is seen (proctoring/messages.py). It may be late or be killed at any time: a server that hears nothing
counts the time as not analysed, and media and recording never wait for it.
"""

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from media.child import AskState, Child, ToChild, parser, paths, run
from media.control import Link, serve
from media.errors import MediaError, Refused
from media.tapsocket import TapClient, dial
from proctoring.eyes import Eyes, open_eyes
from proctoring.messages import Describe, Health, Look, LookAway, Looks, ToVision, VisionState
from proctoring.photo import describe
from proctoring.sampler import Sampler

log = logging.getLogger(__name__)

HEALTH_EVERY = 2.0
IDLE = 0.05
"""Seconds between two looks whether there is something to look at."""


class Watcher:
    """What this process does: a sampler, its servers and its media workers."""

    def __init__(self, child: Child, eyes: Eyes, share: tuple[int, int]) -> None:
        self.child = child
        self.eyes = eyes
        self.sampler = Sampler(eyes, share)
        self.links: list[Link] = []
        self._clients: set[TapClient] = set()
        self._busy = 0.0

    @property
    def state(self) -> VisionState:
        state = VisionState(self.child.index, self.child.epoch, self.eyes.active)
        if self.eyes.describer is not None:
            state.threshold = self.eyes.describer.threshold
        return state

    def tell(self, body: msgspec.Struct) -> None:
        for link in self.links:
            link.change(body)

    def wish(self) -> None:
        for client in self._clients:
            client.wish(self.sampler.wish())

    async def follow(self, path: Path) -> None:
        """Read one media worker's taps for ever."""
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, msgspec.MsgspecError):
                client = await dial(path)
                self._clients.add(client)
                client.wish(self.sampler.wish())
                try:
                    while True:
                        self.sampler.take(path.name, await client.news(), time.monotonic())
                finally:
                    self._clients.discard(client)
                    self.sampler.hung_up(path.name)
                    await client.close()
            await asyncio.sleep(0.2)

    async def look(self) -> None:
        """Look at whoever is due, for ever; between two looks others have their turn."""
        while True:
            now = time.monotonic()
            due = self.sampler.next_due()
            if due is None or due > now:
                await asyncio.sleep(IDLE if due is None else min(IDLE, due - now))
                continue
            try:
                for seen in self.sampler.look(now):
                    self.tell(seen)
            except Exception:  # one strange picture must not blind the house
                log.exception("a look failed")
            self._busy += time.monotonic() - now
            await asyncio.sleep(0)

    async def report(self) -> None:
        """Say how it goes, and look less often when there is too much to do."""
        before = 0
        while True:
            await asyncio.sleep(HEALTH_EVERY)
            busy, self._busy = self._busy / HEALTH_EVERY, 0.0
            looks, before = self.sampler.looks - before, self.sampler.looks
            self.sampler.adapt(busy)
            self.child.jobs = self.sampler.streams
            self.tell(Health(looks / HEALTH_EVERY, busy, self.sampler.stretch, self.sampler.streams))


class Endpoint:
    """One server's link. The live room dials too, only to know that this process is there."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    def snapshot(self) -> msgspec.Struct:
        return self._watcher.state

    def on_open(self, link: Link) -> None:
        pass

    def on_snapshot(self, link: Link, body: Any) -> None:
        if isinstance(body, Looks):
            self._watcher.links.append(link)
            self._watcher.sampler.ordered(body.looks)
            self._watcher.wish()

    def on_change(self, link: Link, body: Any) -> None:
        sampler = self._watcher.sampler
        changed = False
        match body:
            case Look():
                changed = sampler.order(body)
            case LookAway():
                changed = sampler.forget(body.peer)
        if changed:
            self._watcher.wish()

    async def on_call(self, link: Link, body: Any) -> msgspec.Struct:
        if isinstance(body, Describe):
            return describe(self._watcher.eyes, body.photo)
        if isinstance(body, AskState):
            return self._watcher.child.state
        raise Refused("call.unknown", type(body).__name__)

    def on_close(self, link: Link) -> None:
        if link in self._watcher.links:
            self._watcher.links.remove(link)


async def work(watcher: Watcher, socket: Path, taps: Iterable[Path], stop: asyncio.Event) -> None:
    try:
        server = await serve(socket, lambda: Endpoint(watcher), ToVision | ToChild)
    except OSError as error:
        raise MediaError(f"cannot listen on {socket}: {error.strerror}") from error
    async with server, asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(watcher.follow(path), name=path.name) for path in taps]
        running.append(tasks.create_task(watcher.look(), name="looks"))
        running.append(tasks.create_task(watcher.report(), name="health"))
        log.info("ready, epoch %s: %s", watcher.child.epoch, watcher.eyes.active)
        await stop.wait()
        for task in running:
            task.cancel()
    socket.unlink(missing_ok=True)
    log.info("stopped")


def named_paths(text: str) -> dict[str, Path]:
    """An argument type: ``name=path`` with commas between them."""
    pairs = (part.partition("=") for part in text.split(",") if part)
    return {name: Path(path) for name, _, path in pairs}


def main(arguments: list[str] | None = None) -> int:
    options = parser("Sabak's vision worker")
    options.add_argument("--media", type=paths, default=(), help="control sockets of the media workers")
    options.add_argument("--models", type=named_paths, default={}, help="model files: name=path,name=path")
    options.add_argument("--of", type=int, default=1, help="how many vision workers there are")
    chosen = options.parse_args(arguments)
    child = Child("vision", chosen.index)
    taps = [path.with_suffix(".taps") for path in chosen.media]

    async def until_stopped(stop: asyncio.Event) -> None:
        watcher = Watcher(child, open_eyes(chosen.models), (chosen.index, chosen.of))
        await work(watcher, chosen.socket, taps, stop)

    return run(f"vision{chosen.index}", until_stopped, level=chosen.log_level)


if __name__ == "__main__":
    sys.exit(main())
