"""The projection of lessons' states: what it follows from, and that it can be made again."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.house import House
from server.plan.state import state_of
from server.plan.tables import LessonState

LESSONS = st.sampled_from(["lesson0000000001", "lesson0000000002"])
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(
            ["session.opened", "session.closed", "lesson.cancelled", "lesson.restored", "lesson.deleted"]
        ),
        st.one_of(
            LESSONS.map(lambda lesson: {"lesson": lesson, "reason": "ооруду"}),
            st.sampled_from([{}, {"lesson": 5}, {"lesson": "x" * 400}, {"lesson": None}]),
        ),
        st.sampled_from(["session000000001", "session000000002"]),
    ),
    max_size=12,
)


async def rows(house: House) -> list[tuple[object, ...]]:
    async with house.store.read() as db:
        found = await db.scalars(select(LessonState).order_by(LessonState.lesson))
        return [(row.lesson, row.state, row.session, row.opened, row.closed, row.reason) for row in found]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ENTRIES)
async def test_a_rebuilt_projection_is_the_one_that_grew(
    house: House, entries: list[tuple[str, object, str]]
) -> None:
    for kind, data, session in entries:
        await house.trace.record(kind, data, actor="system", session=session)
    grown = await rows(house)
    await house.trace.rebuild(["plan.lesson_states"])
    assert await rows(house) == grown


async def test_the_state_follows_the_trace(house: House) -> None:
    lesson = "lesson0000000001"

    async def state() -> tuple[str, bool]:
        async with house.store.read() as db:
            return await state_of(db, lesson)

    assert await state() == ("planned", False)
    await house.trace.record("lesson.cancelled", {"lesson": lesson}, actor="system")
    assert await state() == ("cancelled", False)
    await house.trace.record("lesson.restored", {"lesson": lesson}, actor="system")
    opened = await house.trace.record("session.opened", {"lesson": lesson}, actor="t", session="s1")
    assert await state() == ("open", True)
    closed = await house.trace.record("session.closed", {"reason": "end"}, actor="t", session="s1")
    assert await state() == ("closed", True)
    await house.trace.record("session.opened", {"lesson": lesson}, actor="t", session="s1")
    assert await state() == ("open", True)
    ((_, _, session, first, last, _),) = await rows(house)
    assert (session, first, last) == ("s1", opened.entry.time, closed.entry.time)
