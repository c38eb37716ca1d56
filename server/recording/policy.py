"""Whose tracks of a class are recorded, by its kind (R4, R9, R13). Pure.

Lessons: whoever presents, every shared screen, whoever speaks or has just spoken, everybody's sound.
Exams: every examinee's camera and screen; sound where their approved rules turn it on, and at a defence,
which is spoken. Office hours like lessons, but only while everybody there agrees. A psychologist's meeting
is never recorded, whatever anybody asks.
"""

from collections.abc import Iterable
from typing import Literal

from media.messages import Source
from server.plan.kinds import KINDS

Policy = Literal["class", "examinees", "defence", "asked", "never"]

EXAM_KEYFRAMES = 5.0
"""Seconds between two pictures that evidence can be cut at."""
KEYFRAMES = 10.0
MOST_SPEAKERS = 8
"""Cameras beside the presenters' that are recorded at one time."""
STAYS = 30.0
"""Seconds for which a speaker's camera is recorded after they fell silent."""


def policy_of(kind: str) -> Policy:
    """The policy of a kind of lesson."""
    rules = KINDS.get(kind)
    if rules is None or not rules.recorded:
        return "never"
    match kind:
        case "exam":
            return "examinees"
        case "defence":
            return "defence"
        case "office_hours":
            return "asked"
        case _:
            return "class"


def wanted(
    policy: Policy,
    session: str,
    presenters: Iterable[str],
    speakers: Iterable[str],
    main: Iterable[str] | None = None,
    heard: bool = False,
) -> dict[Source, tuple[str, ...]]:
    """For each source, prefixes of the names of peers to record; empty for nothing. `main`: who is in the
    main room while there are groups, which are not recorded; None while there are none. `heard`: it is an
    exam whose rules record sound."""
    everybody: tuple[str, ...] = (f"{session}/",)
    if main is not None:
        there = set(main)
        everybody = tuple(f"{session}/{person}/" for person in sorted(there))
        presenters = [each for each in presenters if each in there]
        speakers = [each for each in speakers if each in there]
    match policy:
        case "class" | "asked":
            people = [*dict.fromkeys(sorted(presenters))]
            people += [each for each in speakers if each not in people][:MOST_SPEAKERS]
            cameras = tuple(f"{session}/{person}/" for person in people)
            return {"mic": everybody, "screen": everybody, "cam": cameras}
        case "examinees":
            sound: dict[Source, tuple[str, ...]] = {"mic": everybody} if heard else {}
            return {"screen": everybody, "cam": everybody, **sound}
        case "defence":
            return {"mic": everybody, "screen": everybody, "cam": everybody}
        case _:
            return {}


def keyframes(policy: Policy) -> float:
    return KEYFRAMES if policy in ("class", "asked") else EXAM_KEYFRAMES
