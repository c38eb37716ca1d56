"""A backup while others write, restored on an empty machine; bad backups are refused by name."""

import asyncio
import shutil
from collections import namedtuple
from datetime import date
from pathlib import Path

import msgspec
import pytest

from media.recording import webm
from media.recording.messages import PieceState
from media.recording.shelf import Shelf
from server.backup import growing
from server.backup.make import make
from server.backup.manifest import NAME
from server.backup.restore import restore
from server.cli import main
from server.errors import ServerError, StoreError
from server.retention import lock
from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.erase import erase
from server.trace.signing import known_keys, open_signer, public_file, read_keys
from server.trace.verify import verify
from tests.postgres import Cluster
from tests.server.retention.years import Years, years

pytestmark = pytest.mark.served

DAY = date(2026, 9, 7)


def grow(data: Path) -> tuple[Path, int]:
    """A recording under way, cut off within a frame. Returns the file, and where its last frame ends."""
    state = PieceState(
        "06q3z6r1ah2k9vfe", "s1", "s1/nurai/1", "mic", "opus", "s1/growing.webm", "boot", 1_000_000, 5_000_000
    )
    shelf = Shelf(data / "recordings", 0)
    fd = shelf.begin(state)
    start = webm.opening("opus")
    shelf.append(fd, start.data)
    clusters = webm.Clusters(len(start.data))
    size = len(start.data)
    for n in range(50):
        block = clusters.block(n * 20, False, bytes(40), video=False)
        shelf.append(fd, block)
        size += len(block)
    shelf.append(fd, clusters.block(1000, False, bytes(40), video=False)[:-7])
    shelf.let_go(fd)
    return data / "recordings" / state.file, size


async def filled(made: Years) -> None:
    for n in range(4):
        lesson = await made.lesson(DAY.replace(day=7 + n))
        await made.excuse(DAY.replace(day=7 + n), lesson)


def refused(code: str) -> "pytest.RaisesExc[ServerError]":
    return pytest.raises(ServerError, check=lambda error: error.code == code)


async def test_while_others_write(tmp_path: Path) -> None:
    data, target, back = tmp_path / "data", tmp_path / "backup", Settings(data=tmp_path / "back")
    async with years(data, DAY) as made:
        await filled(made)
        (data / "keys").mkdir()
        (data / "keys" / "links.key").write_bytes(bytes(32))
        open_signer(made.house.settings.trace_key_file)
        (data / "run").mkdir()
        (data / "run" / "supervisor.pid").write_text("1")
        file, size = grow(data)
        done = asyncio.Event()

        async def others() -> int:
            written = 0
            while not done.is_set():
                await made.record("chat.said", {"text": "while"}, "nurai", "s1")
                written += 1
            return written

        writing = asyncio.create_task(others())
        found = await make(made.house.settings, target)
        done.set()
        assert await writing > 1
        assert not found.missing
        assert not found.differing
        before = made.marks()
    (cut,) = [each for each in found.manifest.files if each.cut]
    assert (cut.path, cut.bytes) == ("recordings/s1/growing.webm", size)
    assert file.stat().st_size > size
    assert [each.name for each in (target / "keys").rglob("*") if each.is_file()] == ["trace.key.pub"]
    assert not (target / "run").exists()
    assert (target / NAME).stat().st_mode & 0o777 <= 0o644

    assert (await restore(back, target)).head == found.manifest.head
    async with years(back.data, DAY) as again:
        assert again.marks() == before
        report = await verify(again.house.store)
        assert report.good
        old = read_keys(public_file(made.house.settings.trace_key_file))
        signer = open_signer(back.trace_key_file)
        assert signer.key not in old
        assert known_keys(back.trace_key_file) == [*old, signer.key], (
            "a new key beside the old, which is believed"
        )
        assert f"{report.entries}:{report.head.hex()}" == found.manifest.head
    (state,) = Shelf(back.recordings_dir).recover()
    assert (state.state, state.mended, state.frames) == ("finished", True, 50)


