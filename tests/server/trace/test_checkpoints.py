"""Checkpoints, receipts and slices: what is cut off, written anew or taken out is found, and where."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from server.cli import main
from server.errors import SettingsError
from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.chain import Entry, first_form, link
from server.trace.checkpoints import (
    Checkpoint,
    Checkpoints,
    append,
    checkpoint_file,
    read_file,
    read_last,
    sign_for_ever,
)
from server.trace.erase import erase
from server.trace.export import EVERYTHING, Filter, export
from server.trace.receipts import Receipt, read_receipt, receipt_of
from server.trace.signing import open_signer, public_file, public_pem, read_keys
from server.trace.verifier import Report
from server.trace.verify import Known, verify, verify_export
from tests.server.kit import empty_store

pytestmark = pytest.mark.review

TABLES = ("trace_entries", "trace_data", "trace_keys")


class Kept:
    """What lies beside a filled trace: the key's files, a receipt, and exports."""

    def __init__(self, settings: Settings, checkpoints: list[Checkpoint], receipt: Receipt) -> None:
        self.settings = settings
        self.checkpoints = checkpoints
        self.receipt = receipt
        self.keys = read_keys(public_file(settings.trace_key_file))
        self.database = settings.data / "sabak.db"

    def known(self, **more: Any) -> Known:
        return Known(keys=self.keys, **more)

    async def check(self, **more: Any) -> Report:
        store = Store.open_copy(self.database)
        try:
            return await verify(store, self.known(**more))
        finally:
            await store.close()

    def change(self, *statements: str) -> None:
        with sqlite3.connect(self.database) as db:
            for statement in statements:
                db.execute(statement)
        db.close()

    def cut(self, last: int) -> None:
        """Take away every entry above `last`, checkpoints of them too."""
        self.change(*(f"DELETE FROM {table} WHERE seq > {last}" for table in (*TABLES, "trace_checkpoints")))

    def write_anew(self, seq: int) -> None:
        """Change what entry `seq` says and make every later hash fit, as somebody with the code would."""
        with sqlite3.connect(self.database) as db:
            db.execute("UPDATE trace_entries SET actor = 'somebody else' WHERE seq = ?", (seq,))
            columns = "seq, session, session_seq, time, mono, actor, kind, commitment, prev, hash"
            entries = db.execute(
                f"SELECT {columns} FROM trace_entries WHERE seq >= ? ORDER BY seq", (seq - 1,)
            ).fetchall()
            before = Entry(*entries[0]).hash
            for row in entries[1:]:
                made = link(*row[:8], prev=before)
                db.execute(
                    "UPDATE trace_entries SET prev = ?, hash = ? WHERE seq = ?",
                    (made.prev, made.hash, made.seq),
                )
                before = made.hash
        db.close()


async def fill(settings: Settings, open_store: Any = empty_store) -> Kept:
    store = await open_store(settings)
    async with await Trace.open(store) as trace:
        checkpoints = Checkpoints(settings, trace)
        made = []
        for n in range(1, 31):
            await trace.record(
                "chat.said", {"text": f"салам {n}"}, actor=f"student{n % 3}", session=f"s{n % 2}"
            )
            if n % 10 == 0:
                made.append(await checkpoints.sign())
            if n == 15:
                receipt = await receipt_of(store, checkpoints, "student1", "s1")
        await trace.record("chat.said", {"text": "after"}, actor="student1", session="s1")
    await store.close()
    return Kept(settings, [each for each in made if each], receipt)


@pytest.fixture
async def kept(settings: Settings) -> AsyncIterator[Kept]:
    yield await fill(settings)


def found(report: Report) -> tuple[str, int]:
    assert report.finding is not None
    return report.finding.code, report.finding.seq


async def test_an_untouched_trace_is_good_by_everything_that_is_known(kept: Kept) -> None:
    file = read_file(checkpoint_file(kept.settings.trace_key_file))
    assert [each.seq for each in file] == [10, 15, 20, 30]
    report = await kept.check(
        receipts=[kept.receipt], checkpoints=file, heads=[(10, bytes.fromhex(file[0].hash))]
    )
    assert report.finding is None
    assert (report.entries, report.signed, report.notes) == (31, 30, [])


