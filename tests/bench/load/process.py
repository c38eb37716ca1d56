"""A process full of simulated participants, steered by JSON lines: commands in, answers out.

Run as `python -m tests.bench.load.process`, in a network namespace of its own where the measurement
wants one. It serves its participants all the time; commands come in between:

    {"make": {"count", "host", "remote": [host, port], "publisher": bool, "rtx": [...], "cc": id}}
        -> {"fingerprint", "locals": [[ufrag, password], ...]}
    {"sources": [["0", "cam"], ...]}        sections the publishers send
    {"join": [[ufrag, password], ...]}      one for each participant not joined yet -> {"joined": n}
    {"open": seconds}                       wait until all are open -> {"open": n, "seconds": [...]}
    {"video": {"seconds", "fps", "sizes": [[...], ...], "voices": n}}   publishers send; -> {"sent": n}
    {"plain": {"count", "host"}}            bare UDP sockets beside them -> {"ports": [...]}
    {"count": true}                         -> {"cpu", "received", "lost", "rtx", "plain", "first": [...]}
    {"reset": true}                         forget what was counted -> {}
"""

import json
import os
import socket
import sys
import time
from typing import Any

from tests.bench.load.association import client_identity
from tests.bench.load.fleet import Fleet
from tests.bench.load.participant import Participant
from tests.bench.load.publisher import Publisher


class Sink:
    """A bare UDP socket that counts what comes."""

    def __init__(self, host: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self.socket.bind((host, 0))
        self.received = 0
        self._buffer = bytearray(2048)

    def receive(self, _now: float) -> None:
        while True:
            try:
                self.socket.recv_into(self._buffer)
            except BlockingIOError:
                return
            self.received += 1


class Process:
    def __init__(self) -> None:
        self.fleet = Fleet()
        self.sinks: list[Sink] = []
        self.identity, self.fingerprint = client_identity()
        self._lines = b""
        os.set_blocking(0, False)

    def run(self) -> None:
        while self._read():
            pass

    def _read(self) -> bool:
        """Serve until a line comes, then do it; False when the input has ended."""
        while b"\n" not in self._lines:
            try:
                chunk = os.read(0, 1 << 20)
            except BlockingIOError:
                self.fleet.run(0.01)
                continue
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
        for number in range(value["count"]):
            name = f"{os.getpid()}-{len(self.fleet.members) + number}"
            if value.get("publisher"):
                made.append(Publisher(name, value["host"], remote, self.identity))
            else:
                rtx = frozenset(value.get("rtx", ()))
                made.append(Participant(name, value["host"], remote, self.identity, value.get("cc", 0), rtx))
        self.fleet.add(made)
        return {"fingerprint": self.fingerprint, "locals": [p.local for p in made]}

    def do_sources(self, value: list[list[str]]) -> dict[str, Any]:
        for member in self.fleet.members:
            if isinstance(member, Publisher):
                for mid, purpose in value:
                    member.add_source(mid, purpose)
        return {}

    def do_join(self, value: list[list[str]]) -> dict[str, Any]:
        waiting = [m for m in self.fleet.members if m.association.remote is None]
        for member, (ufrag, password) in zip(waiting, value, strict=False):
            member.join((ufrag, password), time.monotonic())
        return {"joined": min(len(waiting), len(value))}

    def do_open(self, value: float) -> dict[str, Any]:
        members = self.fleet.members
        self.fleet.run(value, lambda: all(m.association.open for m in members))
        opened = [m for m in members if m.association.open]
        return {"open": len(opened), "seconds": [m.opened_at - m.started_at for m in opened]}

    def do_video(self, value: dict[str, Any]) -> dict[str, Any]:
        """Paced by the clock; `sizes` are taken in turn, one list a frame."""
        publishers = [m for m in self.fleet.members if isinstance(m, Publisher)]
        gap, sizes = 1 / value["fps"], value["sizes"]
        state = {"frame": 0, "sound": 0}
        begin = time.monotonic()

        def each(now: float) -> None:
            while sizes and begin + state["frame"] * gap <= now:
                frame = state["frame"]
                state["frame"] += 1
                for publisher in publishers:
                    if cam := publisher.sources.get("cam"):
                        key = frame == 0 or cam.sent == 0
                        publisher.send_frame(cam, now, sizes[frame % len(sizes)], key=key)
            while value.get("voices") and begin + state["sound"] * 0.02 <= now:
                state["sound"] += 1
                for publisher in publishers[: value["voices"]]:
                    if mic := publisher.sources.get("mic"):
                        publisher.send_sound(mic, 80, now)

        self.fleet.run(value["seconds"], each=each)
        return {"sent": sum(s.sent for p in publishers for s in p.sources.values())}

    def do_plain(self, value: dict[str, Any]) -> dict[str, Any]:
        sinks = [Sink(value["host"]) for _ in range(value["count"])]
        self.sinks += sinks
        self.fleet.serve(sinks)
        return {"ports": [sink.socket.getsockname()[1] for sink in sinks]}

    def do_count(self, _: Any) -> dict[str, Any]:
        members = self.fleet.members
        return {
            "cpu": time.process_time(),
            "plain": sum(sink.received for sink in self.sinks),
            "received": sum(s.received for m in members for s in m.streams.values()),
            "lost": sum(m.lost() for m in members),
            "duplicates": sum(s.duplicates for m in members for s in m.streams.values()),
            "rtx": sum(m.rtx_received for m in members),
            "streams": sum(len(m.streams) for m in members),
            "first": [m.first_media_at - m.started_at for m in members if m.first_media_at],
        }

    def do_reset(self, _: Any) -> dict[str, Any]:
        for member in self.fleet.members:
            member.streams.clear()
            member.rtx_received = 0
        return {}


if __name__ == "__main__":
    sys.setswitchinterval(1)
    Process().run()
