"""The kinds of files, the fields of each, and the headings that are known for them.

Pure. A mapping is our field to a heading of the file; `guess` makes one, people adjust it, and it is kept
under the name of the system that the file came from.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

from server.imports.words import fold

Kind = Literal["groups", "users", "disciplines", "enrolments", "timetable", "holidays"]
"""In the order in which a university is filled: each needs those before it."""

KINDS: tuple[Kind, ...] = get_args(Kind)

Mapped = Mapping[str, str]


class Field(NamedTuple):
    """`headings`: what it is called elsewhere, beside its own name; `sample` for the example file."""

    name: str
    required: bool
    headings: str
    sample: str


_FACULTY = "факультет|институт|faculty|institute|окуу бөлүгү"
_DEPARTMENT = "кафедра|department|chair"
_LANGUAGE = "тил|окутуу тили|язык|язык обучения|language of study"
_GROUP = "топ|группа|тайпа|group name|топтун аталышы|название группы|наименование группы|шифр группы"
_GROUPS = "топтор|группы|поток|топ|группа|group"
_LOGIN = "логин|login|имя пользователя|username|учётная запись|студенттин логини|логин студента|id студента"
_DISCIPLINE = "дисциплина|предмет|сабак|subject|course|дисциплинанын аталышы|название дисциплины|наименование"
_SINCE = "башталышы|с|начало|дата начала|from|start|start date|зачислен|дата зачисления"
_UNTIL = "аягы|по|конец|дата окончания|to|end|end date|отчислен|дата отчисления"

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    "groups": (
        Field("faculty", True, _FACULTY, "Факультет информационных технологий"),
        Field("department", True, _DEPARTMENT, "Программалык инженерия"),
        Field("name", True, f"{_GROUP}|group|аталышы|название|наименование", "ПИ-1-26"),
        Field("language", False, _LANGUAGE, "ky"),
    ),
    "users": (
        Field("login", True, _LOGIN, "asanova.n"),
        Field("name", True, "аты-жөнү|аты жөнү|фио|ф.и.о.|полное имя|имя|full name|студент|student"
              "|окутуучу|преподаватель|teacher", "Асанова Нурай Бакытовна"),
        Field("role", False, "ролу|роль|кызматы|должность|position", "student"),
        Field("email", False, "электрондук почта|почта|e-mail|электронная почта|эл. почта|mail",
              "asanova.n@example.kg"),
        Field("phone", False, "телефон|телефону|тел|phone number|mobile", ""),
        Field("language", False, "тил|язык|язык интерфейса", "ky"),
        Field("group", False, _GROUP, "ПИ-1-26"),
        Field("department", False, _DEPARTMENT, ""),
        Field("faculty", False, _FACULTY, ""),
    ),
    "disciplines": (
        Field("name", True, f"{_DISCIPLINE}|discipline|аталышы|название", "Программалоо негиздери"),
        Field("department", True, _DEPARTMENT, "Программалык инженерия"),
        Field("faculty", False, _FACULTY, "Факультет информационных технологий"),
        Field("language", False, _LANGUAGE, "ky"),
        Field("hours", False, "саат|сааттар|часы|всего часов|часов|кол-во часов|бардыгы саат", "120"),
        Field("contact_hours", False, "контакттык саат|аудиториялык саат|контактные часы"
              "|аудиторные часы|аудиторных часов|контактных часов", "60"),
        Field("mooc", False, "моок|массовый открытый онлайн-курс|online course", "жок"),
        Field("groups", False, _GROUPS, "ПИ-1-26, ПИ-2-26"),
    ),
    "enrolments": (
        Field("login", True, f"{_LOGIN}|студент|student", "asanova.n"),
        Field("group", False, _GROUP, "ПИ-1-26"),
        Field("discipline", False, _DISCIPLINE, ""),
        Field("department", False, _DEPARTMENT, ""),
        Field("since", False, _SINCE, "01.09.2026"),
        Field("until", False, _UNTIL, ""),
    ),
    "timetable": (
        Field("discipline", False, _DISCIPLINE, "Программалоо негиздери"),
        Field("department", False, _DEPARTMENT, "Программалык инженерия"),
        Field("title", False, "тема|аталышы|название", ""),
        Field("kind", True, "түрү|сабактын түрү|вид занятия|вид|тип|тип занятия|type|lesson type", "lecture"),
        Field("groups", False, _GROUPS, "ПИ-1-26, ПИ-2-26"),
        Field("teachers", True, "окутуучулар|окутуучунун логини|окутуучу|преподаватели|логин преподавателя"
              "|преподаватель|teacher|teacher login|lecturer", "toktogulov.a"),
        Field("weekday", False, "жума күнү|күн|күнү|день недели|день|day|day of week", "дүйшөмбү"),
        Field("date", False, "датасы|дата|дата занятия|сабактын датасы", ""),
        Field("starts", True, "башталышы|убактысы|время|начало|время начала|start|start time|time", "09:30"),
        Field("minutes", True, "мүнөт|узактыгы|минут|минуты|длительность|продолжительность|duration", "80"),
        Field("weeks", False, "жумалар|апталар|неделя|недели|чётность|четность|week|parity", "every"),
        Field("first", False, "биринчи күн|с|первый день|дата начала|from|first day|start date",
              "01.09.2026"),
        Field("last", False, "акыркы күн|по|последний день|дата окончания|until|to|last day|end date",
              "26.12.2026"),
    ),
    "holidays": (
        Field("date", True, "датасы|күнү|дата|день|day", "31.08.2026"),
        Field("name", False, "аталышы|майрам|название|праздник|наименование|holiday", "Эгемендүүлүк күнү"),
    ),
}  # fmt: skip


def guess(kind: Kind, headings: Sequence[str]) -> dict[str, str]:
    """Our fields to the headings that look like them; a heading serves one field."""
    free = {fold(heading): heading for heading in reversed(headings)}
    found: dict[str, str] = {}
    for exact in (True, False):  # a field's own name first: "group" is no discipline's "groups" then
        for field in FIELDS[kind]:
            names = (field.name,) if exact else field.headings.split("|")
            for name in map(fold, names):
                if field.name not in found and name in free:
                    found[field.name] = free.pop(name)
    return found


def fitting(kind: Kind, mapping: Mapped, headings: Sequence[str]) -> dict[str, str]:
    """What of a mapping holds for a file with these headings."""
    names = {field.name for field in FIELDS[kind]}
    return {name: heading for name, heading in mapping.items() if name in names and heading in headings}


def missing(kind: Kind, mapping: Mapped) -> list[str]:
    """Required fields that no column is given for."""
    return [field.name for field in FIELDS[kind] if field.required and field.name not in mapping]


def sample(kind: Kind) -> str:
    """An example file: our headings and one row; semicolons, as office programs of the region write."""
    fields = FIELDS[kind]
    cells = [f'"{field.sample}"' if "," in field.sample else field.sample for field in fields]
    return f"{';'.join(field.name for field in fields)}\r\n{';'.join(cells)}\r\n"
