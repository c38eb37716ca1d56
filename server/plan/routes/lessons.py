"""Lessons over HTTP: list, make, see, change, remove.

Making a lesson, or moving one to other groups, is judged for each group by itself, so that a dispatcher
of one faculty cannot plan for another's. A teacher may plan for groups they teach already.
"""

from collections.abc import Sequence

from sqlalchemy import select

from server.errors import ApiError
from server.permissions import Relation, Scope, Standing
from server.plan import lessons
from server.plan.facts import disciplines_by_id, groups_by_id
from server.plan.lesson_shapes import (
    LessonChange,
    LessonPage,
    LessonQuery,
    LessonSaved,
    LessonView,
    NewLesson,
)
from server.plan.listing import listed
from server.plan.overlaps import Clash
from server.plan.relations import taught_groups
from server.plan.tables import Lesson, LessonGroup
from server.plan.views import lesson_views
from server.web.registry import route
from server.web.request import Request


async def judge_plan(
    request: Request, action: str, groups: Sequence[str], discipline: str | None, teachers: Sequence[str]
) -> None:
    """Judge a lesson about to be planned, for each of its groups; without groups for its discipline.

    Raises:
        ApiError: 403 `permission.denied`; 422 `lesson.group`.
    """
    actor = request.actor
    holds = actor.id in teachers
    async with request.house.store.read() as db:
        units = await groups_by_id(db, groups)
        subjects = await disciplines_by_id(db, [discipline] if discipline else [])
        taught = await taught_groups(request.house, db, actor.id) if holds else set()
    missing = [group for group in groups if group not in units]
    if missing:
        raise ApiError("lesson.group", 422, groups=missing[:10])
    for unit in units.values():
        own: Relation = "own" if holds and unit.id in taught else "stranger"
        request.require_standing(
            action, Standing(frozenset({own}), unit.lies_in() | {Scope("group", unit.id)})
        )
    if not units:
        scopes = frozenset[Scope]().union(*(unit.lies_in() for unit in subjects.values()))
        own = "own" if holds else "stranger"
        request.require_standing(action, Standing(frozenset({own}), scopes))


async def _view(request: Request, key: str) -> LessonView:
    async with request.house.store.read() as db:
        lesson = await db.get(Lesson, key)
        views = [] if lesson is None else await lesson_views(request.house, db, request.actor, [lesson])
    if not views:
        raise ApiError("object.unknown", 404, kind="lesson")
    return views[0]


def _saved(view: LessonView, warnings: list[Clash]) -> LessonSaved:
    fields = {name: getattr(view, name) for name in view.__struct_fields__}
    return LessonSaved(**fields, warnings=warnings)


@route("GET", "/api/v1/lessons", action="lesson.read", narrows=True)
async def list_lessons(request: Request, query: LessonQuery) -> LessonPage:
    return await listed(request, query)


@route("POST", "/api/v1/lessons", action="lesson.create", narrows=True, status=201)
async def create_lesson(request: Request, body: NewLesson) -> LessonSaved:
    await judge_plan(request, "lesson.create", body.groups, body.discipline, body.teachers)
    key, warnings = await lessons.create(request.house, request.actor.id, body)
    return _saved(await _view(request, key), warnings)


@route("GET", "/api/v1/lessons/{id}", action="lesson.read", target="lesson")
async def see_lesson(request: Request) -> LessonView:
    return await _view(request, request.object_id)


@route("PATCH", "/api/v1/lessons/{id}", action="lesson.edit", target="lesson")
async def change_lesson(request: Request, body: LessonChange) -> LessonSaved:
    if isinstance(body.groups, list):
        async with request.house.store.read() as db:
            now_in = set(
                await db.scalars(select(LessonGroup.group).where(LessonGroup.lesson == request.object_id))
            )
        fresh = [group for group in body.groups if group not in now_in]
        if fresh:
            holder = [request.actor.id] if "own" in request.standing.relations else []
            await judge_plan(request, "lesson.create", fresh, None, holder)
    before = await _view(request, request.object_id)
    warnings = await lessons.change(request.house, request.actor.id, request.object_id, body)
    try:
        after = await _view(request, request.object_id)
    except ApiError:  # a teacher who handed the lesson over sees it for the last time
        after = before
    return _saved(after, warnings)


@route("DELETE", "/api/v1/lessons/{id}", action="lesson.delete", target="lesson")
async def remove_lesson(request: Request) -> None:
    await lessons.remove(request.house, request.actor.id, request.object_id)
