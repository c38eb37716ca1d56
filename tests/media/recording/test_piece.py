"""Files as an independent reader (libav) sees them: whole, cut off anywhere, mended, seen while they grow."""

import hashlib
import io
import itertools
from typing import Any

import av
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.recording import webm
from media.recording.messages import PieceState
from media.recording.piece import Piece
from media.taps import TapFrame
from tests.media.recording.clips import FPS, sound, video


def state(codec: str, width: int = 160, height: int = 96) -> PieceState:
    return PieceState(
        "p", "room", "room/u/t", "cam", codec, "f", "boot", 100_000_000, 0, width=width, height=height
    )  # type: ignore[arg-type]


def written(frames: tuple[TapFrame, ...], codec: str) -> tuple[Piece, bytearray, list[webm.Patch]]:
    """A piece with all the frames, the file's bytes without and its patches."""
    piece = Piece(state(codec, frames[0].width, frames[0].height), frames[0])
    for frame in frames:
        assert piece.fits(frame)
        piece.take(frame)
    grown = bytearray(piece.pending)
    piece.pending.clear()
    patches = piece.end()
    return piece, grown + piece.pending, patches


def patched(data: bytearray, patches: list[webm.Patch]) -> bytes:
    for patch in patches:
        data[patch.at : patch.at + len(patch.data)] = patch.data
    return bytes(data)


def packets(data: bytes) -> list[tuple[float, bytes]]:
    """Seconds and bytes of every packet that libav reads."""
    with av.open(io.BytesIO(data)) as container:
        stream: Any = container.streams[0]
        return [
            (float(packet.pts * stream.time_base), bytes(packet))
            for packet in container.demux(stream)
            if packet.size
        ]


def decoded(data: bytes) -> int:
    with av.open(io.BytesIO(data)) as container:
        return sum(1 for _ in container.decode(container.streams[0]))


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_every_frame_is_read_back_at_its_time(codec: str) -> None:
    frames = video(90, codec)
    _, data, patches = written(frames, codec)
    whole = patched(data, patches)
    found = packets(whole)
    assert len(found) == 90
    assert all(abs(at - number / FPS) < 0.002 for number, (at, _) in enumerate(found))
    assert decoded(whole) == 90
    if codec == "VP8":
        assert [one for _, one in found] == [frame.data for frame in frames]


def test_sound_is_read_back_and_costs_little() -> None:
    frames = sound(500)
    piece, data, patches = written(frames, "opus")
    found = packets(patched(data, patches))
    assert [one for _, one in found] == [frame.data for frame in frames]
    assert piece.state.bytes - piece.state.payload <= 8 * len(frames)


def test_pictures_cost_little() -> None:
    # a camera of 250 kbit/s: what is in the frames does not matter to the container
    frames = tuple(msgspec.structs.replace(each, data=bytes(2000)) for each in video(150))
    piece, _, _ = written(frames, "VP8")
    assert piece.state.bytes <= 1.01 * piece.state.payload


def test_a_finished_file_says_its_length_and_can_be_sought() -> None:
    _, data, patches = written(video(90), "VP8")
    with av.open(io.BytesIO(patched(data, patches))) as container:
        assert container.duration is not None
        assert abs(container.duration / 1e6 - 89 / FPS) < 0.1
        container.seek(4_100_000)
        stream: Any = container.streams[0]
        first = next(packet for packet in container.demux(stream) if packet.size)
        assert first.is_keyframe
        assert abs(float(first.pts * stream.time_base) - 4.0) < 0.01


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 1.0), st.sampled_from(["VP8", "opus"]))
def test_a_file_cut_anywhere_keeps_every_whole_frame(share: float, codec: str) -> None:
    frames = video(90) if codec == "VP8" else sound(300)
    _, data, _ = written(frames, codec)
    cut = bytes(data[: int(len(data) * share)])
    found = webm.read(cut)
    if found is None or not found.blocks:
        assert len(cut) < 20_000
        return
    tail, patches = webm.mended(found) if not found.finished else (b"", [])
    mended = patched(bytearray(cut[: found.end]) + tail, patches)
    read = packets(mended)
    assert [one for _, one in read] == [frame.data for frame in frames[: found.blocks]]
    assert found.end <= len(cut)
    later = frames[found.blocks] if found.blocks < len(frames) else None
    if later is not None and not found.finished:
        assert len(cut) - found.end < len(later.data) + 40, "only the frame under way is lost"


@given(st.binary(max_size=400))
def test_bytes_that_are_no_file_are_refused_or_read_to_their_end(data: bytes) -> None:
    found = webm.read(data)
    assert found is None or found.end <= len(data)
    _, real, _ = written(sound(20), "opus")
    found = webm.read(bytes(real) + data)
    assert found is not None and found.blocks >= 20


def test_a_growing_file_is_given_length_and_cues() -> None:
    _, data, _ = written(video(90), "VP8")
    grown = bytes(data[: len(data) * 2 // 3])
    found = webm.read(grown)
    assert found is not None
    seen = webm.seekable(grown, found) + grown[found.cues[0].at : found.end]
    with av.open(io.BytesIO(seen)) as container:
        assert container.duration is not None
        assert abs(container.duration / 1000 - found.last) < 100
        container.seek(2_500_000)
        stream: Any = container.streams[0]
        first = next(packet for packet in container.demux(stream) if packet.size)
        assert abs(float(first.pts * stream.time_base) - 2.0) < 0.01
    assert decoded(seen) == found.blocks


def test_silence_is_filled_and_gaps_are_noted() -> None:
    frames = list(sound(100))
    quiet = [*frames[:30], *frames[50:]]  # DTX: 400 ms without a packet
    piece = Piece(state("opus"), quiet[0])
    for frame in quiet:
        piece.take(frame)
    times = [at for at, _ in packets(bytes(piece.pending))]
    assert max(b - a for a, b in itertools.pairwise(times)) < 0.03
    assert piece.state.gaps == []
    holed = Piece(state("opus"), frames[0])
    frames[60].gap = True
    for frame in [*frames[:30], *frames[60:]]:
        holed.take(frame)
    assert [(round(a, -1), round(b, -1)) for a, b in holed.state.gaps] == [(580, 1200)]


def test_a_new_size_or_a_long_pause_wants_another_piece() -> None:
    piece = Piece(state("VP8"), video(2)[0])
    for frame in video(2):
        piece.take(frame)
    small = video(1, width=80, height=48)[0]
    small.at = 100.3
    assert not piece.fits(small)
    late = video(2)[1]
    assert piece.fits(late)
    assert not piece.fits(TapFrame(1, 0, 130.0, 0.0, False, False, 0, 0, b"x"))


def test_a_step_of_the_wall_clock_moves_nothing() -> None:
    frames = video(60)
    for frame in frames[30:]:
        frame.wall += 3600.0
    piece, data, patches = written(frames, "VP8")
    assert piece.state.gaps == []
    assert piece.state.ends - piece.state.starts == round(59 / FPS * 1000) * 1000
    times = [at for at, _ in packets(patched(data, patches))]
    assert all(abs(at - number / FPS) < 0.002 for number, at in enumerate(times))


def test_the_opening_is_the_same_bytes_every_time() -> None:
    digest = hashlib.sha256(webm.opening("VP8", 640, 360).data).hexdigest()
    assert digest == hashlib.sha256(webm.opening("VP8", 640, 360).data).hexdigest()
