"""media.flow.rewrite: one continuous stream, whatever comes into the slot."""

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from media.flow.cache import PacketCache
from media.flow.layout import layout
from media.flow.packet import UpPacket
from media.flow.rewrite import ALL_LAYERS, Rewriter
from media.wire import rtp, vp8
from media.wire.seq import seq_delta, time_delta
from tests.media.flow.streams import FRAME, Camera, Microphone

VIDEO = layout(96, {"transport-cc": 3, "mid": 4}, "5")
AUDIO = layout(111, {"transport-cc": 3})


def slot(first_seq: int = 65535, first_time: int = 0xFFFFFFFF, first_picture: int = 0x7FFF) -> Rewriter:
    return Rewriter(
        0x5107, 0x5108, first_seq=first_seq, first_time=first_time, first_picture=first_picture, mid="5"
    )


class Viewer:
    """Reads what a slot writes, and keeps source and copy together."""

    def __init__(self, rewriter: Rewriter) -> None:
        self.rewriter = rewriter
        self.got: list[tuple[UpPacket, rtp.Packet]] = []
        self.buffer = bytearray(3000)
        self.transport_seq = 0

    def write(self, packet: UpPacket) -> rtp.Packet | None:
        size = self.rewriter.write(packet, self.transport_seq, self.buffer, 0)
        if not size:
            return None
        self.transport_seq = (self.transport_seq + 1) & 0xFFFF
        copy = rtp.parse(bytes(self.buffer[:size]))
        assert copy.ssrc == self.rewriter.ssrc
        self.got.append((packet, copy))
        return copy

    def seqs(self) -> list[int]:
        return [copy.seq for _, copy in self.got]

    def pictures(self) -> list[int]:
        return [vp8.parse(copy.data, copy.payload_at, copy.payload_end).picture_id for _, copy in self.got]


def feed(viewer: Viewer, cache: PacketCache, packets: list[UpPacket]) -> None:
    for packet in packets:
        cache.add(packet)
        viewer.write(packet)


def test_the_first_packet_has_the_numbers_given() -> None:
    viewer, camera, cache = Viewer(slot(7, 8, 9)), Camera(), PacketCache()
    first = camera.taken(0.0, keyframe=True)
    assert viewer.rewriter.switch(cache, first[0], VIDEO, 0.0, 90000) == 8
    feed(viewer, cache, first)
    assert viewer.seqs() == [7, 8]
    assert viewer.pictures() == [9, 9]
    assert {copy.time for _, copy in viewer.got} == {8}
    assert (viewer.rewriter.packets, viewer.rewriter.octets > 0) == (2, True)


def test_switching_layers_and_people_leaves_no_jump() -> None:
    viewer = Viewer(slot())
    now = 100.0
    tl0_last = None
    for turn in range(6):
        camera = Camera(seq=turn * 12345 % 65536, time=turn * 99999999, picture=turn * 5000, tl0=turn * 40)
        cache = PacketCache()
        for index in range(9):
            packets = camera.taken(now, keyframe=index == 0)
            if index == 0:
                told = viewer.rewriter.switch(cache, packets[0], VIDEO, now, 90000)
            feed(viewer, cache, packets)
            if index == 0:
                copy = viewer.got[-1][1]
                assert copy.time == told
                descriptor = vp8.parse(copy.data, copy.payload_at, copy.payload_end)
                assert tl0_last is None or descriptor.tl0_index == (tl0_last + 1) & 0xFF
            now += 1 / 30
        last = viewer.got[-1][1]
        tl0_last = vp8.parse(last.data, last.payload_at, last.payload_end).tl0_index
    assert [seq_delta(b, a) for a, b in zip(viewer.seqs(), viewer.seqs()[1:], strict=False)] == [1] * 107
    pictures = viewer.pictures()[::2]
    assert all((b - a) & 0x7FFF == 1 for a, b in itertools.pairwise(pictures))
    times = [copy.time for _, copy in viewer.got][::2]
    steps = [time_delta(b, a) for a, b in itertools.pairwise(times)]
    assert all(abs(step - FRAME) < 5 for step in steps)


def test_losses_show_and_late_packets_fit_in() -> None:
    viewer, camera, cache = Viewer(slot(100)), Camera(), PacketCache()
    packets = camera.taken(0.0, keyframe=True, packets=6)
    viewer.rewriter.switch(cache, packets[0], VIDEO, 0.0, 90000)
    for index in (0, 1, 4, 2, 5):
        viewer.write(packets[index])
    assert viewer.seqs() == [100, 101, 104, 102, 105]