async def test_the_next_one_shares_what_has_not_changed(tmp_path: Path) -> None:
    async with years(tmp_path / "data", DAY) as made:
        await filled(made)
        first = await make(made.house.settings, tmp_path / "one", keys=True)
        await made.lesson(DAY.replace(day=20))
        second = await make(made.house.settings, tmp_path / "two", since=tmp_path / "one")
        assert second.linked == 8 + 4 + 12
        assert len(second.manifest.files) == len(first.manifest.files) + 2 + 3
    shutil.rmtree(tmp_path / "one")
    await restore(Settings(data=tmp_path / "back"), tmp_path / "two")


async def test_a_changed_recording_is_told(tmp_path: Path) -> None:
    async with years(tmp_path / "data", DAY) as made:
        await filled(made)
        first, second, *_ = sorted((made.data / "recordings").rglob("*.webm"))
        first.write_bytes(b"another lesson")
        second.unlink()
        found = await make(made.house.settings, tmp_path / "backup")
        assert found.differing == [str(first.relative_to(made.data))]
        assert found.missing == [str(second.relative_to(made.data))]


async def backup(tmp_path: Path) -> Path:
    async with years(tmp_path / "data", DAY, Store.open) as made:
        await filled(made)
        await make(made.house.settings, tmp_path / "backup")
    return tmp_path / "backup"


async def test_bad_backups_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    target, back = await backup(tmp_path), Settings(data=tmp_path / "back")
    recording = next((target / "recordings").rglob("*.webm"))
    whole = recording.read_bytes()

    recording.write_bytes(whole[:-1])
    with refused("backup.changed") as caught:
        await restore(back, target)
    assert recording.name in caught.value.message
    recording.write_bytes(b"x" + whole[1:])
    with refused("backup.changed"):
        await restore(back, target)
    recording.unlink()
    with refused("backup.changed"):
        await restore(back, target)
    recording.write_bytes(whole)

    manifest = (target / NAME).read_bytes()
    (target / NAME).write_bytes(manifest[:-300])
    with refused("backup.incomplete"):
        await restore(back, target)
    (target / NAME).write_bytes(manifest.replace(b"sabak.backup.1", b"sabak.backup.9"))
    with refused("backup.format"):
        await restore(back, target)
    outside = msgspec.json.decode(manifest)
    outside["files"][1]["path"] = "../../etc/passwd"
    (target / NAME).write_bytes(msgspec.json.encode(outside))
    with refused("backup.changed"):
        await restore(back, target)
    (target / NAME).unlink()
    with refused("backup.incomplete"):
        await restore(back, target)
    assert not back.data.exists()


