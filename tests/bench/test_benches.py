"""The measurements run and print their keys; what they reckon with is right. No figure is judged here."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from media.wire import rtcp
from tests.bench.kit import guard, rounds, scenes
from tests.bench.load.process import moments
from tests.bench.load.reports import Feedback

ROOT = Path(__file__).resolve().parents[2]

namespaces = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("cc") is None,
    reason="a veth pair needs root and iproute2, the comparison a C compiler",
)


def bench(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "server.cli", "bench", *arguments, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


@pytest.mark.engine
@pytest.mark.net
@pytest.mark.slow
@namespaces
def test_fanout_prints_its_keys() -> None:
    found = bench("fanout", "--short")
    assert {
        "us_per_forward", "us_per_sendto", "ratio", "viewers", "delay_ms", "join_ms", "kb_per_viewer",
        "missing", "missing_sendto", "rounds", "discarded", "noisy", "machine", "scenes",
    } <= set(found)  # fmt: skip
    assert found["viewers"] == 6
    assert found["forwarded"] > 0
    assert found["ratio"] > 0


@pytest.mark.engine
@pytest.mark.net
@pytest.mark.slow
@namespaces
@pytest.mark.parametrize("scene", ["lecture", "seminar"])
def test_every_slot_of_a_class_is_fed(scene: str) -> None:
    found = bench("fanout", "--short", "--scene", scene)
    streams = len(scenes.fixed(scene).streams)
    assert found["forwarded"] > 6 * streams
    assert found["missing_sendto"] == 0


@pytest.mark.engine
@pytest.mark.net
@pytest.mark.slow
@namespaces
def test_growth_prints_its_number_of_viewers() -> None:
    found = bench("growth", "--short")
    assert [one["viewers"] for one in found["growth"]] == [4]


@pytest.mark.engine
@pytest.mark.net
@pytest.mark.slow
@namespaces
def test_join_lets_everybody_in() -> None:
    found = bench("join", "--short")
    assert found["connected"] == found["students"] == found["saw_a_picture"] == 6
    assert found["dropped_by_sockets"] == found["dropped_by_backlog"] == 0
    assert {"first_packet_ms", "first_picture_ms", "worker_share_full", "lost"} <= set(found)


@pytest.mark.recording
@pytest.mark.slow
def test_recording_prints_its_keys() -> None:
    found = bench("recording", "--short", "--alone", "--seconds", "6")
    assert found["tracks"] == 6
    assert found["gaps"] == 0
    assert found["tracks_per_core"] > 0
    assert found["picture_bytes_ratio"] <= 1.01
    assert found["sound_bytes_per_packet_more"] <= 8
    assert found["long"]["cues"] == 6


@pytest.mark.office
@pytest.mark.slow
def test_office_prints_its_keys() -> None:
    found = bench("office", "--short")
    assert {"students", "lessons", "pages", "import", "growth"} <= set(found)
    assert found["import"]["lessons"] == found["lessons"] == 800
    assert found["slowest_report_seconds"] > 0


@pytest.mark.classroom
@pytest.mark.slow
def test_slides_print_their_keys() -> None:
    found = bench("slides", "--short")
    assert {"ready_seconds", "first_page_seconds", "turn_ms", "follow_ms", "stroke_ms"} <= set(found)
    assert found["pages"] == 4


@pytest.mark.classroom
@pytest.mark.slow
def test_classroom_prints_its_keys() -> None:
    found = bench("classroom", "--short")
    assert found["students"] == found["lesson"]["votes"] == 20
    assert found["lesson"]["refused"] == {}
    assert found["burst"]["frames"] >= 20 * 20, "everybody hears of every hand"
    assert {"p50_ms", "p95_ms", "server_cores"} <= set(found["lesson"])


@pytest.mark.exam
@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / "static/dist/index.html").is_file(), reason="the client is not built")
def test_the_wall_prints_its_keys() -> None:
    found = bench("wall", "--short")
    assert found["cards"] == found["students"] == 12
    assert found["cards_drawn"] > 0
    assert found["inputs"] > 0
    assert found["kb_per_s"]["pictures"] > 0
    assert {"input_ms", "longest_task_ms", "renderer_share", "renderer_share_with_inputs"} <= set(found)


@pytest.mark.exam
@pytest.mark.slow
def test_proctoring_prints_its_keys() -> None:
    found = bench("proctoring", "--short")
    assert {"absent", "several", "other_person", "head_away", "phone"} <= set(found["kinds"])
    assert {"covered", "dark", "frozen", "loop", "beacon_lost", "share_ended"} <= set(found["kinds"])
    assert found["student_hours"] > 0.3 and found["unfit_share"] < 0.2
    assert found["identity"]["different"]["accepted"] == 0
    assert found["groups"]["absent"]


@pytest.mark.exam
def test_a_clip_that_was_judged_is_not_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.bench import proctoring
    from tests.bench.kit.judged import Judged, Raised
    from tests.bench.kit.stage import Episode

    made: list[proctoring.Job] = []

    def one(job: proctoring.Job) -> Judged:
        made.append(job)
        episode = Episode("webcam-000", "absent", 20.0, 40.0, "light=dim")
        return Judged("webcam-000", 60.0, 1.0, [Raised("absent", 20.5, 39.0, 31.0)], 0.5, [episode])

    monkeypatch.setattr(proctoring, "one", one)
    job = proctoring.Job("webcam", 0, 2026, "report", tmp_path)
    first = proctoring.kept(job, tmp_path / "kept")
    assert proctoring.kept(job, tmp_path / "kept") == first and made == [job]
    assert proctoring.kept(job._replace(half="tune"), tmp_path / "kept") == first and len(made) == 2
    assert proctoring.kept(job, None) == first and len(made) == 3


@pytest.mark.exam
def test_shares_have_their_intervals() -> None:
    from tests.bench.kit.judged import wilson

    assert wilson(60, 60) == [0.94, 1.0] and wilson(0, 0) == [0.0, 1.0]
    low, high = wilson(30, 60)
    assert low == pytest.approx(1 - high) and 0.37 < low < 0.5


@pytest.mark.exam
@pytest.mark.slow
def test_vision_prints_its_keys() -> None:
    found = bench("vision", "--short")
    assert found["students_per_core"] > 0 and found["students_per_core_light"] > found["students_per_core"]
    assert set(found["shares"]) < set(found["parts_ms"])
    assert sum(found["shares"].values()) == pytest.approx(1, abs=0.01)


@pytest.mark.review
@pytest.mark.slow
def test_keeping_prints_its_keys() -> None:
    found = bench("keeping", "--short")
    assert {"backup_seconds", "next_backup_seconds", "restore_seconds", "calendar_seconds"} <= set(found)
    assert found["lessons"] == 800
    assert found["rows"] > 10_000


@pytest.mark.review
@pytest.mark.slow
def test_evidence_is_bit_identical_and_prints_its_keys() -> None:
    found = bench("evidence", "--short")
    assert found["identical"] and found["seconds"] == 20
    assert 300 <= found["clip_frames"] <= 376, "20 s, and up to 5 s to the keyframe before"
    assert {"cut_cpu_s", "most_cpu_s", "item_cpu_s", "growing_cpu_s", "megabytes", "reached"} <= set(found)
    assert 0 < found["stills_cpu_s"] < 5


@pytest.mark.slow
def test_all_runs_each_measurement_by_its_name() -> None:
    found = bench("all", "--short", "--only", "trace")
    assert found["trace"]["entries_per_s"] > 0
    assert found["trace"]["verified"] >= 20_000
    assert {"verify_seconds", "verify_export_seconds", "export_seconds"} <= set(found["trace"])


def test_all_knows_every_measurement() -> None:
    from tests.bench.all import measurements

    classes = {"classroom", "fanout", "growth", "join", "lighthouse", "recording", "slides", "wall"}
    assert {*classes, "evidence", "keeping", "office", "proctoring", "trace", "vision"} == set(measurements())


# --- what they reckon with --------------------------------------------------------------------------


def spin(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_a_stranger_at_work_is_noticed() -> None:
    watch = guard.Watch({})
    program = "import time\nwhile time.process_time() < 0.3: pass"
    strange = subprocess.Popen([sys.executable, "-c", program + "\ntime.sleep(20)"])
    try:
        while guard.process_cpu(strange.pid) < 0.3:
            time.sleep(0.05)
        spent = watch.stop()
    finally:
        strange.kill()
        strange.wait()
    assert spent.foreign >= 0.25


def test_own_processes_are_counted_apart() -> None:
    watch = guard.Watch({"me": os.getpid()})
    spin(0.2)
    spent = watch.stop()
    assert spent.own["me"] >= 0.18
    assert spent.machine >= 0.18 - 0.03  # idle time comes in steps of 10 ms a core


def made(foreign: float) -> tuple[rounds.Round]:
    spent = guard.Spent(1.0, 1.0, {}, foreign)
    return (rounds.Round(spent, 5.0, 4.0, 0.5, 100, 0, []),)


async def test_disturbed_rounds_are_set_aside_and_done_again() -> None:
    noise = iter([0.5, 0.0, 0.0, 0.9, 0.0])

    async def turn() -> tuple[rounds.Round, ...]:
        return made(next(noise))

    found = await rounds.collect(3, turn)
    assert len(found.turns) == 3
    assert found.discarded == 2
    assert not found.noisy
    assert found.us(0) == [5.0, 5.0, 5.0]


async def test_where_it_is_never_quiet_the_result_says_so() -> None:
    noise = iter([0.5, 0.3, 0.0, 0.9, 0.7, 0.6])

    async def turn() -> tuple[rounds.Round, ...]:
        return made(next(noise))

    found = await rounds.collect(2, turn)
    assert found.noisy
    assert [one.spent.foreign for one in found.column(0)] == [0.0, 0.3]
    assert found.us(0) == [4.5, 4.5]


def test_both_sides_send_the_same_packets() -> None:
    scene = scenes.fixed("video5")
    lines = rounds.frames_of(scene, 2.0).splitlines()
    assert len(lines) == 117  # of 120 frames the last 50 ms are left out, so that both end in time
    assert lines[1] == "16666 5 1136 1136 1136 1136 1136"


def test_recorded_streams_are_repeated_without_a_gap_in_time() -> None:
    stream = scenes.replay("camera720", 0, "cam")
    frames = moments(stream)
    times = [next(frames)[0] for _ in range(2 * len(stream["times"]))]
    assert times == sorted(times)
    assert all(24 <= size <= 1300 for sizes in stream["sizes"] for size in sizes)


@pytest.mark.parametrize("gap", [False, True])
def test_feedback_of_viewers_says_what_came(gap: bool) -> None:
    feedback = Feedback(4)
    numbers = [n for n in range(65_530, 65_560) if not gap or n != 65_537]
    for n in numbers:
        packet = b"\x90" + bytes(11) + b"\xbe\xde\x00\x01\x41" + (n & 0xFFFF).to_bytes(2, "big") + b"\0"
        feedback.note(bytearray(packet), 0, 100.0 + n * 0.001)
    (report,) = rtcp.parse(feedback.build(1, 2)).reports
    assert isinstance(report, rtcp.TransportFeedback)
    came = [report.base + i for i, ticks in enumerate(report.arrivals) if ticks is not None]
    assert came == numbers
    ticks = [ticks for ticks in report.arrivals if ticks is not None]
    assert ticks[-1] - ticks[0] in range(115, 117)
