"""The journal and the attendance sheet as papers, in the reader's language."""

from datetime import date, datetime
from typing import Protocol

from server.attendance.views import Journal, OwnMark, Sheet
from server.house import House
from server.live.lessons import Planned
from server.papers import Cell, Column, Paper
from server.papers.heading import heading, period, shown_day
from server.papers.words import say
from server.plan.kinds import CONTROLS

CAME = ("present", "late")


class Days(Protocol):
    first: date
    until: date


def journal(house: House, language: str, found: Journal, group: str, days: Days) -> Paper:
    """Students down, lessons across."""
    columns = [Column(say(language, "number"), "mark"), Column(say(language, "student"), "text", 3)]
    columns += [
        Column(datetime.fromisoformat(each.starts).strftime("%d.%m"), "mark") for each in found.lessons
    ]
    columns += [
        Column(say(language, "journal.attended"), "whole"),
        Column(say(language, "journal.marked"), "whole"),
        Column(say(language, "share"), "share"),
    ]
    rows: list[list[Cell]] = []
    for n, row in enumerate(found.rows, 1):
        marks: list[Cell] = [_sign(language, row.marks.get(each.id, "")) for each in found.lessons]
        rows.append([n, row.name, *marks, row.attended, row.marked, row.share if row.marked else None])
    attended, marked = sum(row.attended for row in found.rows), sum(row.marked for row in found.rows)
    came: list[Cell] = [
        sum(row.marks.get(each.id, "") in CAME for row in found.rows) for each in found.lessons
    ]
    share = round(attended / marked, 4) if marked else None
    totals: list[Cell] = [None, say(language, "total"), *came, attended, marked, share]
    disciplines = sorted({each.discipline for each in found.lessons if each.discipline})
    about = [
        *heading(house, language),
        (say(language, "about.group"), group),
        (say(language, "about.discipline"), ", ".join(disciplines)),
        (say(language, "about.period"), period(days.first, days.until)),
    ]
    return Paper(
        say(language, "journal.title"), columns, rows, about, totals,
        [say(language, "journal.legend")], [say(language, "sign.teacher"), say(language, "sign.curator")],
        language,
    )  # fmt: skip


def sheet(house: House, language: str, found: Sheet, planned: Planned) -> Paper:
    """Everybody on the roster with their mark; for an exam with a place to sign."""
    info, exam = planned.info, planned.info.kind in CONTROLS
    columns = [
        Column(say(language, "number"), "mark"),
        Column(say(language, "student"), "text", 3),
        Column(say(language, "mark"), "mark"),
        Column(say(language, "minutes"), "whole"),
        Column(say(language, "share"), "share"),
        Column(say(language, "note"), "text", 2),
    ]
    if exam:
        columns.append(Column(say(language, "signature"), "text", 1.5))
    rows: list[list[Cell]] = []
    for n, row in enumerate(found.rows, 1):
        share = row.share if row.mark else None
        cells: list[Cell] = [n, row.name, _sign(language, row.mark), row.present // 60, share, row.note]
        rows.append([*cells, ""] if exam else cells)
    starts, ends = datetime.fromisoformat(info.starts), datetime.fromisoformat(info.ends)
    about = [
        *heading(house, language),
        (say(language, "about.lesson"), ", ".join(filter(None, (info.discipline, info.title)))),
        (say(language, "about.kind"), say(language, f"kind.{info.kind}")),
        (say(language, "about.teacher"), ", ".join(each.name for each in info.teachers)),
        (say(language, "about.time"), f"{shown_day(starts.date())} {starts:%H:%M}–{ends:%H:%M}"),
    ]
    came = sum(row.mark in CAME for row in found.rows)
    notes = [say(language, "sheet.came", came=came, listed=len(found.rows))]
    if found.counted is not None:
        notes.append(f"{say(language, 'sheet.counted')}: {found.counted}")
    title = say(language, "sheet.exam" if exam else "sheet.title")
    return Paper(title, columns, rows, about, [], notes, [say(language, "sign.teacher")], language)


def own(house: House, language: str, found: list[OwnMark], name: str) -> Paper:
    """One student's marks, the newest first."""
    columns = [
        Column(say(language, "day"), "text", 1),
        Column(say(language, "lesson"), "text", 3),
        Column(say(language, "mark"), "mark"),
        Column(say(language, "minutes"), "whole"),
        Column(say(language, "share"), "share"),
        Column(say(language, "note"), "text", 2),
    ]
    rows: list[list[Cell]] = []
    for each in found:
        at = datetime.fromisoformat(each.starts)
        when = f"{shown_day(at.date())} {at:%H:%M}"
        rows.append([when, each.title, _sign(language, each.mark), each.present // 60, each.share, each.note])
    about = [*heading(house, language), (say(language, "student"), name)]
    legend = [say(language, "journal.legend")]
    return Paper(say(language, "own.title"), columns, rows, about, [], legend, [], language)


def _sign(language: str, mark: str) -> str:
    return say(language, f"mark.{mark}") if mark else ""
