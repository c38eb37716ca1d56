"""Filling a folder: what is in it, once and no more, and the folders that are refused."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.app import open_house
from server.clock import as_datetime
from server.demo import describe, ensure_demo, fill
from server.demo.ensure import DemoError, OneHash, _locked
from server.demo.fill import lesson_on_now
from server.errors import SettingsError
from server.house import House
from server.people.accounts import Accounts
from server.people.person import load_person
from server.people.tables import SessionRow, UserRow
from server.permissions import Actor
from server.plan.lesson_shapes import LessonView
from server.plan.roster import micro
from server.plan.tables import Lesson
from server.plan.views import lesson_views
from server.plan.visible import visible, within
from server.settings import Settings, load
from server.store import Store
from server.trace import Trace

pytestmark = pytest.mark.served

ROOMS = ("server.people.room", "server.plan.room")


def cheap() -> OneHash:
    return OneHash(memory_kib=64, passes=1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A filled folder and its random password; made once, copied by those who change it."""
    data = tmp_path_factory.mktemp("demo") / "data"
    settings = Settings(data=data, database_sync="normal")
    outcome = asyncio.run(ensure_demo(settings, cheap()))
    assert outcome.made
    return data, outcome.password


@pytest.fixture
def settings(filled: tuple[Path, str], tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    shutil.copytree(filled[0], data)
    return Settings(data=data, database_sync="normal")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings, ROOMS) as house:
        yield house


async def actor(house: House, login: str) -> Actor:
    async with house.store.read() as db:
        user = await db.scalar(select(UserRow.id).where(UserRow.login == login))
        assert user is not None, login
        person = await load_person(db, user, house.settings.require_two_factor)
    assert person is not None
    return msgspec.structs.replace(person.actor(), state="ready")


