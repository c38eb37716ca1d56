"""Scenarios of forwarding: what publishers send is what subscribers get, whatever happens between."""

import asyncio
import itertools

import pytest

from media.flow import need
from media.messages import Assigned, Needed, Rights, RoomSpec, TrackEnded, TrackUp, View
from media.wire import rtcp
from media.wire.seq import seq_delta
from tests.media.engine.kit import (
    EVERYONE,
    LISTENER,
    PUBLISHES,
    STUDENT,
    Camera,
    Client,
    House,
    house,
    receives,
    vp8,
)
from tests.patience import until

pytestmark = pytest.mark.engine

STAGE = 1000


async def teacher_and_student(made: House, *slots: str) -> tuple[Client, Client, Camera]:
    """A teacher with one layer of camera, a student with slots; the first frames are shown."""
    teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
    student = await made.open("student", receives(*(slots or ("stage",))), LISTENER).connect()
    camera = Camera(teacher, "1", 0xCAFE, "h", height=360)
    number = 0

    def film() -> bool:
        nonlocal number
        camera.frame(number, key=True)
        number += 1
        return bool(student.of(STAGE))

    await until(film, "the student sees the teacher", every=0.05)
    await until(lambda: vp8(student.of(STAGE)[-1])[2:] == (number - 1, 1), "the last frame")
    student.packets.clear()
    return teacher, student, camera


def continuous(packets: list, first: int | None = None) -> None:
    """Sequence numbers rise by one, times never fall."""
    for before, after in itertools.pairwise(packets):
        assert after.seq == (before.seq + 1) & 0xFFFF
        assert (after.time - before.time) & 0xFFFFFFFF < 0x80000000


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_packets_arrive_whole_and_in_order(host: str) -> None:
    async with house(host) as made:
        _, student, camera = await teacher_and_student(made)
        for number in range(100, 130):
            camera.frame(number, packets=3)
            await asyncio.sleep(0.005)
        await until(lambda: len(student.of(STAGE)) >= 90, "90 packets")
        got = student.of(STAGE)
        assert [vp8(packet)[2:] for packet in got] == [(n, i) for n in range(100, 130) for i in range(3)]
        continuous(got)
        pictures = [vp8(packet)[0] for packet in got if packet.marker]
        assert all((b - a) & 0x7FFF == 1 for a, b in itertools.pairwise(pictures))
        assert [packet.marker for packet in got[:3]] == [False, False, True]
        assert all(packet.pt == 96 for packet in got)


async def test_transport_wide_numbers_count_every_packet_of_a_subscriber() -> None:
    async with house() as made:
        _, student, camera = await teacher_and_student(made)
        for number in range(20):
            camera.frame(number, packets=3)
        await until(lambda: len(student.of(STAGE)) >= 60, "60 packets")
        numbers = [
            int.from_bytes(packet.data[packet.extension_at + 2 : packet.extension_at + 4], "big")
            for packet in student.packets
        ]
        assert all((b - a) & 0xFFFF == 1 for a, b in itertools.pairwise(numbers))


async def test_a_lost_packet_is_asked_for_and_reaches_the_subscriber_late() -> None:
    async with house() as made:
        teacher, student, camera = await teacher_and_student(made)
        camera.frame(1, packets=3, lose=(1,))
        lost = (camera.seq - 2) & 0xFFFF
        camera.frame(2, packets=3)
        await until(
            lambda: any(lost in report.lost for report in teacher.heard(rtcp.Nack)), "the teacher is asked"
        )
        assert [vp8(p)[2:] for p in student.of(STAGE)] == [(1, 0), (1, 2), (2, 0), (2, 1), (2, 2)]
        camera.resend(lost)
        await until(lambda: len(student.of(STAGE)) == 6, "the student gets it")
        late = student.of(STAGE)[5]
        assert vp8(late)[2:] == (1, 1)
        assert late.seq == (student.of(STAGE)[0].seq + 1) & 0xFFFF


async def test_a_nack_is_answered_by_rtx_and_only_so_often() -> None:
    async with house() as made:
        _, student, camera = await teacher_and_student(made)
        camera.frame(1, packets=3)
        await until(lambda: len(student.of(STAGE)) == 3, "the frame")
        wanted = student.of(STAGE)[1]
        for _ in range(40):
            student.send_rtcp(rtcp.build_nack(7, STAGE, [wanted.seq]))
            await asyncio.sleep(0.02)
        await until(lambda: student.of(STAGE + 1), "a retransmission")
        repeats = [p for p in student.of(STAGE + 1) if p.payload[:2] == wanted.seq.to_bytes(2, "big")]
        assert 1 <= len(repeats) <= 4
        assert repeats[0].pt == 97
        assert repeats[0].payload[2:] == wanted.payload
        assert repeats[0].time == wanted.time


