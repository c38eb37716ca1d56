"""From what detectors saw in one look to the conditions that rules follow. Pure.

None means that this look cannot tell: a dark picture says nothing about who is in it, one that stands still
nothing of where a head points now, and a stream that is not there says nothing at all. What cannot be told is
never held against anybody.
"""

from collections.abc import Sequence

from proctoring.beacon import Sight
from proctoring.faces import NEIGHBOUR, Face
from proctoring.head import Direction, is_away
from proctoring.kinds import Kind
from proctoring.quality import Quality
from proctoring.things import Thing

TURNED = 0.15
"""By how much further from the first photo a face may be while the head is turned. Made heads of the tuning
half that nodded by 33 degrees were up to 0.70 away, upright 0.18; of two people 90 of 100 are beyond 0.75."""

Conditions = dict[Kind, bool | None]

WEBCAM: tuple[Kind, ...] = ("absent", "several", "head_away", "covered", "dark", "frozen", "loop")
SCREEN: tuple[Kind, ...] = ("beacon_lost", "beacon_stale", "beacon_foreign")


def webcam(
    quality: Quality,
    faces: Sequence[Face],
    head: Direction | None,
    own: Direction | None,
    *,
    in_class: bool = False,
) -> Conditions:
    """One look at the webcam.

    Args:
        faces: the largest first; of a picture that is not fit to be judged they are not looked at.
        head, own: where the head points to, and the student's own baseline; None where not known.
        in_class: the seat is in a computer class: neighbours' faces are no flags.
    """
    found: Conditions = {
        "covered": quality.covered, "dark": quality.dark, "loop": quality.loop,
        "frozen": quality.frozen if faces else None,  # an empty chair does not move
    }  # fmt: skip
    if not quality.fit:
        return {**found, "absent": None, "several": None, "head_away": None}
    near = [face for face in faces if not in_class or face.width >= NEIGHBOUR * faces[0].width]
    away = None
    if len(near) == 1 and head is not None and own is not None and not quality.still:
        away = is_away(head, own)
    return {**found, "absent": not near, "several": len(near) > 1, "head_away": away}


def without_webcam() -> Conditions:
    """No picture came, or it could not be decoded."""
    return dict.fromkeys(WEBCAM)


def things(seen: Sequence[Thing] | None) -> Conditions:
    """One look for things; None where there is no finder or the picture was not fit."""
    if seen is None:
        return {"phone": None, "book": None}
    names = {thing.name for thing in seen}
    return {"phone": "phone" in names, "book": "book" in names}


def screen(sight: Sight | None) -> Conditions:
    """One look at the screen; None where no picture of it came, or no marker can be shown."""
    if sight is None:
        return dict.fromkeys(SCREEN)
    return {
        "beacon_lost": sight.state == "lost",
        "beacon_stale": sight.state == "stale",
        "beacon_foreign": sight.state == "foreign",
    }


def identity(distance: float | None, threshold: float, *, turned: bool = False) -> Conditions:
    """One comparison with the face from the beginning; None where there was no face to compare, or where a
    turned face is not like enough and not strange enough."""
    if distance is None or (turned and threshold < distance <= threshold + TURNED):
        return {"other_person": None}
    return {"other_person": distance > threshold}
