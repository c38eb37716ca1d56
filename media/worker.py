"""The media worker's process: the engine on its port, the server's links on a Unix socket.

    python -m media.worker --index I --socket RUN/mediaI.sock --listen HOST:PORT[,...] --announce A,B

What the server says (media/messages.py) goes to the engine, what the engine tells goes to every open
link. The worker forwards with or without a server; while none is there, pictures stay where they are,
as nobody could be told whose they have become.
"""

import argparse
import asyncio
import contextlib
import logging
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from media import child, control, stats, tapsocket
from media.control import Link
from media.engine import Engine
from media.errors import ControlError, MediaError, PortTaken, Refused
from media.messages import (
    ClosePeer,
    CloseRoom,
    Desired,
    Done,
    OpenPeer,
    RestartIce,
    SetRights,
    SetRoom,
    SetView,
    ToWorker,
)

log = logging.getLogger(__name__)


class BadAddress(MediaError):
    """`--listen` does not parse; a configuration error."""

    code = "media.bad_address"


def parse_listen(text: str) -> list[tuple[str, int]]:
    """``HOST:PORT[,HOST:PORT...]``; IPv6 hosts stand in brackets.

    Raises:
        BadAddress
    """
    out: list[tuple[str, int]] = []
    for part in text.split(","):
        host, colon, port = part.strip().rpartition(":")
        if not colon or not (port.isascii() and port.isdigit()) or not 0 <= int(port) <= 65535 or not host:
            raise BadAddress(f"not HOST:PORT: {part.strip()!r}")
        out.append((host.removeprefix("[").removesuffix("]"), int(port)))
    return out


class Links:
    """Every open link of this worker; what the engine tells goes to all."""

    def __init__(self) -> None:
        self.open: set[Link] = set()

    def tell(self, body: msgspec.Struct) -> None:
        for link in self.open:
            link.change(body)


class ServerLink:
    """The worker's end of one link (`control.Endpoint`)."""

    def __init__(self, engine: Engine, links: Links) -> None:
        self._engine = engine
        self._links = links

    def snapshot(self) -> msgspec.Struct:
        return self._engine.state()

    def on_open(self, link: Link) -> None:
        self._links.open.add(link)
        self._engine.frozen = False

    def on_snapshot(self, link: Link, body: Any) -> None:
        if not isinstance(body, Desired):
            raise ControlError(f"a server opened with {type(body).__name__}")
        self._engine.desired(body)

    def on_change(self, link: Link, body: Any) -> None:
        engine = self._engine
        match body:
            case SetRoom():
                engine.set_room(body.spec)
            case CloseRoom():
                engine.close_room(body.room)
            case SetRights():
                engine.set_rights(body.peer, body.rights)
            case SetView():
                engine.set_view(body.peer, body.view)
            case ClosePeer():
                peer = engine.peers.get(body.peer)
                if peer is not None:
                    engine.close_peer(peer, body.reason)
            case _:
                raise ControlError(f"a server said {type(body).__name__}")

    async def on_call(self, link: Link, body: Any) -> msgspec.Struct:
        match body:
            case OpenPeer():
                self._engine.open_peer(body)
            case RestartIce():
                self._engine.restart_ice(body)
            case _:
                raise Refused("call.unknown", type(body).__name__)
        return Done()

    def on_close(self, link: Link) -> None:
        self._links.open.discard(link)
        self._engine.frozen = not self._links.open


async def _report(engine: Engine, links: Links) -> None:
    """Statistics to every link, each 5 s."""
    while True:
        await asyncio.sleep(stats.EVERY)
        if not links.open:
            continue
        gauges = {
            "peers": float(len(engine.peers)),
            "rooms": float(len(engine.rooms)),
            "late_seconds": engine.late,
            "tap_readers": float(len(engine.taps.readers)),
            "tap_frames_dropped": float(engine.taps.dropped()),
        }
        engine.late = 0.0
        links.tell(stats.gather(engine.port.totals(), gauges, list(engine.peers.values())))


async def serve(index: int, socket: Path, listen: str, announce: list[str], stop: asyncio.Event) -> None:
    """Run a worker until `stop`.

    Raises:
        PortTaken, BadAddress: configuration errors.
    """
    links = Links()
    engine = Engine(index, links.tell)
    await engine.open(parse_listen(listen), announce)
    try:
        server = await control.serve(socket, lambda: ServerLink(engine, links), ToWorker)
        tap_path = socket.with_suffix(".taps")
        tap_server, tap_handler = await tapsocket.serve(tap_path, engine.taps)
    except OSError as error:
        engine.close()
        raise MediaError(f"cannot listen on {socket}: {error.strerror}") from error
    log.info("ready on port %d, epoch %s", engine.port.number, engine.epoch)
    child.settle_memory()
    tasks = [asyncio.create_task(engine.run()), asyncio.create_task(_report(engine, links))]
    waiting = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # a defect in the wheel ends the process: the supervisor starts a new one
    finally:
        for task in (*tasks, waiting):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        started = time.monotonic()
        engine.close()
        for link in list(links.open):
            link.close()
        tap_handler.close()
        for listening, path in ((server, socket), (tap_server, tap_path)):
            listening.close()
            path.unlink(missing_ok=True)
        log.info("stopped in %.0f ms", (time.monotonic() - started) * 1000)


def main(arguments: list[str] | None = None) -> int:
    parser: argparse.ArgumentParser = child.parser("Sabak's media worker")
    parser.add_argument("--listen", required=True, help="HOST:PORT[,HOST:PORT...]")
    parser.add_argument("--announce", default="", help="addresses to tell clients, with commas")
    chosen = parser.parse_args(arguments)
    announce = [part.strip() for part in chosen.announce.split(",") if part.strip()]

    async def work(stop: asyncio.Event) -> None:
        await serve(chosen.index, chosen.socket, chosen.listen, announce, stop)

    return child.run(
        f"media{chosen.index}", work, level=chosen.log_level, configuration=(PortTaken, BadAddress)
    )


if __name__ == "__main__":
    sys.exit(main())
