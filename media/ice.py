"""ICE-lite (RFC 8445 section 2.5) for one peer: credentials, checked bindings, the chosen path.

STUN requests that the port has parsed come in; signed answers and the news that a path was proven or
nominated go out. The lite side sends no checks: it answers, and it follows the browser's
USE-CANDIDATE wherever the browser goes. After an ICE restart the old ufrag stays valid until a binding
nominates the new one, so media goes on while the new path is found.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, Protocol, TypeVar

from media.wire import stun

MAX_PATHS: Final = 16
"""Addresses one peer may hold; a browser with many interfaces tries about eight."""

Verdict = Literal["ok", "nominated", "integrity", "username", "error"]


@dataclass(frozen=True)
class Credentials:
    ufrag: str
    password: bytes
    remote_ufrag: str


class Path(Protocol):
    """One way to a remote address: a UDP address seen through one socket, or a TCP connection."""

    @property
    def kind(self) -> Literal["udp", "tcp"]: ...

    def send(self, data: bytes) -> bool:
        """Queue one datagram; False when it was dropped."""

    def forget(self) -> None:
        """The owner no longer wants it."""


P = TypeVar("P", bound=Path)


@dataclass(slots=True)
class Answer:
    verdict: Verdict
    reply: bytes | None = None


@dataclass(slots=True)
class Agent(Generic[P]):
    """The ICE side of a peer. `valid` holds one or two credentials, the newest last."""

    valid: list[Credentials]
    paths: list[P] = field(default_factory=list)
    nominated: P | None = None
    released: Callable[[str], None] = lambda _: None
    """Called with a ufrag that is valid no longer."""

    def restart(self, credentials: Credentials) -> None:
        """Accept a further ufrag; a restart that was never nominated gives way to it."""
        for stale in self.valid[1:]:
            self.released(stale.ufrag)
        self.valid[1:] = [credentials]

    def check(self, request: stun.Message, source: stun.Address) -> Answer:
        """Judge one binding request for a ufrag of ours. No reply means silence."""
        ours, _, theirs = request.username.partition(":")
        known = next((known for known in self.valid if known.ufrag == ours), None)
        if known is None or theirs != known.remote_ufrag:
            return Answer("username")
        if not request.integrity_holds(known.password):
            return Answer("integrity")
        if request.unknown:
            error = stun.binding_error(request.transaction, 420, known.password, request.unknown)
            return Answer("error", error)
        if request.controlled is not None:  # a lite agent is always controlled
            return Answer("error", stun.binding_error(request.transaction, 487, known.password))
        reply = stun.binding_success(request.transaction, source, known.password)
        if not request.use_candidate:
            return Answer("ok", reply)
        if known is not self.valid[0]:
            self.released(self.valid[0].ufrag)
            self.valid[:] = [known]
        return Answer("nominated", reply)

    def proven(self, path: P, *, nominate: bool) -> None:
        """A check came over `path`. The first proven path carries media until one is nominated."""
        if path not in self.paths:
            self.paths.append(path)
            if len(self.paths) > MAX_PATHS:
                oldest = next(old for old in self.paths if old is not self.nominated and old is not path)
                self.lost(oldest)
                oldest.forget()
        if nominate or self.nominated is None:
            self.nominated = path

    def lost(self, path: P) -> None:
        """The path is gone: its connection closed, or its address was proven by another peer."""
        if path in self.paths:
            self.paths.remove(path)
        if self.nominated is path:
            self.nominated = self.paths[-1] if self.paths else None
