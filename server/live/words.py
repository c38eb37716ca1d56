"""The words of the class WebSocket: what the server says (docs/protocol.md).

Structs out, encoded once to JSON bytes and shared by every seat that gets them. What clients say is
decoded by the shapes beside their handlers (messages.py).
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from media.messages import Source
from server.clock import as_datetime

Phase = Literal["planned", "open", "closed"]
Shown = Phase | Literal["lobby"]
"""What a page is told: `lobby` while it waits to be let into an open class."""
LinkWord = Literal["good", "weak", "lost"]

_encoder = msgspec.json.Encoder()


class Word(msgspec.Struct, omit_defaults=False):
    """Something the server says. The tag of each word is its `type`."""


class PersonView(msgspec.Struct, frozen=True):
    """One person of the list. `away`: their last socket dropped less than 15 s ago."""

    id: str
    name: str
    role: str
    mic: bool = False
    cam: bool = False
    screen: bool = False
    hand: bool = False
    away: bool = False


class NamedInfo(msgspec.Struct, frozen=True):
    id: str
    name: str


class LessonInfo(msgspec.Struct, frozen=True):
    """What the page shows about the lesson; times ISO 8601 with offset."""

    id: str
    title: str = ""
    kind: str = ""
    discipline: str = ""
    teachers: list[NamedInfo] = []
    starts: str = ""
    ends: str = ""


class SeatRights(msgspec.Struct, frozen=True):
    publish: tuple[Source, ...] = ()
    chat: bool = False
    open: bool = False
    close: bool = False
    slides: bool = False


class IceServer(msgspec.Struct, frozen=True):
    """As RTCIceServer of the browser."""

    urls: list[str]
    username: str = ""
    credential: str = ""


class Welcome(Word, tag_field="type", tag="welcome"):
    you: str
    lesson: LessonInfo
    session: str
    state: Shown
    n: int
    people: list[PersonView]
    rights: SeatRights
    epoch: str
    """Of the media worker that still holds this seat's connection; empty when none does."""
    ice_servers: list[IceServer]
    id: str | None = None


class AssignedNews(Word, tag_field="type", tag="assigned"):
    slot: str
    person: str
    source: Source
    generation: int
    first_rtp_time: int


class NeededNews(Word, tag_field="type", tag="needed"):
    source: Source
    height: int


class SpeakingNews(Word, tag_field="type", tag="speaking"):
    people: list[str]


class LinkNews(Word, tag_field="type", tag="link"):
    people: dict[str, LinkWord]


class AwayNews(Word, tag_field="type", tag="away"):
    people: list[str]


class MediaLost(Word, tag_field="type", tag="media.lost"):
    pass


class MediaSilent(Word, tag_field="type", tag="media.silent"):
    pass


class RightsNews(Word, tag_field="type", tag="rights"):
    rights: SeatRights


class Bye(Word, tag_field="type", tag="bye"):
    """`reason`: in the words of who sent you away, or empty."""

    code: str
    reason: str = ""


def encode(word: Word) -> bytes:
    return _encoder.encode(word)


def event(n: int, time_us: int, kind: str, actor: str, data: dict[str, Any]) -> bytes:
    """A numbered event, flat: the entry's data beside its number, time, kind and actor."""
    flat = {**data, "type": "event", "n": n, "time": iso(time_us), "kind": kind, "actor": actor}
    return _encoder.encode(flat)


def encode_flat(flat: dict[str, Any]) -> bytes:
    """An event that was changed, as `event` makes them."""
    return _encoder.encode(flat)


def decode(frame: bytes) -> dict[str, Any]:
    """An event back from its bytes."""
    flat: dict[str, Any] = msgspec.json.decode(frame)
    return flat


def ok(request: str | int | None, body: msgspec.Struct | None) -> bytes:
    """The answer to a request."""
    flat: dict[str, Any] = msgspec.to_builtins(body) if body is not None else {}
    flat.update(type="ok")
    if request is not None:
        flat["id"] = request
    return _encoder.encode(flat)


def error(request: str | int | None, code: str, message: str, details: dict[str, Any]) -> bytes:
    """The refusal of a request, or of something that could not be read (no id then)."""
    flat: dict[str, Any] = {"type": "error", "code": code, "message": message}
    if details:
        flat["details"] = details
    if request is not None:
        flat["id"] = request
    return _encoder.encode(flat)


def iso(time_us: int) -> str:
    """Session time as ISO 8601 in UTC with milliseconds."""
    when: datetime = as_datetime(time_us)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
