"""What cells may say for the words of ours: languages, roles, kinds of lessons, weekdays, yes and no.

Pure. Our own word always works; beside it the words of ky, ru and en as exports write them, compared
without case, spaces and signs.
"""

from collections.abc import Iterable, Mapping

from server.permissions.model import ROLES
from server.plan.kinds import KINDS


def fold(text: str) -> str:
    return "".join(letter for letter in text.casefold().replace("ё", "е") if letter.isalnum())


def _table(words: Mapping[str, str], own: Iterable[str] = ()) -> dict[str, str]:
    table = {fold(name): name for name in (*own, *words)}
    for name, others in words.items():
        table.update({fold(other): name for other in others.split("|")})
    return table


LANGUAGES = _table(
    {
        "ky": "kg|kyr|кыргызча|кыргыз|кыргыз тили|кыргызский|kyrgyz",
        "ru": "rus|орусча|орус|орус тили|русский|russian",
        "en": "eng|англисче|англис|англис тили|английский|english",
    }
)

ROLE_WORDS = _table(
    {
        "student": "студент|студентка",
        "teacher": "окутуучу|мугалим|преподаватель|lecturer",
        "curator": "куратор",
        "dispatcher": "диспетчер",
        "office_head": "окуу башкармалыгынын башчысы|начальник учебного управления|окуу бөлүмүнүн башчысы"
        "|начальник учебного отдела|head of the education office",
        "dean": "декан",
        "observer": "байкоочу|наблюдатель",
        "proctor": "проктор|көзөмөлчү",
        "commission": "комиссиянын мүчөсү|член комиссии",
        "commission_chair": "төрага|председатель|комиссиянын төрагасы|председатель комиссии|chair",
        "secretary": "техникалык катчы|катчы|технический секретарь|секретарь",
    },
    own=ROLES,
)

KIND_WORDS = _table(
    {
        "lecture": "лекция|лек|лк",
        "seminar": "семинар|сем",
        "practical": "практикалык сабак|практика|практическое занятие|практическое|пр|практ|practice",
        "lab": "лабораториялык иш|лабораториялык сабак|лабораторная работа|лабораторная|лаб|laboratory",
        "office_hours": "онлайн кабыл алуу|виртуалдык офис саат|онлайн приём|приём",
        "curator_hour": "кураторский час|кураторлук саат|кураторский|кураторс саат|куратордук саат",
        "consultation": "консультация|конс",
        "webinar": "вебинар",
        "exam": "экзамен",
        "defence": "коргоо|защита",
        "psychologist": "психолог",
    },
    own=KINDS,
)

WEEKDAYS = _table(
    {
        "1": "дүйшөмбү|дш|понедельник|пн|monday|mon",
        "2": "шейшемби|шш|вторник|вт|tuesday|tue",
        "3": "шаршемби|шр|среда|ср|wednesday|wed",
        "4": "бейшемби|бш|четверг|чт|thursday|thu",
        "5": "жума|жм|пятница|пт|friday|fri",
        "6": "ишемби|иш|суббота|сб|saturday|sat",
        "7": "жекшемби|жш|воскресенье|вс|sunday|sun",
    }
)

WEEKS = _table(
    {
        "every": "ар бир|ар жума|ар апта|каждая|каждую неделю|все|еженедельно|all|weekly",
        "odd": "так|числитель|нечетная|нечётная|нечет|алым|1",
        "even": "жуп|знаменатель|четная|чётная|чет|бөлүм|бөлүмү|2",
    }
)

YES_NO = _table({"yes": "1|true|да|ооба|бар|есть|y|да есть", "no": "0|false|нет|жок|n"})
