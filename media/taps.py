"""Encoded frames for others on this machine: the recorder, vision workers.

A `Wish` says which tracks of which rooms, and how large; `Taps` keeps each wish attached to the right
layer as tracks and layers come and go, and hands out `TapTrack`, `TapFrame`, `TapLost` and `TapEnded`
through a bounded `TapQueue`. Media never waits: a reader that does not keep up loses whole frames up
to the next keyframe, and is told how many. `media.tapsocket` carries the same over a Unix socket.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from media.assemble import Assembler, Frame
from media.messages import Source
from media.step import Run
from media.up import Layer, UpTrack

if TYPE_CHECKING:
    from media.room import Room

MAX_QUEUED: Final = 8 * 1024 * 1024
"""Bytes waiting for one reader: some 20 s of a recorded 720p camera with a screen."""


class Wish(msgspec.Struct, tag="wish", frozen=True):
    """What a reader wants. A second one replaces the first.

    rooms: names, or empty for every room. sources: which tracks. size: the largest layer that arrives,
    or the smallest. keyframes: seconds after which a keyframe is asked for if none came (recording 10,
    exams 5), 0 for as they come.
    """

    rooms: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ("mic", "cam", "screen")
    size: Literal["largest", "smallest"] = "largest"
    keyframes: float = 0.0
    people: dict[Source, tuple[str, ...]] = {}
    """Prefixes of the names of the peers whose track is wanted; a source not named: everybody's."""


class TapTrack(msgspec.Struct, tag="track"):
    """A piece begins: one layer of one track in one codec. `track` numbers pieces from 1."""

    track: int
    room: str
    peer: str
    source: Source
    rid: str
    codec: Literal["opus", "VP8", "H264"]
    clock: int


class TapFrame(msgspec.Struct, tag="frame"):
    """One frame. `at`: seconds of the worker's clock when it was captured, by the publisher's sender
    reports and the smallest delay seen (its arrival, before the first report); `wall`: the same as Unix
    time. `gap`: something before it is missing."""

    track: int
    time: int
    at: float
    wall: float
    keyframe: bool
    gap: bool
    width: int
    height: int
    data: bytes


class TapLost(msgspec.Struct, tag="lost"):
    """This reader was too slow: so many frames of the track were left out before the next one."""

    track: int
    frames: int


class TapEnded(msgspec.Struct, tag="ended"):
    """The piece is over: its layer stopped, or another one of the track takes its place."""

    track: int


TapNews = TapTrack | TapFrame | TapLost | TapEnded


class TapQueue:
    """What waits for one reader, at most `MAX_QUEUED` bytes of frames; words are never dropped."""

    def __init__(self, wake: Callable[[], None] = lambda: None, limit: int = MAX_QUEUED) -> None:
        self._waiting: deque[TapNews] = deque()
        self._wake = wake
        self._limit = limit
        self._dropping: dict[int, int] = {}
        self.bytes = 0
        self.dropped = 0
        """Frames left out, ever."""

    def put(self, news: TapNews, *, video: bool = False) -> None:
        if isinstance(news, TapFrame):
            lost = self._dropping.get(news.track, 0)
            full = self.bytes + len(news.data) > self._limit
            # Behind a hole a picture is of no use before its next keyframe.
            if full or (lost and video and not news.keyframe):
                self._dropping[news.track] = lost + 1
                self.dropped += 1
                return
            if lost:
                del self._dropping[news.track]
                self._waiting.append(TapLost(news.track, lost))
                news.gap = True
            self.bytes += len(news.data)
        elif isinstance(news, TapEnded):
            lost = self._dropping.pop(news.track, 0)
            if lost:
                self._waiting.append(TapLost(news.track, lost))
        self._waiting.append(news)
        self._wake()

    def take(self) -> TapNews | None:
        """The oldest, or None."""
        if not self._waiting:
            return None
        news = self._waiting.popleft()
        if isinstance(news, TapFrame):
            self.bytes -= len(news.data)
        return news


class Tap:
    """One piece being read: a layer followed for one reader (`media.up.LayerTap`)."""

    def __init__(
        self,
        number: int,
        layer: Layer,
        queue: TapQueue,
        moment: Callable[[Layer, int, float], float],
        *,
        largest: bool = True,
    ):
        self.number = number
        self.largest = largest
        self.layer = layer
        self.last_keyframe = 0.0
        self._assembler = Assembler(layer.codec.name)
        self._queue = queue
        self._moment = moment
        self._video = layer.codec.name != "opus"

    def take(self, layer: Layer, run: Run) -> None:
        for packet in run.packets:
            for frame in self._assembler.take(packet, run.arrived):
                self._put(layer, frame)

    def _put(self, layer: Layer, frame: Frame) -> None:
        if frame.keyframe:
            self.last_keyframe = frame.arrived
        at = self._moment(layer, frame.time, frame.arrived)
        news = TapFrame(
            self.number, frame.time, at, 0.0, frame.keyframe, frame.gap, frame.width, frame.height, frame.data
        )
        self._queue.put(news, video=self._video)


