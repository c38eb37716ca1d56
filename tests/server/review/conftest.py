"""An exam that is over, with a flag and its recording, before a commission of three."""

import random
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from media.recording import webm
from server.attendance.room import open_room as open_attendance
from server.exams.room import open_room as open_exams
from server.live.room import open_room as open_live
from server.plan import lessons
from server.plan.lesson_shapes import LessonChange
from server.review import desk as desk_module
from server.review.desk import ReviewDesk
from server.review.room import open_room as open_review
from tests.server.exams.hall import TAB, Hall, opened

SECOND = 1_000_000


class Court(Hall):
    """The hall, with a commission: `member1`, `member2`, `chair`, `secretary`."""

    @property
    def reviews(self) -> ReviewDesk:
        return self.running.house.part(ReviewDesk)

    async def fill(self, students: int = 2) -> None:
        await super().fill(students)
        for login, role in (
            ("member1", "commission"),
            ("member2", "commission"),
            ("member3", "commission"),
            ("chair", "commission_chair"),
            ("secretary", "secretary"),
        ):
            await self._add(login, role)
        change = LessonChange(
            commission=[self.people[f"member{n}"] for n in (1, 2, 3)],
            chair=self.people["chair"],
            secretary=self.people["secretary"],
        )
        await lessons.change(self.running.house, "system", self.exam, change)

    def recording(self, seconds: int = 60) -> bytes:
        """A made file of 10 frames a second, a keyframe each 5 s."""
        chance = random.Random(3)
        start = webm.opening("VP8", 640, 480)
        clusters = webm.Clusters(len(start.data))
        body = bytearray(start.data)
        for n in range(seconds * 10):
            body += clusters.block(n * 100, n % 50 == 0, chance.randbytes(200), video=True)
        tail, patches = webm.closing(start, clusters, clusters.last)
        body += tail
        for patch in patches:
            body[patch.at : patch.at + len(patch.data)] = patch.data
        return bytes(body)

    async def record(self, login: str, source: str, starts: int, data: bytes) -> None:
        """Put a finished file into the recordings."""
        house, name = self.running.house, f"piece{login[-1]}{source}"
        path = house.settings.recordings_dir / self.session / f"{name}.webm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        entry = {
            "piece": name, "person": self.people[login], "source": source, "codec": "VP8",
            "file": f"{self.session}/{name}.webm", "starts": starts, "ends": starts + 60 * SECOND,
            "width": 640, "height": 480, "bytes": len(data), "frames": 600, "sha256": "", "gaps": [],
        }  # fmt: skip
        await house.trace.record("recording.piece", entry, actor="system", session=self.session)

    async def flagged(self, login: str = "student1", films: Mapping[str, bytes] | None = None) -> None:
        """An attempt with one flag of 12 s, recorded, handed in and gathered. `films`: by source, instead of
        made files; of 40 s before the end."""
        await self.start(login)
        now = self.desk.now()
        exam = self.desk.exams[self.exam]
        for source in ("cam", "screen"):
            data = films.get(source, b"") if films is not None else self.recording()
            await self.record(login, source, now - 40 * SECOND, data)
        data = {"flag": 1, "kind": "several", "begin": now - 20 * SECOND, "end": now - 8 * SECOND}
        person = self.people[login]
        await self.desk.record(exam, "attempt.flag", data, actor="system", person=person)
        await self.own(login, "POST", "/submit", tab=TAB)
        await self.reviews.gather(exam)

    async def key(self) -> str:
        found = await self.good("member1", "GET", f"/exams/{self.exam}/review")
        return str(found["queue"][0]["key"])

    async def look(self, login: str, verdict: str, note: str = "Экинчи адам көрүнөт") -> None:
        path = f"/exams/{self.exam}/review/items/{await self.key()}/look"
        await self.good(login, "POST", path, verdict=verdict, note=note, seconds=30)


@pytest.fixture
async def court(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Court]:
    monkeypatch.setattr(desk_module, "SETTLES", 0)
    rooms = (open_live, open_attendance, open_exams, open_review)
    async with opened(tmp_path, rooms, Court) as made:
        yield made