def test_a_straggler_of_the_last_source_is_not_sent() -> None:
    viewer, one, other = Viewer(slot()), Camera(), Camera(seq=500)
    first = one.taken(0.0, keyframe=True, packets=4)
    viewer.rewriter.switch(cache := PacketCache(), first[0], VIDEO, 0.0, 90000)
    feed(viewer, cache, first)
    stale = other.taken(0.0)
    key = other.taken(0.1, keyframe=True)
    viewer.rewriter.switch(PacketCache(), key[0], VIDEO, 0.1, 90000)
    assert viewer.write(stale[0]) is None
    assert viewer.write(key[0]) is not None


def test_dropped_temporal_layers_close_their_gaps() -> None:
    viewer, camera, cache = Viewer(slot()), Camera(), PacketCache()
    key = camera.taken(0.0, keyframe=True)
    viewer.rewriter.switch(cache, key[0], VIDEO, 0.0, 90000)
    viewer.rewriter.limit_tid(0)
    feed(viewer, cache, key)
    for _ in range(16):
        feed(viewer, cache, camera.taken(0.0))
    assert {packet.tid for packet, _ in viewer.got} == {0}
    assert len(viewer.got) == 10
    assert [seq_delta(b, a) for a, b in zip(viewer.seqs(), viewer.seqs()[1:], strict=False)] == [1] * 9
    pictures = viewer.pictures()[::2]
    assert all((b - a) & 0x7FFF == 1 for a, b in itertools.pairwise(pictures))
    for packet, copy in viewer.got:
        found = viewer.rewriter.find(copy.seq)
        assert found is not None
        assert found[1] is packet
    viewer.rewriter.limit_tid(ALL_LAYERS)
    viewer.got.clear()
    for _ in range(8):
        feed(viewer, cache, camera.taken(0.0))
    # up again at frames that depend on nothing left out: first the sync frame of a layer
    tids = [packet.tid for packet, _ in viewer.got][::2]
    assert tids[-4:] == [2, 1, 2, 0] or set(tids) == {0, 1, 2}
    assert [seq_delta(b, a) for a, b in zip(viewer.seqs(), viewer.seqs()[1:], strict=False)] == [1] * (
        len(viewer.got) - 1
    )


def test_what_was_left_out_has_no_number_to_come_late_with() -> None:
    viewer, camera, cache = Viewer(slot()), Camera(), PacketCache()
    key = camera.taken(0.0, keyframe=True)
    viewer.rewriter.switch(cache, key[0], VIDEO, 0.0, 90000)
    viewer.rewriter.limit_tid(0)
    feed(viewer, cache, key)
    left_out = [packet for _ in range(3) for packet in camera.taken(0.0)]
    feed(viewer, cache, left_out)
    feed(viewer, cache, camera.taken(0.0))
    assert len(viewer.got) == 4
    assert [viewer.write(packet) for packet in left_out] == [None] * 6


def test_picture_ids_go_on_after_drops_and_a_switch() -> None:
    """What was dropped since the last frame sent must not be reckoned twice."""
    viewer, camera, cache = Viewer(slot()), Camera(), PacketCache()
    key = camera.taken(0.0, keyframe=True)
    viewer.rewriter.switch(cache, key[0], VIDEO, 0.0, 90000)
    viewer.rewriter.limit_tid(0)
    feed(viewer, cache, key)
    for _ in range(3):
        feed(viewer, cache, camera.taken(0.0))  # all dropped
    other = Camera(seq=9)
    next_key = other.taken(0.2, keyframe=True)
    viewer.rewriter.switch(PacketCache(), next_key[0], VIDEO, 0.2, 90000)
    viewer.rewriter.stop()
    viewer.rewriter.switch(PacketCache(), next_key[0], VIDEO, 0.2, 90000)
    viewer.write(next_key[0])
    first, last = viewer.got[0][1], viewer.got[-1][1]
    assert (viewer.pictures()[-1] - viewer.pictures()[0]) & 0x7FFF == 1
    assert seq_delta(last.seq, first.seq) == 2
    assert time_delta(last.time, first.time) == 18000


