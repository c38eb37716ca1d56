"""People for made webcam pictures: heads cut out of portraits and films, heads turned, phones in hands.

Flows in: the material's folders. Flows out: pictures with soft masks, to be put into rooms. A head is
turned by a shape: an ellipsoid with a nose, painted with the portrait. That is a likeness, no film of a
head that turns; what was measured with it is said so.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.faces import Face, FaceFinder, Picture
from proctoring.identity import FaceDescriber, distance
from proctoring.things import ThingFinder

FACE = 100
"""Points across of a face that was cut out."""
SIDE = 300
Mask = npt.NDArray[np.float32]


class Cut(NamedTuple):
    """SIDE x SIDE; the face's middle lies in the middle of the width and at 0.4 of the height."""

    picture: Picture
    mask: Mask


class Person(NamedTuple):
    """`name`: the same for all pictures of one; `cuts`: one of a portrait, many of a film."""

    name: str
    file: str
    cuts: Sequence[Cut]


def cut(picture: Picture, face: Face) -> Cut:
    high, wide = picture.shape[:2]
    scale = FACE / (face.width * wide)
    x = (face.x + face.width / 2) * wide * scale
    y = (face.y + face.height / 2) * high * scale
    matrix = np.array([(scale, 0, SIDE / 2 - x), (0, scale, 0.4 * SIDE - y)])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    found = cv2.warpAffine(picture, matrix, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((SIDE, SIDE), np.float32)
    middle = (SIDE // 2, int(0.4 * SIDE))
    tall = int(0.62 * FACE * face.height * high / (face.width * wide)) + 18
    cv2.ellipse(mask, middle, (72, tall), 0, 0, 360, 1.0, -1)
    body = [(105, middle[1] + tall - 30), (195, middle[1] + tall - 30), (290, SIDE), (10, SIDE)]
    cv2.fillPoly(mask, [np.array(body)], 1.0)
    return Cut(np.asarray(found, np.uint8), np.asarray(cv2.GaussianBlur(mask, (0, 0), 5), np.float32))


def turned(person: Cut, yaw: float, pitch: float) -> Cut:
    """The head turned by so many degrees: yaw to the right as seen, pitch upwards."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    x, y = (x - SIDE / 2) / FACE, (y - 0.4 * SIDE) / FACE
    across, down = 0.62, 0.82
    depth = 0.62 * np.sqrt(np.clip(1 - (x / across) ** 2 - (y / down) ** 2, 0, 1))
    depth += 0.17 * np.exp(-((x / 0.10) ** 2) - ((y - 0.08) / 0.13) ** 2)  # the nose
    inside = np.clip(3.2 - 2.2 * np.hypot(x / across, y / down), 0, 1)
    sideways = inside * (x * (np.cos(np.radians(yaw)) - 1) + depth * np.sin(np.radians(yaw)))
    upright = inside * (y * (np.cos(np.radians(pitch)) - 1) - depth * np.sin(np.radians(pitch)))
    from_x = _inverse(x + sideways, x)
    from_y = _inverse((y + upright).T, y.T).T
    map_x = (from_x * FACE + SIDE / 2).astype(np.float32)
    map_y = (from_y * FACE + 0.4 * SIDE).astype(np.float32)
    found = cv2.remap(person.picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return Cut(np.asarray(found, np.uint8), person.mask)


def _inverse(moved: npt.NDArray[np.float32], places: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Row by row: from where what is seen at a place has come; what is nearer hides what is behind."""
    forward = np.maximum.accumulate(moved, axis=1)
    rows = [np.interp(places[n], forward[n], places[n]) for n in range(len(places))]
    return np.stack(rows).astype(np.float32)


def people(folder: Path, finder: FaceFinder, describer: FaceDescriber | None) -> list[Person]:
    """Everybody alone in a picture. Who is in several is known from `identities.csv`, else told by
    likeness, so that nobody is on both sides of a division."""
    names = known(folder)
    found: list[Person] = []
    seen = []
    for path in sorted(folder.glob("*.jpg")):
        read = cv2.imread(str(path))
        if read is None:
            continue
        picture = np.asarray(read, np.uint8)
        faces = finder.find(picture)
        if len(faces) != 1:
            continue
        name = names.get(path.name)
        mark = describer.describe(picture, faces[0]) if describer is not None else None
        if name is None and mark is not None:
            near = [who for who, other in seen if distance(mark, other) < 0.55]
            name = near[0] if near else path.stem
        if mark is not None:
            seen.append((name or path.stem, mark))
        found.append(Person(name or path.stem, path.name, (cut(picture, faces[0]),)))
    return found


def known(folder: Path) -> Mapping[str, str]:
    """Portrait to person, where it is said."""
    path = folder / "identities.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        return {row["file"]: row["person"] for row in csv.DictReader(file)}


def filmed(path: Path, finder: FaceFinder) -> Person:
    """Two pictures a second of a film."""
    reader = cv2.VideoCapture(str(path))
    step = max(1, round(reader.get(cv2.CAP_PROP_FPS) / 2))
    cuts, number = [], 0
    while True:
        good, frame = reader.read()
        if not good:
            break
        if number % step == 0:
            picture = np.asarray(frame, np.uint8)
            faces = finder.find(picture)
            if faces:
                cuts.append(cut(picture, faces[0]))
        number += 1
    reader.release()
    return Person(path.stem, path.name, cuts)


def phones(folder: Path, finder: ThingFinder, faces: FaceFinder) -> list[Cut]:
    """Phones with the hand around them and no face, where the finder sees one in the whole photo."""
    found = []
    for path in sorted(folder.glob("*.jpg")):
        picture = np.asarray(cv2.imread(str(path)), np.uint8)
        high, wide = picture.shape[:2]
        for thing in finder.find(picture):
            if thing.name != "phone" or thing.height * high < 0.08 * high:
                continue
            x, y = (thing.x + thing.width / 2) * wide, (thing.y + thing.height / 2) * high
            half = 0.9 * max(thing.width * wide, thing.height * high)
            scale = SIDE / (2 * half)
            matrix = np.array([(scale, 0, SIDE / 2 - x * scale), (0, scale, SIDE / 2 - y * scale)])
            patch = cv2.warpAffine(picture, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
            mask = np.zeros((SIDE, SIDE), np.float32)
            cv2.ellipse(mask, (SIDE // 2, SIDE // 2), (125, 135), 0, 0, 360, 1.0, -1)
            for face in faces.find(picture):
                left, top = scale * (face.x * wide - x) + SIDE / 2, scale * (face.y * high - y) + SIDE / 2
                right, bottom = left + scale * face.width * wide, top + scale * face.height * high
                cv2.rectangle(mask, (int(left), int(top)), (int(right), int(bottom)), 0.0, -1)
            soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), 6), np.float32)
            found.append(Cut(np.asarray(patch, np.uint8), soft))
    return found
