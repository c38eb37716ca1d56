"""The demo's exams: rules that a council has approved, and questions.

In flow exams of the plan, out flow entries of the trace. The rules are the house's starting values with
one break; their protocol's number says that it is a demo's.
"""

from datetime import date

import msgspec

from server.exams import rules as documents
from server.exams.exam import Question, Settings
from server.house import House
from server.ids import new_id

TITLE = "Онлайн экзаменди өткөрүү эрежелери"
PROTOCOL = "демо-1"
QUESTIONS = (
    Question("1", "Тизмеден эң чоң санды табуу алгоритмин өз сөзүңүз менен жазыңыз.", "text", points=10),
    Question(
        "2",
        "Экилик издөө n элементте эң көп канча салыштыруу жасайт?",
        "choice",
        ("n", "log₂ n + 1", "n²", "2n"),
        points=5,
    ),
    Question(
        "3",
        "Булардын кайсылары туруктуу сорттоо?",
        "several",
        ("бириктирүү менен сорттоо", "тез сорттоо", "киргизүү менен сорттоо", "пирамидалык сорттоо"),
        points=5,
    ),
    Question("4", "Чечимиңиздин сүрөтүн же файлын тиркеңиз.", "file", points=10),
)


async def approve_rules(house: House, actor: str, day: date) -> str:
    """A document of exam rules, approved. Returns its id."""
    key = new_id()
    body = msgspec.structs.replace(
        documents.starting(), breaks=1, break_minutes=5, aids=("Калькулятор",), keep_days=180
    )
    data = {"rules": key, "title": TITLE, "version": 1, "body": msgspec.to_builtins(body)}
    await house.trace.record("exam_rules.drafted", data, actor=actor)
    data = {"rules": key, "protocol": PROTOCOL, "date": day.isoformat()}
    await house.trace.record("exam_rules.approved", data, actor=actor)
    return key


async def set_up(house: House, actor: str, lesson: str, rules: str) -> None:
    """Settings and questions of one exam."""
    settings = Settings(minutes=60, entry=60, questions=QUESTIONS, aids=("Калькулятор",))
    data = {"lesson": lesson, "rules": rules, "settings": msgspec.to_builtins(settings)}
    await house.trace.record("exam.set", data, actor=actor)
