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
        each: Callable[[float], None] | None = None,
    ) -> bool:
        """Serve everybody. `each(now)` is called at every turn of the loop (a sender paces with it).

        Returns whether `until` came true within `seconds`.
        """
        end = time.monotonic() + seconds
        next_tick, turn = 0.0, 0
        while (now := time.monotonic()) < end:
            if now >= next_tick:
                # a fifth of the members each time, so that their reports do not come in one burst
                for participant in self.members[turn % 5 :: 5]:
                    participant.tick(now)
                turn += 1
                next_tick = now + TICK / 5
                if until():
                    return True
            if each is not None:
                each(now)
            for fd, _ in self._epoll.poll(0.002, 256):
                self._by_fd[fd].receive(time.monotonic())
        return until()

    def close(self) -> None:
        for participant in self.members:
            participant.close()
        self._epoll.close()
