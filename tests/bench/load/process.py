"""A process full of simulated participants, steered by JSON lines: commands in, answers out.

Run as `python -m tests.bench.load.process`, in a network namespace of its own where the measurement
wants one. It serves its participants all the time; commands come in between:

    {"make": {"count", "host", "remote": [host, port], "sources": [[mid, source], ...] for publishers,
              "cc": id, "rtx": [...], "video": [...], "probes": n}}
        -> {"fingerprint", "locals": [[ufrag, password], ...]}
    {"join": {"servers": [[ufrag, password], ...], "since": seconds}}
                                    one for each participant not joined yet; times count from `since`
    {"open": seconds}               wait until all are open -> {"open": n, "seconds": [...]}
    {"send": {"seconds", "streams": [stream, ...]}}     publishers send -> {"sent": [packets, ...]}
        stream: {"who": index of the publisher, "source", "fps", "sizes": [[...], ...]}, frames in turn, or
                {..., "times": [...], "length": seconds} for a recorded one, which is repeated
    {"plain": {"count", "host"}}    bare UDP sockets beside them -> {"ports": [...]}
    {"count": true}                 -> see `do_count`
    {"reset": true}                 forget what was counted -> {}
"""

import gc
import heapq
import json
import os
import select
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.load.association import client_identity
from tests.bench.load.burst import Burst
from tests.bench.load.fleet import Fleet
from tests.bench.load.participant import SO_RCVBUFFORCE, Participant
from tests.bench.load.publisher import Publisher


class Sink:
    """A bare UDP socket that counts what comes."""

    _burst = Burst()

    def __init__(self, host: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 * 1024 * 1024)
        except PermissionError:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self.socket.bind((host, 0))
        self.received = 0

    def receive(self, _now: float) -> None:
        while count := self._burst.read(self.socket.fileno()):
            self.received += count
            if count < 32:
                return


def moments(stream: dict[str, Any]) -> Iterator[tuple[float, list[int]]]:
    """When each frame of a stream leaves, in seconds from its begin, and the sizes of its packets."""
    sizes = stream["sizes"]
    if "times" not in stream:
        frame = 0
        while True:
            yield frame / stream["fps"], sizes[frame % len(sizes)]
            frame += 1
    begin = 0.0
    while True:
        for at, packets in zip(stream["times"], sizes, strict=True):
            yield begin + at, packets
        begin += stream["length"]


