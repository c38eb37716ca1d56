"""Sorting of arriving packets into tracks and layers, and layers into runs."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from media.messages import Codec, Section
from media.mmsg import MAX_SEGMENTS
from media.step import Run
from media.up import MAX_SSRCS, Ingress, Layer
from media.wire import rtp

IDS = {"mid": 1, "rid": 2, "repaired-rid": 3, "audio-level": 4, "transport-cc": 5}
OPUS = Codec(pt=111, name="opus", clock=48_000)
VP8 = Codec(pt=96, name="VP8", clock=90_000, rtx=97)
H264 = Codec(pt=100, name="H264", clock=90_000, rtx=101)
SECTIONS = [
    Section("0", "audio", "up", "mic", (OPUS,), IDS),
    Section("1", "video", "up", "cam", (VP8, H264), IDS, ("q", "h", "f")),
    Section("2", "video", "up", "screen", (VP8, H264), IDS),
]


class Up:
    """An ingress and what it told."""

    def __init__(self, sections: list[Section] = SECTIONS) -> None:
        self.counters: Counter[str] = Counter()
        self.dirty: set[Layer] = set()
        self.came: list[Layer] = []
        self.ended: list[Layer] = []
        self.ingress = Ingress("me", sections, self.counters, self.dirty, self.came.append, self.ended.append)

    def take(
        self,
        seq: int,
        ssrc: int,
        *,
        mid: str = "",
        rid: str = "",
        repaired: str = "",
        pt: int = 96,
        payload: bytes = b"\x10\x01data",
        time: int = 0,
        marker: bool = True,
        now: float = 1.0,
    ) -> None:
        names = {"mid": mid, "rid": rid, "repaired-rid": repaired}
        extensions = [(IDS[name], value.encode()) for name, value in names.items() if value]
        data = rtp.build(
            pt=pt, seq=seq, time=time, ssrc=ssrc, payload=payload, marker=marker, extensions=extensions
        )
        self.ingress.receive(data, now)

    def runs(self) -> list[list[int]]:
        """Wire sequence numbers of the runs that are ready, layer by layer."""
        return [[p.seq & 0xFFFF for p in run.packets] for layer in self.came for run in layer.take_ready()]


def test_layers_are_latched_by_mid_and_rid_and_then_by_ssrc() -> None:
    up = Up()
    for ssrc, rid in ((10, "q"), (11, "h"), (12, "f")):
        up.take(1, ssrc, mid="1", rid=rid)
        up.take(2, ssrc)  # browsers leave the extensions out once they are acknowledged
    up.take(1, 20, mid="2")
    up.take(1, 30, mid="0", pt=111, payload=b"\x78abc")
    assert [(layer.track.source, layer.rid, layer.ssrc) for layer in up.came] == [
        ("cam", "q", 10), ("cam", "h", 11), ("cam", "f", 12), ("screen", "", 20), ("mic", "", 30),
    ]  # fmt: skip
    cam = up.ingress.by_source("cam")
    assert cam is not None
    assert [layer.rid for layer in cam.ordered()] == ["q", "h", "f"]
    assert up.ingress.layer_of(12) is up.came[2]


def test_what_belongs_nowhere_is_counted() -> None:
    up = Up()
    up.take(1, 10)  # no MID, and two sections with this payload type
    up.take(1, 11, mid="9")
    up.take(1, 12, mid="1")  # a simulcast section without a RID
    up.take(1, 13, mid="1", rid="x")
    up.take(1, 14, mid="2", rid="q")  # a RID where none was agreed
    up.take(1, 15, mid="2", pt=50)
    assert up.counters["rtp_unrouted"] == 6
    assert up.came == []


def test_one_without_mid_is_found_by_its_payload_type_alone() -> None:
    up = Up()
    up.take(1, 30, pt=111, payload=b"\x78abc")
    assert up.came[0].track.source == "mic"


def test_retransmissions_mend_their_layer() -> None:
    up = Up()
    up.take(1, 10, mid="1", rid="h", payload=b"\x10\x01one")
    up.take(3, 10, payload=b"\x10\x01three", time=3000)
    up.take(900, 99, mid="1", repaired="h", pt=97, payload=b"\x00\x02\x10\x01two", time=1500)
    layer = up.came[0]
    assert layer.rtx_ssrc == 99
    repaired = layer.cache.get(layer.cache.highest - 1)
    assert repaired is not None
    assert repaired.payload == b"\x10\x01two"
    assert up.counters["repaired"] == 1
    assert up.runs() == [[1], [3], [2]]


def test_a_retransmission_before_its_layer_is_kept_in_mind() -> None:
    up = Up()
    up.take(900, 99, mid="1", repaired="h", pt=97, payload=b"\x00\x01\x10\x01one")
    assert up.came == []
    up.take(2, 10, mid="1", rid="h")
    assert up.came[0].rtx_ssrc == 99
    up.take(901, 99, pt=97, payload=b"\x00\x01\x10\x01one")
    assert up.runs() == [[2], [1]]


def test_another_ssrc_or_codec_on_a_layer_replaces_it() -> None:
    up = Up()
    up.take(1, 10, mid="1", rid="h")
    up.take(5000, 40, mid="1", rid="h")
    assert up.ended == [up.came[0]]
    assert up.ingress.layer_of(10) is None
    up.take(5001, 40, pt=100, payload=b"\x65data")
    assert up.ended == up.came[:2]
    assert up.came[2].codec.name == "H264"
    assert len(up.ingress.layers()) == 1


def test_a_frame_is_one_run() -> None:
    up = Up()
    for seq in range(3):
        up.take(seq, 10, mid="1", rid="h", marker=seq == 2, time=1)
    assert up.runs() == [[0, 1, 2]]


def test_an_unfinished_frame_waits_and_gives_way_to_the_next() -> None:
    up = Up()
    up.take(0, 10, mid="1", rid="h", marker=False, time=1, now=5.0)
    assert up.runs() == []
    assert up.came[0].waiting_since == 5.0
    up.take(1, 10, marker=False, time=2, now=5.1)
    assert up.runs() == [[0]]
    assert up.came[0].waiting_since == 5.1
    up.came[0].finish()
    assert up.runs() == [[1]]
    assert up.came[0].waiting_since is None


def test_late_ones_go_alone() -> None:
    up = Up()
    for seq, time in ((0, 1), (2, 2), (1, 1)):
        up.take(seq, 10, mid="1", rid="h", marker=False, time=time)
    up.came[0].finish()
    assert up.runs() == [[0], [2], [1]]


def test_sources_are_bounded() -> None:
    up = Up()
    for ssrc in range(200):
        up.take(1, ssrc, mid="2")
    assert len(up.ingress._routes) <= MAX_SSRCS
    assert len(up.ingress.layers()) == 1


@given(
    steps=st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.integers(0, 5)), min_size=1, max_size=120)
)
def test_runs_hold_each_packet_once_in_rising_order(steps: list[tuple[int, bool, int]]) -> None:
    up = Up()
    for seq, marker, frame in steps:
        up.take(60_000 + seq, 10, mid="1", rid="h", marker=marker, time=frame * 3000)
    layer = up.came[0]
    layer.finish()
    runs: list[Run] = layer.take_ready()
    seen = [packet.seq for run in runs for packet in run.packets]
    assert sorted(seen) == sorted({packet.seq for run in runs for packet in run.packets})
    assert {seq & 0xFFFF for seq in seen} == {60_000 + seq for seq, _, _ in steps}
    for run in runs:
        numbers = [packet.seq for packet in run.packets]
        assert numbers == sorted(numbers)
        assert len({packet.time for packet in run.packets}) == 1
        assert len(run.packets) <= MAX_SEGMENTS


@given(data=st.binary(max_size=200))
def test_no_bytes_are_more_than_malformed(data: bytes) -> None:
    up = Up()
    up.take(1, 10, mid="1", rid="h")
    up.ingress.receive(data, 1.0)
    up.ingress.receive(bytes([0x80, 96]) + data, 1.0)
    up.ingress.receive(bytes([0x90, 96, 0, 2, 0, 0, 0, 0, 0, 0, 0, 10]) + data, 1.0)
    up.ingress.receive(rtp.build(pt=97, seq=5, time=1, ssrc=99, payload=data), 1.0)
    assert len(up.ingress.layers()) <= 3


def surveyed(small: list[float], large: list[float], end: float) -> list[tuple[float, tuple[str, ...]]]:
    """Frames of two layers at these seconds, looked at five times a second: what changed, and when."""
    up = Up()
    frames = sorted([(at, "q") for at in small] + [(at, "h") for at in large])
    changes: list[tuple[float, tuple[str, ...]]] = []
    seqs: Counter[str] = Counter()
    for look in range(1, int(end * 5)):
        now = look / 5
        while frames and frames[0][0] <= now:
            at, rid = frames.pop(0)
            seqs[rid] += 1
            up.take(seqs[rid], 10 if rid == "q" else 11, mid="1", rid=rid, time=int(at * 90_000), now=at)
        cam = up.ingress.by_source("cam")
        assert cam is not None
        alive = cam.survey(now)
        if alive and (not changes or alive != changes[-1][1]):
            changes.append((now, alive))
    return changes


def test_a_layer_of_two_frames_a_second_stays_though_one_is_late_or_left_out() -> None:
    quick = [n / 15 for n in range(300)]
    slow = [0.05 + n / 2 + (0.2 if n % 5 == 4 else 0.0) for n in range(40) if n % 9 != 8]
    assert surveyed(slow, quick, 20) == [(0.2, ("q", "h"))]


def test_a_layer_that_stops_gives_way_soon_by_its_own_pace() -> None:
    quick, slow = [n / 15 for n in range(300)], [0.05 + n / 2 for n in range(40)]
    (_, both), (at, left) = surveyed(slow, quick[:150], 15)
    assert both == ("q", "h") and left == ("q",) and 10.5 < at <= 11.2
    (_, both), (at, left) = surveyed(slow[:20], quick, 15)
    assert both == ("q", "h") and left == ("h",) and 10.5 < at <= 11.7
