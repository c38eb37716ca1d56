"""One examinee's webcam or screen, looked at about once a second.

Flows in: pictures. Flows out: what is seen in them (`SeenWebcam`, `SeenScreen`) and a small picture for
the wall. What costs much is looked for less often: things every few seconds, the face compared every
half minute.
"""

from collections.abc import Iterator

import av
import cv2
import numpy as np

from proctoring.beacon import Finder
from proctoring.decode import colours, gray
from proctoring.eyes import Eyes
from proctoring.faces import Face, Picture, nearest
from proctoring.head import Direction, direction, is_away
from proctoring.identity import Descriptor, distance
from proctoring.kinds import SECOND
from proctoring.messages import Camera, SeenScreen, SeenWebcam, Thumbnail
from proctoring.quality import QualityWatch

THINGS_EVERY = 4 * SECOND
IDENTITY_EVERY = 30 * SECOND
AGAIN_AFTER = 5 * SECOND
"""Microseconds after which a face is compared once more while there is doubt: one of the last two comparisons
did not match, or the head is away from the student's own baseline."""
SCREEN_EVERY = 2 * SECOND
WIDE = 320
"""Points across of the webcam picture that is judged; larger ones are made smaller."""
SIZES: dict[Camera, int] = {"webcam": 160, "screen": 320}
"""Points across of the wall's small pictures."""
JPEG = [cv2.IMWRITE_JPEG_QUALITY, 60]

Seen = SeenWebcam | SeenScreen | Thumbnail


class Webcam:
    """`own`: the descriptor to compare with, `head`: the own baseline; None while there is none."""

    def __init__(self, peer: str, eyes: Eyes) -> None:
        self.peer = peer
        self.own: Descriptor | None = None
        self.head: Direction | None = None
        self._eyes = eyes
        self._quality = QualityWatch()
        self._things_at = 0
        self._compare_at = 0
        self._compared_at = -AGAIN_AFTER
        self._matched = [False, False]
        """Whether the last two comparisons did."""
        self._turned = False
        """The head is away, and the face has been compared since."""

    def look(self, at: int, frame: av.VideoFrame) -> Iterator[Seen]:
        picture = _narrow(colours(frame))
        quality = self._quality.look(at, picture)
        faces = self._eyes.finder.find(picture) if quality.fit else []
        high, wide = picture.shape[:2]
        seen = SeenWebcam(self.peer, at, quality, faces)
        face = nearest(faces)  # where two are as near nobody knows which is the examinee's
        if face is not None:
            seen.head = direction(face, wide, high)
        if quality.fit:
            seen.things = self._look_for_things(at, picture)
        if face is not None and self.own is not None:
            seen.distance = self._compare(at, picture, face, seen.head)
        yield seen
        yield _thumbnail(self.peer, "webcam", picture)

    def _look_for_things(self, at: int, picture: Picture) -> list[str] | None:
        if self._eyes.things is None or at < self._things_at:
            return None
        self._things_at = at + THINGS_EVERY
        return sorted({thing.name for thing in self._eyes.things.find(picture)})

    def _compare(self, at: int, picture: Picture, face: Face, head: Direction | None) -> float | None:
        describer = self._eyes.describer
        if describer is None or self.own is None or not self._is_due(at, head):
            return None
        found = describer.describe(picture, face)
        if found is None:
            return None
        apart = distance(self.own, found)
        self._matched = [self._matched[1], apart <= describer.threshold]
        self._compared_at = at
        self._compare_at = at + (IDENTITY_EVERY if all(self._matched) else AGAIN_AFTER)
        return apart

    def _is_due(self, at: int, head: Direction | None) -> bool:
        """Whether to compare now. A head that is away may be somebody else's: before it is called away it is
        compared once more, long before the next time."""
        turned = head is not None and self.head is not None and is_away(head, self.head)
        due = at >= self._compare_at
        sudden = turned and not self._turned and at >= self._compared_at + AGAIN_AFTER
        self._turned = turned and not due and (self._turned or sudden)
        return sudden or due


class Screen:
    def __init__(self, peer: str, finder: Finder) -> None:
        self.peer = peer
        self._finder = finder
        self._shown_at = 0

    def look(self, at: int, frame: av.VideoFrame) -> Iterator[Seen]:
        picture = gray(frame)
        yield SeenScreen(self.peer, at, self._finder.find(picture))
        if at >= self._shown_at:
            self._shown_at = at + SCREEN_EVERY
            yield _thumbnail(self.peer, "screen", colours(frame))


def _narrow(picture: Picture) -> Picture:
    high, wide = picture.shape[:2]
    if wide <= WIDE:
        return picture
    size = (WIDE, max(1, round(high * WIDE / wide)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _thumbnail(peer: str, camera: Camera, picture: Picture) -> Thumbnail:
    high, wide = picture.shape[:2]
    size = (SIZES[camera], max(1, round(high * SIZES[camera] / wide)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return Thumbnail(peer, camera, cv2.imencode(".jpg", small, JPEG)[1].tobytes())
