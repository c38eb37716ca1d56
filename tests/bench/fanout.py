"""`sabak bench fanout`: CPU per forwarded packet, beside the least a server can pay.

One sender, N viewers over a veth pair. All work is included: receive, decrypt, rewrite with every
header extension, encrypt, send, statistics, and the feedback of viewers that behave like Chromium.
Counted is the CPU of the whole machine less that of the processes of the simulated participants, and
the viewers prove by sequence numbers that they received everything. In the same run, alternating
round by round, a small C program sends the same packets to as many sinks by one `sendto` each.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from media.messages import Rights
from tests.bench.load.publisher import CC_ID, down_section, up_section
from tests.bench.load.steered import Steered, load_process
from tests.bench.load.worker import Steering, worker
from tests.bench.machine import busy, compile_c, process_cpu, resident, veth_pair

HERE = Path(__file__).parent
PORT = 41_000
OVERHEAD = 16 + 12 + 24
"""Bytes that SRTP's tag, the RTP header and our extensions add to a payload, for the C program."""
LABELS = Rights(publish=("mic", "cam", "screen"), audience=("class",), labels=("class",), presenter=True)
VIEWER = Rights(labels=("class",))

PROFILES: dict[str, dict[str, Any]] = {
    "video5": {"fps": 60, "sizes": [[1100] * 5]},
    "video2": {"fps": 60, "sizes": [[1100] * 2]},
    "video1": {"fps": 60, "sizes": [[1100]]},
    "audio": {"fps": 50, "sizes": [[80]]},
}


async def cast(
    steering: Steering, sender: Steered, sinks: Steered, ours: str, theirs: str, viewers: int, audio: bool
) -> None:
    """One publisher and `viewers` viewers join the room."""
    purpose, slot = ("mic", "audio0") if audio else ("cam", "stage")
    made = await sender.do("make", {"count": 1, "host": theirs, "remote": [ours, PORT], "publisher": True})
    await sender.do("sources", [["0", purpose]])
    (local,) = made["locals"]
    server = await steering.open(
        "sender", tuple(local), made["fingerprint"], [up_section("0", purpose)], LABELS
    )
    await sender.do("join", [server])
    await sender.do("open", 10)
    ssrc = 0x10000000
    made = await sinks.do(
        "make", {"count": viewers, "host": theirs, "remote": [ours, PORT], "rtx": [ssrc + 1], "cc": CC_ID}
    )
    servers = [
        await steering.open(
            f"viewer{n}", tuple(local), made["fingerprint"], [down_section("0", slot, ssrc)], VIEWER
        )
        for n, local in enumerate(made["locals"])
    ]
    await sinks.do("join", servers)
    opened = await sinks.do("open", 30)
    assert opened["open"] == viewers, f"only {opened['open']} of {viewers} viewers connected"


async def send(sender: Steered, profile: dict[str, Any], seconds: float, audio: bool) -> int:
    if audio:
        order = {"seconds": seconds, "fps": 1, "sizes": [], "voices": 1}
    else:
        order = {"seconds": seconds, **profile}
    return int((await sender.do("video", order))["sent"])


async def ours_once(
    sender: Steered, sinks: Steered, worker_pid: int, profile: dict[str, Any], seconds: float, audio: bool
) -> dict[str, float]:
    """One round of Sabak: µs per forwarded packet, and whether everything arrived."""
    await sinks.do("reset")
    before = await sinks.do("count")
    machine, sender_cpu, own = busy(), process_cpu(sender.pid), process_cpu(worker_pid)
    await send(sender, profile, seconds, audio)
    machine, sender_cpu, own = (
        busy() - machine,
        process_cpu(sender.pid) - sender_cpu,
        process_cpu(worker_pid) - own,
    )
    await asyncio.sleep(0.3)
    after = await sinks.do("count")
    cpu = machine - sender_cpu - (after["cpu"] - before["cpu"])
    forwarded = after["received"] + after["rtx"]
    return {
        "us": cpu / forwarded * 1e6,
        "us_worker": own / forwarded * 1e6,
        "us_sender": sender_cpu / forwarded * 1e6,
        "forwarded": forwarded,
        "lost": after["lost"],
        "rtx": after["rtx"],
    }