async def test_a_nack_for_everything_stays_within_a_budget() -> None:
    async with house() as made:
        _, student, camera = await teacher_and_student(made)
        for number in range(60):
            camera.frame(number, packets=5, size=1000)
            await asyncio.sleep(0.002)
        await until(lambda: len(student.of(STAGE)) == 300, "300 packets")
        everything = sorted({packet.seq for packet in student.of(STAGE)})
        for _ in range(20):
            student.send_rtcp(rtcp.build_nack(7, STAGE, everything))
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        repeated = sum(len(packet.data) for packet in student.of(STAGE + 1))
        assert 0 < repeated < 250_000  # half a second of 40 % of what the slot sends, and its refill


@pytest.mark.slow
async def test_keyframe_requests_of_many_are_merged_and_those_without_end_refused() -> None:
    async with house() as made:
        teacher, student, camera = await teacher_and_student(made)
        await asyncio.sleep(1.1)  # the last keyframe is over a second ago
        teacher.reports.clear()
        for number in range(60):
            student.send_rtcp(rtcp.build_pli(7, STAGE))
            student.send_rtcp(rtcp.build_fir(7, STAGE, number))
            camera.frame(number)
            await asyncio.sleep(0.01)
        assert 1 <= len(teacher.heard(rtcp.PictureLoss)) <= 3
        assert all(report.media == camera.ssrc for report in teacher.heard(rtcp.PictureLoss))


async def test_the_name_changes_exactly_at_the_first_packet() -> None:
    async with house() as made:
        _, student, _ = await teacher_and_student(made)
        news = [one for one in made.of(Assigned) if one.slot == "stage"]
        assert [(one.peer, one.publisher, one.source, one.generation) for one in news] == [
            ("student", "teacher", "cam", 1)
        ]
        other = await made.open("guest", PUBLISHES, STUDENT).connect()
        made.engine.set_view("student", View(pinned="guest"))
        film = Camera(other, "1", 0xBEEF, "h", height=360)
        number = 0

        def on_stage() -> bool:
            nonlocal number
            film.frame(1000 + number, key=True)
            number += 1
            return any(one.publisher == "guest" for one in made.of(Assigned) if one.slot == "stage")

        await until(on_stage, "the guest is on the stage")
        await asyncio.sleep(0.1)
        news = [one for one in made.of(Assigned) if one.slot == "stage"]
        assert news[-1].publisher == "guest"
        assert news[-1].generation > news[0].generation
        first = next(p for p in student.of(STAGE) if vp8(p)[2] >= 1000)
        assert first.time == news[-1].first_rtp_time
        assert seq_delta(first.seq, student.of(STAGE)[0].seq) == student.of(STAGE).index(first)


async def test_who_joins_late_begins_at_the_cached_keyframe_without_a_request() -> None:
    async with house() as made:
        teacher, _, camera = await teacher_and_student(made)
        camera.frame(500, packets=4, key=True)
        camera.frame(501, packets=2)
        await asyncio.sleep(0.05)
        teacher.reports.clear()
        late = await made.open("late", receives("stage"), LISTENER).connect()
        await until(lambda: len(late.of(STAGE)) >= 6, "the cached frames")
        assert [vp8(p)[2:] for p in late.of(STAGE)[:6]] == [(500, i) for i in range(4)] + [(501, 0), (501, 1)]
        camera.frame(502)
        await until(lambda: len(late.of(STAGE)) >= 8, "it goes on")
        continuous(late.of(STAGE))
        assert not teacher.heard(rtcp.PictureLoss)


async def test_layers_are_chosen_by_the_height_a_slot_is_drawn_at() -> None:
    async with house() as made:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        student = await made.open("student", receives("stage"), LISTENER).connect()
        cameras = [
            Camera(teacher, "1", 0x100 + i, rid, height=h)
            for i, (rid, h) in enumerate((("q", 180), ("h", 360), ("f", 720)))
        ]
        number = 0

        def shown(height: int) -> bool:
            nonlocal number
            for camera in cameras:
                camera.frame(number, key=number % 5 == 0)
            number += 1
            slot = made.engine.peers["student"].slots["stage"]
            return slot.layer is not None and slot.layer.height == height

        await until(lambda: shown(720), "the largest layer", every=0.02)
        made.engine.set_view("student", View(heights={"stage": 180}))
        await until(lambda: shown(180), "the smallest layer", every=0.02)
        await asyncio.sleep(0.05)
        continuous(student.of(STAGE))
        told = [one for one in made.of(Assigned) if one.slot == "stage"]
        assert len(told) == 1  # the same person all the time


