"""Many participants on one epoll loop in one thread."""

import resource
import select
import socket
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from tests.bench.load.participant import Participant

TICK = 0.02


class Receiver(Protocol):
    socket: socket.socket

    def receive(self, now: float) -> None: ...


class Fleet:
    """Participants that are served together; `run` returns when its condition holds or time is over."""

    def __init__(self) -> None:
        self.members: list[Participant] = []
        self._by_fd: dict[int, Receiver] = {}
        self._epoll = select.epoll()
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def add(self, participants: Iterable[Participant]) -> None:
        added = list(participants)
        self.members += added
        self.serve(added)

    def serve(self, receivers: Iterable[Receiver]) -> None:
        """Read these sockets from now on."""
        for receiver in receivers:
            self._by_fd[receiver.socket.fileno()] = receiver
            self._epoll.register(receiver.socket.fileno(), select.EPOLLIN)

    def run(
        self,
        seconds: float,
        until: Callable[[], bool] = lambda: False,
        each: Callable[[float], float] | None = None,
    ) -> bool:
        """Serve everybody. `each(now)` is called at every turn of the loop and tells when it wants the
        next one (a sender paces with it).

        Returns whether `until` came true within `seconds`.
        """
        end = time.monotonic() + seconds
        # Some of the members each time, so that their reports do not come in one burst.
        shares = max(1, min(10, len(self.members) // 4))
        next_tick, turn = 0.0, 0
        while (now := time.monotonic()) < end:
            if now >= next_tick:
                for participant in self.members[turn % shares :: shares]:
                    participant.tick(now)
                turn += 1
                next_tick = now + TICK / shares
                if until():
                    return True
            due = min(end, next_tick, each(now)) if each is not None else min(end, next_tick)
            for fd, _ in self._epoll.poll(max(0.0, due - time.monotonic()), 256):
                self._by_fd[fd].receive(time.monotonic())
        return until()

    def close(self) -> None:
        for participant in self.members:
            participant.close()
        self._epoll.close()
