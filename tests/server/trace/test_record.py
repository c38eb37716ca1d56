"""Recording: what comes back, order, idempotency, work in the same transaction, failures."""

import asyncio
import itertools
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import KeyReused, TraceClosed
from server.store import Store
from server.trace import Recorded, Trace
from server.trace.chain import GENESIS, body_of_entry, joined


async def test_entries_are_numbered_in_the_trace_and_in_their_session(trace: Trace) -> None:
    first = await trace.record("chat.said", {"text": "salam"}, actor="aigul", session="one")
    second = await trace.record("chat.said", {"text": "salam"}, actor="bek", session="two")
    third = await trace.record("chat.said", {"text": "kosh"}, actor="aigul", session="one")
    assert [each.entry.seq for each in (first, second, third)] == [1, 2, 3]
    assert [each.entry.session_seq for each in (first, second, third)] == [1, 1, 2]
    assert first.entry.prev == GENESIS
    assert third.entry.prev == second.entry.hash
    assert all(
        joined(body_of_entry(each.entry), each.entry.prev) == each.entry.hash
        for each in (first, second, third)
    )
    assert [each.data["text"] for each in await trace.read("one")] == ["salam", "kosh"]


async def test_many_at_once_share_commits(trace: Trace) -> None:
    recorded = await asyncio.gather(
        *(trace.record("chat.said", {"n": n}, actor="a", session=f"s{n % 7}") for n in range(300))
    )
    assert [each.data["n"] for each in sorted(recorded, key=lambda each: each.entry.seq)] == list(range(300))
    assert trace.writer.batches < 20
    assert len(await trace.read()) == 300


async def test_a_known_key_returns_the_first_entry(trace: Trace) -> None:
    ran = []

    async def work(_db: AsyncSession) -> None:
        ran.append(1)

    said = [
        trace.record("chat.said", {"text": "a"}, actor="x", session="s", key="k", work=work) for _ in range(3)
    ]
    recorded = await asyncio.gather(*said)
    later = await trace.record("chat.said", {"text": "a"}, actor="x", session="s", key="k", work=work)
    assert [each.repeat for each in (*recorded, later)] == [False, True, True, True]
    assert {each.entry for each in (*recorded, later)} == {recorded[0].entry}
    assert later.data == {"text": "a"}
    assert ran == [1]


async def test_keys_of_other_actors_and_sessions_are_other_keys(trace: Trace) -> None:
    for actor, session in (("x", "s"), ("y", "s"), ("x", "t")):
        made = await trace.record("chat.said", {}, actor=actor, session=session, key="k")
        assert not made.repeat


async def test_a_key_used_for_another_kind_is_refused(trace: Trace) -> None:
    await trace.record("chat.said", {}, actor="x", key="k")
    with pytest.raises(KeyReused):
        await trace.record("hand.raised", {}, actor="x", key="k")


async def _table(trace: Trace) -> None:
    async def work(db: AsyncSession) -> None:
        await db.execute(text("CREATE TABLE things (name TEXT PRIMARY KEY)"))

    await trace.unrecorded(work)


def _insert(name: str) -> Any:
    async def work(db: AsyncSession) -> str:
        await db.execute(text("INSERT INTO things VALUES (:name)"), {"name": name})
        return name.upper()

    return work


async def _names(store: Store) -> list[str]:
    async with store.read() as db:
        return list((await db.execute(text("SELECT name FROM things ORDER BY name"))).scalars())


async def test_work_is_in_the_same_transaction_and_its_result_comes_back(trace: Trace, store: Store) -> None:
    await _table(trace)
    made = await trace.record("thing.made", {}, actor="x", work=_insert("a"))
    assert made.result == "A"
    assert await _names(store) == ["a"]