async def test_a_layer_that_stops_gives_way_to_a_smaller_one() -> None:
    async with house() as made:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        student = await made.open("student", receives("stage"), LISTENER).connect()
        small = Camera(teacher, "1", 0x100, "q", height=180)
        large = Camera(teacher, "1", 0x102, "f", height=720)
        number = 0

        def shown(height: int, *cameras: Camera) -> bool:
            nonlocal number
            for camera in cameras:
                camera.frame(number, key=number % 5 == 0)
            number += 1
            layer = made.engine.peers["student"].slots["stage"].layer
            return layer is not None and layer.height == height

        await until(lambda: shown(720, small, large), "the large layer", every=0.02)
        start = asyncio.get_running_loop().time()
        await until(lambda: shown(180, small), "the small one steps in", every=0.02)
        assert asyncio.get_running_loop().time() - start < 2.0
        continuous(student.of(STAGE))


async def test_a_hidden_slot_costs_nothing_and_comes_back() -> None:
    async with house() as made:
        _, student, camera = await teacher_and_student(made)
        made.engine.set_view("student", View(hidden=("stage",)))
        await until(lambda: made.engine.peers["student"].slots["stage"].layer is None, "it is hidden")
        await asyncio.sleep(0.05)
        student.packets.clear()
        for number in range(10):
            camera.frame(number, key=True)
        await asyncio.sleep(0.1)
        assert not student.of(STAGE)
        made.engine.set_view("student", View())

        def back() -> bool:
            camera.frame(900, key=True)
            return bool(student.of(STAGE))

        await until(back, "it is back")


@pytest.mark.slow
async def test_tracks_come_and_go() -> None:
    async with house() as made:
        await teacher_and_student(made)
        assert made.of(TrackUp)[0].track.source == "cam"
        assert made.of(TrackUp)[0].track.layers == ("h",)
        await until(lambda: made.of(TrackEnded), "the track ends when nothing comes", within=5)
        news = [one for one in made.of(Assigned) if one.slot == "stage"]
        await until(lambda: made.of(Assigned)[-1].publisher == "", "the stage is empty")
        assert news[0].publisher == "teacher"


async def test_sender_reports_tell_the_slots_own_time() -> None:
    async with house() as made:
        teacher, student, camera = await teacher_and_student(made)
        start = asyncio.get_running_loop().time()
        ntp = 3_900_000_000 << 32
        teacher.send_rtcp(
            rtcp.build_sender_report(rtcp.SenderReport(camera.ssrc, ntp, camera.time, 1, 1)),
            rtcp.build_sdes(camera.ssrc, "teacher"),
        )
        student.reports.clear()
        camera.frame(1)
        await until(lambda: student.heard(rtcp.SenderReport), "a sender report")
        newest = student.of(STAGE)[-1].time
        report = student.heard(rtcp.SenderReport)[-1]
        passed = asyncio.get_running_loop().time() - start
        assert report.ssrc == STAGE
        assert -3000 <= seq_like(report.rtp, newest) <= passed * 90_000 + 3000
        assert student.heard(rtcp.SourceDescription)[-1].cnames[STAGE] == "student"


def seq_like(newer: int, older: int) -> int:
    return ((newer - older + 0x80000000) & 0xFFFFFFFF) - 0x80000000


async def test_publishers_hear_what_arrived() -> None:
    async with house() as made:
        teacher, _, camera = await teacher_and_student(made)
        for number in range(10):
            camera.frame(number)
        await until(lambda: teacher.heard(rtcp.TransportFeedback), "transport-wide feedback")
        await until(lambda: any(r.blocks for r in teacher.heard(rtcp.ReceiverReport)), "a receiver report")
        block = next(r for r in teacher.heard(rtcp.ReceiverReport) if r.blocks).blocks[0]
        assert block.ssrc == camera.ssrc
        arrived = [tick for report in teacher.heard(rtcp.TransportFeedback) for tick in report.arrivals]
        assert arrived.count(None) == 0


