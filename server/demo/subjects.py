"""What is taught at the demo university, by whom and to whom. Pure data."""

import msgspec

from server.demo.people import ACCOUNTING, ECONOMICS, KYRGYZ, MATHS, SOFTWARE
from server.plan.kinds import LessonKind


class Subject(msgspec.Struct, frozen=True):
    """A discipline: hours by the curriculum, who teaches it, which groups take it."""

    name: str
    department: str
    language: str
    hours: int
    contact: int
    teacher: str
    groups: tuple[str, ...]
    kinds: tuple[LessonKind, LessonKind]
    mooc: bool = False


SUBJECTS = (
    Subject("Программалоо негиздери", SOFTWARE, "ky", 180, 90, "teacher", ("ИТ-21",), ("lecture", "lab")),
    Subject(
        "Базы данных", SOFTWARE, "ru", 150, 75, "kubanych.turgunov", ("ИТ-22", "ИТ-21"), ("lecture", "lab")
    ),
    Subject(
        "Веб-технологиялар", SOFTWARE, "ky", 120, 60, "curator", ("ИТ-21", "ИТ-22"), ("lecture", "practical")
    ),
    Subject(
        "Введение в искусственный интеллект",
        SOFTWARE,
        "ru",
        90,
        30,
        "teacher",
        ("ИТ-22",),
        ("lecture", "seminar"),
        mooc=True,
    ),
    Subject(
        "Математикалык анализ",
        MATHS,
        "ky",
        180,
        90,
        "azamat.zhusupov",
        ("ИТ-21", "ПМ-21"),
        ("lecture", "practical"),
    ),
    Subject(
        "Линейная алгебра", MATHS, "ru", 150, 75, "olga.petrova", ("ПМ-21", "ИТ-22"), ("lecture", "practical")
    ),
    Subject(
        "Экономикалык теория", ECONOMICS, "ky", 120, 60, "ulan.sadykov", ("ЭК-21",), ("lecture", "seminar")
    ),
    Subject(
        "Микроэкономика",
        ECONOMICS,
        "ru",
        150,
        75,
        "irina.kovaleva",
        ("ЭК-21", "БУ-22"),
        ("lecture", "seminar"),
    ),
    Subject(
        "Бухгалтерский учёт", ACCOUNTING, "ru", 150, 75, "natalya.tsoy", ("БУ-22",), ("lecture", "practical")
    ),
    Subject(
        "Манас таануу", KYRGYZ, "ky", 60, 30, "sayra.mambetova", ("КФ-11", "ИТ-21"), ("lecture", "seminar")
    ),
    Subject("Кыргыз адабияты", KYRGYZ, "ky", 150, 75, "sayra.mambetova", ("КФ-11",), ("lecture", "seminar")),
)
