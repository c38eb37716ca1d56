"""How soon a full class hears what is said in it: `sabak bench classroom --json`.

300 students on WebSockets of their own, a server in a process of its own (SQLite, full durability; no
media). Two scenes. `lesson`: for `--seconds` a lively class: 15 lines of chat a second, 15 hands up or
down, one anonymous poll in which everybody votes. `burst`: everybody raises a hand in the same moment.
A delay is from the sending of a request to the arrival of its event at a seat, at every tenth seat; the
others only count what they get. `server_cores` is the CPU time of the server over the scene, `cpu_ms` in
the burst that of the server and of the 300 clients, who are one process on the same machine.

`beside`: what a lively class costs the pictures. A lecture forwarded to `--viewers` by a media worker, beside
the class while it is silent and while it is lively, in turn; compared are the worker's CPU a packet and the
median delay. The 300 clients, who are elsewhere in life, run on the same machine at the lowest priority.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.kit import guard, scenes
from tests.bench.kit.cast import Cast
from tests.bench.kit.machine import describe
from tests.bench.kit.talker import Talker
from tests.server.live.campus import LESSON

ROOT = Path(__file__).resolve().parents[2]
LIMIT_MS = 200.0
"""p95 of the delay in a lively class."""
LOOKS = 10
"""Every so many seats take the times."""
CHAT, HANDS = 15, 15
"""A second, in the whole class."""


class Sender:
    """One student. `sent` is shared: when what was said, by what the event will say of it."""

    def __init__(self, user: str, sent: dict[str, float]) -> None:
        self.user = user
        self.sent = sent
        self.frames = 0
        self.delays: list[float] = []
        self.looks = False
        self.hand = False
        self.refused: Counter[str] = Counter()
        self.answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """The number in the first answer that has one."""
        self._n = 0
        self._talker: Talker | None = None

    async def sit(self, url: str, token: str) -> None:
        self._talker = await Talker.connect(url, token, self._take)
        self._talker.send(json.dumps({"type": "hello", "after": 0, "tab": f"tab-{self.user}"}).encode())

    def rise(self) -> None:
        assert self._talker is not None
        self._talker.close()

    def _take(self, data: bytes) -> None:
        """Count what comes; take the times where this seat looks."""
        self.frames += 1
        if data.startswith(b'{"type":"error"'):
            self.refused[msgspec.json.decode(data)["code"]] += 1
        elif data.startswith(b'{"n":') and not self.answered.done():
            self.answered.set_result(msgspec.json.decode(data)["n"])
        if self.looks and b'"type":"event"' in data:
            now = time.perf_counter()
            begun = self.sent.get(_name(msgspec.json.decode(data)))
            if begun is not None:
                self.delays.append(now - begun)

    async def say(self, type_: str, **body: Any) -> None:
        self._n += 1
        assert self._talker is not None
        self._talker.send(json.dumps({"type": type_, "id": self._n, **body}).encode())

    async def chat(self) -> None:
        key = f"{self.user}-{self._n}"
        self.sent[f"chat.said {key}"] = time.perf_counter()
        await self.say("chat.send", key=key, text="Мен дагы ушундай ойлойм, мугалим")

    async def toggle_hand(self) -> None:
        self.hand = not self.hand
        kind, request = ("hand.raised", "hand.raise") if self.hand else ("hand.lowered", "hand.lower")
        self.sent[f"{kind} {self.user}"] = time.perf_counter()
        await self.say(request)

    async def vote(self, poll: int) -> None:
        await self.say("poll.vote", poll=poll, choices=[random.randrange(4)])


def _name(event: dict[str, Any]) -> str:
    if event["kind"] == "chat.said":
        return f"chat.said {event['key']}"
    return f"{event['kind']} {event['actor']}"


@contextlib.asynccontextmanager
async def class_of(students: int, folder: Path) -> AsyncIterator[tuple[int, Sender, list[Sender]]]:
    """The pid of the server, the teacher and the students, all in the open class."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.kit.campus_server",
        str(folder),
        "--students",
        str(students),
    ]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdin is not None
    everybody: list[Sender] = []
    try:
        line = await asyncio.to_thread(child.stdout.readline)
        facts = json.loads(line)
        sent: dict[str, float] = {}

        async def sit(login: str) -> Sender:
            seat = Sender(facts["users"][login], sent)
            everybody.append(seat)
            await seat.sit(f"{facts['url']}/ws/lessons/{LESSON}", facts["tokens"][login])
            return seat

        teacher = await sit("teacher")
        seats = [await sit(f"student{n}") for n in range(1, students + 1)]
        await quiet(everybody)
        for seat in seats[::LOOKS]:
            seat.looks = True
        await teacher.say("lesson.open")
        await teacher.answered  # 300 joins may take their second before anybody is told
        await quiet(everybody)
        yield child.pid, teacher, seats
    finally:
        for seat in everybody:
            seat.rise()
        child.stdin.close()
        child.wait(20)


async def quiet(seats: list[Sender], for_: float = 1.0) -> float:
    """Wait until nothing has come for a while. Returns when the last came, on perf_counter."""
    before, since = -1, time.perf_counter()
    while time.perf_counter() - since < for_:
        await asyncio.sleep(0.02)
        count = sum(seat.frames for seat in seats)
        if count != before:
            before, since = count, time.perf_counter()
    return since


def told(seats: list[Sender], spent: guard.Spent, frames: int) -> dict[str, Any]:
    delays = sorted(delay for seat in seats for delay in seat.delays)
    for seat in seats:
        seat.delays.clear()

    def at(share: float) -> float:
        return round(delays[min(len(delays) - 1, int(len(delays) * share))] * 1e3, 1)

    return {
        "seconds": round(spent.seconds, 1), "frames": frames, "delays": len(delays),
        "p50_ms": at(0.5), "p95_ms": at(0.95), "max_ms": at(1.0),
        "server_cores": round(spent.own["server"] / spent.seconds, 3),
        "server_us_per_frame": round(spent.own["server"] / max(1, frames) * 1e6, 1),
        "foreign_cores": round(spent.foreign / spent.seconds, 2),
    }  # fmt: skip


