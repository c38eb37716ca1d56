"""What a stretch of time cost the machine, and whether anybody else was at work in it.

`Watch` is opened with the processes of the measurement; `stop` tells the CPU seconds of the whole
machine, of each process, and of strangers. The machine's is reckoned from its idle time, which the
kernel keeps exactly, while its busy time is sampled 100 to 250 times a second and misses short bursts.
Strangers are all user processes that are not ours, the dead among them included (a parent inherits the
times of its children); kernel threads are never strangers, since they work for us too.
"""

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1

QUIET = 0.02
"""Cores that strangers may take in a round that counts."""


def idle() -> float:
    """Seconds since boot in which cores did nothing, or nothing for us: idle, waiting for a disk, taken
    away by the hypervisor (/proc/stat)."""
    fields = [int(x) for x in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (fields[3] + fields[4] + fields[7]) / TICK


def process_cpu(pid: int) -> float:
    """CPU seconds of one process, its threads included: exact for one thread, else within 10 ms."""
    with os.scandir(f"/proc/{pid}/task") as tasks:
        ids = [entry.name for entry in tasks]
    if len(ids) == 1:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK


def _stat(pid: int | str) -> list[str]:
    """The fields of /proc/PID/stat behind the name, the state being the first."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def strangers(own: Iterable[int]) -> float:
    """CPU seconds of all user processes but `own`, children that have ended included."""
    ours = {str(pid) for pid in own}
    total = 0
    with os.scandir("/proc") as entries:
        names = [entry.name for entry in entries if entry.name.isdigit() and entry.name not in ours]
    for name in names:
        try:
            fields = _stat(name)
        except OSError:
            continue  # it has ended since
        if name != "2" and fields[1] != "2":
            total += sum(int(x) for x in fields[11:15])
    return total / TICK


@dataclass(frozen=True)
class Spent:
    """CPU seconds between two moments."""

    seconds: float
    machine: float
    own: Mapping[str, float]
    foreign: float

    @property
    def quiet(self) -> bool:
        """Whether strangers took so little that the round counts."""
        return self.foreign <= QUIET * self.seconds


class Watch:
    """Begins when made. `own` maps a word to a process id; this process is always ours."""

    def __init__(self, own: Mapping[str, int]) -> None:
        self._own = dict(own)
        self._foreign = strangers([*self._own.values(), os.getpid()])
        self._before = {name: process_cpu(pid) for name, pid in self._own.items()}
        self._idle = idle()
        self._at = time.monotonic()

    def stop(self) -> Spent:
        seconds = time.monotonic() - self._at
        machine = CORES * seconds - (idle() - self._idle)
        own = {name: process_cpu(pid) - self._before[name] for name, pid in self._own.items()}
        foreign = strangers([*self._own.values(), os.getpid()]) - self._foreign
        return Spent(seconds, machine, own, max(0.0, foreign))
