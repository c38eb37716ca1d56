"""Verification: any change of any column of any row is found, and said where."""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from server.settings import Settings
from server.store import Store
from server.trace import Trace
from server.trace.erase import erase
from server.trace.export import export
from server.trace.verifier import Report
from server.trace.verify import Known, verify, verify_export

COLUMNS = {
    "trace_entries": [
        *("seq", "session", "session_seq", "time", "mono", "actor", "kind"),
        *("commitment", "prev", "hash"),
    ],
    "trace_data": ["seq", "key", "idem", "data"],
    "trace_keys": ["digest", "seq"],
}


async def fill(trace: Trace) -> None:
    for n in range(12):
        key = f"key {n}" if n % 3 else ""
        await trace.record(
            "chat.said", {"text": f"salam {n}"}, actor=f"a{n % 2}", session=f"s{n % 3}", key=key
        )
    await erase(trace, [2, 3, 4, 9], actor="system", reason="test")
    await trace.record("lesson.closed", {}, actor="a1", session="s1")


@pytest.fixture
async def filled(trace: Trace) -> AsyncIterator[Trace]:
    await fill(trace)
    yield trace


async def test_a_good_trace_is_good_and_its_erased_entries_are_counted(filled: Trace) -> None:
    report = await verify(filled.store)
    assert report.finding is None
    assert (report.entries, report.erased) == (14, 4)
    assert report.head == (await filled.read(after=13))[0].entry.hash