async def sendto_once(
    program: Path, sinks: Steered, targets: str, profile: dict[str, Any], seconds: float, audio: bool
) -> dict[str, float]:
    """One round of the C program: µs per packet."""
    fps, sizes = (
        (50, [80 + OVERHEAD]) if audio else (profile["fps"], [s + OVERHEAD for s in profile["sizes"][0]])
    )
    before, machine = await sinks.do("count"), busy()
    process = await asyncio.create_subprocess_exec(
        str(program), str(seconds), str(fps), ",".join(map(str, sizes)),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    running = asyncio.create_task(process.communicate(targets.encode()))
    output, _ = await running
    machine = busy() - machine
    await asyncio.sleep(0.3)
    after = await sinks.do("count")
    sent, failed, _ = output.split()
    arrived = after["plain"] - before["plain"]
    cpu = machine - (after["cpu"] - before["cpu"])
    return {
        "us": cpu / int(sent) * 1e6,
        "sent": int(sent),
        "failed": int(failed),
        "lost": int(sent) - arrived,
    }


async def measure(name: str, viewers: int, rounds: int, seconds: float, gso: bool = True) -> dict[str, Any]:
    """Alternate rounds of both; medians."""
    profile, audio = PROFILES[name], name == "audio"
    with tempfile.TemporaryDirectory() as folder, veth_pair(gso) as (host, ours, theirs):
        program = compile_c(HERE / "native/sendto.c", Path(folder))
        prefix = tuple(host.command([]))
        async with (
            worker(ours, PORT) as (steering, pid),
            load_process(prefix) as sender,
            load_process(prefix) as sinks,
            load_process(prefix) as plain,
        ):
            empty = resident(pid)
            await cast(steering, sender, sinks, ours, theirs, viewers, audio)
            ports = (await plain.do("plain", {"count": viewers, "host": theirs}))["ports"]
            targets = "".join(f"{theirs} {port}\n" for port in ports)
            await send(sender, profile, 2, audio)  # warm up: keyframe, assignment, caches
            forward, floor = [], []
            for _ in range(rounds):
                forward.append(await ours_once(sender, sinks, pid, profile, seconds, audio))
                floor.append(await sendto_once(program, plain, targets, profile, seconds, audio))
            memory = resident(pid) - empty
    us, least = statistics.median(r["us"] for r in forward), statistics.median(r["us"] for r in floor)
    return {
        "viewers": viewers,
        "us_per_forward": round(us, 2),
        "us_per_sendto": round(least, 2),
        "ratio": round(us / least, 3),
        "us_worker": round(statistics.median(r["us_worker"] for r in forward), 2),
        "us_sender": round(statistics.median(r["us_sender"] for r in forward), 2),
        "spread": [round(min(r["us"] for r in forward), 2), round(max(r["us"] for r in forward), 2)],
        "spread_sendto": [round(min(r["us"] for r in floor), 2), round(max(r["us"] for r in floor), 2)],
        "forwarded": sum(r["forwarded"] for r in forward),
        "lost": sum(r["lost"] for r in forward),
        "lost_sendto": sum(r["lost"] for r in floor),
        "kb_per_viewer": round(memory / viewers / 1000, 1),
    }


async def run(viewers: int, rounds: int, seconds: float, profiles: list[str]) -> dict[str, Any]:
    first = await measure(profiles[0], viewers, rounds, seconds)
    more = {name: await measure(name, viewers, rounds, seconds) for name in profiles[1:]}
    return {**first, "profile": profiles[0], "others": more}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--profile", action="append", choices=PROFILES)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(argv)
    profiles = chosen.profile or list(PROFILES)
    print(json.dumps(asyncio.run(run(chosen.viewers, chosen.rounds, chosen.seconds, profiles)), indent=2))


if __name__ == "__main__":
    main()