class Process:
    def __init__(self) -> None:
        self.fleet = Fleet()
        self.sinks: list[Sink] = []
        self.identity, self.fingerprint = client_identity()
        self._lines = b""
        self._input = select.poll()
        self._input.register(0, select.POLLIN)

    def run(self) -> None:
        while self._read():
            pass

    def _read(self) -> bool:
        """Serve until a line comes, then do it; False when the input has ended."""
        while b"\n" not in self._lines:
            self.fleet.run(3600, lambda: bool(self._input.poll(0)))
            chunk = os.read(0, 1 << 20)
            if not chunk:
                return False
            self._lines += chunk
        line, _, self._lines = self._lines.partition(b"\n")
        (name, value), *_ = json.loads(line).items()
        print(json.dumps(getattr(self, f"do_{name}")(value)), flush=True)
        return True

    def do_make(self, value: dict[str, Any]) -> dict[str, Any]:
        remote = (value["remote"][0], value["remote"][1])
        made: list[Participant] = []
        count, probes = value["count"], value.get("probes", 0)
        for number in range(count):
            name = f"{os.getpid()}-{len(self.fleet.members) + number}"
            if "sources" in value:
                publisher = Publisher(name, value["host"], remote, self.identity)
                for mid, purpose in value["sources"]:
                    publisher.add_source(mid, purpose)
                made.append(publisher)
            else:
                # probes lie evenly among the others: who is served last waits longest
                probe = (number + 1) * probes // count > number * probes // count
                made.append(
                    Participant(
                        name, value["host"], remote, self.identity, value.get("cc", 0),
                        frozenset(value.get("rtx", ())), frozenset(value.get("video", ())), probe,
                    )
                )  # fmt: skip
        self.fleet.add(made)
        gc.freeze()
        return {"fingerprint": self.fingerprint, "locals": [p.local for p in made]}

    def do_join(self, value: dict[str, Any]) -> dict[str, Any]:
        waiting = [m for m in self.fleet.members if m.association.remote is None]
        since = value.get("since", time.monotonic())
        for member, (ufrag, password) in zip(waiting, value["servers"], strict=False):
            member.join((ufrag, password), since)
        return {"joined": min(len(waiting), len(value["servers"]))}

    def do_open(self, value: float) -> dict[str, Any]:
        members = self.fleet.members
        self.fleet.run(value, lambda: all(m.association.open for m in members))
        opened = [m for m in members if m.association.open]
        return {"open": len(opened), "seconds": [m.opened_at - m.started_at for m in opened]}

    def do_send(self, value: dict[str, Any]) -> dict[str, Any]:
        """Paced by the clock. `sent` counts the packets of each stream in this call."""
        publishers = [m for m in self.fleet.members if isinstance(m, Publisher)]
        streams: list[dict[str, Any]] = value["streams"]
        targets = [(publishers[s["who"]], publishers[s["who"]].sources[s["source"]]) for s in streams]
        before = [source.sent for _, source in targets]
        frames = [moments(stream) for stream in streams]
        begin, seconds = time.monotonic(), value["seconds"]
        due: list[tuple[float, int, list[int]]] = []
        for i, stream in enumerate(frames):
            at, sizes = next(stream)
            # streams of several people do not beat in step
            due.append((at + i * 0.0013, i, sizes))
        heapq.heapify(due)
        stop = seconds - 0.05

        def each(now: float) -> float:
            while due and begin + due[0][0] <= now:
                _, i, sizes = due[0]
                publisher, source = targets[i]
                if source.codec.name == "opus":
                    publisher.send_sound(source, sizes[0], now)
                else:
                    publisher.send_frame(source, now, sizes)
                following, sizes = next(frames[i])
                if following < stop:
                    heapq.heapreplace(due, (following + i * 0.0013, i, sizes))
                else:
                    heapq.heappop(due)
            return begin + due[0][0] if due else now + 1.0

        self.fleet.run(seconds, each=each)
        return {"sent": [source.sent - was for (_, source), was in zip(targets, before, strict=True)]}

    def do_plain(self, value: dict[str, Any]) -> dict[str, Any]:
        sinks = [Sink(value["host"]) for _ in range(value["count"])]
        self.sinks += sinks
        self.fleet.serve(sinks)
        return {"ports": [sink.socket.getsockname()[1] for sink in sinks]}

    def do_count(self, _: Any) -> dict[str, Any]:
        """What arrived since the reset: media packets and those sent again, gaps and doubles in the
        sequence numbers; delays in seconds; seconds from `since` to each participant's first
        packet and first packet of a picture."""
        members = self.fleet.members
        return {
            "plain": sum(sink.received for sink in self.sinks),
            "received": sum(s.received for m in members for s in m.streams.values()),
            "lost": sum(s.lost for m in members for s in m.streams.values()),
            "duplicates": sum(s.duplicates for m in members for s in m.streams.values()),
            "rtx": sum(m.rtx_received for m in members),
            "first": [m.first_media_at - m.started_at for m in members if m.first_media_at],
            "picture": [m.first_picture_at - m.started_at for m in members if m.first_picture_at],
            "delays": [delay for m in members for delay in m.delays],
        }

    def do_reset(self, _: Any) -> dict[str, Any]:
        for member in self.fleet.members:
            member.streams.clear()
            member.delays.clear()
            member.rtx_received = 0
        for sink in self.sinks:
            sink.received = 0
        return {}


if __name__ == "__main__":
    sys.setswitchinterval(1)
    gc.set_threshold(50_000, 20, 100)
    Process().run()