async def test_an_empty_trace_is_good(store: Store) -> None:
    assert await verify(store) == Report()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled database file, closed."""
    settings = Settings(data=tmp_path_factory.mktemp("whole"))

    async def work() -> None:
        store = await Store.create(settings)
        async with await Trace.open(store) as trace:
            await fill(trace)
        await store.close()

    asyncio.run(work())
    return settings.data / "sabak.db"


def check(path: Path, known: tuple[int, bytes] | None = None) -> Report:
    heads = Known([known] if known else [])

    async def work() -> Report:
        store = Store.open_copy(path)
        try:
            return await verify(store, heads)
        finally:
            await store.close()

    return asyncio.run(work())


def changed(value: object, place: int, bit: int) -> object:
    """`value` with one bit of one byte flipped; the same type."""
    if isinstance(value, int):
        return value ^ 1 << (place % 40)
    raw = value.encode() if isinstance(value, str) else value
    assert isinstance(raw, bytes)
    if not raw:
        return "x" if isinstance(value, str) else b"x"
    place %= len(raw)
    flipped = raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]
    return flipped.decode(errors="surrogateescape") if isinstance(value, str) else flipped


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, names in COLUMNS.items() for c in names])
@hypothesis_settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(row=st.integers(0, 1000), place=st.integers(0, 1000), bit=st.integers(0, 6))
def test_any_flipped_bit_of_any_column_is_found(
    whole: Path, tmp_path: Path, table: str, column: str, row: int, place: int, bit: int
) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(whole, copy)
    with sqlite3.connect(copy) as db:
        rows = db.execute(f"SELECT rowid, {column} FROM {table} ORDER BY rowid").fetchall()
        rowid, value = rows[row % len(rows)]
        new = changed(value, place, bit)
        try:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, rowid))
        except (sqlite3.IntegrityError, UnicodeEncodeError):
            return  # the database itself refuses it
    db.close()
    assert not check(copy).good, f"{table}.{column} of row {rowid}: {value!r} -> {new!r}"


@pytest.mark.parametrize(
    ("change", "code", "seq"),
    [
        ("DELETE FROM trace_entries WHERE seq = 6", "seq.gap", 6),
        ("DELETE FROM trace_entries WHERE seq = 1", "seq.gap", 1),
        ("DELETE FROM trace_data WHERE seq = 6", "key.changed", 6),
        ("DELETE FROM trace_data WHERE seq = 10", "data.missing", 10),
        ("INSERT INTO trace_data VALUES (99, zeroblob(32), '', '{}')", "data.orphan", 15),
        ("INSERT INTO trace_keys VALUES (zeroblob(32), 99)", "key.orphan", 15),
        ("DELETE FROM trace_keys WHERE seq = 5", "key.changed", 5),
        ("UPDATE trace_entries SET hash = 'text' WHERE seq = 5", "malformed", 5),
        ("UPDATE trace_entries SET actor = x'ff' WHERE seq = 5", "malformed", 5),
        ("UPDATE trace_entries SET actor = CAST(x'ff' AS TEXT) WHERE seq = 5", "malformed", 5),
        ("UPDATE trace_entries SET time = 'soon' WHERE seq = 5", "malformed", 5),
        ("DELETE FROM trace_data WHERE seq = 13", "data.missing", 2),
        ("DROP TABLE trace_data", "unreadable", 1),
    ],
)
def test_what_was_done_and_where_is_said(
    whole: Path, tmp_path: Path, change: str, code: str, seq: int
) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(whole, copy)
    with sqlite3.connect(copy) as db:
        db.execute(change)
    db.close()
    finding = check(copy).finding
    assert finding is not None
    assert (finding.code, finding.seq) == (code, seq)


def test_erased_data_that_came_back_is_found(tmp_path: Path) -> None:
    """Put back bit for bit, as from an old backup."""
    kept = tmp_path / "kept"

    async def work() -> None:
        store = await Store.create(Settings(data=kept))
        async with await Trace.open(store) as trace:
            await trace.record("chat.said", {"text": "a"}, actor="x")
        await store.close()
        with sqlite3.connect(kept / "sabak.db") as db:
            saved = db.execute("SELECT * FROM trace_data").fetchall()
        db.close()
        store = await Store.create(Settings(data=kept))
        async with await Trace.open(store) as trace:
            assert await erase(trace, [1], actor="x", reason="test") == 1
        await store.close()
        with sqlite3.connect(kept / "sabak.db") as db:
            db.executemany("INSERT INTO trace_data VALUES (?, ?, ?, ?)", saved)
        db.close()

    asyncio.run(work())
    finding = check(kept / "sabak.db").finding
    assert finding is not None
    assert (finding.code, finding.seq) == ("data.back", 1)


def test_a_cut_end_is_found_with_a_known_head_only(whole: Path, tmp_path: Path) -> None:
    good = check(whole)
    copy = tmp_path / "copy.db"
    shutil.copy(whole, copy)
    with sqlite3.connect(copy) as db:
        for table in COLUMNS:
            db.execute(f"DELETE FROM {table} WHERE seq = 14")
    db.close()
    assert check(copy).good
    finding = check(copy, known=(14, good.head)).finding
    assert finding is not None
    assert finding.code == "truncated"
    finding = check(whole, known=(14, bytes(32))).finding
    assert finding is not None
    assert finding.code == "head.differs"
    assert check(whole, known=(14, good.head)).good


async def test_an_export_verifies_like_its_store(filled: Trace, tmp_path: Path) -> None:
    lines = [line async for line in export(filled.store)]
    path = tmp_path / "trace.jsonl"
    path.write_bytes(b"".join(lines))
    report = verify_export(path)
    assert report.notes == ["the export is not signed"]
    assert replace(report, notes=[]) == await verify(filled.store)


async def test_any_changed_byte_of_an_export_is_found(filled: Trace, tmp_path: Path) -> None:
    whole = b"".join([line async for line in export(filled.store)])
    path = tmp_path / "trace.jsonl"
    source = random.Random(7)
    for _ in range(300):
        place = source.randrange(len(whole))
        new = bytes([whole[place] ^ 1 << source.randrange(7)])
        path.write_bytes(whole[:place] + new + whole[place + 1 :])
        assert not verify_export(path).good, (place, whole[place : place + 20], new)


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\xff\xfe", b'{"format":"sabak.trace.1"', b"[" * 10_000])
def test_a_file_that_is_no_export_is_malformed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_bytes(content)
    finding = verify_export(path).finding
    assert finding is not None
    assert finding.code == "malformed"
