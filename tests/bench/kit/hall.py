"""An examination hall that is not there: 100 simulated examinees behind the addresses of the proctor's wall.

Flows in: HTTP of a built client. Flows out: what the server answers about an exam (docs/protocol.md,
"Exams"), with states, links and flags that change each second, a fresh JPEG a second of each camera and one
every two seconds of each screen. Counts the bytes that it answers with. Nothing is decided or kept.
"""

import random
import struct
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np
from aiohttp import web

from proctoring.kinds import DEFAULTS, KINDS
from server.errors import ApiError
from server.web.client import DIST, respond

EXAM = "hall"
FIRST = ("Айбек", "Нурай", "Өмүрбек", "Чолпон", "Бекзат", "Айжан", "Тилек", "Гүлзат", "Эрлан", "Жибек")
LAST = ("Асанов", "Бекова", "Токтогулов", "Осмонова", "Сыдыков", "Жумабаева", "Үсөнов", "Кадырова")
KEPT = 8
"""Different pictures of each camera, shown in turn."""


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def pictures(chance: np.random.Generator, width: int, height: int, count: int) -> list[bytes]:
    """JPEGs as a webcam's frames compress: smooth shapes under sensor noise."""
    found = []
    for _ in range(count):
        coarse = chance.integers(40, 200, (height // 20, width // 20, 3), np.uint8)
        smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.int16)
        noisy = np.clip(smooth + chance.normal(0, 4, smooth.shape), 0, 255).astype(np.uint8)
        _, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 70])
        found.append(jpeg.tobytes())
    return found


