"""A photo taken on the way in: can it serve, and whose face is in it?"""

import cv2
import numpy as np

from proctoring.eyes import Eyes
from proctoring.faces import Picture
from proctoring.head import direction
from proctoring.messages import Described, Problem
from proctoring.quality import DARK

MOST_BYTES = 4 * 1024 * 1024
MOST_POINTS = 24_000_000
LARGEST = 640
"""Points of the longer side that is looked at."""
SMALL_FACE = 0.08
"""Part of the picture's width below which a face is too small to compare."""
BLURRED = 20.0
"""Variance of the Laplacian over a face of 100 points, below which it is blurred."""


def describe(eyes: Eyes, photo: bytes) -> Described:
    """What a JPEG or PNG shows. Of several faces the largest counts where it is more than twice as wide as
    the next (a document has a picture of its own, a wall a portrait)."""
    picture = read(photo)
    if picture is None:
        return Described("not_photo")
    if float(np.percentile(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), 95)) < DARK:
        return Described("dark")
    faces = eyes.finder.find(picture)
    if not faces:
        return Described("no_face")
    first = faces[0]
    problem: Problem = ""
    if len(faces) > 1 and faces[1].width * 2 > first.width:
        problem = "several"
    elif first.width < SMALL_FACE:
        problem = "small"
    high, wide = picture.shape[:2]
    if not problem and _is_blurred(picture, first.x, first.y, first.width, first.height):
        problem = "blurred"
    found = eyes.describer.describe(picture, first) if eyes.describer is not None else None
    head = direction(first, wide, high)
    return Described(problem, found.astype(np.float32).tobytes() if found is not None else b"", head)


def read(photo: bytes) -> Picture | None:
    """The picture, at most `LARGEST` points on its longer side; None for what is none, or far too large."""
    if len(photo) > MOST_BYTES or not _is_bounded(photo):
        return None
    try:
        found = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    if found is None or found.shape[0] * found.shape[1] > MOST_POINTS:
        return None
    scale = LARGEST / max(found.shape[:2])
    if scale < 1:
        size = (max(1, round(found.shape[1] * scale)), max(1, round(found.shape[0] * scale)))
        found = cv2.resize(found, size, interpolation=cv2.INTER_AREA)
    return np.asarray(found, np.uint8)


def _is_bounded(photo: bytes) -> bool:
    """Whether the size it claims is one that may be unpacked: told before anything is unpacked."""
    if photo.startswith(b"\x89PNG\r\n\x1a\n") and len(photo) >= 24:
        wide, high = int.from_bytes(photo[16:20]), int.from_bytes(photo[20:24])
        return 0 < wide * high <= MOST_POINTS
    if not photo.startswith(b"\xff\xd8"):
        return False
    at = 2
    while at + 9 < len(photo) and photo[at] == 0xFF:
        marker, length = photo[at + 1], int.from_bytes(photo[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            high, wide = int.from_bytes(photo[at + 5 : at + 7]), int.from_bytes(photo[at + 7 : at + 9])
            return 0 < wide * high <= MOST_POINTS
        at += 2 + length
    return False


def _is_blurred(picture: Picture, x: float, y: float, width: float, height: float) -> bool:
    high, wide = picture.shape[:2]
    left, top = max(0, int(x * wide)), max(0, int(y * high))
    face = picture[
        top : max(top + 2, int((y + height) * high)), left : max(left + 2, int((x + width) * wide))
    ]
    if not face.size:
        return False
    small = cv2.resize(cv2.cvtColor(face, cv2.COLOR_BGR2GRAY), (100, 100), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_64F).var()) < BLURRED
