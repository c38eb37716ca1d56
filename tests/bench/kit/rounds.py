"""Rounds of one measurement: the worker's and the C program's in turn, the disturbed ones set aside.

Before each turn half a second is waited for in which nobody else is at work (`calm`). A round counts
when strangers took less than `guard.QUIET` of a core in it. Set-aside rounds are done again, up to
three times as many as asked; where even then too few are quiet, the calmest are taken and only the CPU
of our own processes is counted in them, as the machine's says nothing then: the result says
``"noisy": true`` and wants to be measured again.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.kit.cast import Cast
from tests.bench.kit.guard import Spent, Watch
from tests.bench.kit.scenes import Scene

OVERHEAD = 20 + 16
"""Bytes that our header with its extension and SRTP's tag add to a payload, for the C program."""
SETTLE = 0.2
"""Seconds after the last packet in which its work may still go on."""


WARM = 1.0


@dataclass(frozen=True)
class Round:
    """One round: µs are per packet that arrived."""

    spent: Spent
    us: float
    own: float
    """The worker's, or the C program's, own CPU."""
    sender: float
    packets: int
    missing: int
    delays: list[float]
    rtx: int = 0


async def forward(cast: Cast, seconds: float) -> Round:
    """One round of Sabak, a second of the same before it: in the pause the senders' tracks have ended."""
    await cast.send(WARM)
    await asyncio.sleep(SETTLE)
    await cast.sinks.do("reset")
    watch = Watch(cast.pids)
    sent = await cast.send(seconds)
    await asyncio.sleep(SETTLE)
    spent = watch.stop()
    count = await cast.arrived(sent)
    packets = max(1, count["received"])
    cpu = spent.machine - spent.own["sinks"] - spent.own["plain"]
    return Round(
        spent,
        cpu / packets * 1e6,
        spent.own["worker"] / packets * 1e6,
        spent.own["sender"] / packets * 1e6,
        count["received"],
        count["missing"],
        count["delays"],
        count["rtx"],
    )


async def sendto(cast: Cast, program: Path, targets: str, seconds: float) -> Round:
    """One round of the C program: the same packets, one `sendto` each."""
    lines = frames_of(cast.scene, seconds)
    await cast.plain.do("reset")
    process = await asyncio.create_subprocess_exec(
        str(program), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    watch = Watch(cast.pids)
    output, _ = await process.communicate(f"{targets}\n{lines}".encode())
    await asyncio.sleep(SETTLE)
    spent = watch.stop()
    arrived = (await cast.plain.do("count"))["plain"]
    sent, failed, own = output.split()
    assert not int(failed), f"the C program could not send {int(failed)} packets"
    packets = max(1, int(sent))
    # The class stays in its room meanwhile: what its processes do when nobody sends is not the C program's.
    cpu = spent.machine - sum(spent.own.values())
    return Round(
        spent, cpu / packets * 1e6, float(own) / packets * 1e6, 0.0, packets, int(sent) - arrived, []
    )


def frames_of(scene: Scene, seconds: float) -> str:
    """The scene's packets for the C program: a line for each frame, its time in µs and the sizes."""
    from tests.bench.load.process import moments

    frames: list[tuple[float, list[int]]] = []
    for i, stream in enumerate(scene.streams):
        for at, sizes in moments(stream):
            if at >= seconds - 0.05:
                break
            frames.append((at + i * 0.0013, [size + OVERHEAD for size in sizes]))
    frames.sort(key=lambda frame: frame[0])
    return "".join(f"{int(at * 1e6)} {len(sizes)} {' '.join(map(str, sizes))}\n" for at, sizes in frames)


async def calm(own: Mapping[str, int], patience: float) -> None:
    """Wait until strangers rest, so many seconds at most."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        watch = Watch(own)
        await asyncio.sleep(0.5)
        if watch.stop().foreign <= 0.01:
            return


async def collect(
    wanted: int,
    turn: Callable[[], Awaitable[tuple[Round, ...]]],
    before: Callable[[], Awaitable[None]] | None = None,
    times: int = 3,
) -> "Collected":
    """Turns until so many were quiet, `times` as many at most; `before` is called before each."""
    quiet: list[tuple[Round, ...]] = []
    loud: list[tuple[Round, ...]] = []
    while len(quiet) < wanted and len(quiet) + len(loud) < times * wanted:
        if before is not None:
            await before()
        rounds = await turn()
        (quiet if all(one.spent.quiet for one in rounds) else loud).append(rounds)
    loud.sort(key=lambda rounds: max(one.spent.foreign for one in rounds))
    missing = wanted - len(quiet)
    return Collected(quiet + loud[: max(0, missing)], len(loud), missing > 0)


@dataclass(frozen=True)
class Collected:
    """What `collect` found. Each turn is a tuple of rounds of one kind each."""

    turns: list[tuple[Round, ...]]
    discarded: int
    noisy: bool

    def column(self, kind: int) -> list[Round]:
        return [turn[kind] for turn in self.turns]

    def us(self, kind: int) -> list[float]:
        """Machine less sinks, per packet; in a noisy run the processes at work."""
        return [one.own + one.sender if self.noisy else one.us for one in self.column(kind)]


def median(values: list[float], digits: int = 2) -> float:
    return round(statistics.median(values), digits)


def spread(values: list[float], digits: int = 2) -> list[float]:
    return [round(min(values), digits), round(max(values), digits)]


def percentiles(values: list[float], scale: float = 1000.0) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    if len(values) < 2:
        return {}
    cuts = statistics.quantiles(values, n=100)
    return {f"p{n}": round(cuts[n - 1] * scale, 2) for n in (50, 95, 99)}


Figures = dict[str, Any]
