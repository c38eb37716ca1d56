"""One direction of a bad link, pure: packets and `now` go in, packets that are due come out.

Seeded, so a run can be repeated. The order of harm is that of a real path: a queue in front of a
slow wire (which overflows), then the wire's own delay and jitter, then loss, doubling and reordering.
"""

import heapq
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Harm:
    """What a lane does to packets. The default does nothing."""

    loss: float = 0.0
    """Share of packets lost, 0..1, independent of each other."""
    burst: float = 1.0
    """Mean length of a run of losses, in packets (Gilbert model); 1 is independent loss."""
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    """Uniform 0..jitter added to the delay; the order of packets is kept."""
    reorder: float = 0.0
    """Share of packets that skip the queue of delay, 0..1: they arrive before earlier ones."""
    duplicate: float = 0.0
    rate_kbps: float = 0.0
    """0 is no limit."""
    queue_ms: float = 200.0
    """How much may wait in front of a slow wire; beyond it packets are lost."""
    down: bool = False
    """Nothing passes."""


class Lane:
    """Holds what is under way. `push` takes a packet, `due` returns what has arrived by `now` (s)."""

    def __init__(self, harm: Harm, seed: int) -> None:
        self.harm = harm
        self._random = random.Random(seed)
        self._under_way: list[tuple[float, int, bytes]] = []
        self._count = 0
        self._wire_free = 0.0
        self._last_due = 0.0
        self._losing = False
        self.lost = 0
        self.passed = 0

    def push(self, now: float, packet: bytes) -> None:
        harm = self.harm
        if harm.down or self._is_lost():
            self.lost += 1
            return
        start = now
        if harm.rate_kbps:
            start = max(now, self._wire_free)
            if (start - now) * 1000 > harm.queue_ms:
                self.lost += 1
                return
            self._wire_free = start + len(packet) * 8 / (harm.rate_kbps * 1000)
            start = self._wire_free
        self._send(start, packet)
        if self._random.random() < harm.duplicate:
            self._send(start, packet)

    def due(self, now: float) -> list[bytes]:
        out = []
        while self._under_way and self._under_way[0][0] <= now:
            out.append(heapq.heappop(self._under_way)[2])
        self.passed += len(out)
        return out

    def next_due(self) -> float | None:
        """When the next packet arrives (s), None if nothing is under way."""
        return self._under_way[0][0] if self._under_way else None

    def _send(self, start: float, packet: bytes) -> None:
        harm = self.harm
        if self._random.random() < harm.reorder:
            due = start
        else:
            due = start + (harm.delay_ms + self._random.random() * harm.jitter_ms) / 1000
            due = max(due, self._last_due)
            self._last_due = due
        self._count += 1
        heapq.heappush(self._under_way, (due, self._count, packet))

    def _is_lost(self) -> bool:
        harm = self.harm
        if harm.loss <= 0:
            return False
        if harm.burst <= 1:
            return self._random.random() < harm.loss
        # Gilbert: leave the bad state once in `burst` packets; enter it so that the share is `loss`
        if self._losing:
            self._losing = self._random.random() >= 1 / harm.burst
        else:
            self._losing = self._random.random() < harm.loss / (harm.burst * (1 - harm.loss))
        return self._losing
