"""How a lesson stands, from its facts and who is in class."""

from server.board.standing import Facts, Standing, standing
from server.house import House
from server.plan.facts import LessonFacts


def stands(house: House, facts: LessonFacts, *, teacher_in: bool, now: int) -> Standing:
    known = Facts(facts.starts, facts.ends, facts.state, facts.opened, facts.closed, teacher_in)
    return standing(known, now, house.settings.attendance_late)