async def test_cut_off_half_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full after some files: no manifest, and restoring says so."""
    copied: list[str] = []
    copyfile = shutil.copyfile

    def full(source: Path, target: Path) -> None:
        copied.append(str(source))
        if len(copied) == 5:
            raise OSError(28, "No space left on device")
        copyfile(source, target)

    monkeypatch.setattr(shutil, "copyfile", full)
    with refused("backup.target"):
        await backup(tmp_path)
    monkeypatch.undo()
    with refused("backup.incomplete"):
        await restore(Settings(data=tmp_path / "back"), tmp_path / "backup")
    with refused("backup.target"):
        await make(Settings(data=tmp_path / "data"), tmp_path / "backup")


async def test_a_restore_that_was_cut_off_is_no_house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, back = await backup(tmp_path), Settings(data=tmp_path / "back")

    def full(source: Path, target: Path) -> None:
        if target.name == "sabak.db.new":
            raise OSError(28, "No space left on device")
        Path(target).write_bytes(Path(source).read_bytes())

    monkeypatch.setattr(shutil, "copyfile", full)
    with refused("restore.failed"):
        await restore(back, target)
    monkeypatch.undo()
    with pytest.raises(StoreError):
        await Store.open(back)
    with refused("restore.not_empty"):
        await restore(back, target)


async def test_where_it_cannot_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = await backup(tmp_path)
    settings = Settings(data=tmp_path / "data")
    with refused("restore.not_empty"):
        await restore(settings, target)
    with refused("backup.target"):
        await make(settings, settings.data / "backup")
    with lock.held(settings), refused("retention.busy"):
        await make(settings, tmp_path / "other")
    with refused("backup.database"):
        await make(Settings(data=tmp_path / "nothing"), tmp_path / "third")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(100, 0, 100))
    with refused("backup.space"):
        await make(settings, tmp_path / "fourth")
    with refused("restore.space"):
        await restore(Settings(data=tmp_path / "back"), target)


async def test_a_trace_that_was_changed_is_no_backup(tmp_path: Path) -> None:
    async with years(tmp_path / "data", DAY) as made:
        await filled(made)
        async with made.house.store.writer.begin() as db:
            await db.exec_driver_sql("UPDATE trace_entries SET actor = 'other' WHERE seq = 3")
        with refused("backup.trace"):
            await make(made.house.settings, tmp_path / "backup")


async def test_postgres(tmp_path: Path, postgres: Cluster, postgres_settings: Settings) -> None:
    target = tmp_path / "backup"
    store = await Store.open(postgres_settings)
    async with await Trace.open(store) as trace:
        await trace.record("chat.said", {"text": "Салам"}, actor="nurai", session="s1")
        gone = await trace.record("chat.said", {"text": "gone"}, actor="nurai", session="s1")
        await erase(trace, [gone.entry.seq], actor="system", reason="test")
        await store.vacuum()
    await store.close()
    found = await make(postgres_settings, target)
    assert found.manifest.database == "postgresql"
    assert found.manifest.head.startswith("3:")
    back = Settings(data=tmp_path / "other", database=postgres.database())
    await restore(back, target)
    store = await Store.open(back)
    report = await verify(store)
    await store.close()
    assert (report.good, report.entries, report.erased) == (True, 3, 1)
    with refused("backup.database"):
        await restore(Settings(data=tmp_path / "back"), target)


def test_fragments_of_mp4(tmp_path: Path) -> None:
    def box(name: bytes, size: int) -> bytes:
        return (size + 8).to_bytes(4, "big") + name + bytes(size)

    head = box(b"ftyp", 20) + box(b"moov", 300)
    one = box(b"moof", 100) + box(b"mdat", 1000)
    path = tmp_path / "a.mp4"
    for body, end in ((head + one, 1), (head + one + box(b"moof", 100), 1), (head + one + one[:600], 1)):
        path.write_bytes(body)
        assert growing.whole(path) == len(head) + end * len(one)
    path.write_bytes(b"")
    assert growing.whole(path) == 0


def test_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(backup(tmp_path))
    monkeypatch.setenv("SABAK_DATA", str(tmp_path / "data"))
    assert main(["backup", str(tmp_path / "two")]) == 0
    assert "verified" in capsys.readouterr().out
    assert main(["backup", str(tmp_path / "two")]) == 1
    assert "[backup.target]" in capsys.readouterr().err
    assert main(["retention", "run", "--as-of", "2027-02-01", "--dry-run"]) == 0
    assert "0 removed" not in capsys.readouterr().out
    assert main(["retention", "run", "--as-of", "2028-06-01"]) == 0
    assert "recordings: 4 removed (8 files" in capsys.readouterr().out
    assert main(["retention", "calendar", "--months", "120"]) == 0
    assert "journals" in capsys.readouterr().out
    assert main(["trace", "verify"]) == 0
    capsys.readouterr()
    monkeypatch.setenv("SABAK_DATA", str(tmp_path / "back"))
    assert main(["restore", str(tmp_path / "two")]) == 0
    assert "the trace is good" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "two")]) == 1
    assert "[restore.not_empty]" in capsys.readouterr().err
