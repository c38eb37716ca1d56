"""What can be told, grouped by what a person chooses about: topics, and the kinds of each.

Pure. Students get few mails of themselves (an exam, a case of their own): timetables change often, and a
mailbox that is full of them is read by nobody.
"""

from collections.abc import Mapping

import msgspec


class Topic(msgspec.Struct, frozen=True):
    """`fixed`: always in the page, since a term may run. `student`, `staff`: whether mail is sent unless
    the person chose otherwise."""

    name: str
    fixed: bool = False
    student: bool = False
    staff: bool = False
    only: str = ""
    """``student`` or ``staff``: for whom it exists at all; empty for both."""


class Kind(msgspec.Struct, frozen=True):
    """`path`: the page it leads to, with `{subject}`. `passing`: worth nothing the day after."""

    name: str
    topic: str
    path: str
    passing: bool = False


TOPICS: tuple[Topic, ...] = (
    Topic("lesson_soon"),
    Topic("lesson_changes", staff=True),
    Topic("exams", student=True, staff=True),
    Topic("exam_soon"),
    Topic("explanations", staff=True, only="staff"),
    Topic("own_case", fixed=True, student=True, staff=True, only="student"),
    Topic("commission", fixed=True, staff=True, only="staff"),
    Topic("imports", only="staff"),
    Topic("support", student=True, staff=True),
)

_LESSON, _EXAM = "/lessons/{subject}", "/exams/{subject}"

KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        Kind("lesson_soon", "lesson_soon", _LESSON, passing=True),
        Kind("lesson_moved", "lesson_changes", _LESSON),
        Kind("lesson_cancelled", "lesson_changes", _LESSON),
        Kind("lesson_restored", "lesson_changes", _LESSON),
        Kind("lesson_substituted", "lesson_changes", _LESSON),
        Kind("lesson_yours", "lesson_changes", _LESSON),
        Kind("exam_planned", "exams", "/exams"),
        Kind("exam_duty", "exams", "/exams"),
        Kind("exam_moved", "exams", "/exams"),
        Kind("exam_cancelled", "exams", "/exams"),
        Kind("exam_equipment", "exams", "/exams"),
        Kind("exam_soon", "exam_soon", _EXAM, passing=True),
        Kind("exam_duty_soon", "exam_soon", "/exams", passing=True),
        Kind("explanation_wanted", "explanations", _LESSON),
        Kind("statement_wanted", "own_case", "/exams/{subject}/outcome"),
        Kind("decision_made", "own_case", "/exams/{subject}/outcome"),
        Kind("appeal_decided", "own_case", "/exams/{subject}/outcome"),
        Kind("review_waits", "commission", "/exams/{subject}/review"),
        Kind("statement_made", "commission", "/exams/{subject}/review"),
        Kind("appeal_waits", "commission", "/exams/{subject}/review"),
        Kind("import_finished", "imports", "/imports"),
        Kind("import_failed", "imports", "/imports"),
        Kind("support_asked", "support", "/support"),
        Kind("support_answered", "support", ""),
    )
}

BY_NAME: Mapping[str, Topic] = {topic.name: topic for topic in TOPICS}
PASSING = tuple(kind.name for kind in KINDS.values() if kind.passing)


def topic_of(kind: str) -> Topic:
    return BY_NAME[KINDS[kind].topic]


def path_of(kind: str, subject: str) -> str:
    """The page a notice leads to, empty for none."""
    return KINDS[kind].path.format(subject=subject)


def topics_for(staff: bool) -> list[Topic]:
    """What a person of this sort can choose about."""
    other = "student" if staff else "staff"
    return [topic for topic in TOPICS if topic.only != other]


class Wanted(msgspec.Struct, frozen=True):
    page: bool
    mail: bool


def wanted(topic: Topic, staff: bool, choice: tuple[bool, bool] | None) -> Wanted:
    """What a person gets of a topic, by their own choice (page, mail) or without one."""
    page, mail = choice if choice is not None else (True, topic.staff if staff else topic.student)
    return Wanted(page or topic.fixed, mail)
