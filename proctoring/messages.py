"""What the server and a vision worker say to each other over the control channel.

The server tells **whom to look at**, the worker tells **what is seen**. What that means - thresholds,
breaks, whose marker it must be - is the server's affair (proctoring.rules, server/exams), so a worker
that is started anew has nothing to catch up with. Times are microseconds of the machine's monotonic clock.
"""

from typing import Literal

import msgspec

from proctoring.faces import Face
from proctoring.head import Direction
from proctoring.quality import Quality

Camera = Literal["webcam", "screen"]
Photo = Literal["face", "document", "left", "right", "room"]
Problem = Literal["", "no_face", "several", "small", "dark", "blurred", "turned", "not_photo"]

# --- server -> worker ------------------------------------------------------------------------------


class Look(msgspec.Struct, tag="look", frozen=True):
    """Look at one examinee: every peer of `room` whose name begins with `peer`. A second one replaces
    the first. `face`: the descriptor to compare with, empty for none; `head`: the own baseline."""

    room: str
    peer: str
    face: bytes = b""
    head: Direction | None = None


class LookAway(msgspec.Struct, tag="look_away", frozen=True):
    peer: str


class Looks(msgspec.Struct, tag="looks"):
    """The server's snapshot: everybody to look at."""

    looks: list[Look]


class Describe(msgspec.Struct, tag="describe"):
    """Call, answered with `Described`: what does this photo (JPEG or PNG) show?"""

    photo: bytes


# --- worker -> server ------------------------------------------------------------------------------


class VisionState(msgspec.Struct, tag="vision_state"):
    """The worker's snapshot. `active`: which engine does what, by detector (``faces``, ``things``,
    ``identity``); where there is none, no name. `threshold`: the distance beyond which two faces are two
    people."""

    index: int
    epoch: str
    active: dict[str, str]
    threshold: float = 0.6


class Described(msgspec.Struct, tag="described"):
    """`problem`: why the photo cannot serve, or empty. `face`: its descriptor; empty without an engine."""

    problem: Problem
    face: bytes = b""
    head: Direction | None = None


class SeenWebcam(msgspec.Struct, tag="webcam"):
    """One look. `things`: names, None where nobody looked for them; `distance` likewise."""

    peer: str
    at: int
    quality: Quality
    faces: list[Face]
    head: Direction | None = None
    things: list[str] | None = None
    distance: float | None = None


class SeenScreen(msgspec.Struct, tag="screen"):
    """One look. `marks`: of the marker that was found, None for none."""

    peer: str
    at: int
    marks: tuple[int, int, int, int] | None = None


class Thumbnail(msgspec.Struct, tag="thumbnail"):
    peer: str
    camera: Camera
    jpeg: bytes


class Health(msgspec.Struct, tag="health"):
    """Every few seconds. `rate`: looks a second; `busy`: share of the time spent looking; `stretch`: 1 as
    planned, 2 when it looks half as often."""

    rate: float
    busy: float
    stretch: float
    streams: int


ToVision = Looks | Look | LookAway | Describe
FromVision = VisionState | Described | SeenWebcam | SeenScreen | Thumbnail | Health
