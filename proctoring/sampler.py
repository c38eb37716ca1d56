"""Who is looked at next: every stream about once a second, less often when there is too much to do.

Flows in: tap news of the media workers, orders of the server, the time. Flows out: what is seen. When the
looks of a second take longer than a second, every stream is looked at less often (`stretch`), none falls
behind: what waits is always the newest picture. Media never waits for it.
"""

import random
from collections.abc import Iterator

import numpy as np

from media.taps import TapEnded, TapFrame, TapLost, TapNews, TapTrack, Wish
from proctoring.beacon import Finder
from proctoring.decode import Pictures
from proctoring.examinee import Screen, Seen, Webcam
from proctoring.eyes import Eyes
from proctoring.messages import Look

PERIOD = 1.0
"""Seconds between two looks at a stream."""
JITTER = 0.1
"""Part of the period by which a look comes earlier or later, so that nobody can move in step with it."""
KEYFRAMES = 10.0
FULL = 0.85
"""Share of the time spent looking beyond which looks are stretched; below two thirds they come closer."""
MOST_STRETCH = 8.0


class Track:
    """A tapped track and what looks at it."""

    def __init__(self, info: TapTrack, eye: Webcam | Screen, due: float) -> None:
        self.peer = info.peer
        self.pictures = Pictures(info.codec)
        self.eye = eye
        self.due = due


class Sampler:
    """`now` is in seconds of the monotonic clock."""

    def __init__(self, eyes: Eyes, share: tuple[int, int] = (0, 1), seed: int | None = None) -> None:
        """`share`: which of how many workers this is; each looks at its part of the examinees."""
        self.stretch = 1.0
        self.looks = 0
        self.streams = 0
        self._eyes = eyes
        self._share = share
        self._orders: dict[str, Look] = {}
        self._tracks: dict[tuple[str, int], Track] = {}
        self._random = random.Random(seed)  # noqa: S311 - spreads looks, guards nothing

    # --- what the server says -------------------------------------------------------------------------

    def order(self, look: Look) -> bool:
        """Returns whether the wish has changed."""
        if not self._is_mine(look.peer):
            return False
        before = self._orders.get(look.peer)
        self._orders[look.peer] = look
        for track in self._tracks.values():
            if isinstance(track.eye, Webcam) and track.peer.startswith(look.peer):
                _tell(track.eye, look)
        return before is None or before.room != look.room

    def forget(self, peer: str) -> bool:
        return self._orders.pop(peer, None) is not None

    def ordered(self, looks: list[Look]) -> None:
        """Everything a server that has just connected wants."""
        self._orders.clear()
        for look in looks:
            self.order(look)

    def wish(self) -> Wish:
        people = tuple(sorted(self._orders))
        if not people:
            return Wish(sources=())
        rooms = tuple(sorted({look.room for look in self._orders.values()}))
        return Wish(rooms, ("cam", "screen"), "smallest", KEYFRAMES, {"cam": people, "screen": people})

    def _is_mine(self, peer: str) -> bool:
        mine, all_ = self._share
        return sum(peer.encode()) % all_ == mine

    # --- what media workers say -----------------------------------------------------------------------

    def take(self, source: str, news: TapNews, now: float) -> None:
        key = (source, news.track)
        match news:
            case TapTrack():
                self._begin(key, news, now)
            case TapFrame():
                if (track := self._tracks.get(key)) is not None:
                    track.pictures.put(news)
            case TapLost():
                if (track := self._tracks.get(key)) is not None:
                    track.pictures.lose()
            case TapEnded():
                self._tracks.pop(key, None)
        self.streams = len(self._tracks)

    def hung_up(self, source: str) -> None:
        for key in [key for key in self._tracks if key[0] == source]:
            del self._tracks[key]
        self.streams = len(self._tracks)

    def _begin(self, key: tuple[str, int], info: TapTrack, now: float) -> None:
        look = next((each for peer, each in self._orders.items() if info.peer.startswith(peer)), None)
        if look is None or info.codec == "opus":
            return
        eye: Webcam | Screen
        if info.source == "cam":
            eye = Webcam(look.peer, self._eyes)
            _tell(eye, look)
        else:
            eye = Screen(look.peer, Finder())  # it looks first where the marker was
        self._tracks[key] = Track(info, eye, now + self._random.random() * PERIOD)

    # --- looking --------------------------------------------------------------------------------------

    def next_due(self) -> float | None:
        """When somebody is to be looked at next, of those of whom there is a picture."""
        return min((track.due for track in self._tracks.values() if track.pictures.waiting), default=None)

    def look(self, now: float) -> Iterator[Seen]:
        """Look at the one who has waited longest, if it is time."""
        due = [track for track in self._tracks.values() if track.due <= now and track.pictures.waiting]
        if not due:
            return
        track = min(due, key=lambda each: each.due)
        track.due = now + PERIOD * self.stretch * (1 + JITTER * (2 * self._random.random() - 1))
        found = track.pictures.newest()
        if found is None:
            return
        self.looks += 1
        yield from track.eye.look(*found)

    def adapt(self, busy: float) -> None:
        """`busy`: share of the last seconds that was spent looking."""
        if busy > FULL:
            self.stretch = min(MOST_STRETCH, self.stretch * max(1.1, busy / FULL))
        elif busy < FULL * 2 / 3:
            self.stretch = max(1.0, self.stretch * 0.9)


def _tell(eye: Webcam, look: Look) -> None:
    """Who it is that sits there."""
    eye.own = np.frombuffer(look.face, np.float32) if look.face else None
    eye.head = look.head
