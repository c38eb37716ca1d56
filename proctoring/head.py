"""The direction of a head from five points of a face. Pure.

Sideways: the points of an average face are turned until they fit, seen from far away (scaled orthography,
the turn nearest to the linear fit). Up and down: how high the nose lies between chin and forehead, because
the distances of the points hardly change with a nod. What counts is the turn away from the student's own
baseline, so that neither the camera's place nor the shape of a face matters.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from proctoring.faces import Face

MODEL = np.array(
    [(-31.0, 32.0, 30.0), (31.0, 32.0, 30.0), (0.0, 0.0, 0.0), (-26.0, -33.0, 27.0), (26.0, -33.0, 27.0)]
)
"""Millimetres from the tip of the nose: x to the right as seen, y up, z away from the camera."""
_TO_FIT = np.linalg.pinv(MODEL - MODEL.mean(axis=0))
NOSE, NOD = 0.585, 570.0
"""Where in the height of its box an average face has the nose, and degrees for a whole height. Heads turned
by a shape (`sabak bench proctoring --half tune`) moved it by 3 to 4 hundredths for 20 degrees and by 7 to 9
for 33; without a nod it stays within 3. The points alone told 60 to 75 of 100 such nods, this 98."""
YAW, PITCH = 21.0, 20.0
"""Measured degrees beyond the own baseline that are away. A finder's points follow a turn sideways only in
part, by 0.7: so 21 are some 30 degrees of a real head."""


class Direction(msgspec.Struct, frozen=True):
    """Degrees: yaw to the right as seen, pitch upwards."""

    yaw: float
    pitch: float


def direction(face: Face, width: int, height: int) -> Direction | None:
    """Where the head points to; None without points, or where they fit no face.

    Args:
        width, height: of the picture in points; only their ratio matters.
    """
    if len(face.points) != len(MODEL):
        return None
    seen = np.array([(x * width, -y * height) for x, y in face.points])
    seen -= seen.mean(axis=0)
    if float(np.abs(seen).max()) < 1.0:
        return None
    fit = (_TO_FIT @ seen).T
    left, _, right = np.linalg.svd(fit, full_matrices=False)
    across, up = left @ right
    away = np.cross(across, up)
    yaw = float(np.degrees(np.arctan2(-across[2], away[2])))
    if abs(yaw) > 90 or face.height <= 0:
        return None
    return Direction(yaw, NOD * (NOSE - (face.points[2][1] - face.y) / face.height))


def baseline(looks: Sequence[Direction]) -> Direction | None:
    """The own baseline of somebody who looked at the screen: the median. None with fewer than five looks."""
    if len(looks) < 5:
        return None
    return Direction(
        float(np.median([look.yaw for look in looks])), float(np.median([look.pitch for look in looks]))
    )


def is_away(look: Direction, own: Direction) -> bool:
    return abs(look.yaw - own.yaw) > YAW or abs(look.pitch - own.pitch) > PITCH