class Reader:
    """One who reads: a wish, a queue, and the pieces under way."""

    def __init__(self, queue: TapQueue) -> None:
        self.queue = queue
        self.wish: Wish | None = None
        self.taps: dict[int, Tap] = {}
        """By the id of the track."""


class Taps:
    """Every reader of a worker. `review` is called a few times a second."""

    def __init__(self, wall: float) -> None:
        """`wall`: to be added to the worker's clock for Unix time."""
        self.readers: list[Reader] = []
        self._wall = wall
        self._pieces = 0

    def open(self, queue: TapQueue) -> Reader:
        reader = Reader(queue)
        self.readers.append(reader)
        return reader

    def close(self, reader: Reader) -> None:
        for tap in reader.taps.values():
            self._detach(tap)
        reader.taps.clear()
        if reader in self.readers:
            self.readers.remove(reader)

    def review(self, rooms: Iterable["Room"], now: float) -> None:
        """Attach what is wished and has come, let go of what went."""
        if not self.readers:
            return
        tracks = {
            id(track): (room, track)
            for room in rooms
            for peer in room.peers.values()
            for track in peer.ingress.tracks.values()
            if track.announced
        }
        for reader in self.readers:
            self._review(reader, tracks, now)

    def _review(self, reader: Reader, tracks: dict[int, tuple["Room", UpTrack]], now: float) -> None:
        wish = reader.wish
        for key, tap in list(reader.taps.items()):
            wanted = wish is not None and key in tracks and _wanted(wish, *tracks[key])
            best = _best(wish, tracks[key][1]) if wanted and wish is not None else None
            if best is not tap.layer:
                self._end(reader, key)
        if wish is None:
            return
        for key, (room, track) in tracks.items():
            if key not in reader.taps and _wanted(wish, room, track):
                layer = _best(wish, track)
                if layer is not None:
                    self._begin(reader, key, room, layer, now)
        for tap in reader.taps.values():
            if wish.keyframes and tap.layer.gaps is not None and now - tap.last_keyframe >= wish.keyframes:
                tap.layer.keyframes.want()

    def _begin(self, reader: Reader, key: int, room: "Room", layer: Layer, now: float) -> None:
        self._pieces += 1
        track = layer.track

        def moment(of: Layer, time: int, arrived: float) -> float:
            return room.captured(of, time, arrived)

        largest = reader.wish is None or reader.wish.size == "largest"
        tap = reader.taps[key] = Tap(self._pieces, layer, reader.queue, moment, largest=largest)
        tap.last_keyframe = now
        layer.taps.append(tap)
        layer.keyframes.want()
        reader.queue.put(
            TapTrack(
                self._pieces,
                room.name,
                track.peer,
                track.source,
                layer.rid,
                layer.codec.name,
                layer.codec.clock,
            )
        )

    def _end(self, reader: Reader, key: int) -> None:
        tap = reader.taps.pop(key)
        self._detach(tap)
        reader.queue.put(TapEnded(tap.number))

    @staticmethod
    def _detach(tap: Tap) -> None:
        if tap in tap.layer.taps:
            tap.layer.taps.remove(tap)

    def dropped(self) -> int:
        """Frames left out for slow readers, of those who read now."""
        return sum(reader.queue.dropped for reader in self.readers)

    @property
    def wall(self) -> float:
        return self._wall


def _wanted(wish: Wish, room: "Room", track: UpTrack) -> bool:
    publisher = room.peers.get(track.peer)
    if publisher is None or track.source not in publisher.rights.publish:
        return False  # muted: what nobody may hear is not recorded either
    if (wish.rooms and room.name not in wish.rooms) or track.source not in wish.sources:
        return False
    people = wish.people.get(track.source)
    return people is None or track.peer.startswith(people)


def _best(wish: Wish, track: UpTrack) -> Layer | None:
    """The layer to read, of those that can be had now."""
    alive = [layer for offer in track.offers if (layer := track.layers.get(offer.rid)) is not None]
    if not alive:
        return None
    return alive[-1] if wish.size == "largest" else alive[0]