async def test_failing_work_writes_nothing_and_hurts_nobody_in_its_batch(trace: Trace, store: Store) -> None:
    await _table(trace)

    async def bad(db: AsyncSession) -> None:
        await db.execute(text("INSERT INTO things VALUES ('bad')"))
        raise RuntimeError("no")

    outcomes = await asyncio.gather(
        trace.record("thing.made", {"n": 1}, actor="x", session="s", work=_insert("a")),
        trace.record("thing.made", {"n": 2}, actor="x", session="s", work=bad),
        trace.record("thing.made", {"n": 3}, actor="x", session="s", work=_insert("a")),
        trace.record("thing.made", {"n": 4}, actor="x", session="s"),
        trace.record("thing.made", {"n": 5}, actor="x", session="s", work=_insert("b")),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], RuntimeError)
    assert isinstance(outcomes[2], IntegrityError)
    good = [each for each in outcomes if isinstance(each, Recorded)]
    assert [each.data["n"] for each in good] == [1, 4, 5]
    assert [each.entry.session_seq for each in good] == [1, 2, 3]
    assert await _names(store) == ["a", "b"]
    assert [each.data["n"] for each in await trace.read("s")] == [1, 4, 5]


async def test_a_key_whose_work_failed_can_be_used_again(trace: Trace) -> None:
    async def bad(_db: AsyncSession) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await trace.record("thing.made", {}, actor="x", key="k", work=bad)
    assert not (await trace.record("thing.made", {}, actor="x", key="k")).repeat


async def test_work_may_not_record_commit_or_roll_back(trace: Trace) -> None:
    async def records(_db: AsyncSession) -> None:
        await trace.record("thing.made", {}, actor="x")

    async def commits(db: AsyncSession) -> None:
        await db.commit()

    async def rolls_back(db: AsyncSession) -> None:
        await db.rollback()

    for work in (records, commits, rolls_back):
        with pytest.raises(AssertionError):
            await trace.record("thing.made", {}, actor="x", work=work)
    assert (await trace.record("thing.made", {}, actor="x")).entry.seq == 1


async def test_work_that_cancels_itself_fails_alone(trace: Trace) -> None:
    async def cancelled(_db: AsyncSession) -> None:
        raise asyncio.CancelledError

    with pytest.raises(Exception, match="cancelled"):
        await trace.record("thing.made", {}, actor="x", work=cancelled)
    assert (await trace.record("thing.made", {}, actor="x")).entry.seq == 1


async def test_a_caller_cancelled_while_waiting_writes_nothing(trace: Trace) -> None:
    task = asyncio.create_task(trace.record("thing.made", {"n": 1}, actor="x"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    made = await trace.record("thing.made", {"n": 2}, actor="x")
    assert made.entry.seq in (1, 2)  # 2 when the writer had taken it already
    assert (await trace.read())[-1].data == {"n": 2}


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "said"},
        {"kind": "Chat.said"},
        {"kind": "chat.said" * 9},
        {"actor": "a" * 129},
        {"session": "a\0b"},
        {"key": "\ud800"},
        {"data": {"text": "x" * 300_000}},
    ],
)
async def test_malformed_arguments_are_the_callers_error(trace: Trace, bad: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"kind": "chat.said", "data": {}, "actor": "x"} | bad
    with pytest.raises(ValueError):
        await trace.record(arguments.pop("kind"), arguments.pop("data"), **arguments)
    with pytest.raises(TypeError):
        await trace.record("chat.said", {"thing": object()}, actor="x")


async def test_close_writes_what_waits_and_takes_no_more(store: Store) -> None:
    trace = await Trace.open(store)
    tasks = [asyncio.create_task(trace.record("chat.said", {"n": n}, actor="x")) for n in range(50)]
    await asyncio.sleep(0)
    await trace.close()
    assert [each.entry.seq for each in await asyncio.gather(*tasks)] == list(range(1, 51))
    with pytest.raises(TraceClosed):
        await trace.record("chat.said", {}, actor="x")


async def test_two_traces_on_one_database_do_not_fork_the_chain(store: Store) -> None:
    async with await Trace.open(store) as one, await Trace.open(store) as two:
        for turn in range(20):
            await asyncio.gather(
                one.record("chat.said", {"turn": turn}, actor="x", session="s"),
                two.record("chat.said", {"turn": turn}, actor="y", session="s"),
            )
        entries = [each.entry for each in await one.read("s")]
    assert [each.session_seq for each in entries] == list(range(1, 41))
    assert all(later.prev == earlier.hash for earlier, later in itertools.pairwise(entries))
