"""The direction of a head from five points of a face. Pure.

The points of an average face are turned until they fit (perspective-n-point); what counts is the turn away
from the student's own baseline, so that neither the camera's place nor the shape of a face matters.
"""

from collections.abc import Sequence

import cv2
import msgspec
import numpy as np

from proctoring.faces import Face

MODEL = np.array(
    [(-31.0, 32.0, 30.0), (31.0, 32.0, 30.0), (0.0, 0.0, 0.0), (-26.0, -33.0, 27.0), (26.0, -33.0, 27.0)]
)
"""Millimetres from the tip of the nose: x to the right as seen, y up, z away from the camera."""
YAW, PITCH = 30.0, 20.0
"""Degrees beyond the own baseline that are away."""


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
    seen = np.array([(x * width, (1 - y) * height) for x, y in face.points])
    camera = np.array([[width, 0, width / 2], [0, width, height / 2], [0, 0, 1.0]])
    good, turn, _ = cv2.solvePnP(MODEL, seen, camera, None, flags=cv2.SOLVEPNP_SQPNP)
    if not good:
        return None
    forward = cv2.Rodrigues(turn)[0] @ np.array([0.0, 0.0, -1.0])
    yaw = float(np.degrees(np.arctan2(forward[0], -forward[2])))
    pitch = float(np.degrees(np.arcsin(np.clip(forward[1], -1, 1))))
    return Direction(yaw, pitch) if abs(yaw) <= 90 else None


def baseline(looks: Sequence[Direction]) -> Direction | None:
    """The own baseline of somebody who looked at the screen: the median. None with fewer than five looks."""
    if len(looks) < 5:
        return None
    return Direction(
        float(np.median([look.yaw for look in looks])), float(np.median([look.pitch for look in looks]))
    )


def is_away(look: Direction, own: Direction) -> bool:
    return abs(look.yaw - own.yaw) > YAW or abs(look.pitch - own.pitch) > PITCH
