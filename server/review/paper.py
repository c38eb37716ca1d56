"""The protocol as a paper: of an exam, and of one student of it, with evidence and hashes."""

from collections.abc import Mapping
from datetime import datetime

from server.exams.exam import Exam
from server.exams.store import iso
from server.house import House
from server.papers import Cell, Column, Paper, Picture
from server.papers.heading import heading, shown_day
from server.papers.words import say
from server.review.case import Case, Item, Terms
from server.review.members import Commission

SHORT = 16
"""Characters of a hash that a line has room for; the list of files has all of it."""


def of_exam(
    house: House, language: str, exam: Exam, cases: dict[str, Case], terms: Terms,
    people: dict[str, tuple[str, str]], commission: Commission,
) -> Paper:  # fmt: skip
    """Everybody who sat the exam, and where their case stands."""
    columns = [
        Column(say(language, "number"), "mark"), Column(say(language, "student"), "text", 3),
        Column(say(language, "group"), "text", 1.2), Column(say(language, "protocol.attempt"), "text", 1.6),
        Column(say(language, "protocol.items"), "whole"),
        Column(say(language, "protocol.accepted"), "whole"),
        Column(say(language, "protocol.state"), "text", 2),
        Column(say(language, "protocol.finding"), "text", 2),
    ]  # fmt: skip
    now = house.clock.now()
    rows: list[list[Cell]] = []
    for n, (person, (name, group)) in enumerate(people.items(), 1):
        attempt, case = exam.attempts.get(person), cases.get(person)
        state = say(language, f"attempt.{attempt.state if attempt is not None else 'absent'}")
        if case is None or not case.gathered:
            rows.append([n, name, group, state, None, None, "", ""])
            continue
        rows.append(
            [
                n, name, group, state, len(case.items), len(case.accepted(now, terms)),
                say(language, f"case.{case.state(now, terms)}"), _finding(language, case, terms),
            ]
        )  # fmt: skip
    minutes = -(-sum(case.seconds() for case in cases.values()) // 60)
    notes = [say(language, "protocol.minutes", minutes=minutes), say(language, "protocol.flags_are")]
    return Paper(
        say(language, "protocol.title"), columns, rows, _about(house, language, exam), [], notes,
        _signatures(language, commission), language,
    )  # fmt: skip


def of_student(
    house: House, language: str, exam: Exam, case: Case, terms: Terms,
    people: dict[str, tuple[str, str]], names: dict[str, str], commission: Commission,
    prints: Mapping[str, bytes],
) -> Paper:  # fmt: skip
    """One student: every item with who looked, and every file of evidence with its hash. `prints`: small
    stills by the name of their file, for the form that shows pictures."""
    now = house.clock.now()
    columns = [
        Column(say(language, "number"), "mark"), Column(say(language, "about.time"), "text", 1.4),
        Column(say(language, "protocol.kinds"), "text", 2),
        Column(say(language, "protocol.looks"), "text", 3),
        Column(say(language, "protocol.state"), "text", 1.2),
        Column(say(language, "protocol.evidence"), "text", 3),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for item in case.items:
        at = datetime.fromisoformat(iso(house, item.flags[0].begin))
        kinds = ", ".join(dict.fromkeys(say(language, f"flag.{each.kind}") for each in item.flags))
        looks = "; ".join(
            f"{names.get(look.person, '')}: {say(language, f'verdict.{look.verdict}')}"
            + (f" ({look.note})" if look.note else "")
            for look in item.looks
        )
        listed = [f"{part.source} {part.sha256[:SHORT]}" for part in item.parts]
        word = say(language, "protocol.still")
        listed += [f"{word} {still.source} {still.sha256[:SHORT]}" for still in item.stills]
        files = "; ".join(listed)
        state = say(language, f"item.{case.item_state(item, now, terms)}")
        rows.append([item.number, f"{at:%H:%M:%S}", kinds, looks, state, files])
    name, group = people.get(case.person, ("", ""))
    about = [
        *_about(house, language, exam), (say(language, "student"), f"{name}, {group}"),
        (say(language, "protocol.state"), say(language, f"case.{case.state(now, terms)}")),
    ]  # fmt: skip
    notes: list[str] = []
    if case.statement is not None:
        notes.append(f"{say(language, 'protocol.statement')}: {case.statement.text}")
    if case.finding is not None:
        notes.append(
            f"{say(language, 'protocol.finding')}: {_finding(language, case, terms)}. {case.finding.note}"
        )
    if case.measure is not None:
        each = case.measure
        notes.append(
            f"{say(language, 'protocol.measure')}: {each.body}: {each.measure} {each.reference}".strip()
        )
    if case.appeal is not None:
        notes.append(f"{say(language, 'protocol.appeal')}: {case.appeal.text}")
    if case.decided is not None:
        result = say(language, f"appeal.{case.decided.result}")
        notes.append(f"{say(language, 'protocol.appeal_result')}: {result}. {case.decided.note}")
    for item in case.items:
        notes += [f"{item.number}. {part.source} {part.file} SHA-256 {part.sha256}" for part in item.parts]
        notes += [
            f"{item.number}. {say(language, 'protocol.still')} {_still(house, language, item, n)} "
            f"{still.file} SHA-256 {still.sha256}"
            for n, still in enumerate(item.stills)
        ]
    pictures = {n: _pictures(house, language, item, prints) for n, item in enumerate(case.items)}
    return Paper(
        say(language, "protocol.student"), columns, rows, about, [], notes, _signatures(language, commission),
        language, pictures=pictures,
    )  # fmt: skip


def _pictures(house: House, language: str, item: Item, prints: Mapping[str, bytes]) -> list[Picture]:
    return [
        Picture(prints[still.file], still.width, still.height, _still(house, language, item, n))
        for n, still in enumerate(item.stills)
        if still.file in prints
    ]


def _still(house: House, language: str, item: Item, n: int) -> str:
    """When, where and why: `10:42:11 camera: several faces`."""
    still = item.stills[n]
    at = datetime.fromisoformat(iso(house, still.at))
    kind = say(language, f"flag.{item.flags[still.flag].kind}")
    return f"{at:%H:%M:%S} {say(language, f'source.{still.source}')}: {kind}"


def _about(house: House, language: str, exam: Exam) -> list[tuple[str, str]]:
    starts = datetime.fromisoformat(iso(house, exam.facts.starts))
    ends = datetime.fromisoformat(iso(house, exam.facts.ends))
    return [
        *heading(house, language),
        (say(language, "about.lesson"), ", ".join(filter(None, (exam.facts.discipline, exam.facts.title)))),
        (say(language, "about.time"), f"{shown_day(starts.date())} {starts:%H:%M}–{ends:%H:%M}"),
    ]


def _finding(language: str, case: Case, terms: Terms) -> str:
    if case.finding is None or len(case.signatures) < terms.quorum:
        return ""
    return say(language, f"finding.{case.finding.finding}")


def _signatures(language: str, commission: Commission) -> list[str]:
    return [f"{say(language, f'part.{each.part}')}: {each.name}" for each in commission.members]
