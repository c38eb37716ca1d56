"""Who studies and works at the demo university. Pure and seeded: the same people each time.

Out flow `Somebody`s with login, name, role and place. The named accounts are the ones that
docs/try-it.md speaks of; the others make the groups look like groups.
"""

import random
from typing import Literal

import msgspec

from server.permissions import Role

SEED = 2026

Place = Literal["university", "faculty", "department", "group"]


class Post(msgspec.Struct, frozen=True):
    """A role and where it holds; `where` is the unit's name, empty for the university."""

    role: Role
    place: Place = "university"
    where: str = ""


class Somebody(msgspec.Struct, frozen=True):
    login: str
    name: str
    posts: tuple[Post, ...]
    group: str = ""
    """Of a student."""


IT, ECONOMY, LETTERS = (
    "Маалыматтык технологиялар факультети",
    "Экономика жана башкаруу факультети",
    "Филология факультети",
)
SOFTWARE, MATHS, ECONOMICS, ACCOUNTING, KYRGYZ = (
    "Программалык инженерия кафедрасы",
    "Колдонмо математика кафедрасы",
    "Экономика кафедрасы",
    "Бухгалтердик эсеп жана аудит кафедрасы",
    "Кыргыз филологиясы кафедрасы",
)

DEPARTMENTS = {SOFTWARE: IT, MATHS: IT, ECONOMICS: ECONOMY, ACCOUNTING: ECONOMY, KYRGYZ: LETTERS}
"""Department to faculty."""

GROUPS: dict[str, tuple[str, str, int]] = {
    "ИТ-21": (SOFTWARE, "ky", 10),
    "ИТ-22": (SOFTWARE, "ru", 7),
    "ПМ-21": (MATHS, "ru", 6),
    "ЭК-21": (ECONOMICS, "ky", 7),
    "БУ-22": (ACCOUNTING, "ru", 5),
    "КФ-11": (KYRGYZ, "ky", 6),
}
"""Group to its department, language and number of students."""

STAFF = (
    Somebody("admin", "Руслан Ким", (Post("admin"),)),
    Somebody("teacher", "Гүлнара Асанова", (Post("teacher", "department", SOFTWARE),)),
    Somebody(
        "curator",
        "Айнура Жумабаева",
        (Post("curator", "group", "ИТ-21"), Post("teacher", "department", SOFTWARE)),
    ),
    Somebody("dispatcher", "Чолпон Бекова", (Post("dispatcher"),)),
    Somebody("office", "Марат Сыдыков", (Post("office_head"),)),
    Somebody("dean", "Бакыт Өмүралиев", (Post("dean", "faculty", IT),)),
    Somebody("observer", "Елена Орлова", (Post("observer"),)),
    Somebody("proctor", "Нурлан Осмонов", (Post("proctor"),)),
    Somebody("commission1", "Жылдыз Абдыраева", (Post("commission"),)),
    Somebody("commission2", "Сергей Литвинов", (Post("commission"),)),
    Somebody("commission3", "Асель Токтогулова", (Post("commission"),)),
    Somebody("chair", "Таалайбек Мамытов", (Post("commission_chair"),)),
    Somebody("secretary", "Мээрим Кадырова", (Post("secretary"),)),
    Somebody("psychologist", "Назгүл Эркинбаева", (Post("teacher"),)),
    Somebody("kubanych.turgunov", "Кубаныч Тургунов", (Post("teacher", "department", SOFTWARE),)),
    Somebody("olga.petrova", "Ольга Петрова", (Post("teacher", "department", MATHS),)),
    Somebody("azamat.zhusupov", "Азамат Жусупов", (Post("teacher", "department", MATHS),)),
    Somebody("irina.kovaleva", "Ирина Ковалёва", (Post("teacher", "department", ECONOMICS),)),
    Somebody("ulan.sadykov", "Улан Садыков", (Post("teacher", "department", ECONOMICS),)),
    Somebody("natalya.tsoy", "Наталья Цой", (Post("teacher", "department", ACCOUNTING),)),
    Somebody("sayra.mambetova", "Сайра Мамбетова", (Post("teacher", "department", KYRGYZ),)),
)

_NAMED = {"student1": "Айбек Токтогулов", "student2": "Нургүл Маматова", "student3": "Данияр Ибраев"}

_KYRGYZ = (
    ("Бекзат", "Эрлан", "Нурсултан", "Өмүрбек", "Адилет", "Темирлан", "Жаныбек", "Үсөн", "Азизбек"),
    ("Айгерим", "Бегимай", "Жибек", "Чынара", "Элнура", "Сезим", "Канышай", "Акылай", "Гүлзат"),
    ("Асанов", "Жээнбеков", "Кадыров", "Мураталиев", "Төлөгөнов", "Эсенбаев", "Сатыбалдиев", "Абдиев"),
)
_RUSSIAN = (
    ("Артём", "Никита", "Тимур", "Максим", "Илья"),
    ("Анна", "Дарья", "Виктория", "Камила", "София"),
    ("Иванов", "Смирнов", "Захаров", "Ахметов", "Кузнецов", "Попов"),
)

_LATIN = dict(
    zip(
        "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя",
        [
            *"abvgdee", "zh", *"ziyklmn", "ng", *"oo", *"prstuu", "f", "h", "ts", "ch", "sh", "sch",
            "", "y", "", "e", "yu", "ya",
        ],
        strict=True,
    )
)  # fmt: skip


def latin(name: str) -> str:
    """A name as a login: ``Өмүрбек Асанов`` becomes ``omurbek.asanov``."""
    return "".join(_LATIN.get(letter, letter) for letter in name.lower()).replace(" ", ".")


def students() -> list[Somebody]:
    """The students of every group; `student1` to `student3` are the first three of ИТ-21."""
    choose = random.Random(SEED)  # noqa: S311 - names, not secrets
    taken: set[str] = set()
    found: list[Somebody] = []
    for group, (_, language, size) in GROUPS.items():
        post = (Post("student", "group", group),)
        fixed = list(_NAMED.items()) if group == "ИТ-21" else []
        found += [Somebody(login, name, post, group) for login, name in fixed]
        for _ in range(size - len(fixed)):
            name = _name(choose, language)
            while latin(name) in taken:
                name = _name(choose, language)
            taken.add(latin(name))
            found.append(Somebody(latin(name), name, post, group))
    return found


def _name(choose: random.Random, language: str) -> str:
    """In Russian groups both kinds of names, in Kyrgyz ones mostly Kyrgyz."""
    men, women, families = _RUSSIAN if choose.random() < (0.5 if language == "ru" else 0.1) else _KYRGYZ
    if choose.random() < 0.5:
        return f"{choose.choice(men)} {choose.choice(families)}"
    return f"{choose.choice(women)} {choose.choice(families)}а"
