"""The pipeline of a vision worker on real encodes: decode, look, sample, hostile frames and photos."""

from fractions import Fraction
from functools import cache

import av
import cv2
import numpy as np
import pytest

from media.taps import TapFrame, TapTrack
from proctoring.beacon import code, modules
from proctoring.decode import Pictures
from proctoring.eyes import Eyes, open_eyes
from proctoring.faces import YuNet
from proctoring.messages import Look, SeenScreen, SeenWebcam, Thumbnail
from proctoring.photo import describe, read
from proctoring.sampler import FULL, MOST_STRETCH, Sampler
from tests.proctoring.material import material
from tests.proctoring.webcam import RATE, Picture, film

pytestmark = pytest.mark.exam

PEER = "session/student/"


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    return open_eyes({"yunet": material("models/face_detection_yunet_2023mar.onnx")})


def frames(pictures: list[Picture], track: int = 1, start: float = 0.0) -> list[TapFrame]:
    """As the tap hands them out, `RATE` a second."""
    high, wide = pictures[0].shape[:2]
    coder = av.CodecContext.create("libvpx", "w")
    coder.width, coder.height, coder.pix_fmt, coder.bit_rate = wide, high, "yuv420p", 400_000
    coder.time_base, coder.framerate = Fraction(1, RATE), Fraction(RATE)
    coder.options = {"deadline": "realtime", "cpu-used": "6", "lag-in-frames": "0", "g": "20"}
    made = []
    for n, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, "bgr24")
        frame.pts = n
        for packet in coder.encode(frame):
            at = start + n / RATE
            made.append(
                TapFrame(track, n * 45000, at, at, bool(packet.is_keyframe), False, wide, high, bytes(packet))
            )
    return made


@cache
def portrait() -> Picture:
    """A portrait of one person, upright and large."""
    finder = YuNet(material("models/face_detection_yunet_2023mar.onnx"))
    for path in sorted(material("data/faces").glob("*.jpg")):
        picture = np.asarray(cv2.imread(str(path)), np.uint8)
        found = finder.find(picture)
        if len(found) == 1 and found[0].width > 0.25:
            return picture
    raise AssertionError("no portrait of one person")


def ordered(eyes: Eyes) -> Sampler:
    sampler = Sampler(eyes, seed=7)
    sampler.order(Look("session", PEER))
    return sampler


def run(sampler: Sampler, sent: list[TapFrame]) -> list[SeenWebcam | SeenScreen | Thumbnail]:
    seen: list[SeenWebcam | SeenScreen | Thumbnail] = []
    for frame in sent:
        sampler.take("media0", frame, frame.at)
        seen += sampler.look(frame.at)
    return seen


def test_a_webcam_is_looked_at_about_once_a_second(eyes: Eyes) -> None:
    sampler = ordered(eyes)
    sampler.take("media0", TapTrack(1, "session", f"{PEER}tab", "cam", "q", "VP8", 90000), 0.0)
    seen = run(sampler, frames(list(film("live", portrait(), 20, 3))))
    looks = [each for each in seen if isinstance(each, SeenWebcam)]
    assert 14 <= len(looks) <= 22
    assert all(len(each.faces) == 1 and each.quality.fit for each in looks)
    assert all(each.peer == PEER for each in looks)
    thumbnails = [each for each in seen if isinstance(each, Thumbnail)]
    assert len(thumbnails) == len(looks)
    picture = cv2.imdecode(np.frombuffer(thumbnails[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None and picture.shape == (120, 160, 3)


def test_the_marker_of_a_screen_is_read(eyes: Eyes) -> None:
    marks = code(b"key", 5)
    drawn = np.where(np.kron(modules(marks), np.ones((4, 4), np.bool_)), 0, 255).astype(np.uint8)
    screen = np.full((360, 640, 3), 180, np.uint8)
    screen[20 : 20 + drawn.shape[0], 30 : 30 + drawn.shape[1]] = drawn[:, :, None]
    sampler = ordered(eyes)
    sampler.take("media0", TapTrack(1, "session", f"{PEER}tab", "screen", "q", "VP8", 90000), 0.0)
    seen = [each for each in run(sampler, frames([screen] * 12)) if isinstance(each, SeenScreen)]
    assert seen and all(each.marks == marks for each in seen[1:])


def test_others_are_not_looked_at(eyes: Eyes) -> None:
    sampler = ordered(eyes)
    sampler.take("media0", TapTrack(1, "session", "session/other/tab", "cam", "q", "VP8", 90000), 0.0)
    assert run(sampler, frames(list(film("live", portrait(), 4, 3)))) == []
    assert Sampler(eyes).wish().sources == ()


def test_too_much_to_do_stretches_the_looks_and_they_come_back(eyes: Eyes) -> None:
    sampler = ordered(eyes)
    for _ in range(40):
        sampler.adapt(1.5)
    assert sampler.stretch == MOST_STRETCH
    for _ in range(40):
        sampler.adapt(FULL / 2)
    assert sampler.stretch == 1.0


def test_damaged_frames_cost_a_look_and_nothing_else() -> None:
    good = frames(list(film("live", portrait(), 30, 3)))
    chance = np.random.default_rng(1)
    pictures = Pictures("VP8")
    decoded = 0
    for n, frame in enumerate(good):
        if n % 5 == 3:
            data = bytearray(frame.data)
            for at in chance.integers(0, len(data), 40):
                data[at] = int(chance.integers(0, 256))
            frame.data = bytes(data[: max(1, len(data) // 2)])
        if n % 11 == 7:
            frame.data = b""
        pictures.put(frame)
        decoded += pictures.newest() is not None
    assert decoded > 0


def test_a_hole_waits_for_a_keyframe() -> None:
    sent = frames(list(film("live", portrait(), 12, 3)))
    pictures = Pictures("VP8")
    pictures.put(sent[0])
    assert pictures.newest() is not None
    sent[1].gap = True
    for frame in sent[1:19]:
        pictures.put(frame)
    assert pictures.newest() is None
    for frame in sent[19:]:
        pictures.put(frame)
    assert any(frame.keyframe for frame in sent[19:]) and pictures.newest() is not None


@pytest.mark.parametrize(
    "photo",
    [
        b"",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n" + bytes(8) + (60_000).to_bytes(4) * 2,
        b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff" + bytes(40),
        b"GIF89a" + bytes(100),
    ],
)
def test_what_is_no_photo_is_not_unpacked(photo: bytes) -> None:
    assert read(photo) is None


def test_photos_say_what_is_wrong_with_them(eyes: Eyes) -> None:
    def jpeg(picture: Picture) -> bytes:
        return cv2.imencode(".jpg", picture)[1].tobytes()

    face = portrait()
    assert describe(eyes, jpeg(face)).problem == ""
    assert describe(eyes, jpeg(np.full((240, 320, 3), 128, np.uint8))).problem == "no_face"
    assert describe(eyes, jpeg((face * 0.05).astype(np.uint8))).problem == "dark"
    assert describe(eyes, jpeg(np.hstack([face, face]))).problem == "several"
    blurred = cv2.GaussianBlur(face, (0, 0), face.shape[1] / 40)
    assert describe(eyes, jpeg(np.asarray(blurred, np.uint8))).problem in ("blurred", "no_face")
    assert describe(eyes, b"not a picture").problem == "not_photo"
