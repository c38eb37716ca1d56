"""The name under a picture never belongs to another picture, however often pictures are switched.

A student pins now one, now another; the page is photographed again and again. Each camera has its
person's number burnt in: what the photograph shows must be whom the page names at that place.
"""

import asyncio
import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.conftest import SOAK
from tests.e2e.browser import Person
from tests.e2e.fakes import read_clear
from tests.e2e.house import House
from tests.e2e.lesson import all_see, running_lesson
from tests.patience import until

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

EVERY = 2.0
TURNS = 150 if SOAK else 6

# Every camera picture on the page with the person the page names there: where its content is drawn.
PLACES = """() => [...document.querySelectorAll('[data-testid=stage], [data-testid=tile]')].flatMap(place => {
  const video = place.querySelector('video');
  const covered = place.dataset.testid === 'tile' && place.dataset.ready !== 'true';
  if (!video || !video.videoWidth || covered || !place.dataset.person) return [];
  const box = video.getBoundingClientRect(), ratio = video.videoWidth / video.videoHeight;
  const wide = box.width / box.height > ratio, contain = getComputedStyle(video).objectFit === 'contain';
  const byHeight = wide === contain;
  const width = byHeight ? box.height * ratio : box.width, height = byHeight ? box.height : box.width / ratio;
  return [{
    person: place.dataset.person,
    left: box.x + (box.width - width) / 2, top: box.y + (box.height - height) / 2, width, height,
  }];
})"""


async def photograph(viewer: Person) -> list[tuple[str, int]]:
    """Person and burnt-in number at every place that stayed the same while the picture was taken and shows
    its number clearly."""
    before = await viewer.page.evaluate(PLACES)
    data = np.frombuffer(await viewer.page.screenshot(type="jpeg", quality=90), np.uint8)
    after = await viewer.page.evaluate(PLACES)
    image = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    found = []
    for place in before:
        if place not in after or place["left"] < 0 or place["top"] < 0:
            continue
        top, left = round(place["top"]), round(place["left"])
        part = image[top : top + round(place["height"]), left : left + round(place["width"])]
        number = read_clear(part) if part.size else None
        if number is not None:
            found.append((place["person"], number))
    return found


async def test_a_name_never_belongs_to_another_picture(house: House, fakes_folder: Path) -> None:
    async with running_lesson(house, fakes_folder, ("student1", "student2", "student3")) as lesson:
        await all_see(lesson.everybody, 4)
        viewer = lesson.students[-1]
        for someone in lesson.everybody:
            await someone.sees_and_hears()
        await viewer.get("recording-notice-read").click()
        numbers: dict[str, int] = {}
        for number, someone in enumerate(lesson.everybody, start=1):
            numbers[await someone.id()] = number
        others = [person for person, number in numbers.items() if number != 4]
        await until(lambda: photograph(viewer), "a picture that can be read", within=10)

        read = 0
        shown: set[int] = set()
        for turn, person in enumerate(itertools.islice(itertools.cycle(others), TURNS)):
            await viewer.pin(person)
            loop = asyncio.get_running_loop()
            until_next = loop.time() + EVERY
            while loop.time() < until_next:
                for named, number in await photograph(viewer):
                    assert number == numbers[named], f"turn {turn}: {named} is named under picture {number}"
                    read += 1
                    shown.add(number)
        print(f"{read} pictures read in {TURNS} turns")
        assert read >= TURNS * 3
        assert shown >= {1, 2, 3}