def test_the_key_is_private_and_its_public_half_is_for_others(tmp_path: Path) -> None:
    path = tmp_path / "apart" / "trace.key"
    signer = open_signer(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert open_signer(path).key == signer.key
    assert read_keys(public_file(path)) == [signer.key]
    assert public_file(path).read_bytes() == public_pem(signer.key)
    path.unlink()
    assert open_signer(path).key != signer.key
    assert read_keys(public_file(path))[0] == signer.key  # who trusted it still does
    path.write_bytes(b"no key")
    with pytest.raises(SettingsError, match="no private key"):
        open_signer(path)


async def test_nothing_new_is_not_signed_again(trace: Trace, settings: Settings) -> None:
    checkpoints = Checkpoints(settings, trace)
    assert await checkpoints.sign() is None
    await trace.record("chat.said", {}, actor="x")
    first = await checkpoints.sign()
    assert first is not None
    assert (first.n, first.seq) == (1, 1)
    assert first.is_signed()
    assert await checkpoints.sign() == first == await checkpoints.latest()
    assert await checkpoints.behind(1) == first
    await trace.record("chat.said", {}, actor="x")
    assert (await checkpoints.behind(2)).n == 2
    with pytest.raises(LookupError):
        await checkpoints.behind(3)


async def test_a_crash_between_table_and_file_is_made_good(trace: Trace, settings: Settings) -> None:
    checkpoints = Checkpoints(settings, trace)
    for _ in range(3):
        await trace.record("chat.said", {}, actor="x")
        await checkpoints.sign()
    path = checkpoint_file(settings.trace_key_file)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"\n") + 30])  # the second line is half there
    assert read_last(path) == read_file(path)[0]
    await Checkpoints(settings, trace).open()
    assert path.read_bytes() == whole
    append(path, read_file(path)[:1])
    assert len(read_file(path)) == 4


async def test_what_is_cut_below_a_checkpoint_a_receipt_or_a_head_is_missed(kept: Kept) -> None:
    file = read_file(checkpoint_file(kept.settings.trace_key_file))
    head = (31, (await kept.check()).head)
    kept.cut(30)
    assert (await kept.check(checkpoints=file)).good  # above everything that is known
    assert found(await kept.check(heads=[head])) == ("truncated", 31)
    kept.cut(25)
    assert (await kept.check()).good  # its own table was cut with it
    assert found(await kept.check(checkpoints=file)) == ("truncated", 26)
    kept.cut(14)
    assert found(await kept.check(receipts=[kept.receipt])) == ("truncated", 15)


async def test_what_is_cut_below_a_checkpoint_of_the_table_is_missed(kept: Kept) -> None:
    kept.change(*(f"DELETE FROM {table} WHERE seq > 25" for table in TABLES))
    assert found(await kept.check()) == ("truncated", 26)


async def test_what_was_written_anew_is_found_by_each_of_them(kept: Kept) -> None:
    file = read_file(checkpoint_file(kept.settings.trace_key_file))
    head = (12, b"x" * 32)
    kept.write_anew(13)
    assert found(await kept.check()) == ("checkpoint.differs", 15)
    kept.change("DELETE FROM trace_checkpoints")
    report = await kept.check()
    assert report.good
    assert report.signed == 0
    assert found(await kept.check(checkpoints=file)) == ("checkpoint.differs", 15)
    assert found(await kept.check(receipts=[kept.receipt])) == ("receipt.entry", 13)
    assert found(await kept.check(heads=[head])) == ("head.differs", 12)


@pytest.mark.parametrize(
    ("statement", "code", "seq"),
    [
        ("DELETE FROM trace_checkpoints WHERE n = 2", "checkpoint.gap", 20),
        ("UPDATE trace_checkpoints SET signature = zeroblob(64) WHERE n = 3", "checkpoint.bad", 20),
        ("UPDATE trace_checkpoints SET time = time + 1 WHERE n = 3", "checkpoint.bad", 20),
        ("UPDATE trace_checkpoints SET seq = 21 WHERE n = 3", "checkpoint.bad", 21),
        ("UPDATE trace_checkpoints SET seq = 99 WHERE n = 3", "checkpoint.gap", 30),
        ("UPDATE trace_checkpoints SET key = zeroblob(32) WHERE n = 1", "checkpoint.bad", 10),
        ("UPDATE trace_checkpoints SET time = 'soon' WHERE n = 1", "unreadable", 1),
    ],
)
async def test_a_checkpoint_is_checked_itself(kept: Kept, statement: str, code: str, seq: int) -> None:
    kept.change(statement)
    assert found(await kept.check()) == (code, seq)


