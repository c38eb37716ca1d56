"""Made screens of an exam: the page with its marker, and what else may be seen instead.

Flows in: a seed. Flows out: pictures of 640 x 360, two a second (None while nothing is shared), the key
of the marker, and the episodes. Screens have 1366 to 1920 points across and are scaled as the page does.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from proctoring.beacon import SLOT, Code, code, modules, slot_at
from proctoring.faces import Picture
from proctoring.kinds import SECOND
from tests.bench.kit.stage import RATE, Episode

SIZE = (640, 360)
SCREENS = {"1366": (1366, 768), "1536": (1536, 864), "1920": (1920, 1080)}
MODULE = 9
BITS = (80_000, 150_000)
LASTS = {
    "other window": (10, 30), "other tab": (10, 30), "stale": (20, 35), "foreign": (8, 20),
    "share ended": (8, 20),
}  # fmt: skip
KINDS = {
    "other window": "beacon_lost", "other tab": "beacon_lost", "stale": "beacon_stale",
    "foreign": "beacon_foreign", "share ended": "share_ended",
}  # fmt: skip
BEGIN = 1_000_000 * SLOT


class ScreenStage:
    """One clip: each kind three times, and a window that is in the way for two seconds."""

    def __init__(self, clip: str, seed: int) -> None:
        self.clip = clip
        self._chance = np.random.default_rng(seed)
        self.key, self._other = bytes(self._chance.bytes(32)), bytes(self._chance.bytes(32))
        self.size = str(self._chance.choice(list(SCREENS)))
        self.bits = int(self._chance.choice(BITS))
        self.group = f"screen={self.size} bits={self.bits}"
        wide, high = SCREENS[self.size]
        side = 15 * MODULE
        self._place = tuple(
            int(value) for value in self._chance.integers(4, (wide - side - 4, high - side - 4))
        )
        self._page, self._window = self._make(250, "exam"), self._make(120, "other")
        order = [*LASTS, *LASTS, *LASTS, "in the way", "in the way", "scrolls", "scrolls"]
        self._chance.shuffle(order)
        self.plan: list[tuple[str, int]] = [("page", 20)]
        for what in order:
            low, up = LASTS.get(what, (2, 2))
            self.plan.append((what, int(self._chance.integers(low, up + 1))))
            self.plan.append(("page", int(self._chance.integers(25, 50))))

    def episodes(self) -> list[Episode]:
        found, at = [], 0
        for what, seconds in self.plan:
            if what in LASTS:
                how = f"{self.group} how={what.replace(' ', '_')}"
                found.append(Episode(self.clip, KINDS[what], at, at + seconds, how))
            at += seconds
        return found

    @property
    def seconds(self) -> int:
        return sum(seconds for _, seconds in self.plan)

    def pictures(self) -> Iterator[Picture | None]:
        number, typed = 0, 0
        for what, seconds in self.plan:
            held = slot_at(BEGIN + number * SECOND // RATE)
            drawn: tuple[object, Picture] | None = None
            for _ in range(seconds * RATE):
                now = BEGIN + number * SECOND // RATE
                number += 1
                slot = held if what == "stale" else slot_at(now)
                marks = code(self._other if what == "foreign" else self.key, slot)
                if drawn is None or drawn[0] != marks:
                    drawn = marks, self._draw(what, marks)
                typed += 1
                picture = drawn[1].copy()
                text = "answer " * (typed // 3 % 8)
                line = 330 if self._place[1] < SCREENS[self.size][1] // 2 else 30
                cv2.putText(picture, text, (40, line), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (20, 20, 20), 1)
                if what == "scrolls":  # the page does, the marker stays
                    edge = int(self._place[0] * SIZE[0] / SCREENS[self.size][0]) - 4
                    picture[:, : max(0, edge)] = np.roll(picture[:, : max(0, edge)], 9 * typed, axis=0)
                yield None if what == "share ended" else picture

    def _draw(self, what: str, marks: Code) -> Picture:
        screen = self._page.copy()
        x, y = self._place
        marker = np.where(modules(marks), 0, 255).astype(np.uint8)
        marker = cv2.resize(marker, None, fx=MODULE, fy=MODULE, interpolation=cv2.INTER_NEAREST)
        screen[y : y + marker.shape[0], x : x + marker.shape[1]] = marker[:, :, None]
        if what == "other tab":
            screen = self._window.copy()
        if what in ("other window", "in the way"):
            screen[y - 4 : y + 90, max(0, x - 300) : x + 200] = self._window[
                y - 4 : y + 90, max(0, x - 300) : x + 200
            ]
        return np.asarray(cv2.resize(screen, SIZE, interpolation=cv2.INTER_AREA), np.uint8)

    def _make(self, bright: int, word: str) -> Picture:
        wide, high = SCREENS[self.size]
        screen = np.full((high, wide, 3), bright, np.uint8)
        for line in range(2, high // 30):
            x = int(self._chance.integers(20, 200))
            letters = "".join(chr(int(each)) for each in self._chance.integers(97, 123, 40))
            cv2.putText(
                screen, f"{word} {letters}", (x, line * 30), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (10, 10, 10), 1
            )
        for _ in range(5):
            x, y = (int(value) for value in self._chance.integers(0, (wide - 200, high - 100)))
            colour = tuple(int(value) for value in self._chance.integers(0, 255, 3))
            cv2.rectangle(screen, (x, y), (x + 180, y + 70), colour, -1)
        return screen