def test_padding_of_the_source_leaves_no_gap() -> None:
    viewer, camera, cache = Viewer(slot(50)), Camera(), PacketCache()
    key = camera.taken(0.0, keyframe=True)
    viewer.rewriter.switch(cache, key[0], VIDEO, 0.0, 90000)
    feed(viewer, cache, key)
    probe = rtp.parse(rtp.build(pt=96, seq=camera.seq, time=camera.time, ssrc=1, payload=b"", padding=200))
    camera.seq = (camera.seq + 1) & 0xFFFF
    feed(viewer, cache, [camera.take(probe, 0.0)])
    feed(viewer, cache, camera.taken(0.0))
    assert viewer.seqs() == [50, 51, 52, 53]


def test_joining_from_the_cache_keeps_the_live_edge() -> None:
    """The cached keyframe is 0.5 s old; what is newest belongs to now, so nothing is shown late."""
    viewer, one, other = Viewer(slot()), Camera(), Camera(time=777)
    now = 10.0
    cache, waiting = PacketCache(), PacketCache()
    viewer_last = None
    for index in range(60):
        packets = one.taken(now, keyframe=index == 0)
        if index == 0:
            viewer.rewriter.switch(cache, packets[0], VIDEO, now, 90000)
        if index < 30:
            feed(viewer, cache, packets)
            viewer_last = viewer.got[-1][1].time
        for packet in other.taken(now, keyframe=index == 45):
            waiting.add(packet)
        now += 1 / 30
    cached = waiting.since_keyframe(now, 2.0, 100)
    edge = cached[-1]
    viewer.rewriter.switch(waiting, cached[0], VIDEO, now, 90000, edge_time=edge.time)
    for packet in cached:
        viewer.write(packet)
    assert viewer_last is not None
    # one second without a picture (frames 30 to 59): the edge is that much later
    assert abs(time_delta(viewer.got[-1][1].time, viewer_last) - 31 * FRAME) < 10


def test_time_never_goes_back_at_a_switch() -> None:
    viewer, one, other = Viewer(slot()), Camera(), Camera()
    key = one.taken(5.0, keyframe=True)
    viewer.rewriter.switch(PacketCache(), key[0], VIDEO, 5.0, 90000)
    viewer.write(key[0])
    cached = [other.taken(4.0, keyframe=True)[0], other.taken(4.9)[0]]
    viewer.rewriter.switch(PacketCache(), cached[0], VIDEO, 5.0, 90000, edge_time=cached[0].time + 81000)
    for packet in cached:
        viewer.write(packet)
    times = [copy.time for _, copy in viewer.got]
    assert time_delta(times[1], times[0]) == 900
    assert time_delta(times[2], times[1]) == FRAME


def test_the_publishers_own_clock_decides_where_it_is_known() -> None:
    viewer, one, other = Viewer(slot()), Camera(), Camera()
    key = one.taken(5.0, keyframe=True)
    viewer.rewriter.switch(PacketCache(), key[0], VIDEO, 5.0, 90000)
    viewer.write(key[0])
    late = other.taken(5.5, keyframe=True)
    viewer.rewriter.switch(PacketCache(), late[0], VIDEO, 5.5, 90000, elapsed=0.1)
    viewer.write(late[0])
    assert time_delta(viewer.got[1][1].time, viewer.got[0][1].time) == 9000


def test_a_restarted_publisher_goes_on() -> None:
    viewer, cache = Viewer(slot(10)), PacketCache()
    camera = Camera(seq=1000, time=0)
    key = camera.taken(0.0, keyframe=True)
    viewer.rewriter.switch(cache, key[0], VIDEO, 0.0, 90000)
    feed(viewer, cache, key)
    camera.seq, camera.time = 40000, 0x70000000
    one, two = camera.frame(0.1)
    assert camera.intake.take(one, 0.1) is None
    feed(viewer, cache, [camera.take(two, 0.1), *camera.taken(0.2)])
    assert viewer.seqs() == [10, 11, 13, 14, 15]
    assert time_delta(viewer.got[2][1].time, viewer.got[1][1].time) == 9000


def test_audio_after_video_codec_of_another_kind() -> None:
    viewer, microphone, cache = Viewer(slot(1)), Microphone(), PacketCache()
    first = microphone.taken(0.0)
    viewer.rewriter.switch(cache, first, AUDIO, 0.0, 48000)
    feed(viewer, cache, [first, microphone.taken(0.02)])
    assert viewer.seqs() == [1, 2]
    assert time_delta(viewer.got[1][1].time, viewer.got[0][1].time) == 960