async def test_a_checkpoint_of_another_key_is_no_checkpoint(kept: Kept, tmp_path: Path) -> None:
    other = open_signer(tmp_path / "other.key")
    store = Store.open_copy(kept.database)
    assert found(await verify(store, Known(keys=[other.key]))) == ("checkpoint.key", 10)
    assert (await verify(store)).good  # nobody said which key to trust
    await store.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"person": "student2"}, "receipt.bad"),
        ({"time": 1}, "receipt.bad"),
        ({"entries": []}, "receipt.bad"),
        ({"signature": "00" * 64}, "receipt.bad"),
        ({"signature": ""}, "receipt.bad"),
        ({"time": 2**70}, "receipt.bad"),
    ],
)
async def test_a_receipt_that_was_changed_is_none(kept: Kept, change: dict[str, Any], code: str) -> None:
    receipt = msgspec.structs.replace(kept.receipt, **change)
    assert found(await kept.check(receipts=[receipt])) == (code, 15)


async def test_a_receipt_names_the_own_entries_of_its_session(kept: Kept) -> None:
    assert [each.seq for each in kept.receipt.entries] == [1, 7, 13]
    assert read_receipt(msgspec.json.encode(kept.receipt)) == kept.receipt
    with pytest.raises(ValueError, match="truncated"):
        read_receipt(b"{")


# --- slices -----------------------------------------------------------------------------------------


async def slice_of(kept: Kept, wanted: Filter, path: Path) -> list[bytes]:
    store = await Store.create(kept.settings)
    async with await Trace.open(store) as trace:
        lines = [line async for line in export(store, Checkpoints(kept.settings, trace), wanted)]
    await store.close()
    path.write_bytes(b"".join(lines))
    return lines


