"""Made webcams: somebody in a room for some minutes, what happens there, and the labels of it.

Flows in: people, phones, a seed. Flows out: pictures of 320 x 240, two a second, with light, movement and
sensor noise, before they are encoded; and the episodes in them. Everything follows from the seed.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from proctoring.faces import Picture
from tests.bench.kit.people import SIDE, Cut, Person, turned

WIDE, HIGH, RATE = 320, 240, 2
LEAD = 20
"""Seconds of calm at the beginning, in which the student is photographed and the baseline is taken."""
LIGHTS = {"even": (1.0, 0.0), "dim": (0.45, 0.0), "aside": (0.9, 0.6)}
"""Brightness, and how much darker one side is."""
SIZES = {"small": 0.26, "middle": 0.36, "large": 0.5}
"""Width of the face in parts of the picture's height."""
BITS = (60_000, 100_000, 150_000)
LASTS = {
    "absent": (15, 30), "several": (8, 20), "other_person": (45, 60), "head_away": (12, 20),
    "phone": (18, 30), "dark": (9, 16), "covered": (9, 16), "frozen": (20, 30), "loop": (50, 65),
}  # fmt: skip
CALM = ("still", "lively", "glances", "drinking", "leaning")
"""What is no episode."""


class Episode(NamedTuple):
    """One line of `labels.csv`; seconds from the clip's beginning. `group`: `name=value` by spaces."""

    clip: str
    kind: str
    start: float
    end: float
    group: str


class Cast(NamedTuple):
    """`others`: the same side of the division, by people who are not `person`."""

    person: Person
    other: Person | None
    second: Person
    phones: Sequence[Cut]