def test_resend_by_rtx_and_plain() -> None:
    viewer, camera, cache = Viewer(slot()), Camera(), PacketCache()
    key = camera.taken(0.0, keyframe=True)
    viewer.rewriter.switch(cache, key[0], VIDEO, 0.0, 90000)
    feed(viewer, cache, key)
    _, copy = viewer.got[1]
    found = viewer.rewriter.find(copy.seq)
    assert found is not None
    wrapped = rtp.parse(viewer.rewriter.resend(*found, 9, 97))
    assert (wrapped.ssrc, wrapped.pt) == (viewer.rewriter.rtx_ssrc, 97)
    original = rtp.unwrap_rtx(wrapped, pt=96, ssrc=viewer.rewriter.ssrc)
    assert original is not None
    again = rtp.parse(original)
    assert (again.seq, again.time, again.payload) == (copy.seq, copy.time, copy.payload)
    assert rtp.ExtensionMap({"transport-cc": 3}).read(wrapped).transport_seq == 9
    assert rtp.parse(viewer.rewriter.resend(*found, 9, 0)).payload == copy.payload
    assert viewer.rewriter.find((copy.seq + 1) & 0xFFFF) is None


events = st.lists(
    st.tuples(st.sampled_from(["frame"] * 12 + ["key", "switch", "limit", "stop"]), st.integers(0, 4)),
    min_size=15,
    max_size=120,
)


@settings(max_examples=150)
@given(events, st.integers(0, 2**32), st.integers(0, 30), st.integers(0, 6))
def test_anything_at_all(plan: list[tuple[str, int]], seed: int, loss: int, reorder: int) -> None:
    """Whatever happens, no number is used twice, each copy is found again, and what we left out
    ourselves leaves no gap: where nothing was lost, the numbers are without one."""
    chance = random.Random(seed)
    sources = [
        (Camera(seq=chance.randrange(65536), time=chance.randrange(2**32)), PacketCache()) for _ in range(3)
    ]
    viewer, current, wanted = Viewer(slot()), -1, 0
    queue: list[tuple[int, UpPacket]] = []
    now, lost = 0.0, 0
    for kind, number in plan:
        now += 1 / 30
        if kind == "switch":
            wanted = number % 3
        elif kind == "limit":
            viewer.rewriter.limit_tid(number if number < 3 else ALL_LAYERS)
        elif kind == "stop":
            viewer.rewriter.stop()
            current = -1
        for index, (camera, _) in enumerate(sources):
            key = kind == "key" or (kind == "switch" and index == wanted)
            for made in camera.frame(now, keyframe=key, packets=1 + number):
                taken = camera.take(made, now)
                if chance.randrange(100) < loss:
                    lost += 1
                else:
                    queue.append((index, taken))
        if reorder:
            for at in range(len(queue) - 1):
                if chance.randrange(10) < reorder:
                    queue[at], queue[at + 1] = queue[at + 1], queue[at]
        hold = chance.randrange(3) if reorder else 0
        for index, packet in queue[: len(queue) - hold]:
            cache = sources[index][1]
            cache.add(packet)
            if packet.keyframe and index == wanted and current != wanted:
                viewer.rewriter.switch(cache, packet, VIDEO, now, 90000)
                current = index
            if index == current:
                viewer.write(packet)
        del queue[: len(queue) - hold]
    seqs = viewer.seqs()
    assert len(set(seqs)) == len(seqs)
    by_number = sorted(
        ((seq_delta(copy.seq, seqs[0]), packet, copy) for packet, copy in viewer.got), key=lambda one: one[0]
    )
    if not lost and not reorder:
        assert [number for number, _, _ in by_number] == list(range(len(seqs)))
        times = [copy.time for _, _, copy in by_number]
        assert all(time_delta(b, a) >= 0 for a, b in itertools.pairwise(times))
        pictures = viewer.pictures()
        assert all((b - a) & 0x7FFF in (0, 1) for a, b in itertools.pairwise(pictures))
    for _, source, copy in by_number[-60:]:
        found = viewer.rewriter.find(copy.seq)
        if found is not None:
            assert found[1] is source
        else:
            assert len(viewer.rewriter.segments) == 128 or source.seq + 1024 <= max(
                cache.highest for _, cache in sources
            )