async def test_a_slice_shows_what_was_asked_for_and_hides_the_rest(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "slice.jsonl"
    lines = await slice_of(kept, Filter(session="s1", actor="student1"), path)
    report = verify_export(path, kept.known(receipts=[kept.receipt]))
    assert report.finding is None
    # 1, 7, 13, 19, 25, 31 are shown; a new checkpoint covers 31
    assert (report.first, report.entries, report.hidden, report.signed) == (1, 31, 25, 31)
    text = b"".join(lines)
    assert b"student1" in text
    for word in (b"student0", b"student2", b"s0"):
        assert word not in text.replace(b'"session":"s1"', b"")
    hidden = [msgspec.json.decode(line) for line in lines if line.startswith(b'{"seq":2,')]
    assert hidden[0].keys() == {"seq", "body", "hash"}


async def test_a_slice_ends_at_the_next_checkpoint(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "slice.jsonl"
    store = Store.open_copy(kept.database)
    async with store.read() as db:
        from sqlalchemy import text

        times = list((await db.execute(text("SELECT time FROM trace_entries ORDER BY seq"))).scalars())
    await store.close()
    await slice_of(kept, Filter(kind="chat.", since=times[10], until=times[17]), path)
    report = verify_export(path, kept.known(receipts=[kept.receipt]))
    assert (report.first, report.last, report.hidden, report.signed) == (11, 20, 3, 20)
    assert [note for note in report.notes if "not in this slice" in note] == report.notes != []


async def test_a_slice_of_nothing_is_good_and_empty(kept: Kept, tmp_path: Path) -> None:
    await slice_of(kept, Filter(session="none"), tmp_path / "slice.jsonl")
    report = verify_export(tmp_path / "slice.jsonl", kept.known())
    assert (report.finding, report.entries) == (None, 0)


async def test_a_shown_entry_that_somebody_hides_breaks_the_seal(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "slice.jsonl"
    lines = await slice_of(kept, Filter(actor="student1"), path)
    other = await slice_of(kept, Filter(actor="student0"), tmp_path / "other.jsonl")
    assert lines[13].startswith(b'{"seq":13,"session"')
    hidden = next(line for line in other if line.startswith(b'{"seq":13,"body"'))
    path.write_bytes(b"".join([*lines[:13], hidden, *lines[14:]]))
    assert found(verify_export(path, kept.known())) == ("truncated", 32)
    head = lines[0].replace(b'"shown":11', b'"shown":10')
    assert head != lines[0]
    path.write_bytes(b"".join([head, *lines[1:13], hidden, *lines[14:]]))
    assert found(verify_export(path, kept.known())) == ("seal.bad", 32)


async def test_an_export_sealed_by_a_stranger_is_not_trusted(kept: Kept, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    await slice_of(kept, EVERYTHING, path)
    assert verify_export(path, kept.known()).good
    other = open_signer(tmp_path / "other.key")
    assert found(verify_export(path, Known(keys=[other.key]))) == ("checkpoint.key", 0)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Kept, list[list[bytes]]]:
    import asyncio

    async def work() -> tuple[Kept, list[list[bytes]]]:
        folder = tmp_path_factory.mktemp("exported")
        kept = await fill(Settings(data=folder))
        store = await Store.create(kept.settings)
        async with await Trace.open(store) as trace:
            await erase(trace, [4, 5, 22], actor="system", reason="test")
        await store.close()
        wanted = (EVERYTHING, Filter(session="s1"), Filter(actor="student2"))
        return kept, [await slice_of(kept, each, folder / "made.jsonl") for each in wanted]

    return asyncio.run(work())


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_change_of_an_export_is_found(
    exported: tuple[Kept, list[list[bytes]]], tmp_path: Path, data: st.DataObject
) -> None:
    """A byte changed, a line dropped, swapped or doubled, the end cut off."""
    kept, exports = exported
    lines = list(data.draw(st.sampled_from(exports)))
    good = b"".join(lines)
    place = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(["byte", "drop", "swap", "double", "cut"])):
        case "byte":
            at = data.draw(st.integers(0, len(good) - 1))
            bad = good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
        case "drop":
            bad = b"".join(lines[:place] + lines[place + 1 :])
        case "swap":
            other = data.draw(st.integers(0, len(lines) - 1).filter(lambda n: n != place))
            lines[place], lines[other] = lines[other], lines[place]
            bad = b"".join(lines)
        case "double":
            bad = b"".join([*lines[:place], lines[place], *lines[place:]])
        case _:
            bad = good[: data.draw(st.integers(0, len(good) - 1))]
    path = tmp_path / "bad.jsonl"
    path.write_bytes(bad)
    assert not verify_export(path, kept.known()).good


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(last=st.integers(0, 29), anew=st.booleans())
def test_a_store_cut_or_written_anew_below_what_is_known_is_found(
    exported: tuple[Kept, list[list[bytes]]], tmp_path: Path, last: int, anew: bool
) -> None:
    import asyncio
    import shutil

    kept, _ = exported
    copy = Kept(kept.settings, kept.checkpoints, kept.receipt)
    copy.database = tmp_path / "copy.db"
    shutil.copy(kept.database, copy.database)
    file = read_file(checkpoint_file(kept.settings.trace_key_file))
    if anew:
        copy.write_anew(max(2, last))
        copy.change("DELETE FROM trace_checkpoints")
    else:
        copy.cut(last)
    report = asyncio.run(copy.check(checkpoints=file))
    assert report.finding is not None
    below = [each.seq for each in file if each.seq >= max(2, last)]
    assert report.finding.seq == (below[0] if anew else last + 1)


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pair=st.lists(st.integers(1, 30), min_size=2, max_size=2, unique=True), what=st.integers(0, 4))
def test_what_is_swapped_or_dropped_in_a_store_is_named(
    exported: tuple[Kept, list[list[bytes]]], tmp_path: Path, pair: list[int], what: int
) -> None:
    """Also by somebody who lets the numbers and the order look right."""
    import asyncio
    import shutil

    kept, _ = exported
    copy = Kept(kept.settings, kept.checkpoints, kept.receipt)
    copy.database = tmp_path / "copy.db"
    shutil.copy(kept.database, copy.database)
    one, other = sorted(pair)
    swap = "UPDATE {} SET seq = CASE seq WHEN {} THEN -1 WHEN {} THEN -2 ELSE seq END WHERE seq IN ({}, {})"
    back = "UPDATE {} SET seq = CASE seq WHEN -1 THEN {} ELSE {} END WHERE seq < 0"
    drop = "DELETE FROM {} WHERE seq = {}"
    close = ("UPDATE {} SET seq = -seq + 1 WHERE seq > {}", "UPDATE {} SET seq = -seq WHERE seq < 0")
    table = ("trace_entries", "trace_data", "trace_entries", "trace_data", "trace_entries")[what]
    if what < 2:
        copy.change(swap.format(table, one, other, one, other), back.format(table, other, one))
    elif what < 4:
        copy.change(drop.format(table, one))
    else:
        copy.change(drop.format(table, one), *(each.format(table, one) for each in close))
    report = asyncio.run(copy.check())
    gone = {4, 5, 22} & {one, other}
    if what in (1, 3) and gone:
        assert report.good or report.finding is not None  # an erased entry has no row to move
    else:
        assert report.finding is not None
        assert report.finding.seq == one


@hypothesis_settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7), which=st.booleans())
def test_any_changed_bit_of_a_receipt_or_a_kept_checkpoint_is_found(
    exported: tuple[Kept, list[list[bytes]]], at: int, bit: int, which: bool
) -> None:
    import asyncio

    kept, _ = exported
    file = checkpoint_file(kept.settings.trace_key_file)
    good = msgspec.json.encode(kept.receipt) if which else file.read_bytes().splitlines()[1]
    at %= len(good)
    bad = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
    try:
        known = (
            kept.known(receipts=[read_receipt(bad)])
            if which
            else kept.known(checkpoints=[msgspec.json.decode(bad, type=Checkpoint)])
        )
    except (ValueError, msgspec.MsgspecError):
        return  # it is none any more
    assert not asyncio.run(
        kept.check(**{name: getattr(known, name) for name in ("receipts", "checkpoints")})
    ).good


