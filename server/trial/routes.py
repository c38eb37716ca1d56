"""Trial classes over HTTP."""

import msgspec

from server.trial.desk import TrialDesk
from server.web.registry import route
from server.web.request import Request


class Trial(msgspec.Struct):
    """`lesson`: the id of a class of one's own, entered like any other."""

    lesson: str


@route("POST", "/api/v1/trial", action="class.try")
async def begin_trial(request: Request) -> Trial:
    """A trial class of one's own: the one under way, or a new one."""
    return Trial(await request.house.part(TrialDesk).begin(request.actor))
