"""Clips cut out of recorded files: the very frames, at the right moments, from any file."""

import io
import random
from collections.abc import Iterator
from typing import Any

import av
from hypothesis import given
from hypothesis import strategies as st

from media.recording import webm
from media.recording.cut import cut
from media.recording.ebml import head
from tests.media.recording.clips import sound, video, written

FPS = 10
KEY_EVERY = 50


def recorded(seconds: int, *, finished: bool = True, size: int = 400) -> tuple[bytes, list[bytes]]:
    """A file of made frames, one each 100 ms, a keyframe each 5 s; and its frames."""
    chance = random.Random(7)
    start = webm.opening("VP8", 640, 480)
    clusters = webm.Clusters(len(start.data))
    body = bytearray(start.data)
    frames = []
    for n in range(seconds * FPS):
        frame = n.to_bytes(4, "big") + chance.randbytes(size)
        frames.append(frame)
        body += clusters.block(n * 1000 // FPS, n % KEY_EVERY == 0, frame, video=True)
    if finished:
        tail, patches = webm.closing(start, clusters, clusters.last)
        body += tail
        for patch in patches:
            body[patch.at : patch.at + len(patch.data)] = patch.data
    return bytes(body), frames


def frames_of(data: bytes) -> Iterator[bytes]:
    """The frames of a clip, read by another way: every block between the clusters."""
    found = webm.read(data)
    assert found is not None and found.finished
    at = found.cues[0].at
    while (element := head(data, at)) is not None and at < found.end:
        at = element.data
        if element.name == webm.CLUSTER:
            continue
        at = element.data + element.length
        if element.name == webm.BLOCK:
            yield data[element.data + 4 : at]


def test_a_clip_holds_the_very_frames_from_the_keyframe_before() -> None:
    data, frames = recorded(60)
    clip = cut(data, 17_300, 24_000, codec="VP8", width=640, height=480)
    assert clip is not None
    assert (clip.begins, clip.length, clip.frames) == (15_000, 9000, 91)
    assert list(frames_of(clip.data)) == frames[150:241]


def test_a_file_that_grows_gives_the_same_clip() -> None:
    whole, _ = recorded(60)
    growing, _ = recorded(60, finished=False)
    asked = {"codec": "VP8", "width": 640, "height": 480}
    for upto in (len(growing), len(growing) - 137):
        one = cut(growing[:upto], 17_300, 24_000, **asked)  # type: ignore[arg-type]
        other = cut(whole, 17_300, 24_000, **asked)  # type: ignore[arg-type]
        assert one == other


def test_outside_of_the_file_there_is_no_clip() -> None:
    data, _ = recorded(10)
    assert (
        cut(data, 11_000, 20_000, codec="VP8") is None
        or cut(data, 11_000, 20_000, codec="VP8").begins <= 11_000
    )  # type: ignore[union-attr]
    assert cut(b"", 0, 1000, codec="VP8") is None
    assert cut(data, 2000, 1000, codec="VP8") is None


@given(st.integers(0, 20_000), st.integers(0, 400), st.binary(max_size=4))
def test_damaged_files_raise_nothing(begin: int, at: int, noise: bytes) -> None:
    data = bytearray(recorded(10)[0])
    data[at : at + len(noise)] = noise
    cut(bytes(data), begin, begin + 5000, codec="VP8")
    cut(bytes(data[: at * 7]), begin, begin + 5000, codec="VP8")


def test_a_clip_late_in_a_long_file_is_found_by_its_cues() -> None:
    data, frames = recorded(1200, size=20)
    clip = cut(data, 1_180_000, 1_199_000, codec="VP8")
    assert clip is not None and next(frames_of(clip.data)) == frames[11_800]


def packets(data: bytes) -> list[tuple[int, bytes]]:
    """Time (ms) and bytes of each packet, as libav reads them."""
    with av.open(io.BytesIO(data)) as file:
        return [
            (round(each.pts * each.time_base * 1000), bytes(each))
            for each in file.demux()
            if each.pts is not None and each.time_base is not None
        ]


def pixels(data: bytes) -> list[Any]:
    with av.open(io.BytesIO(data)) as file:
        return [frame.to_ndarray().tobytes() for frame in file.decode(video=0)]


def test_real_pictures_are_bit_identical_and_decode_to_the_same() -> None:
    taken = video(150)  # 10 s, a keyframe each 2 s
    data = written("cam", "VP8", taken)
    clip = cut(data, 5100, 8300, codec="VP8", width=160, height=96)
    assert clip is not None and clip.begins == 4000
    whole = packets(data)
    assert [each for _, each in whole] == [frame.data for frame in taken], "the recorder changes nothing"
    wanted = [(ms - 4000, each) for ms, each in whole if 4000 <= ms <= 8300]
    assert packets(clip.data) == wanted and len(wanted) == clip.frames == 65
    assert pixels(clip.data) == pixels(data)[60:125]


def test_real_sound_is_bit_identical() -> None:
    data = written("mic", "opus", sound(600))
    clip = cut(data, 6000, 9000, codec="opus")
    assert clip is not None and 1000 <= clip.begins <= 6000
    wanted = [each for ms, each in packets(data) if clip.begins <= ms <= 9000]
    assert [each for _, each in packets(clip.data)] == wanted
