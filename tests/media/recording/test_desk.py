"""The recorder's desk with real files: orders, crashes, a disk that refuses."""

import errno
import os
from pathlib import Path

import pytest

from media.recording.desk import HELD, Desk
from media.recording.messages import Disk, Order, PieceState
from media.recording.shelf import Shelf, hash_of
from media.taps import TapEnded, TapLost, TapTrack
from tests.media.recording.clips import sound, video

CAMERA = TapTrack(1, "room", "room/u1/t", "cam", "f", "VP8", 90_000)
VOICE = TapTrack(2, "room", "room/u1/t", "mic", "", "opus", 48_000)


def desk_of(folder: Path) -> tuple[Desk, list[PieceState | Disk]]:
    told: list[PieceState | Disk] = []
    return Desk(Shelf(folder, reserve=0), told.append), told


def finished(told: list[PieceState | Disk]) -> list[PieceState]:
    pieces = {each.piece: each for each in told if isinstance(each, PieceState)}
    return [each for each in pieces.values() if each.state == "finished"]


async def test_a_wish_follows_the_orders(tmp_path: Path) -> None:
    desk, _ = desk_of(tmp_path)
    assert desk.wish.sources == ()
    desk.order(Order("a", {"cam": ("a/t/",), "mic": ("a/",)}))
    desk.order(Order("b", {"mic": ("b/",)}, keyframes=5.0))
    assert desk.wish.rooms == ("a", "b")
    assert desk.wish.people == {"cam": ("a/t/",), "mic": ("a/", "b/")}
    assert desk.wish.keyframes == 5.0
    desk.forget("a")
    desk.forget("b")
    assert desk.wish.sources == ()


async def test_pieces_are_written_finished_and_forgotten_once_kept(tmp_path: Path) -> None:
    desk, told = desk_of(tmp_path)
    await desk.recover()
    for track, frames in ((CAMERA, video(60)), (VOICE, sound(200))):
        desk.take("m", track)
        for frame in frames:
            desk.take("m", frame)
    await desk.turn()
    desk.take("m", TapEnded(1))
    desk.take("m", TapEnded(2))
    await desk.turn()
    pieces = finished(told)
    assert sorted(piece.source for piece in pieces) == ["cam", "mic"]
    for piece in pieces:
        path = tmp_path / piece.file
        assert piece.sha256 == hash_of(path)
        assert piece.bytes == path.stat().st_size
        assert path.with_suffix(".json").exists()
        desk.kept(piece.piece)
    await desk.close()
    assert not list(tmp_path.glob("*/*.json"))


async def test_what_a_dead_recorder_left_is_mended_and_told(tmp_path: Path) -> None:
    desk, _ = desk_of(tmp_path)
    await desk.recover()
    desk.take("m", CAMERA)
    for frame in video(60)[:45]:
        desk.take("m", frame)
    await desk.turn()
    (path,) = tmp_path.glob("*/*.webm")
    with path.open("r+b") as file:  # killed inside a write
        file.truncate(path.stat().st_size - 11)
    after, _ = desk_of(tmp_path)
    await after.recover()
    (piece,) = after.known()
    assert (piece.state, piece.mended, piece.frames) == ("finished", True, 44)
    assert piece.sha256 == hash_of(path)
    await after.close()
    again, _ = desk_of(tmp_path)
    await again.recover()
    assert [each.sha256 for each in again.known()] == [piece.sha256], "told until it is kept"


async def test_a_file_without_a_frame_is_removed(tmp_path: Path) -> None:
    desk, _ = desk_of(tmp_path)
    await desk.recover()
    desk.take("m", CAMERA)
    desk.take("m", video(1)[0])
    await desk.turn()
    (path,) = tmp_path.glob("*/*.webm")
    with path.open("r+b") as file:
        file.truncate(100)
    after, _ = desk_of(tmp_path)
    await after.recover()
    assert after.known() == []
    assert not path.exists()


async def test_frames_left_out_are_a_gap(tmp_path: Path) -> None:
    desk, told = desk_of(tmp_path)
    await desk.recover()
    desk.take("m", VOICE)
    for frame in sound(50):
        desk.take("m", frame)
    desk.take("m", TapLost(2, 10))
    for frame in sound(100)[60:]:
        desk.take("m", frame)
    desk.hung_up("m", object())  # type: ignore[arg-type]
    await desk.turn()
    (piece,) = finished(told)
    assert len(piece.gaps) == 1


async def test_a_full_disk_alarms_keeps_what_is_there_and_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, told = desk_of(tmp_path)
    await desk.recover()
    desk.take("m", CAMERA)
    frames = video(120)
    for frame in frames[:40]:
        desk.take("m", frame)
    await desk.turn()
    real = os.write

    def full(fd: int, data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    for frame in frames[40:60]:
        desk.take("m", frame)
    await desk.turn()
    assert isinstance(told[-1], Disk)
    assert told[-1].problem == "recording.full"
    assert any(isinstance(each, PieceState) and each.problem == "recording.full" for each in told)
    monkeypatch.setattr(os, "write", real)
    await desk.turn()
    (first,) = finished(told)
    assert (first.frames, first.mended) == (40, True)
    for frame in frames[60:]:
        desk.take("m", frame)
    desk.take("m", TapEnded(1))
    await desk.turn()
    second = finished(told)[-1]
    assert second.frames == 60, "from the next keyframe on"
    await desk.close()


async def test_a_folder_that_cannot_be_written_alarms(tmp_path: Path) -> None:
    blocked = tmp_path / "recordings"
    blocked.write_text("a file in its place")
    desk, told = desk_of(blocked)
    await desk.recover()
    assert desk.disk.problem == "recording.unwritable"
    desk.take("m", CAMERA)
    for frame in video(30):
        desk.take("m", frame)
    await desk.turn()
    assert finished(told) == []
    blocked.unlink()
    await desk.turn()
    assert desk.disk.problem == ""
    await desk.close()


async def test_a_new_server_names_its_classes_one_by_one(tmp_path: Path) -> None:
    desk, _ = desk_of(tmp_path)
    desk.order(Order("a", {"mic": ("a/",)}))
    desk.order(Order("b", {"mic": ("b/",)}))
    desk.ordered([Order("b", {"mic": ("b/",)})])
    assert desk.wish.rooms == ("a", "b"), "a is recorded until the server had time to name it"
    desk.ordered([])
    desk.order(Order("a", {"cam": ("a/t/",)}))
    for _ in range(HELD):
        await desk.turn()
    assert desk.wish.people == {"cam": ("a/t/",)}, "b was not named in time"
    await desk.close()