class Hall:
    """Give `app()` to a runner. `sent`: bytes of answers by name."""

    def __init__(self, students: int, language: str = "en", theme: str = "light") -> None:
        self.sent: dict[str, int] = {"wall": 0, "pictures": 0, "person": 0}
        self.language, self.theme = language, theme
        self._chance = random.Random(11)
        self._begun = time.monotonic()
        self._seq = 0
        self._second = -1
        self._at: dict[tuple[int, int], int] = {}
        noise = np.random.default_rng(11)
        self._webcam = pictures(noise, 160, 120, KEPT)
        self._screen = pictures(noise, 320, 180, KEPT)
        self.students = [self._student(n) for n in range(students)]

    def app(self) -> web.Application:
        app = web.Application()
        at = f"/api/v1/exams/{EXAM}"
        app.router.add_get("/api/v1/me", self._me)
        app.router.add_get(f"{at}/wall", self._wall)
        app.router.add_get(f"{at}/wall/pictures", self._pictures)
        app.router.add_get(at + "/people/{person}", self._person)
        app.router.add_get(at + "/people/{person}/photos/{kind}", self._photo)
        app.router.add_get(at + "/people/{person}/answers", self._answers)
        app.router.add_post(at + "/{rest:.*}", self._nothing)
        app.router.add_get("/{path:.*}", self._file)
        return app

    # --- the people -----------------------------------------------------------------------------------

    def _student(self, n: int) -> dict[str, Any]:
        now = datetime.now(UTC)
        name = f"{LAST[n % len(LAST)]} {FIRST[n % len(FIRST)]} {n + 1}"
        state = "waiting" if n % 20 == 7 else "absent" if n % 33 == 5 else "running"
        photo = {"kind": "face", "at": iso(now), "problem": "dark" if n % 40 == 27 else "", "score": 0.71}
        return {
            "person": f"{n:016x}", "name": name, "group": f"IT-{21 + n % 4}", "state": state,
            "place": "class" if n % 25 == 3 else "home", "seat": "12" if n % 25 == 3 else "",
            "link": "weak" if n % 17 == 4 else "good", "here": state != "absent",
            "camera": state != "absent" and n % 31 != 9, "screen": state == "running",
            "help": n % 50 == 11, "unread": int(n % 50 == 12),
            "deadline": iso(now + timedelta(minutes=38 + n % 3)) if state == "running" else None,
            "seconds_left": 2280, "extra": 15 if n % 30 == 2 else 0, "flags": [], "standing": [], "count": 0,
            "weight": 0.0, "unjudged": {"webcam": 65 if n % 29 == 6 else 0, "screen": 0},
            "steps": {
                "rules": iso(now), "biometrics": "yes", "equipment": "good", "face": photo,
                "document": {**photo, "kind": "document", "problem": "", "score": None}, "turn": True,
                "room": False, "baseline": True, "share": True,
            },
            "score": 0.71, "moved": 0, "answered": n % 6, "of": 10, "check_asked": False, "reason": "",
        }  # fmt: skip

    def _tick(self) -> None:
        """Once a second something happens: flags rise and fall, answers come, links waver."""
        second = int(time.monotonic() - self._begun)
        if second == self._second:
            return
        self._second = second
        now = datetime.now(UTC)
        for one in self._chance.sample(self.students, max(1, len(self.students) // 12)):
            if one["state"] != "running":
                continue
            one["answered"] = min(one["of"], one["answered"] + self._chance.randint(0, 1))
            one["link"] = self._chance.choices(("good", "weak"), (9, 1))[0]
            standing = [flag for flag in one["flags"] if flag["end"] is None]
            if standing:
                standing[0]["end"] = iso(now)
            elif self._chance.random() < 0.4:
                kind = self._chance.choice(KINDS)
                one["count"] += 1
                flag = {"n": one["count"], "kind": kind, "begin": iso(now), "end": None, "seen": False}
                one["flags"] = [{**flag, "weight": DEFAULTS[kind].weight}, *one["flags"]][:10]
        for one in self.students:
            kinds = [flag["kind"] for flag in one["flags"] if flag["end"] is None]
            one["standing"] = kinds
            one["weight"] = (
                100.0 * one["help"] + 50.0 * one["unread"] + 30.0 * (one["state"] == "waiting")
                + 5.0 * sum(DEFAULTS[kind].weight for kind in kinds)
            )  # fmt: skip
        for n, one in enumerate(self.students):
            for stream in (0, 1):
                if one[("camera", "screen")[stream]] and (stream == 0 or (second + n) % 2 == 0):
                    self._seq += 1
                    self._at[n, stream] = self._seq

    # --- the answers ----------------------------------------------------------------------------------

    async def _me(self, request: web.Request) -> web.Response:
        role = {"role": "proctor", "scope_kind": "university", "scope": "", "scope_name": ""}
        return web.json_response(
            {
                "id": "proctor", "login": "proctor", "name": "Proctor", "language": self.language,
                "theme": self.theme, "kind": "account", "roles": [role], "next": "ready",
                "two_factor": True, "actions": ["exam.watch"],
            }
        )  # fmt: skip

    async def _wall(self, request: web.Request) -> web.Response:
        self._tick()
        now = datetime.now(UTC)
        begun = now - timedelta(minutes=22)
        answer = web.json_response(
            {
                "now": iso(now),
                "exam": {
                    "id": EXAM, "title": "Физика", "discipline": "Физика", "groups": ["IT-21"],
                    "starts": iso(begun), "ends": iso(begun + timedelta(minutes=60)), "minutes": 60,
                    "entry": 30, "identity": True, "state": "running", "rules": None, "questions": [],
                },
                "proctors": [
                    {"person": "proctor", "name": "Proctor", "on": True},
                    {"person": "other", "name": "Эсенова Айнура", "on": False},
                ],
                "on_duty": True,
                "health": {
                    "up": True, "rate": 148.0, "stretch": 2.0,
                    "models": {"faces": "yunet", "things": "", "identity": "dlib"},
                },
                "students": sorted(self.students, key=lambda one: -one["weight"]),
            }
        )  # fmt: skip
        return self._count("wall", answer)

    async def _pictures(self, request: web.Request) -> web.Response:
        self._tick()
        after = int(request.query.get("after", "0"))
        out = bytearray()
        for (n, stream), seq in sorted(self._at.items(), key=lambda each: each[1]):
            if seq <= after:
                continue
            who = self.students[n]["person"].encode()
            jpeg = (self._webcam, self._screen)[stream][(seq + n) % KEPT]
            out += struct.pack("!IBB", seq, stream, len(who)) + who + struct.pack("!I", len(jpeg)) + jpeg
        return self._count("pictures", web.Response(body=bytes(out)))

    async def _person(self, request: web.Request) -> web.Response:
        one = next(each for each in self.students if each["person"] == request.match_info["person"])
        steps = one["steps"]
        now = iso(datetime.now(UTC))
        message = {"n": 1, "mine": True, "name": one["name"], "text": "Экзамен качан бүтөт?", "at": now}
        answer = web.json_response(
            {
                "student": one, "photos": [steps["face"], steps["document"]],
                "messages": [message] if one["unread"] else [], "flags": one["flags"],
                "events": [{"at": now, "kind": "focus_lost", "detail": ""}], "breaks": [], "gaps": [],
                "log": [{"at": now, "what": "admitted", "who": "Proctor", "reason": ""}],
                "registered": True, "agent": {},
            }
        )  # fmt: skip
        return self._count("person", answer)

    async def _photo(self, request: web.Request) -> web.Response:
        return web.Response(body=self._screen[0], content_type="image/jpeg")

    async def _answers(self, request: web.Request) -> web.Response:
        return web.json_response({"answers": {}})

    async def _nothing(self, request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        try:
            return respond(DIST, request.match_info["path"], request.headers.get("Accept-Encoding", ""))
        except ApiError as error:
            return web.json_response({"error": {"code": error.code}}, status=error.status)

    def _count(self, name: str, answer: web.Response) -> web.Response:
        self.sent[name] += len(answer.body) if isinstance(answer.body, bytes) else 0
        return answer
