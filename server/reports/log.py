"""The log of disruptions and substitutions (журнал учёта срывов и замен, R11)."""

from server.clock import as_datetime
from server.papers import Cell, Paper
from server.papers.heading import shown_day
from server.plan.kinds import PRIVATE
from server.reports.ask import Ask
from server.reports.facts import Facts, Held

TOLD = ("late", "not_held", "ended_early", "cancelled")


def build(facts: Facts, ask: Ask) -> Paper:
    """A row for every lesson that was not held as planned, in the order of time."""
    rows: list[list[Cell]] = []
    for lesson in facts.lessons:
        if lesson.kind in PRIVATE:
            continue
        what = _what(facts, ask, lesson)
        if what:
            rows.append(_row(facts, ask, lesson, what))
    columns = [
        ask.column("day"), ask.column("group"), ask.column("discipline", weight=1.5),
        ask.column("teacher", weight=1.5), ask.column("log.what", weight=1.8),
        ask.column("log.reason", weight=1.3), ask.column("log.explanation", weight=1.5),
        ask.column("log.notes", weight=1.5),
    ]  # fmt: skip
    return Paper(
        ask.say("log.title"), columns, rows,
        signatures=[ask.say("sign.dispatcher"), ask.say("sign.office")],
    )  # fmt: skip


def _what(facts: Facts, ask: Ask, lesson: Held) -> list[str]:
    word, late, early = ask.stands(lesson)
    what = [ask.say(f"word.{word}")] if word in TOLD else []
    if late and word not in ("late", "not_held", "cancelled"):
        what.append(ask.say("talon.late", minutes=late))
    if early:
        what.append(ask.say("talon.early", minutes=early))
    moves = [line.was for line in facts.log.get(lesson.id, []) if line.kind == "moved"]
    what += [ask.say("log.moved_from", at=_moment(ask, was)) for was in moves]
    if lesson.id in facts.substitutes_of:
        what.append(ask.say("log.substituted"))
    return what


def _row(facts: Facts, ask: Ask, lesson: Held, what: list[str]) -> list[Cell]:
    lines = facts.log.get(lesson.id, [])
    course = facts.courses.get(lesson.discipline)
    planned = [facts.people.get(who, "") for who in facts.teachers_of.get(lesson.id, [])]
    instead = [facts.people.get(who, "") for who in facts.substitutes_of.get(lesson.id, [])]
    teachers = ", ".join(planned) + (f" → {', '.join(instead)}" if instead else "")
    groups = sorted(facts.groups[each].name for each in facts.groups_of.get(lesson.id, []))

    def said(*kinds: str) -> str:
        return "; ".join(line.text for line in lines if line.kind in kinds and line.text)

    reason = "; ".join(filter(None, (facts.reasons.get(lesson.id, ""), said("moved", "substituted"))))
    return [
        _moment(ask, lesson.starts), ", ".join(groups), course.name if course else lesson.title, teachers,
        ", ".join(what), reason, said("explained"), said("noted", "visited"),
    ]  # fmt: skip


def _moment(ask: Ask, at: int) -> str:
    local = as_datetime(at).astimezone(ask.zone)
    return f"{shown_day(local.date())} {local:%H:%M}"
