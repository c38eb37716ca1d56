"""The talon (R11): the notice to the head of a unit about a lesson, as a paper to be signed."""

from collections.abc import Sequence

from server.board.network import Fact
from server.board.standing import Standing
from server.house import House
from server.papers import Cell, Column, Paper
from server.papers.heading import heading, shown_day
from server.papers.words import say
from server.plan.facts import LessonFacts
from server.plan.views import local


def talon(
    house: House,
    language: str,
    facts: LessonFacts,
    teachers: Sequence[str],
    department: str,
    shown: Standing,
    said: Sequence[tuple[str, str, str]],
    network: Sequence[Fact],
) -> Paper:
    """`said`: kind, text and author of each line of the log."""
    starts, ends = local(house, facts.starts), local(house, facts.ends)
    discipline = facts.discipline.name if facts.discipline else ""
    what = say(language, f"word.{shown.word}")
    if shown.late:
        what += f", {say(language, 'talon.late', minutes=shown.late)}"
    if shown.early:
        what += f", {say(language, 'talon.early', minutes=shown.early)}"
    rows: list[list[Cell]] = [
        [say(language, "about.lesson"), ", ".join(filter(None, (discipline, facts.title)))],
        [say(language, "about.kind"), say(language, f"kind.{facts.kind}")],
        [say(language, "about.time"), f"{shown_day(starts.date())} {starts:%H:%M}–{ends:%H:%M}"],
        [say(language, "group"), ", ".join(group.name for group in facts.groups)],
        [say(language, "teacher"), ", ".join(teachers)],
        [say(language, "talon.what"), what],
        [say(language, "talon.reason"), facts.reason],
    ]
    rows += [[say(language, f"log.{kind}"), f"{text} ({author})"] for kind, text, author in said]
    rows += [[say(language, "talon.network"), _fact(house, language, fact)] for fact in network]
    return Paper(
        say(language, "talon.title"),
        [Column(say(language, "talon.point"), weight=1), Column(say(language, "talon.said"), weight=2.5)],
        [row for row in rows if row[1]],
        [*heading(house, language), (say(language, "talon.to"), department)],
        signatures=[say(language, "sign.dispatcher"), say(language, "sign.department")],
        language=language,
    )


def _fact(house: House, language: str, fact: Fact) -> str:
    at = local(house, fact.at)
    return say(language, f"fact.{fact.kind}", at=f"{at:%H:%M:%S}", seconds=fact.seconds)
