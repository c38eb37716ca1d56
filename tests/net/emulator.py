"""The process that carries packets between two TUN devices through two lanes.

Run by `tests.net.hosts.Wire`: `python -m tests.net.emulator NAME_A NAME_B SEED`. It makes the two
devices, prints ``ready``, and reads lines ``{"a_to_b": {...}, "b_to_a": {...}}`` (fields of `Harm`)
from its standard input to change the harm while running; a line ``{"stats": true}`` prints counts.
It ends with its input. This kernel has no `netem`; TUN devices keep real IP and any protocol.
"""

import fcntl
import json
import os
import select
import struct
import sys
import time

from tests.net.lane import Harm, Lane

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x0001 | 0x1000


def open_tun(name: str) -> int:
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN_NO_PI))
    return fd


def drain(fd: int, lane: Lane) -> None:
    for _ in range(256):
        try:
            lane.push(time.monotonic(), os.read(fd, 65536))
        except (BlockingIOError, OSError):
            return


def deliver(fd: int, lane: Lane) -> None:
    for packet in lane.due(time.monotonic()):
        try:
            os.write(fd, packet)
        except OSError:
            lane.lost += 1


def main() -> None:
    name_a, name_b, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
    a, b = open_tun(name_a), open_tun(name_b)
    a_to_b, b_to_a = Lane(Harm(), seed), Lane(Harm(), seed + 1)
    print("ready", flush=True)
    rest = b""
    poll = select.poll()
    for fd in (a, b, 0):
        poll.register(fd, select.POLLIN)
    while True:
        times = [t for t in (a_to_b.next_due(), b_to_a.next_due()) if t is not None]
        wait = max(0.0, min(times) - time.monotonic()) if times else 1.0
        for fd, event in poll.poll(wait * 1000):
            if fd == 0:
                # not by lines: what a reader keeps for itself wakes no poll
                said = os.read(0, 65_536)
                if not said:
                    return
                *lines, rest = (rest + said).split(b"\n")
                for command in map(json.loads, lines):
                    if "stats" in command:
                        counts = [a_to_b.passed, a_to_b.lost, b_to_a.passed, b_to_a.lost]
                        print(json.dumps(counts), flush=True)
                    else:
                        a_to_b.harm, b_to_a.harm = Harm(**command["a_to_b"]), Harm(**command["b_to_a"])
            elif event & select.POLLIN:
                drain(fd, a_to_b if fd == a else b_to_a)
        deliver(b, a_to_b)
        deliver(a, b_to_a)


if __name__ == "__main__":
    main()