@given(content=st.binary(max_size=300))
def test_no_bytes_upset_the_readers(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.jsonl"
    for prefix in (b"", b'{"format":"sabak.trace.2",', b'{"'):
        path.write_bytes(prefix + content)
        assert not verify_export(path).good
        with pytest.raises(ValueError):
            read_receipt(prefix + content)


async def test_entries_of_the_first_form_are_good_and_keep_their_columns_in_slices(
    kept: Kept, tmp_path: Path
) -> None:
    """As in data folders from before checkpoints: hashed in one piece."""
    with sqlite3.connect(kept.database) as db:
        db.execute("DELETE FROM trace_checkpoints")
        columns = "seq, session, session_seq, time, mono, actor, kind, commitment, prev, hash"
        before = bytes(32)
        for row in db.execute(f"SELECT {columns} FROM trace_entries ORDER BY seq").fetchall():
            entry = replace(Entry(*row), prev=before)
            before = first_form(entry)
            change = "UPDATE trace_entries SET prev = ?, hash = ? WHERE seq = ?"
            db.execute(change, (entry.prev, before, entry.seq))
    db.close()
    checkpoint_file(kept.settings.trace_key_file).unlink()
    store = await Store.create(kept.settings)
    async with await Trace.open(store) as trace:
        await trace.record("chat.said", {"text": "now"}, actor="student1")
        await trace.record("chat.said", {"text": "now"}, actor="student2")
    await store.close()
    assert (await kept.check()).good
    path = tmp_path / "slice.jsonl"
    lines = await slice_of(kept, Filter(actor="student1"), path)
    report = verify_export(path, kept.known())
    assert report.finding is None
    assert (report.entries, report.hidden) == (33, 1)
    assert [b'"data":null' in line for line in lines[1:4]] == [False, True, True]


# --- the command ------------------------------------------------------------------------------------


async def test_the_command_line_says_it_in_words(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import asyncio

    kept = await fill(settings, Store.open)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SABAK_DATA", str(kept.settings.data))

    async def sabak(*arguments: str) -> tuple[int, str]:
        status = await asyncio.to_thread(main, ["trace", *arguments])
        return status, capsys.readouterr().out

    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(msgspec.json.encode(kept.receipt))
    status, said = await sabak("key")
    assert status == 0
    (tmp_path / "house.pem").write_text(said)
    head = (await kept.check()).head.hex()
    status, said = await sabak(
        "verify", "--receipt", "receipt.json", "--key", "house.pem", "--head", f"{head}@31"
    )
    assert status == 0, said
    assert "Good: 31 entries, 0 of them erased." in said
    assert f"Head {head}@31" in said
    assert "The receipt of student1 holds: 3 own entries." in said
    assert "Signed up to entry 30." in said
    status, said = await sabak("export", "slice.jsonl", "--actor", "student1", "--kind", "chat.said")
    assert (status, said) == (0, "11 entries are in slice.jsonl.\n")
    status, said = await sabak("verify", "slice.jsonl", "--key", "house.pem")
    assert status == 0
    assert "20 of them known by their hash only" in said
    kept.write_anew(13)
    status, said = await sabak("verify", "--receipt", "receipt.json")
    assert status == 1
    assert "BAD at entry 13: it is not the one that the receipt of student1 names [receipt.entry]" in said


async def test_signing_goes_on_by_itself_and_after_a_failure(
    trace: Trace, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import asyncio

    checkpoints = Checkpoints(settings, trace)
    task = asyncio.create_task(sign_for_ever(checkpoints, 0.01))
    await trace.record("chat.said", {}, actor="x")
    path = checkpoint_file(settings.trace_key_file)
    for _ in range(500):
        if path.exists():  # written once the table has it
            break
        await asyncio.sleep(0.01)
    assert await checkpoints.latest() is not None

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("server.trace.checkpoints.append", full)
        await trace.record("chat.said", {}, actor="x")
        while "No space left" not in caplog.text:  # the table has it, the file does not
            await asyncio.sleep(0.01)
    await trace.record("chat.said", {}, actor="x")
    for _ in range(500):
        if len(read_file(path)) == 3:
            break
        await asyncio.sleep(0.01)
    assert [each.n for each in read_file(path)] == [1, 2, 3]
    task.cancel()
    await asyncio.wait([task])