class Stage:
    """One clip."""

    def __init__(self, clip: str, cast: Cast, seed: int) -> None:
        self.clip = clip
        self.cast = cast
        self._chance = np.random.default_rng(seed)
        self.light = str(self._chance.choice(list(LIGHTS)))
        self.size = str(self._chance.choice(list(SIZES)))
        self.bits = int(self._chance.choice(BITS))
        self.group = f"light={self.light} face={self.size} bits={self.bits}"
        self._scale = SIZES[self.size] * HIGH / 100
        self._room = self._make_room()
        self._shade = self._make_shade()
        self._noise = [
            self._chance.normal(0, 3.0, (HIGH + 16, WIDE + 16, 3)).astype(np.int16) for _ in range(12)
        ]
        self.plan = self._make_plan()

    def _make_plan(self) -> list[tuple[str, int, str]]:
        """What happens one after the other: what, seconds, more about it."""
        kinds = [kind for kind in LASTS if kind != "other_person" or self.cast.other is not None]
        kinds = [kind for kind in kinds if kind != "phone" or self.cast.phones]
        order = [*kinds, *(str(each) for each in self._chance.choice(CALM[2:], 6))]
        self._chance.shuffle(order)
        plan = [("still", LEAD, "")]
        for what in order:
            low, high = LASTS.get(what, (4, 6))
            plan.append((what, int(self._chance.integers(low, high + 1)), self._detail(what)))
            plan.append((str(self._chance.choice(CALM[:2])), int(self._chance.integers(20, 35)), ""))
        return plan

    def _detail(self, what: str) -> str:
        choices = {
            "head_away": ["left", "right", "down", "up"], "covered": ["hand", "paper", "tape"],
            "several": ["beside", "behind"], "phone": ["near", "far"],
        }.get(what)  # fmt: skip
        return str(self._chance.choice(choices)) if choices else ""

    def episodes(self) -> list[Episode]:
        found, at = [], 0
        for what, seconds, detail in self.plan:
            if what in LASTS:
                group = f"{self.group} how={detail}" if detail else self.group
                found.append(Episode(self.clip, what, at, at + seconds, group))
            at += seconds
        return found

    @property
    def seconds(self) -> int:
        return sum(seconds for _, seconds, _ in self.plan)

    # --- pictures -------------------------------------------------------------------------------------

    def pictures(self) -> Iterator[Picture]:
        place = np.zeros(4)  # x, y, size, turn: how far from where the student sits
        number = 0
        kept: list[Picture] = []
        for what, seconds, detail in self.plan:
            frames = seconds * RATE
            again = kept[-int(self._chance.integers(12 * RATE, 22 * RATE)) :]
            tools = self._tools(what, detail)
            for n in range(frames):
                number += 1
                lively = 2.5 if what == "lively" else 1.0
                place = 0.9 * place + lively * self._chance.normal(0, (1.2, 0.8, 0.006, 0.5))
                if what == "frozen":
                    yield kept[-1]
                    continue
                if what == "loop":
                    yield again[n % len(again)]
                    continue
                picture = self._picture(what, detail, tools, n / frames, number, place)
                kept = [*kept[-60:], picture]
                yield picture

    def _tools(self, what: str, detail: str) -> list[Cut]:
        """What is put into the pictures of this part: the heads turned more and more, a phone, a face."""
        own = self.cast.person.cuts[0]
        if what == "head_away":
            much = float(self._chance.uniform(42, 55) if detail in ("left", "right") else 33)
            yaw, pitch = {
                "left": (-much, 0.0),
                "right": (much, 0.0),
                "down": (0.0, -much),
                "up": (0.0, much),
            }[detail]
            return [turned(own, part * yaw, part * pitch) for part in (0.35, 0.7, 1.0)]
        if what == "glances":
            yaw = float(self._chance.choice([-13, 13]))
            return [turned(own, yaw, 0.0)]
        if what == "several":
            return [self.cast.second.cuts[0]]
        if what == "phone":
            return [self.cast.phones[int(self._chance.integers(len(self.cast.phones)))]]
        return []

    def _picture(
        self,
        what: str,
        detail: str,
        tools: list[Cut],
        part: float,
        number: int,
        place: npt.NDArray[np.float64],
    ) -> Picture:
        picture = self._room.copy()
        if what == "several":
            side = 1 if detail == "beside" else -1
            size = self._scale * (0.95 if detail == "beside" else 0.7)
            x = WIDE / 2 + side * max(95, 75 * self._scale)
            self._put(picture, tools[0], size, x + place[0] * 0.5, HIGH * 0.42 + place[1], 0)
        if what != "absent":
            who = self.cast.other if what == "other_person" and self.cast.other else self.cast.person
            film = who.cuts
            own = film[abs((number % (2 * len(film))) - len(film)) % len(film)]
            if what == "head_away":
                own = tools[min(2, int(part * 20))]
            if what == "glances":
                own = tools[0]
            lean = 0.25 * np.sin(np.pi * part) if what == "leaning" else 0.0
            size = self._scale * (1 + place[2] + lean)
            self._put(picture, own, size, WIDE / 2 + place[0], HIGH * 0.46 + place[1], place[3])
        if what == "drinking":
            self._cup(picture, part, place)
        if what == "phone":
            size = 0.42 if detail == "near" else 0.3
            x, y = WIDE * 0.68 + place[0], HIGH * 0.74 + place[1]
            self._put(picture, tools[0], size, x, y, place[3] * 2, middle=0.5)
        return self._sensed(picture, what, detail, number)

    def _put(
        self, picture: Picture, what: Cut, scale: float, x: float, y: float, angle: float, middle: float = 0.4
    ) -> None:
        matrix = cv2.getRotationMatrix2D((SIDE / 2, middle * SIDE), angle, scale)
        matrix[:, 2] += (x - SIDE / 2, y - middle * SIDE)
        size = (WIDE, HIGH)
        smooth = cv2.GaussianBlur(what.picture, (0, 0), 0.5 / scale) if scale < 0.7 else what.picture
        drawn = cv2.warpAffine(smooth, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        weight = cv2.warpAffine(what.mask, matrix, size)
        if y < HIGH:  # a body goes down to the lower edge
            bottom = int(min(HIGH, y + (1 - middle) * SIDE * scale)) - 2
            if middle == 0.4 and bottom < HIGH:
                drawn[bottom:], weight[bottom:] = drawn[bottom - 1], weight[bottom - 1]
        picture[:] = cv2.blendLinear(drawn, picture, weight, 1 - weight)

    def _cup(self, picture: Picture, part: float, place: npt.NDArray[np.float64]) -> None:
        up = min(1.0, 3 * min(part, 1 - part))
        x, y = int(WIDE / 2 + place[0] + 6), int(HIGH * (0.95 - 0.38 * up))
        half = int(16 * self._scale)
        cv2.rectangle(picture, (x - half, y), (x + half, y + 3 * half), (180, 190, 60), -1)
        cv2.ellipse(picture, (x + half, y + 2 * half), (half, half), 0, 0, 360, (120, 140, 190), -1)

    def _sensed(self, picture: Picture, what: str, detail: str, number: int) -> Picture:
        flicker = 1 + 0.015 * np.sin(number * 0.7)
        lit = cv2.multiply(picture, self._shade, scale=float(flicker) / 128)
        if what == "dark":
            lit = cv2.convertScaleAbs(lit, alpha=0.10 if self.light == "even" else 0.16)
        if what == "covered":
            lit = self._covered(detail)
        noise = self._noise[int(self._chance.integers(len(self._noise)))]
        y, x = (int(value) for value in self._chance.integers(0, 16, 2))
        return np.asarray(cv2.add(lit, noise[y : y + HIGH, x : x + WIDE], dtype=cv2.CV_8U), np.uint8)

    def _covered(self, detail: str) -> Picture:
        colour = {"hand": (45, 50, 110), "paper": (170, 175, 180), "tape": (4, 4, 5)}[detail]
        slope = {"hand": 10, "paper": 8, "tape": 0}[detail] * np.linspace(-1, 1, WIDE)[None, :, None]
        flat = np.full((HIGH, WIDE, 3), colour, np.float32) + slope
        return np.asarray(np.clip(flat, 0, 255), np.uint8)

    # --- the place ------------------------------------------------------------------------------------

    def _make_room(self) -> Picture:
        """A wall, a few things on it, out of focus."""
        wall = self._chance.integers(90, 210, 3)
        room = np.full((HIGH, WIDE, 3), wall, np.uint8)
        for _ in range(14):
            x, y = (int(value) for value in self._chance.integers(0, (WIDE, HIGH)))
            wide, high = (int(value) for value in self._chance.integers(12, 90, 2))
            colour = tuple(int(value) for value in self._chance.integers(20, 235, 3))
            cv2.rectangle(room, (x, y), (x + wide, y + high), colour, -1)
        return np.asarray(cv2.GaussianBlur(room, (0, 0), 2.0), np.uint8)

    def _make_shade(self) -> Picture:
        bright, aside = LIGHTS[self.light]
        across = 1 - aside * np.linspace(0, 1, WIDE)
        return np.asarray(
            np.clip(128 * bright * across, 0, 255)[None, :, None].repeat(HIGH, 0).repeat(3, 2), np.uint8
        )
