"""The people of a measurement: a media worker of its own, senders, viewers, bare sinks.

`Cast.open` starts the processes over a veth pair, viewers and sinks in a network namespace; `admit`
lets viewers in, `send` makes the senders send and proves from the viewers' sequence numbers whether
each of them received each packet.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any, Self

from media.messages import Rights, Stats
from tests.bench.kit.machine import veth_pair
from tests.bench.kit.scenes import Scene
from tests.bench.load.publisher import CC_ID, down_section, up_section
from tests.bench.load.steered import Steered, load_process
from tests.bench.load.worker import Steering, worker

PORT = 41_000
FIRST_SSRC = 0x10000000
SENDER = Rights(publish=("mic", "cam", "screen"), audience=("class",), labels=(), presenter=True)
VIEWER = Rights(labels=("class",))
PROBES = 10
"""One viewer in so many reads the delay out of its packets."""


class Cast:
    """See the module. `pids` are the processes that measurements know as ours."""

    def __init__(
        self, scene: Scene, steering: Steering, pid: int, ours: str, theirs: str, loads: list[Steered]
    ) -> None:
        self.scene = scene
        self.steering = steering
        self.ours, self.theirs = ours, theirs
        self.sender, self.sinks, self.plain = loads
        self.pids = {
            "worker": pid, "sender": self.sender.pid, "sinks": self.sinks.pid, "plain": self.plain.pid,
        }  # fmt: skip
        self.viewers = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, scene: Scene, gso: bool = True) -> AsyncIterator[Self]:
        with veth_pair(gso) as (host, ours, theirs):
            prefix = tuple(host.command([]))
            async with (
                worker(ours, PORT) as (steering, pid),
                load_process(prefix) as sender,
                load_process(prefix) as sinks,
                load_process(prefix) as plain,
            ):
                cast = cls(scene, steering, pid, ours, theirs, [sender, sinks, plain])
                await cast._seat_senders()
                yield cast

    async def _seat_senders(self) -> None:
        for number, sources in enumerate(self.scene.publishers):
            named = [[str(mid), source] for mid, source in enumerate(sources)]
            made = await self.sender.do(
                "make", {"count": 1, "host": self.theirs, "remote": [self.ours, PORT], "sources": named}
            )
            server = await self.steering.open(
                f"sender{number}",
                tuple(made["locals"][0]),
                made["fingerprint"],
                [up_section(mid, source) for mid, source in named],
                SENDER,
            )
            await self.sender.do("join", {"servers": [server]})
        opened = await self.sender.do("open", 20)
        assert opened["open"] == len(self.scene.publishers), "a sender did not connect"

    async def make_viewers(self, count: int) -> list[tuple[str, str]]:
        """So many new viewers, not yet known to the worker; their ufrags and passwords."""
        ssrcs = [FIRST_SSRC + 2 * n for n in range(len(self.scene.slots))]
        made = await self.sinks.do(
            "make",
            {
                "count": count,
                "host": self.theirs,
                "remote": [self.ours, PORT],
                "rtx": [ssrc + 1 for ssrc in ssrcs],
                "video": [
                    ssrc
                    for ssrc, slot in zip(ssrcs, self.scene.slots, strict=True)
                    if not slot.startswith("audio")
                ],
                "cc": CC_ID,
                "probes": -(-count // PROBES),
            },
        )
        self._fingerprint: str = made["fingerprint"]
        return [(ufrag, password) for ufrag, password in made["locals"]]

    async def join(self, local: tuple[str, str], offered: float | None = None) -> None:
        """Let the next viewer in; its times count from `offered` (monotonic), now by default."""
        since = time.monotonic() if offered is None else offered
        sections = [down_section(str(n), slot, FIRST_SSRC + 2 * n) for n, slot in enumerate(self.scene.slots)]
        server = await self.steering.open(f"viewer{self.viewers}", local, self._fingerprint, sections, VIEWER)
        self.viewers += 1
        await self.sinks.do("join", {"servers": [server], "since": since})

    async def admit(self, count: int) -> None:
        """So many viewers join and are connected."""
        for local in await self.make_viewers(count):
            await self.join(local)
        opened = await self.sinks.do("open", 60)
        assert opened["open"] == self.viewers, f"only {opened['open']} of {self.viewers} viewers connected"

    async def bare_sinks(self, count: int) -> str:
        """So many bare sockets; their addresses as the C program reads them."""
        ports = (await self.plain.do("plain", {"count": count, "host": self.theirs}))["ports"]
        return "".join(f"{self.theirs} {port}\n" for port in ports)

    async def send(self, seconds: float) -> int:
        """Send the scene; the packets sent."""
        order = {"seconds": seconds, "streams": list(self.scene.streams)}
        return sum((await self.sender.do("send", order))["sent"])

    async def arrived(self, sent: int) -> dict[str, Any]:
        """What the viewers counted, with `missing`: packets that somebody should have had and has not.
        Waits a little for what is still in sockets."""
        wanted = sent * self.viewers
        for _ in range(10):
            count = await self.sinks.do("count")
            if count["received"] >= wanted:
                break
            await asyncio.sleep(0.1)
        return {**count, "missing": wanted - count["received"]}

    async def counters(self) -> dict[str, float]:
        """The worker's own counters, as of its next report (each 5 s)."""
        self.steering.heard.clear()
        async with asyncio.timeout(20):
            while True:
                for body in self.steering.heard:
                    if isinstance(body, Stats):
                        return body.counters
                await asyncio.sleep(0.1)
