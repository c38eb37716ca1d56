"""Faculties, departments, groups, disciplines over HTTP: list, make, change, remove.

Everybody with an account may look; making asks the judge about the unit that will hold the new one.
"""

from typing import Any

import msgspec
from msgspec import UNSET

from server.permissions import Standing
from server.plan import units
from server.plan.shapes import (
    DepartmentChange,
    DepartmentPage,
    DepartmentView,
    DisciplineChange,
    DisciplinePage,
    DisciplineView,
    FacultyChange,
    FacultyPage,
    FacultyView,
    GroupChange,
    GroupPage,
    GroupView,
    NewDepartment,
    NewDiscipline,
    NewFaculty,
    NewGroup,
    UnitQuery,
)
from server.web.registry import route
from server.web.request import Request


def _set(body: msgspec.Struct) -> dict[str, Any]:
    """The fields that the client sent."""
    values = {name: getattr(body, name) for name in body.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


async def _page(request: Request, kind: str, query: UnitQuery) -> tuple[list[Any], str]:
    async with request.house.store.read() as db:
        return await units.listed(
            db,
            kind,
            of=query.of,
            query=query.query,
            archived=query.archived,
            after=query.after,
            limit=query.limit,
        )


async def _inside(request: Request, parent_kind: str, parent: str) -> None:
    async with request.house.store.read() as db:
        standing: Standing = await units.standing_inside(db, parent_kind, parent)
    request.require_standing(request.spec.action, standing)


async def _change(request: Request, kind: str, body: msgspec.Struct) -> Any:
    return await units.change(request.house, request.actor.id, kind, request.object_id, _set(body))


async def _create(request: Request, kind: str, body: msgspec.Struct) -> Any:
    return await units.create(request.house, request.actor.id, kind, _set(body))


def faculty_view(row: Any) -> FacultyView:
    return FacultyView(row.id, row.name, row.archived)


def department_view(row: Any) -> DepartmentView:
    return DepartmentView(row.id, row.name, row.faculty, row.contact, row.archived)


def group_view(row: Any) -> GroupView:
    return GroupView(row.id, row.name, row.department, row.language, row.archived)


def discipline_view(row: Any) -> DisciplineView:
    return DisciplineView(
        row.id,
        row.name,
        row.department,
        row.language,
        row.hours,
        row.contact_hours,
        row.mooc,
        row.archived,
    )


@route("GET", "/api/v1/faculties", action="unit.read", narrows=True)
async def list_faculties(request: Request, query: UnitQuery) -> FacultyPage:
    rows, after = await _page(request, "faculty", query)
    return FacultyPage([faculty_view(row) for row in rows], after)


@route("POST", "/api/v1/faculties", action="unit.create", status=201)
async def create_faculty(request: Request, body: NewFaculty) -> FacultyView:
    return faculty_view(await _create(request, "faculty", body))


@route("PATCH", "/api/v1/faculties/{id}", action="unit.edit", target="faculty")
async def change_faculty(request: Request, body: FacultyChange) -> FacultyView:
    return faculty_view(await _change(request, "faculty", body))


@route("DELETE", "/api/v1/faculties/{id}", action="unit.edit", target="faculty")
async def remove_faculty(request: Request) -> None:
    await units.remove(request.house, request.actor.id, "faculty", request.object_id)


@route("GET", "/api/v1/departments", action="unit.read", narrows=True)
async def list_departments(request: Request, query: UnitQuery) -> DepartmentPage:
    rows, after = await _page(request, "department", query)
    return DepartmentPage([department_view(row) for row in rows], after)


@route("POST", "/api/v1/departments", action="unit.create", narrows=True, status=201)
async def create_department(request: Request, body: NewDepartment) -> DepartmentView:
    await _inside(request, "faculty", body.faculty)
    return department_view(await _create(request, "department", body))


@route("PATCH", "/api/v1/departments/{id}", action="unit.edit", target="department")
async def change_department(request: Request, body: DepartmentChange) -> DepartmentView:
    return department_view(await _change(request, "department", body))


@route("DELETE", "/api/v1/departments/{id}", action="unit.edit", target="department")
async def remove_department(request: Request) -> None:
    await units.remove(request.house, request.actor.id, "department", request.object_id)


@route("GET", "/api/v1/groups", action="unit.read", narrows=True)
async def list_groups(request: Request, query: UnitQuery) -> GroupPage:
    rows, after = await _page(request, "group", query)
    return GroupPage([group_view(row) for row in rows], after)


@route("POST", "/api/v1/groups", action="unit.create", narrows=True, status=201)
async def create_group(request: Request, body: NewGroup) -> GroupView:
    await _inside(request, "department", body.department)
    return group_view(await _create(request, "group", body))


@route("PATCH", "/api/v1/groups/{id}", action="unit.edit", target="group")
async def change_group(request: Request, body: GroupChange) -> GroupView:
    return group_view(await _change(request, "group", body))


@route("DELETE", "/api/v1/groups/{id}", action="unit.edit", target="group")
async def remove_group(request: Request) -> None:
    await units.remove(request.house, request.actor.id, "group", request.object_id)


@route("GET", "/api/v1/disciplines", action="unit.read", narrows=True)
async def list_disciplines(request: Request, query: UnitQuery) -> DisciplinePage:
    rows, after = await _page(request, "discipline", query)
    return DisciplinePage([discipline_view(row) for row in rows], after)


@route("POST", "/api/v1/disciplines", action="unit.create", narrows=True, status=201)
async def create_discipline(request: Request, body: NewDiscipline) -> DisciplineView:
    await _inside(request, "department", body.department)
    return discipline_view(await _create(request, "discipline", body))


@route("PATCH", "/api/v1/disciplines/{id}", action="unit.edit", target="discipline")
async def change_discipline(request: Request, body: DisciplineChange) -> DisciplineView:
    return discipline_view(await _change(request, "discipline", body))


@route("DELETE", "/api/v1/disciplines/{id}", action="unit.edit", target="discipline")
async def remove_discipline(request: Request) -> None:
    await units.remove(request.house, request.actor.id, "discipline", request.object_id)