async def test_sound_is_forwarded_and_its_speaker_found() -> None:
    async with house() as made:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        student = await made.open("student", receives("audio0"), LISTENER).connect()
        from media.messages import Speaking
        from media.wire import rtp
        from tests.media.engine.kit import EXTENSIONS

        number = 0

        def talk() -> bool:
            nonlocal number
            number += 1
            teacher.send_rtp(
                rtp.build(
                    pt=111, seq=number, time=number * 960, ssrc=0xA0D10, payload=b"\x78" + bytes(60),
                    extensions=[(EXTENSIONS["mid"], b"0"), (EXTENSIONS["audio-level"], bytes([0x80 | 20]))],
                )
            )  # fmt: skip
            return len(student.of(STAGE)) > 20 and bool(made.of(Speaking))

        await until(talk, "sound and its speaker", every=0.02)
        assert made.of(Speaking)[-1].peers == ["teacher"]
        continuous(student.of(STAGE))
        assert student.of(STAGE)[-1].payload == b"\x78" + bytes(60)


async def test_upper_temporal_layers_are_left_out_without_a_gap() -> None:
    async with house() as made:
        _, student, camera = await teacher_and_student(made)
        slot = made.engine.peers["student"].slots["stage"]
        made.engine.peers["student"]._next_choice = 1e12  # the link is good: the test limits it itself
        slot.rewriter.limit_tid(0)
        for number in range(40):
            camera.frame(number, tid=0 if number % 4 == 0 else 1 if number % 4 == 2 else 2)
        await until(lambda: len(student.of(STAGE)) >= 20, "the base layer")
        await asyncio.sleep(0.1)
        got = student.of(STAGE)
        assert [vp8(packet)[2] for packet in got[::2]] == list(range(0, 40, 4))
        continuous(got)
        pictures = [vp8(packet)[0] for packet in got if packet.marker]
        assert all((b - a) & 0x7FFF == 1 for a, b in itertools.pairwise(pictures))


AUDIENCES = [
    (("class",), ("class",), ("cam",), True),
    (("class", "group1"), ("group1",), ("cam",), True),
    (("group1",), ("group2",), ("cam",), False),
    ((), ("class",), ("cam",), False),
    (("class",), (), ("cam",), False),
    (("class",), ("class",), ("mic",), False),
]
"""Of the publisher: audience; of the subscriber: labels; of the publisher: what it may send; seen?"""


async def test_only_the_audience_receives() -> None:
    async with house() as made:
        cameras: list[Camera] = []
        students: list[Client] = []
        for i, (audience, labels, publish, _) in enumerate(AUDIENCES):
            room = f"room{i}"
            made.engine.set_room(RoomSpec(room))
            sender = made.open(f"teacher{i}", PUBLISHES, Rights(publish, audience, (), True), room)
            cameras.append(Camera(await sender.connect(), "1", 0xCAFE, "h"))
            viewer = made.open(f"student{i}", receives("stage", "tile0"), Rights((), (), labels), room)
            students.append(await viewer.connect())
        expected = [seen for *_, seen in AUDIENCES]

        def film() -> bool:
            for camera in cameras:
                camera.frame(1, key=True)
            return all(student.packets for student, seen in zip(students, expected, strict=True) if seen)

        await until(film, "who may see, sees", every=0.03)
        for _ in range(10):
            film()
            await asyncio.sleep(0.03)
        assert [bool(student.packets) for student in students] == expected


async def test_a_right_taken_away_stops_the_picture_at_once() -> None:
    async with house() as made:
        _, student, camera = await teacher_and_student(made)
        made.engine.set_rights("student", Rights())
        student.packets.clear()
        await asyncio.sleep(0.05)
        student.packets.clear()
        for number in range(10):
            camera.frame(number, key=True)
        await asyncio.sleep(0.3)
        assert not student.of(STAGE)
        assert made.of(Assigned)[-1].publisher == ""


async def test_a_publisher_is_told_how_large_its_picture_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(need, "PATIENCE", 0.5)
    async with house() as made:
        teacher = await made.open("teacher", PUBLISHES, EVERYONE).connect()
        await made.open("student", receives("stage"), LISTENER).connect()
        camera = Camera(teacher, "1", 0x100, "q", height=180)
        number = 0

        def told(height: int) -> bool:
            nonlocal number
            camera.frame(number, key=number % 5 == 0)
            number += 1
            news = made.of(Needed)
            return bool(news) and news[-1] == Needed("teacher", "cam", height)

        made.engine.set_view("student", View(heights={"stage": 240}))
        await until(lambda: told(240), "the stage is small", every=0.02)
        made.engine.set_view("student", View(heights={"stage": 480}))
        await until(lambda: told(480), "the stage is large", every=0.02)
        made.engine.set_view("student", View(hidden=("stage",)))
        await until(lambda: told(need.NOBODY), "nobody looks", every=0.02)
