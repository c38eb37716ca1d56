"""Encoded pictures and sound for the recorder's tests: real VP8, H.264 and Opus, made by libav."""

from fractions import Fraction
from functools import lru_cache
from typing import Any

import av
import msgspec
import numpy as np

from media.recording import webm
from media.recording.messages import PieceState
from media.recording.piece import Piece
from media.taps import TapFrame
from tests.e2e import fakes

FPS = 15


def picture(number: int, width: int, height: int) -> Any:
    """A grey that says the frame's number (16 + number % 200), with some noise."""
    noise = np.random.default_rng(number).integers(0, 6, (height, width, 3), dtype=np.uint8)
    return av.VideoFrame.from_ndarray((noise + 16 + number % 200).astype(np.uint8), format="rgb24")


def video(count: int, codec: str = "VP8", width: int = 160, height: int = 96) -> tuple[TapFrame, ...]:
    """`count` frames, 15 a second, a keyframe every 30."""
    return tuple(msgspec.structs.replace(frame) for frame in _video(count, codec, width, height))


def sound(count: int, hertz: float = 440.0) -> tuple[TapFrame, ...]:
    """`count` packets of 20 ms of a tone."""
    return tuple(msgspec.structs.replace(frame) for frame in _sound(count, hertz))


def written(source: str, codec: str, taken: tuple[TapFrame, ...]) -> bytes:
    """A finished file, as the recorder writes it."""
    state = PieceState("p", "room", "peer", source, codec, "f", "", 0, 0)  # type: ignore[arg-type]
    state.width, state.height = taken[0].width, taken[0].height
    piece = Piece(state, taken[0])
    for frame in taken:
        piece.take(frame)
    patches, data = piece.end(), bytearray(piece.pending)
    for patch in patches:
        data[patch.at : patch.at + len(patch.data)] = patch.data
    return bytes(data)


@lru_cache
def film(number: int, seconds: int, rate: int) -> bytes:
    """A finished VP8 file as large as the fake cameras, a keyframe each 5 s. The first row of blocks of its
    pictures holds `number`, the second that of the frame."""
    encoder: Any = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = fakes.WIDTH, fakes.HEIGHT, "yuv420p"
    encoder.framerate = rate
    encoder.time_base = Fraction(1, 1000)
    encoder.gop_size = rate * 5
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    start = webm.opening("VP8", fakes.WIDTH, fakes.HEIGHT)
    clusters = webm.Clusters(len(start.data))
    body = bytearray(start.data)

    def put(packets: list[Any]) -> None:
        for packet in packets:
            body.extend(clusters.block(int(packet.pts), bool(packet.is_keyframe), bytes(packet), video=True))

    for n in range(seconds * rate):
        image = fakes.picture(number, n % 256)
        frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format="yuv420p")
        frame.pts, frame.time_base = n * 1000 // rate, encoder.time_base
        put(encoder.encode(frame))
    put(encoder.encode(None))
    tail, patches = webm.closing(start, clusters, clusters.last)
    body += tail
    for patch in patches:
        body[patch.at : patch.at + len(patch.data)] = patch.data
    return bytes(body)


@lru_cache
def _video(count: int, codec: str, width: int, height: int) -> tuple[TapFrame, ...]:
    context: Any = av.CodecContext.create("libvpx" if codec == "VP8" else "libx264", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate, context.gop_size = Fraction(1, FPS), Fraction(FPS), 30
    if codec == "VP8":
        context.options = {"deadline": "realtime", "lag-in-frames": "0", "cpu-used": "8"}
    else:
        context.options = {"preset": "ultrafast", "tune": "zerolatency"}
        context.max_b_frames = 0
    out: list[TapFrame] = []
    for number in range(count):
        frame = picture(number, width, height).reformat(format="yuv420p")
        frame.pts = number
        for packet in context.encode(frame):
            at = 100.0 + number / FPS
            key = bool(packet.is_keyframe)
            size = (width, height) if key else (0, 0)
            out.append(TapFrame(1, number * 6000, at, at + 1.7e9, key, False, *size, bytes(packet)))
    return tuple(out)


@lru_cache
def _sound(count: int, hertz: float) -> tuple[TapFrame, ...]:
    context: Any = av.CodecContext.create("libopus", "w")
    context.sample_rate, context.format, context.layout = 48_000, "s16", "stereo"
    context.time_base = Fraction(1, 48_000)
    out: list[TapFrame] = []
    for number in range(count + 1):
        times = (np.arange(960) + number * 960) / 48_000
        wave = (np.sin(times * hertz * 2 * np.pi) * 12_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2)[None, :], format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 960, Fraction(1, 48_000)
        for packet in context.encode(frame):
            i = len(out)
            at = 100.0 + i * 0.02
            out.append(TapFrame(2, i * 960, at, at + 1.7e9, False, False, 0, 0, bytes(packet)))
    return tuple(out[:count])
