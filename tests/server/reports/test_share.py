"""The share of synchronous hours: the example of docs/reports.md, computed by the house."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.plan.state import State
from server.reports import share, teachers
from server.reports.ask import Ask, Base, View
from server.reports.facts import Course, Facts, Held, Unit
from server.reports.hours import MINUTE, Counting

DOCS = Path(__file__).resolve().parents[3] / "docs" / "reports.md"
ROW = re.compile(r"^\| (\d+) \| (Physics|History) \| (\d+) \| ([^|]+) \| ([\d.]+) \| ([\d.]+) \|$", re.M)
SHARE = re.compile(r"^\| (Physics|History) \| ([\d.]+) \| .+ = ([\d.]+) % \| .+ = ([\d.]+) % \|", re.M)
HOUR = 60 * MINUTE


def ask(view: View = "group", base: Base = "total") -> Ask:
    return Ask("en", date(2026, 9, 1), date(2026, 12, 31), 10**6 * HOUR, ZoneInfo("Asia/Bishkek"), view, base)


def example() -> tuple[Facts, dict[str, float]]:
    """The table of the document as facts, and the hours it says each lesson counts."""
    facts = Facts(
        [], {}, {}, {}, {("Physics", "g"), ("History", "g")}, {"g": Unit("IT-21", "d")},
        {"Physics": Course("Physics", "d", 40, 20, False), "History": Course("History", "d", 30, 15, True)},
        {"d": ("Department", "f")}, {"f": "Faculty"}, {"t": "Teacher", "s": "Substitute"}, {},
    )  # fmt: skip
    said = {}
    for key, discipline, planned, what, opened, hours in ROW.findall(DOCS.read_text("utf-8")):
        starts = int(key) * 24 * HOUR
        held = round(float(opened) * MINUTE)
        state: State = "cancelled" if what == "cancelled" else "closed" if held else "planned"
        facts.lessons.append(
            Held(
                key, "", "lecture", discipline, starts, starts + int(planned) * MINUTE, state,
                starts if held else None, starts + held if held else None, held,
            )
        )  # fmt: skip
        facts.groups_of[key], facts.teachers_of[key] = ["g"], ["t"]
        if "substitute" in what:
            facts.substitutes_of[key] = ["s"]
        said[key] = float(hours)
    assert len(said) == 10
    return facts, said


def test_each_lesson_counts_what_the_document_says() -> None:
    facts, said = example()
    assert {lesson.id: Counting().held(lesson) for lesson in facts.lessons} == said


@pytest.mark.parametrize("base", ["total", "contact"])
def test_the_shares_are_those_computed_by_hand(base: Base) -> None:
    facts, _ = example()
    found = {str(row[2]).partition(" ")[0]: row for row in share.build(facts, ask(base=base)).rows}
    said = SHARE.findall(DOCS.read_text("utf-8"))
    assert len(said) == 2
    for discipline, held, of_all, of_contact in said:
        row = found[discipline]
        assert row[6] == float(held)
        assert row[7] == pytest.approx(float(of_all if base == "total" else of_contact) / 100, abs=5e-4)
        assert row[9] == "yes"


def test_a_minimum_that_is_missed_by_a_hair_is_missed() -> None:
    facts, _ = example()
    facts.courses["Physics"] = Course("Physics", "d", 45, 46, False)
    exactly, short = (share.build(facts, ask(base=base)).rows[1] for base in ("total", "contact"))
    assert (exactly[7], exactly[9]) == (0.2, "yes")
    assert (short[7], short[9]) == (0.1957, "no")


def test_by_teacher_the_substitute_gets_the_hours() -> None:
    facts, _ = example()
    found = {(row[2], row[3]): row[6] for row in share.build(facts, ask("teacher")).rows}
    assert found[("Physics", "Teacher")] == 7
    assert found[("Physics", "Substitute")] == 2


def test_a_discipline_that_is_taken_but_never_taught_has_a_share_of_nothing() -> None:
    facts, _ = example()
    facts.groups["h"] = Unit("IT-22", "d")
    facts.takings.add(("Physics", "h"))
    rows = {(row[2], row[3]): row[7] for row in share.build(facts, ask()).rows}
    assert rows[("Physics", "IT-22")] == 0


def test_without_hours_there_is_no_share_and_no_verdict() -> None:
    facts, _ = example()
    facts.courses["Physics"] = Course("Physics", "d", 0, 0, False)
    row = share.build(facts, ask()).rows[1]
    assert (row[7], row[9]) == (None, "")


def test_load_tells_own_hours_from_those_of_others() -> None:
    facts, _ = example()
    rows = {row[0]: row[1:] for row in teachers.load(facts, ask()).rows}
    assert rows["Teacher"] == [20.0, 10.5, 0.0, 2.0, 7.5, 0.525]
    assert rows["Substitute"] == [0.0, 0.0, 2.0, 0.0, 0.0, None]


def test_punctuality_counts_whoever_was_to_give_the_lesson() -> None:
    facts, _ = example()
    rows = {row[0]: row[1:] for row in teachers.punctuality(facts, ask()).rows}
    # of nine that were not cancelled one is the substitute's; 3 and 9 ended early, 5 and 10 never began
    assert rows["Teacher"] == [8, 4, 0, None, 2, 2, 0.5]
    assert rows["Substitute"] == [1, 1, 0, None, 0, 0, 1.0]
