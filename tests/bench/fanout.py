"""`sabak bench fanout`: CPU per forwarded packet, beside the least a server can pay.

One sender, N viewers over a veth pair. All work is included: receive, decrypt, rewrite with every
header extension, encrypt, send, statistics, and the feedback of viewers that behave like Chromium.
`us_per_forward` is the CPU of the whole machine less that of the viewers' process, which proves by
sequence numbers that each viewer received each packet, without segments being joined on the way; the
sender's CPU is in it (`us_sender` says how much). In the same run, round by round in turn, a small C
program sends packets of the same sizes at the same times to as many sinks by one `sendto` each, and
is measured the same way: `us_per_sendto`.

The first scene is 60 frames/s of 5 packets of 1.1 kB. `scenes` has the others, `no_offload` the first
with the kernel's segmentation offload off on the wire, `growth` the first for other numbers of
viewers. Memory is the worker's growth per viewer, join time is from the offer to the viewer's first
packet, delay is from the sender's `send` to the kernel's time of arrival at the viewer.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from pathlib import Path

from tests.bench.kit import rounds, scenes
from tests.bench.kit.cast import Cast
from tests.bench.kit.machine import compile_c, describe, resident
from tests.bench.kit.rounds import Figures, Round, median, percentiles, spread
from tests.net.hosts import NoHosts

HERE = Path(__file__).parent
WARM_UP = 2.5
"""Seconds: keyframe, assignments, estimates."""
PATIENCE = 8.0
"""Seconds to wait for others to rest before a turn."""
GROWTH = (10, 50, 300)
CLASSES = ("lecture", "seminar")


async def measure(
    name: str,
    viewers: int,
    wanted: int,
    seconds: float,
    *,
    gso: bool = True,
    compare: bool = True,
    short: bool = False,
) -> Figures:
    """One scene: rounds of the worker and, with `compare`, of the C program in turn; medians. `short`
    takes the rounds as they come, quiet or not."""
    scene = scenes.fixed(name)
    with tempfile.TemporaryDirectory() as folder:
        program = compile_c(HERE / "native/sendto.c", Path(folder)) if compare else None
        async with Cast.open(scene, gso) as cast:
            await cast.send(0.5)
            empty = resident(cast.pids["worker"])
            await cast.admit(viewers)
            targets = await cast.bare_sinks(viewers) if compare else ""
            await cast.send(WARM_UP)
            joined = (await cast.sinks.do("count"))["first"]

            async def turn() -> tuple[Round, ...]:
                ours = await rounds.forward(cast, seconds)
                if program is None:
                    return (ours,)
                return ours, await rounds.sendto(cast, program, targets, seconds)

            async def quiet() -> None:
                await rounds.calm(cast.pids, PATIENCE)

            if short:
                found = await rounds.collect(wanted, turn, times=1)
            else:
                found = await rounds.collect(wanted, turn, quiet)
            memory = resident(cast.pids["worker"]) - empty
            counters = await cast.counters()
    ours = found.column(0)
    us = found.us(0)
    out: Figures = {
        "viewers": viewers,
        "us_per_forward": median(us),
        "spread": spread(us),
        "us_worker": median([one.own for one in ours]),
        "us_sender": median([one.sender for one in ours]),
        "cpu_ms_per_viewer_second": round(
            statistics.median(
                value * one.packets / one.spent.seconds / viewers / 1000
                for value, one in zip(us, ours, strict=True)
            ),
            3,
        ),
        "packets_per_viewer_second": round(
            statistics.median(one.packets / (one.spent.seconds - rounds.SETTLE) / viewers for one in ours), 1
        ),
        "forwarded": sum(one.packets for one in ours),
        "missing": sum(one.missing for one in ours),
        "resent": sum(one.rtx for one in ours),
        "dropped_by_worker": counters.get("sabak_media_packets_dropped_total", 0.0),
        "dropped_by_sockets": counters.get("sabak_media_socket_overflow_total", 0.0),
        "delay_ms": percentiles([delay for one in ours for delay in one.delays]),
        "join_ms": percentiles(joined),
        "kb_per_viewer": round(memory / viewers / 1000, 1),
        "rounds": len(ours),
        "discarded": found.discarded,
        "noisy": found.noisy,
    }
    if compare:
        theirs = found.column(1)
        least = found.us(1)
        out |= {
            "us_per_sendto": median(least),
            "ratio": round(median(us, 4) / median(least, 4), 3),
            "ratios": sorted(round(a / b, 3) for a, b in zip(us, least, strict=True)),
            "spread_sendto": spread(least),
            "us_sendto_process": median([one.own for one in theirs]),
            "missing_sendto": sum(one.missing for one in theirs),
        }
    return out


async def growth(
    numbers: tuple[int, ...], wanted: int, seconds: float, *, short: bool = False
) -> list[Figures]:
    """The first scene for each number of viewers."""
    return [await measure("video5", number, wanted, seconds, short=short) for number in numbers]


async def run(chosen: argparse.Namespace) -> Figures:
    names = chosen.scene or (["video5"] if chosen.short else list(scenes.NAMES))
    first = await measure(names[0], chosen.viewers, chosen.rounds, chosen.seconds, short=chosen.short)
    out: Figures = {"scene": names[0], **first, "machine": describe()}
    less = max(1, chosen.rounds // 2 + 1)
    out["scenes"] = {}
    for name in names[1:]:
        say(name)
        compare = name not in CLASSES
        out["scenes"][name] = await measure(name, chosen.viewers, less, chosen.seconds, compare=compare)
    if chosen.scene or chosen.short:
        return out
    say("no offload")
    try:
        out["no_offload"] = await measure("video5", chosen.viewers, less, chosen.seconds, gso=False)
    except NoHosts as reason:
        out["no_offload"] = {"not_run": str(reason)}
    say("growth")
    out["growth"] = await growth(GROWTH, less, chosen.seconds)
    return out


def say(what: str) -> None:
    """Progress for people, beside the figures on standard output."""
    print(f"fanout: {what} ...", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--viewers", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of one round")
    parser.add_argument("--scene", action="append", choices=scenes.NAMES, help="only this; repeatable")
    parser.add_argument("--short", action="store_true", help="few viewers, one short round: does it run?")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    for name, full, short in (("viewers", 100, 6), ("rounds", 5, 1), ("seconds", 4.0, 1.0)):
        if getattr(chosen, name) is None:
            setattr(chosen, name, short if chosen.short else full)
    found = asyncio.run(run(chosen))
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
