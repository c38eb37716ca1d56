"""The exam rules over HTTP: everybody may read them, the office writes and approves them (R18)."""

import asyncio
from datetime import date
from typing import Annotated

import msgspec
from sqlalchemy import func, select

from server.errors import ApiError
from server.exams import rules as documents
from server.exams.tables import ExamRulesRow
from server.exams.views import RulesView, rules_view
from server.house import House
from server.ids import new_id
from server.plan.names import names_of
from server.web.registry import route
from server.web.request import Request

Title = Annotated[str, msgspec.Meta(min_length=3, max_length=200)]

_writing = asyncio.Lock()
"""Held while a document is changed: an approved one must not change any more."""


class RulesList(msgspec.Struct):
    rules: list[RulesView]


class NewRules(msgspec.Struct):
    """`base`: the document to begin from; without it the house's starting values."""

    title: Title
    base: Annotated[str, msgspec.Meta(max_length=16)] = ""


class RulesChange(msgspec.Struct):
    title: Title
    kinds: Annotated[list[documents.KindRule], msgspec.Meta(max_length=40)]
    sound: bool = False
    breaks: Annotated[int, msgspec.Meta(ge=0, le=10)] = 0
    break_minutes: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5
    away_minutes: Annotated[int, msgspec.Meta(ge=0, le=240)] = 20
    aids: Annotated[list[documents.Aid], msgspec.Meta(max_length=30)] = []
    room_pan: bool = False
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 180
    review_days: documents.Days = 5
    statement_days: documents.Days = 3
    appeal_days: documents.Days = 5
    quorum: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2


class Approval(msgspec.Struct):
    """The council's protocol: its number and date."""

    protocol: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    date: date


async def _shown(house: House, key: str) -> RulesView:
    async with house.store.read() as db:
        row = await db.get(ExamRulesRow, key)
        if row is None:
            raise ApiError("object.unknown", 404, kind="exam_rules")
        names = await names_of(db, {row.author, row.approved_by} - {""})
    return rules_view(row, names)


async def shown_rules(house: House, key: str) -> RulesView | None:
    """A document for a page; None where there is none."""
    return await _shown(house, key) if key else None


@route("GET", "/api/v1/exam-rules", action="exam.rules_read")
async def list_rules(request: Request) -> RulesList:
    """Every document of exam rules, the newest first."""
    async with request.house.store.read() as db:
        rows = list(await db.scalars(select(ExamRulesRow).order_by(ExamRulesRow.time.desc()).limit(200)))
        names = await names_of(db, {who for row in rows for who in (row.author, row.approved_by)} - {""})
    return RulesList([rules_view(row, names) for row in rows])


@route("GET", "/api/v1/exam-rules/{rules}", action="exam.rules_read")
async def show_rules(request: Request) -> RulesView:
    """One document of exam rules."""
    return await _shown(request.house, request.path["rules"])


@route("POST", "/api/v1/exam-rules", action="exam.rules_write")
async def draft_rules(request: Request, body: NewRules) -> RulesView:
    """Begin a document; it is a draft until it is approved."""
    house, title = request.house, body.title.strip()
    async with house.store.read() as db:
        base = await db.get(ExamRulesRow, body.base) if body.base else None
        last = await db.scalar(
            select(func.max(ExamRulesRow.version)).where(ExamRulesRow.title == title)
        )  # fmt: skip
    start = documents.read(base.body) if base is not None else documents.starting()
    key = new_id()
    data = {"rules": key, "title": title, "version": (last or 0) + 1, "body": msgspec.to_builtins(start)}
    await house.trace.record("exam_rules.drafted", data, actor=request.actor.id)
    return await _shown(house, key)


@route("PUT", "/api/v1/exam-rules/{rules}", action="exam.rules_write")
async def change_rules(request: Request, body: RulesChange) -> RulesView:
    """Change a draft."""
    key = request.path["rules"]
    whole = documents.checked(
        documents.RulesBody(
            tuple(body.kinds), body.sound, body.breaks, body.break_minutes, tuple(body.aids), body.room_pan,
            body.keep_days, body.away_minutes, body.review_days, body.statement_days, body.appeal_days,
            body.quorum,
        )
    )  # fmt: skip
    async with _writing:
        await _refuse_approved(request.house, key)
        data = {"rules": key, "title": body.title.strip(), "body": msgspec.to_builtins(whole)}
        await request.house.trace.record("exam_rules.changed", data, actor=request.actor.id)
    return await _shown(request.house, key)


@route("POST", "/api/v1/exam-rules/{rules}/approve", action="exam.rules_write")
async def approve_rules(request: Request, body: Approval) -> RulesView:
    """Note that the council has approved a document; it replaces the one of the same title."""
    key = request.path["rules"]
    async with _writing:
        await _refuse_approved(request.house, key)
        data = {"rules": key, "protocol": body.protocol.strip(), "date": body.date.isoformat()}
        await request.house.trace.record("exam_rules.approved", data, actor=request.actor.id)
    return await _shown(request.house, key)


async def _refuse_approved(house: House, key: str) -> None:
    if (await _shown(house, key)).state != "draft":
        raise ApiError("exam_rules.approved", 409)