async def chatter(seats: list[Sender], seconds: float, poll: int = 0) -> int:
    """Lines and hands at their pace, and votes in `poll` over the time. Returns how many voted."""
    speakers = itertools.cycle(seats)
    voters = iter(seats if poll else [])
    begun = time.perf_counter()
    votes = turn = 0
    while (now := time.perf_counter() - begun) < seconds:
        turn += 1
        await next(speakers).chat()
        await random.choice(seats).toggle_hand()
        while votes < len(seats) * now / seconds * 1.2 and (voter := next(voters, None)) is not None:
            votes += 1
            await voter.vote(poll)
        await asyncio.sleep(max(0.0, begun + turn / CHAT - time.perf_counter()))
    return votes


async def lesson(pid: int, teacher: Sender, seats: list[Sender], seconds: float) -> dict[str, Any]:
    """A lively class; see the module."""
    before = sum(seat.frames for seat in seats)
    teacher.answered = asyncio.get_running_loop().create_future()
    options = ["1", "2", "3", "4"]
    await teacher.say(
        "poll.open", key="poll", question="Кайсы жооп туура?", answers="single", options=options
    )
    poll = await teacher.answered
    watch = guard.Watch({"server": pid})
    votes = await chatter(seats, seconds, poll)
    spent = watch.stop()
    await quiet(seats)
    return told(seats, spent, sum(seat.frames for seat in seats) - before) | {
        "votes": votes, "refused": dict(sum((seat.refused for seat in seats), Counter()))
    }  # fmt: skip


async def burst(pid: int, seats: list[Sender]) -> dict[str, Any]:
    """Everybody raises a hand at once."""
    for seat in seats:
        if seat.hand:
            await seat.toggle_hand()
    await quiet(seats, 3.0)
    for seat in seats:
        seat.delays.clear()
    before = sum(seat.frames for seat in seats)
    watch = guard.Watch({"server": pid})
    begun, own = time.perf_counter(), time.process_time()
    for seat in seats:
        await seat.toggle_hand()
    last = await quiet(seats)
    spent, own = watch.stop(), time.process_time() - own
    found = told(seats, spent, sum(seat.frames for seat in seats) - before)
    cpu = {"server": round(spent.own["server"] * 1e3), "clients": round(own * 1e3)}
    return found | {"all_heard_ms": round((last - begun) * 1e3), "cpu_ms": cpu}


async def beside(students: int, viewers: int, pairs: int, seconds: float, folder: Path) -> dict[str, Any]:
    """A lecture forwarded by a media worker, while the class is silent and while it is lively, in turn."""
    found: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    async with (
        Cast.open(scenes.fixed("lecture")) as cast,
        class_of(students, folder) as (pid, _, seats),
    ):
        await cast.admit(viewers)
        os.nice(19)  # in life the 300 clients are elsewhere; here they stand back
        await cast.send(3.0)
        cast.pids["server"] = pid
        for number in range(2 * pairs):
            talking = number % 2 == 1
            await cast.send(1.0)
            await cast.sinks.do("reset")
            watch = guard.Watch(cast.pids)
            async with asyncio.TaskGroup() as group:
                group.create_task(cast.send(seconds))
                if talking:
                    group.create_task(chatter(seats, seconds))
            await asyncio.sleep(0.2)
            spent = watch.stop()
            count = await cast.sinks.do("count")
            us = spent.own["worker"] / max(1, count["received"]) * 1e6
            found[talking].append((us, statistics.median(count["delays"]) * 1000))
            await quiet(seats, 0.5)
    us = {on: statistics.median(each[0] for each in found[on]) for on in found}
    delay = {on: statistics.median(each[1] for each in found[on]) for on in found}
    return {
        "viewers": viewers,
        "pairs": pairs,
        "us_worker_per_forward": {"silent": round(us[False], 2), "lively": round(us[True], 2)},
        "ratio": round(us[True] / us[False], 3),
        "ratios": sorted(round(b[0] / a[0], 3) for a, b in zip(found[False], found[True], strict=True)),
        "delay_ms_p50": {"silent": round(delay[False], 2), "lively": round(delay[True], 2)},
    }


async def measure(students: int, seconds: float, folder: Path) -> dict[str, Any]:
    async with class_of(students, folder) as (pid, teacher, seats):
        lively = await lesson(pid, teacher, seats, seconds)
        await asyncio.sleep(3)
        return {"students": students, "lesson": lively, "burst": await burst(pid, seats)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one line for programs")
    parser.add_argument("--short", action="store_true", help="20 students, 3 seconds")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--viewers", type=int, default=50, help="of the lecture that is forwarded beside")
    parser.add_argument(
        "--pairs", type=int, default=8, help="rounds of it beside a silent and a lively class"
    )
    parser.add_argument("--alone", action="store_true", help="no lecture beside it (needs no namespaces)")
    chosen = parser.parse_args(arguments)
    students, seconds = (20, 3.0) if chosen.short else (chosen.students, chosen.seconds)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(students, seconds, Path(folder) / "class"))
        if not (chosen.alone or chosen.short):
            more = beside(students, chosen.viewers, chosen.pairs, 4.0, Path(folder) / "beside")
            found["beside"] = asyncio.run(more)
    found["machine"] = describe()
    print(json.dumps(found) if chosen.json else json.dumps(found, indent=2))
    return 0 if chosen.short or found["lesson"]["p95_ms"] < LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
