"""One file in the making: frames of one layer in, bytes for the disk and the piece's state out.

A picture begins at a keyframe. A piece is over when the picture's size changes, or when nothing came
for `PAUSE`: the next frame begins another. Where frames are missing the stretch is noted; where sound
is silent for a moment (DTX sends a packet each 400 ms) silence is written, because players count
samples and not time. No clock and no file in here.
"""

from typing import Final

from media.recording import webm
from media.recording.messages import PieceState
from media.recording.mp4 import Mp4, parameter_sets
from media.taps import TapFrame

PAUSE: Final = 10_000
"""Milliseconds without a frame after which a piece is over."""
MOST_GAPS: Final = 1000
SILENCE: Final = b"\xf8\xff\xfe"
"""20 ms of Opus."""
PACKET: Final = 20
JUMP: Final = 60
"""Milliseconds between two packets of sound from which on silence is put between them."""


class Piece:
    """See the module. `state` is kept up to date; `pending` is what the disk does not have yet."""

    def __init__(self, state: PieceState, first: TapFrame) -> None:
        """`first`: the frame it begins with, which is to be given to `take` as well."""
        self.state = state
        self.fd = -1
        """Of its file, once there is one."""
        self.pending = bytearray()
        self._origin = first.at
        self._last = 0
        self._mp4: Mp4 | None = None
        if state.codec == "H264":
            self._mp4 = Mp4(first.width, first.height, parameter_sets(first.data))
        else:
            codec: webm.Codec = "opus" if state.codec == "opus" else "VP8"
            self._opening = webm.opening(codec, first.width, first.height)
            self._webm = webm.Clusters(len(self._opening.data))
            self._write(self._opening.data)

    @property
    def video(self) -> bool:
        return self.state.codec != "opus"

    def fits(self, frame: TapFrame) -> bool:
        """Whether the frame belongs to this piece."""
        if self._ms(frame) - self._last > PAUSE:
            return False
        same = (frame.width, frame.height) == (self.state.width, self.state.height)
        return not (self.video and frame.keyframe) or same

    def take(self, frame: TapFrame) -> None:
        state = self.state
        ms = max(self._ms(frame), self._last)
        if frame.gap and state.frames and len(state.gaps) < MOST_GAPS:
            state.gaps.append((self._last, ms))
        if not self.video and not frame.gap:
            self._fill(ms)
        state.frames += 1
        state.payload += len(frame.data)
        state.ends = state.starts + ms * 1000
        key = frame.keyframe or not self.video
        if self._mp4 is not None:
            self._write(self._mp4.frame(ms, key, frame.data))
        else:
            self._write(self._webm.block(ms, key, frame.data, video=self.video))
        self._last = ms

    def _fill(self, ms: int) -> None:
        """Silence up to `ms`, where a packet is late by more than the network's jitter."""
        if not self.state.frames or ms - self._last < JUMP:
            return
        for at in range(self._last + PACKET, ms - PACKET // 2, PACKET):
            self._write(self._webm.block(at, True, SILENCE, video=False))

    def end(self) -> list[webm.Patch]:
        """The last bytes go to `pending`; returns what is to be written over the start of the file."""
        if self._mp4 is not None:
            self._write(self._mp4.close())
            return []
        data, patches = webm.closing(self._opening, self._webm, self._last)
        self._write(data)
        return patches

    def _ms(self, frame: TapFrame) -> int:
        return round((frame.at - self._origin) * 1000)

    def _write(self, data: bytes) -> None:
        self.pending += data
        self.state.bytes += len(data)
