"""Subscribers: every entry once and in order, whatever the others do and whoever wrote it."""

import asyncio

import pytest

from server.errors import TraceClosed
from server.store import Store
from server.trace import Recorded, Trace, subscribers
from tests.patience import until


async def say(trace: Trace, count: int, actor: str = "x") -> None:
    await asyncio.gather(
        *(trace.record("chat.said", {"n": n}, actor=actor, session="s") for n in range(count))
    )


async def test_entries_come_once_in_order_after_their_commit(trace: Trace) -> None:
    seen: list[Recorded] = []
    await say(trace, 3)
    trace.subscribe(seen.append)
    await say(trace, 50)
    await until(lambda: len(seen) == 50, "the entries", every=0.005)
    assert [each.entry.seq for each in seen] == list(range(4, 54))
    assert seen[0].data == {"n": 0}


async def test_repeats_are_not_handed_out(trace: Trace) -> None:
    seen: list[Recorded] = []
    trace.subscribe(seen.append)
    for _ in range(3):
        await trace.record("chat.said", {}, actor="x", key="k")
    await trace.record("chat.said", {}, actor="x")
    await until(lambda: len(seen) == 2, "the entries", every=0.005)
    assert [each.entry.seq for each in seen] == [1, 2]


async def test_one_can_begin_in_the_past(trace: Trace) -> None:
    await say(trace, 30)
    seen: list[int] = []
    trace.subscribe(lambda recorded: seen.append(recorded.entry.seq), after=10)
    await say(trace, 5)
    await until(lambda: len(seen) == 25, "the entries", every=0.005)
    assert seen == list(range(11, 36))


async def test_a_failing_subscriber_hurts_nobody_and_gets_the_next_ones(trace: Trace) -> None:
    good: list[int] = []
    bad: list[int] = []

    async def fails(recorded: Recorded) -> None:
        bad.append(recorded.entry.seq)
        raise RuntimeError("no")

    trace.subscribe(fails)
    trace.subscribe(lambda recorded: good.append(recorded.entry.seq))
    await say(trace, 10)
    await until(lambda: len(good) == len(bad) == 10, "the entries", every=0.005)
    assert good == bad == list(range(1, 11))


async def test_a_slow_subscriber_delays_nobody_and_still_gets_everything(
    trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribers, "MAX_WAITING", 20)
    monkeypatch.setattr(subscribers, "PAGE", 7)
    go = asyncio.Event()
    slow: list[int] = []
    quick: list[int] = []

    async def waits(recorded: Recorded) -> None:
        await go.wait()
        slow.append(recorded.entry.seq)

    trace.subscribe(waits)
    trace.subscribe(lambda recorded: quick.append(recorded.entry.seq))
    for _ in range(5):
        await say(trace, 15)
    await until(lambda: len(quick) == 75, "the entries", every=0.005)
    assert slow == []
    go.set()
    await until(lambda: len(slow) == 75, "the entries", every=0.005)
    await say(trace, 5)
    await until(lambda: len(slow) == 80, "the entries", every=0.005)
    assert slow == list(range(1, 81))


async def test_entries_of_another_process_come_with_the_next_own_one(store: Store) -> None:
    async with await Trace.open(store) as ours, await Trace.open(store) as other:
        seen: list[str] = []
        ours.subscribe(lambda recorded: seen.append(f"{recorded.entry.actor}{recorded.entry.seq}"))
        await say(ours, 1, "a")
        await say(other, 2, "b")
        await say(ours, 1, "a")
        await until(lambda: len(seen) == 4, "the entries", every=0.005)
        assert seen == ["a1", "b2", "b3", "a4"]


async def test_closing_ends_a_subscription_even_in_its_callback(store: Store) -> None:
    trace = await Trace.open(store)
    cancelled = []

    async def hangs(_recorded: Recorded) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(1)
            raise

    subscription = trace.subscribe(hangs)
    await say(trace, 1)
    await asyncio.sleep(0.01)
    await asyncio.wait_for(trace.close(), 2)
    assert cancelled == [1]
    assert subscription.closed
    with pytest.raises(TraceClosed):
        trace.subscribe(hangs)
