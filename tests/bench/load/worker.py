"""A media worker of our own for measurements: the real process, steered over its control socket."""

import asyncio
import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from media import control
from media.control import Link
from media.messages import Desired, OpenPeer, Rights, RoomSpec, Section, ToServer, WorkerState

ROOT = Path(__file__).resolve().parents[3]


class Steering:
    """The server's end of the control link, as far as a measurement needs it."""

    def __init__(self, room: str) -> None:
        self.room = room
        self.path = Path()
        """The worker's control socket; its taps are beside it."""
        self.link: Link | None = None
        self.state: WorkerState | None = None
        self.rights: dict[str, Rights] = {}
        self.heard: list[Any] = []

    def snapshot(self) -> msgspec.Struct:
        return Desired([RoomSpec(self.room)], dict(self.rights))

    def on_open(self, link: Link) -> None:
        self.link = link

    def on_snapshot(self, link: Link, body: Any) -> None:
        self.state = body

    def on_change(self, link: Link, body: Any) -> None:
        self.heard.append(body)

    async def on_call(self, link: Link, body: Any) -> msgspec.Struct:
        raise NotImplementedError

    def on_close(self, link: Link) -> None:
        self.link = None

    async def open(
        self, peer: str, local: tuple[str, str], fingerprint: str, sections: list[Section], rights: Rights
    ) -> tuple[str, str]:
        """Open a peer; returns the server's ufrag and password, made here as the server makes them."""
        assert self.link is not None
        server = secrets.token_hex(4), secrets.token_hex(12)
        self.rights[peer] = rights
        await self.link.call(
            OpenPeer(peer, self.room, *server, *local, [fingerprint], sections, rights, cname=peer)
        )
        return server


@contextlib.asynccontextmanager
async def worker(
    host: str, port: int, room: str = "bench", prefix: tuple[str, ...] = ()
) -> AsyncIterator[tuple[Steering, int]]:
    """Start a media worker on `host:port` and steer it. Yields the steering and the worker's pid.

    `prefix` is put before the command (`ip netns exec ...`, `taskset ...`).
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "media.sock"
        process = await asyncio.create_subprocess_exec(
            *prefix, sys.executable, "-m", "media.worker", "--index", "0", "--socket", str(path),
            "--listen", f"{host}:{port}", "--announce", host, cwd=ROOT, env=dict(os.environ),
        )  # fmt: skip
        steering = Steering(room)
        steering.path = path
        dialing = asyncio.create_task(control.dial(path, steering, ToServer))
        try:
            async with asyncio.timeout(10):
                while steering.state is None:
                    await asyncio.sleep(0.02)
            yield steering, process.pid
        finally:
            dialing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await dialing
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
