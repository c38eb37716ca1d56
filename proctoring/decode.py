"""From encoded frames to pictures, no more of them than are looked at.

Flows in: the frames of one track as the tap hands them out. Flows out: now and then the newest picture.
Frames between two looks are decoded (they refer to each other) but not converted. After a hole nothing is
decoded until a keyframe, and a damaged frame is a hole: hostile bytes cost a look, nothing else.
"""

from collections import deque

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from media.taps import TapFrame
from proctoring.faces import Picture

CODECS = {"VP8": "vp8", "H264": "h264"}
MOST_WAITING = 90
"""Frames that wait for the next look: three seconds of a camera that sends no small picture."""
MOST_POINTS = 4096 * 2304
"""Larger pictures are not decoded."""


class Pictures:
    """One track."""

    def __init__(self, codec: str) -> None:
        self._name = CODECS[codec]
        self._decoder: av.VideoCodecContext | None = None
        self._waiting: deque[TapFrame] = deque()
        self.broken = 0
        """Frames that could not be decoded, ever."""

    def put(self, frame: TapFrame) -> None:
        if frame.keyframe:
            if frame.width * frame.height > MOST_POINTS:
                self.lose()
                return
            self._waiting.clear()
        elif not self._waiting and self._decoder is None:
            return  # nothing to build upon
        elif frame.gap or len(self._waiting) >= MOST_WAITING:
            self.lose()
            return
        self._waiting.append(frame)

    def lose(self) -> None:
        """Something is missing: wait for a keyframe."""
        self._waiting.clear()
        self._decoder = None

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    def newest(self) -> tuple[int, av.VideoFrame] | None:
        """Decode what waits. Returns when the last picture was taken (µs, monotonic) and the picture."""
        found: tuple[int, av.VideoFrame] | None = None
        while self._waiting:
            frame = self._waiting.popleft()
            if frame.keyframe:
                self._decoder = _open(self._name)
            if self._decoder is None:
                continue
            try:
                for picture in self._decoder.decode(av.Packet(frame.data)):
                    if picture.width * picture.height <= MOST_POINTS:
                        found = round(frame.at * 1e6), picture
            except (FFmpegError, ValueError):
                self.broken += 1
                self.lose()
        return found


def _open(name: str) -> av.VideoCodecContext:
    made = av.CodecContext.create(name, "r")
    assert isinstance(made, av.VideoCodecContext)
    made.thread_count = 1
    return made


def colours(picture: av.VideoFrame) -> Picture:
    """Height x width x 3, blue first."""
    return np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)


def gray(picture: av.VideoFrame) -> npt.NDArray[np.uint8]:
    """Height x width: the brightness as it was sent. It belongs to the picture: not to be changed."""
    if picture.format.name not in ("yuv420p", "yuvj420p"):
        return np.asarray(picture.to_ndarray(format="gray"), np.uint8)
    plane = picture.planes[0]
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return np.asarray(lines[: picture.height, : picture.width], np.uint8)
