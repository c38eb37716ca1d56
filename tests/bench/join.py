"""`sabak bench join`: a lecture fills up.

A teacher sends camera, screen and voice (packets of a recorded Chromium) to one media worker; 300
simulated students come at random moments within 60 s. Each offer is a real one, judged and answered by
the server's own code here, before the worker is told; time runs from the offer to the student's first
packet, and to the first packet of a picture. Nothing may be dropped: by the worker (queues, full
sockets), by the kernel in front of it (SO_RXQ_OVFL), or between two packets that a student received.
CPU is the worker's, in all and as a share of one core while everybody is there.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from pathlib import Path

from server.live import answer as answers
from server.live import offer as offers
from tests.bench.kit import scenes
from tests.bench.kit.cast import Cast
from tests.bench.kit.guard import Watch
from tests.bench.kit.machine import describe, resident
from tests.bench.kit.rounds import Figures, percentiles

OFFER = Path(__file__).parents[1] / "media/vectors/offers/chromium.sdp"
FULL = 5.0
"""Seconds in which everybody is there."""
DROPS = {
    "dropped_by_worker": "packets_dropped",
    "dropped_by_backlog": "send_dropped",
    "dropped_by_sockets": "socket_overflow",
    "refused_by_kernel": "send_errors",
    "unsealed": "packets_unsealed",
}


def judge(text: str, cast: Cast, name: str) -> float:
    """Judge and answer one offer as the server does; the CPU seconds it took."""
    state = cast.steering.state
    assert state is not None
    begun = time.process_time()
    agreed = offers.agree(text, None, lambda _: True, name)
    local = answers.Local(
        "ufrag", "p" * 24, state.fingerprint, tuple(state.addresses), state.port, state.tcp, name
    )
    answers.write(agreed, local)
    return time.process_time() - begun


async def measure(students: int, within: float, scene: str) -> Figures:
    text = OFFER.read_text()
    moments = sorted(random.Random(7).uniform(0, within) for _ in range(students))
    async with Cast.open(scenes.fixed(scene)) as cast:
        worker = cast.pids["worker"]
        sending = asyncio.create_task(cast.send(within + FULL + 8))
        await asyncio.sleep(2)
        empty = resident(worker)
        locals_ = await cast.make_viewers(students)
        sdp: list[float] = []
        late: list[float] = []
        watch = Watch(cast.pids)
        begun = time.monotonic()
        for moment, local in zip(moments, locals_, strict=True):
            await asyncio.sleep(max(0.0, begun + moment - time.monotonic()))
            late.append(time.monotonic() - begun - moment)
            offered = time.monotonic()
            sdp.append(judge(text, cast, f"viewer{cast.viewers}"))
            await cast.join(local, offered)
        joining = watch.stop()
        opened = await cast.sinks.do("open", 10)
        await asyncio.sleep(1)
        watch = Watch(cast.pids)
        await asyncio.sleep(FULL - 1)
        full = watch.stop()
        memory = resident(worker) - empty
        await sending
        count = await cast.sinks.do("count")
        counters = await cast.counters()
    return {
        "students": students,
        "within_seconds": within,
        "connected": opened["open"],
        "first_packet_ms": percentiles(count["first"]),
        "first_picture_ms": percentiles(count["picture"]),
        "saw_a_picture": len(count["picture"]),
        "offer_cpu_ms": percentiles(sdp),
        "bench_late_ms": round(max(late) * 1000, 1),
        "received": count["received"],
        "lost": count["lost"],
        **{
            name: counters.get(f"sabak_media_{counter}_total", 0.0) for name, counter in DROPS.items()
        },
        "worker_cpu_seconds_joining": round(joining.own["worker"], 2),
        "worker_share_full": round(full.own["worker"] / full.seconds, 3),
        "sinks_share_full": round(full.own["sinks"] / full.seconds, 3),
        "foreign_share": round((joining.foreign + full.foreign) / (joining.seconds + full.seconds), 3),
        "wheel_late_ms": round(counters.get("sabak_media_late_seconds", 0.0) * 1000, 1),
        "kb_per_student": round(memory / students / 1000, 1),
        "scene": scene,
        "machine": describe(),
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--students", type=int)
    parser.add_argument("--within", type=float, help="seconds")
    parser.add_argument("--scene", choices=scenes.NAMES, default="lecture")
    parser.add_argument("--short", action="store_true", help="six students within two seconds: does it run?")
    parser.add_argument("--json", action="store_true", help="one line for programs")
    chosen = parser.parse_args(arguments)
    students = chosen.students or (6 if chosen.short else 300)
    within = chosen.within or (2.0 if chosen.short else 60.0)
    found = asyncio.run(measure(students, within, chosen.scene))
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
