"""The server's links to the vision workers: whom to look at goes out, what is seen comes in.

A worker that is gone is no trouble: its next link opens with everybody it should look at. Whoever asks
what a photo shows is answered by any worker that is there.
"""

import time
from pathlib import Path
from typing import Any, Protocol

import msgspec

from media import control
from media.errors import ControlError, LinkClosed, Refused
from proctoring.messages import (
    Describe,
    Described,
    Health,
    Look,
    LookAway,
    Looks,
    SeenScreen,
    SeenWebcam,
    Thumbnail,
    VisionState,
)

STALE = 10.0
"""Seconds after which a worker that says nothing of its health counts as gone."""
DESCRIBE_WITHIN = 10.0


class Listener(Protocol):
    """Returns at once."""

    def seen(self, seen: SeenWebcam | SeenScreen) -> None: ...

    def thumbnail(self, news: Thumbnail) -> None: ...


class VisionLink(control.Endpoint):
    """One worker."""

    def __init__(self, path: Path, vision: "Vision") -> None:
        self.path = path
        self.state: VisionState | None = None
        self.health: Health | None = None
        self.heard = 0.0
        self.link: control.Link | None = None
        self._vision = vision

    @property
    def up(self) -> bool:
        return self.link is not None and self.state is not None

    def snapshot(self) -> msgspec.Struct:
        return Looks(list(self._vision.looks.values()))

    def on_open(self, link: control.Link) -> None:
        self.link = link

    def on_snapshot(self, link: control.Link, body: Any) -> None:
        if not isinstance(body, VisionState):
            raise ControlError(f"{self.path.name} opened with {type(body).__name__}")
        self.state = body
        self.heard = time.monotonic()

    def on_change(self, link: control.Link, body: Any) -> None:
        self.heard = time.monotonic()
        match body:
            case SeenWebcam() | SeenScreen():
                self._vision.listener.seen(body)
            case Thumbnail():
                self._vision.listener.thumbnail(body)
            case Health():
                self.health = body

    async def on_call(self, link: control.Link, body: Any) -> msgspec.Struct:
        raise Refused("call.unknown", type(body).__name__)

    def on_close(self, link: control.Link) -> None:
        if self.link is link:
            self.link = None
            self.health = None


class VisionHealth(msgspec.Struct):
    """`rate`: looks a second in all; `stretch`: 1 as planned, 2 when each is looked at half as often."""

    up: bool
    rate: float
    stretch: float
    models: dict[str, str]


class Vision:
    """Every vision worker."""

    def __init__(self, run_dir: Path, workers: int, listener: Listener) -> None:
        self.listener = listener
        self.looks: dict[str, Look] = {}
        """By the beginning of the peer's name."""
        self.links = [VisionLink(run_dir / f"vision{index}.sock", self) for index in range(workers)]

    def look(self, look: Look) -> None:
        if self.looks.get(look.peer) != look:
            self.looks[look.peer] = look
            self._say(look)

    def look_away(self, peer: str) -> None:
        if self.looks.pop(peer, None) is not None:
            self._say(LookAway(peer))

    def _say(self, body: msgspec.Struct) -> None:
        for each in self.links:
            if each.link is not None:
                each.link.change(body)

    async def describe(self, photo: bytes) -> Described | None:
        """What a photo shows; None while no worker is there."""
        for each in self.links:
            if each.up and each.link is not None:
                try:
                    found = await each.link.call(Describe(photo), DESCRIBE_WITHIN)
                except (LinkClosed, Refused):
                    continue
                if isinstance(found, Described):
                    return found
        return None

    @property
    def likeness(self) -> float:
        """The distance beyond which two faces are two people."""
        return next((each.state.threshold for each in self.links if each.state is not None), 0.6)

    def health(self) -> VisionHealth:
        now = time.monotonic()
        up = [each for each in self.links if each.up and now - each.heard < STALE]
        told = [each.health for each in up if each.health is not None]
        models = next((each.state.active for each in self.links if each.state is not None), {})
        return VisionHealth(
            bool(up) and len(up) == len(self.links),
            round(sum(each.rate for each in told), 1),
            max((each.stretch for each in told), default=1.0),
            models,
        )