async def today(house: House, login: str) -> list[LessonView]:
    """What the person sees within a day around now."""
    now = house.clock.now()
    day = 86_400_000_000
    who = await actor(house, login)
    async with house.store.read() as db:
        rows = await db.scalars(
            select(Lesson)
            .where(within(now - day // 2, now + day // 2), visible(who))
            .order_by(Lesson.starts, Lesson.id)
        )
        return await lesson_views(house, db, who, rows)


async def test_a_visitor_finds_a_lesson_to_open_and_its_students_to_join(settings: Settings) -> None:
    async with opened(settings) as house:
        now = as_datetime(house.clock.now())
        mine = [each for each in await today(house, "teacher") if each.may.open]
        first = mine[0]
        assert first.starts <= now < first.ends
        assert (first.relation, first.kind, first.title) == ("own", "lecture", "Программалоо негиздери")
        for login in ("student1", "student2", "student3"):
            seen = {each.id: each for each in await today(house, login)}
            assert seen[first.id].relation == "enrolled"
            assert seen[first.id].may.join
        for login in ("curator", "dean", "dispatcher", "office", "observer", "admin"):
            assert first.id in {each.id for each in await today(house, login)}, login


async def test_the_exam_and_the_private_meeting_are_for_their_people(settings: Settings) -> None:
    async with opened(settings) as house:
        for login in ("proctor", "commission1", "commission2", "commission3", "chair", "secretary"):
            assert [each.kind for each in await today(house, login)] == ["exam", "exam"], login
        talks = {
            login
            for login in ("admin", "dean", "observer", "office", "psychologist", "student1", "student2")
            if any(each.kind == "psychologist" for each in await today(house, login))
        }
        assert talks == {"psychologist", "student2"}


async def test_the_password_opens_the_accounts_and_is_nowhere_in_clear(
    filled: tuple[Path, str], settings: Settings
) -> None:
    _, password = filled
    for file in settings.data.rglob("*"):
        if file.is_file():
            assert password.encode() not in file.read_bytes(), file
    async with opened(settings) as house:
        user = await actor(house, "teacher")
        async with house.store.read() as db:
            row = await db.get(UserRow, user.id)
            person = await load_person(db, user.id, house.settings.require_two_factor)
        assert row is not None
        assert await cheap().verify(row.password, password)
        assert not row.must_change
        assert person is not None
        assert person.state == "consent", "the texts are shown once, as to everybody"


async def test_a_second_run_changes_nothing(settings: Settings) -> None:
    async with opened(settings) as house:
        before = house.trace.writer.head
    outcome = await ensure_demo(settings, cheap())
    assert not outcome.made
    assert "there already" in describe(outcome)
    async with opened(settings) as house:
        assert house.trace.writer.head == before


async def test_another_day_brings_another_lesson_that_is_on(settings: Settings) -> None:
    async with opened(settings) as house:
        later = house.clock.now() + 37 * 86_400_000_000 + 5 * 3_600_000_000
        made = await lesson_on_now(house, later)
        assert await lesson_on_now(house, later) == made
        async with house.store.read() as db:
            lesson = await db.get(Lesson, made)
        assert lesson is not None
        assert lesson.starts <= later < lesson.ends
        await house.trace.record("session.opened", {"lesson": made}, actor="system", session="s" * 16)
        assert await lesson_on_now(house, later) == made
        closed = {"lesson": made, "reason": "end", "away": {}}
        await house.trace.record("session.closed", closed, actor="system", session="s" * 16)
        assert await lesson_on_now(house, later) != made


async def test_a_folder_with_real_people_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "real", database_sync="normal")
    async with opened(settings) as house:
        await house.part(Accounts).add("system", "rector", "Ректор", password="kept-as-it-was-1")
    with pytest.raises(DemoError) as caught:
        await ensure_demo(settings, cheap())
    assert caught.value.code == "demo.real_data"
    assert not settings.demo_marker.exists()
    with pytest.raises(SettingsError, match="demo_clock"):
        load(env={"SABAK_DATA": str(settings.data), "SABAK_DEMO_CLOCK": "60"})


async def test_the_demo_clock_is_for_demo_folders(settings: Settings) -> None:
    loaded = load(env={"SABAK_DATA": str(settings.data), "SABAK_DEMO_CLOCK": "60"})
    assert loaded.demo_clock == 60


@pytest.mark.slow
async def test_an_interrupted_fill_is_begun_again(settings: Settings) -> None:
    settings.demo_marker.write_text("filling\n")
    outcome = await ensure_demo(replace(settings, demo_password="Kochkor-2026"), cheap())
    assert outcome.made
    assert outcome.password == ""
    assert "SABAK_DEMO_PASSWORD" in describe(outcome)
    assert settings.demo_marker.read_text() == "ready\n"
    assert not (await ensure_demo(settings, cheap())).made


async def test_a_half_filled_folder_that_was_used_is_left_alone(settings: Settings) -> None:
    store = await Store.open(settings)

    async def log_in(db: AsyncSession) -> None:
        db.add(SessionRow(id="x" * 16, hash=b"x" * 32, user="y" * 16, created=0, seen=0, expires=2**40))

    async with await Trace.open(store) as trace:
        await trace.unrecorded(log_in)
    await store.close()
    settings.demo_marker.write_text("filling\n")
    with pytest.raises(DemoError) as caught:
        await ensure_demo(settings, cheap())
    assert caught.value.code == "demo.unfinished"


async def test_two_at_once_do_not_fill_twice(settings: Settings) -> None:
    with _locked(settings), pytest.raises(DemoError) as caught:
        await ensure_demo(settings, cheap())
    assert caught.value.code == "demo.busy"


@pytest.mark.slow
async def test_fill_writes_into_an_open_store(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "open", database_sync="normal", demo_password="Kochkor-2026")
    store = await Store.create(settings)
    try:
        async with await Trace.open(store) as trace:
            moment = as_datetime(trace.clock.now()).replace(hour=20, minute=0, second=0, microsecond=0)
            outcome = await fill(store, trace, settings, micro(moment))
            assert len(outcome.people) == 62
            with pytest.raises(DemoError):
                await fill(store, trace, settings)
        async with store.read() as db:
            on = await db.scalars(
                select(Lesson).where(Lesson.starts <= micro(moment), Lesson.ends > micro(moment))
            )
            assert "Программалоо негиздери" in {lesson.title for lesson in on}
    finally:
        await store.close()


@pytest.mark.slow
async def test_postgresql_takes_the_same_university(postgres_settings: Settings) -> None:
    outcome = await ensure_demo(postgres_settings, cheap())
    assert outcome.made
    async with opened(postgres_settings) as house:
        first = next(each for each in await today(house, "teacher") if each.may.open)
        assert first.title == "Программалоо негиздери"
        assert {each.id for each in await today(house, "dean")} >= {first.id}
        await house.trace.rebuild()
    postgres_settings.demo_marker.unlink()
    with pytest.raises(DemoError):
        await ensure_demo(postgres_settings, cheap())
