"""Stills of evidence: the picture of the flag's moment, its hash in the trace, and who gets to see it."""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from server.exams.files import Files
from server.recording.tables import RecordingPiece
from server.review import evidence
from server.review.case import Case, Mention
from tests.e2e.fakes import read_clear, read_number
from tests.media.recording.clips import film
from tests.server.review.conftest import SECOND, Court

pytestmark = pytest.mark.review

RATE = 2
CAM, SCREEN = film(1, 60, RATE), film(11, 60, RATE)


def numbers(jpeg: bytes) -> tuple[int | None, int]:
    """Whose picture it is, and which of the film."""
    image = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    return read_clear(image), read_number(image, 1)


def damaged(data: bytes) -> bytes:
    """The opening and the list of cues stay, of the frames nothing does."""
    return data[:400] + bytes(len(data) - 2000) + data[-1600:]


async def taken(court: Court, login: str, url: str) -> Any:
    """The answer to a request for a file, with its body read."""
    header = {"Authorization": f"Bearer {court.tokens[login]}"}
    answer = await court.running.http.get(court.running.url + url, headers=header)
    await answer.read()
    return answer


async def item_of(court: Court, login: str = "member1") -> Any:
    return await court.good(login, "GET", f"/exams/{court.exam}/review/items/{await court.key()}")


async def test_a_still_is_the_picture_a_second_into_the_flag(court: Court) -> None:
    await court.flagged(films={"cam": CAM, "screen": SCREEN})
    item = await item_of(court)
    assert [(each["source"], each["flag"]) for each in item["stills"]] == [("cam", 0), ("screen", 0)]
    for still, person in zip(item["stills"], (1, 11), strict=True):
        answer = await taken(court, "member1", still["url"])
        assert answer.status == 200 and answer.headers["Content-Type"] == "image/jpeg"
        clip = await taken(court, "member1", item["clips"][0]["url"])
        assert answer.headers["Cache-Control"] == clip.headers["Cache-Control"]
        body = await answer.read()
        assert hashlib.sha256(body).hexdigest() == still["sha256"]
        # the flag began 20 s into the film; the picture is of 21 s, and is named by when it came
        assert numbers(body) == (person, 21 * RATE)
        assert still["ms"] - item["kinds"][0]["begin_ms"] == pytest.approx(1000, abs=500)
        assert (still["width"], still["height"]) == (640, 360)


async def test_its_hash_moment_and_flag_stand_in_the_entry_of_the_clips(court: Court) -> None:
    await court.flagged(films={"cam": CAM, "screen": SCREEN})
    case = await court.reviews.case(court.exam, court.people["student1"])
    (item,) = case.items
    folder = court.desk.files.of(court.exam, case.person)
    for still in item.stills:
        data = (folder / still.file).read_bytes()
        assert still.file.startswith("still.") and still.file.endswith(".jpg")
        assert hashlib.sha256(data).hexdigest() == still.sha256
        assert item.begin <= still.at <= item.end and item.flags[still.flag].kind == "several"
    del court.reviews.cases[court.exam]
    rebuilt = await court.reviews.case(court.exam, case.person)
    assert rebuilt.items[0].stills == item.stills and len(item.stills) == 2


async def test_of_a_damaged_or_missing_piece_there_is_none_and_nothing_fails(court: Court) -> None:
    await court.flagged(films={"cam": damaged(CAM), "screen": b""})
    item = await item_of(court)
    assert item["stills"] == []
    assert (await court.reviews.case(court.exam, court.people["student1"])).gathered


async def test_who_sees_a_still_is_who_sees_the_clip(court: Court) -> None:
    await court.flagged(films={"cam": CAM, "screen": SCREEN})
    item = await item_of(court)
    still, clip = item["stills"][0]["url"], item["clips"][0]["url"]
    name = still.rpartition("/")[2]
    own = f"/api/v1/exams/{court.exam}/outcome/stills/{name}"

    async def status(login: str, url: str) -> int:
        return int((await taken(court, login, url)).status)

    for login in ("member1", "member2", "chair", "secretary"):
        assert await status(login, still) == 200, login
    for login in ("teacher", "proctor", "admin", "student1"):
        assert await status(login, still) == 403, login
    assert await status("member1", clip.replace("/clips/", "/stills/")) == 404, "a clip is no still"
    assert await status("member1", still.replace("/stills/", "/clips/")) == 404, "a still is no clip"
    assert await status("student1", own) == 404, "nothing is accepted"
    path = f"/exams/{court.exam}/review"
    await court.look("member1", "noted")
    await court.look("member2", "noted")
    assert await status("student1", own) == 404, "the student is not told yet"
    await court.good("chair", "POST", f"{path}/cases/{court.people['student1']}/notice")
    assert await status("student1", own) == 200
    assert await status("student2", own) == 404
    outcome = await court.good("student1", "GET", f"/exams/{court.exam}/outcome")
    assert outcome["items"][0]["stills"][0]["url"] == own
    await court.good("member3", "POST", f"{path}/items/{await court.key()}/recuse", reason="Тууганым")
    assert await status("member3", still) == 404, "who keeps out sees nothing"


def test_an_entry_of_before_there_were_stills_is_read() -> None:
    case = Case("exam", "student")
    flag = {"kind": "absent", "begin": 0, "end": 1}
    data = {"item": "i", "begin": 0, "end": SECOND, "parts": [], "flags": [flag]}
    case.apply(1, 0, "review.item", "system", data)
    assert case.items[0].stills == []


@pytest.mark.parametrize(("seconds", "inside"), [(0, 0.0), (1, 0.5), (2, 1.0), (90, 1.0)])
def test_the_moment_is_a_second_inside_or_the_middle_of_a_short_one(seconds: int, inside: float) -> None:
    flag = Mention("phone", 7 * SECOND, (7 + seconds) * SECOND)
    assert evidence.moment_of(flag) == (7 + inside) * SECOND


def row(tmp_path: Path, name: str, data: bytes, starts: int, ends: int | None) -> RecordingPiece:
    (tmp_path / name).write_bytes(data)
    return RecordingPiece(
        piece=name, session="s", lesson="e", person="p", source="cam", codec="VP8", file=name,
        starts=starts * SECOND, ends=ends * SECOND if ends is not None else None, width=640, height=360,
    )  # fmt: skip


async def stills(tmp_path: Path, rows: list[RecordingPiece], at: int) -> list[tuple[str, int | None, int]]:
    """Piece, person and number of the picture of each still of one flag at `at` seconds."""
    window = evidence.Window(0, 200 * SECOND, [Mention("several", (at - 1) * SECOND, (at + 9) * SECOND)])
    files = Files(tmp_path / "kept")
    made = await evidence.stills(files, tmp_path, rows, window, "e", "p")
    return [(each.piece, *numbers(files.read("e", "p", each.file))) for each in made]


async def test_of_two_pieces_the_one_that_has_the_moment(tmp_path: Path) -> None:
    rows = [row(tmp_path, "first", CAM, 100, 160), row(tmp_path, "second", SCREEN, 130, None)]
    assert await stills(tmp_path, rows, 120) == [("first", 1, 40)]
    assert await stills(tmp_path, rows, 140) == [("second", 11, 20)]
    (tmp_path / "second").write_bytes(b"")
    assert await stills(tmp_path, rows, 140) == [("first", 1, 80)], "the damaged one is passed over"


async def test_an_old_picture_is_none(tmp_path: Path) -> None:
    rows = [row(tmp_path, "piece", CAM, 100, 160)]
    assert await stills(tmp_path, rows, 99) == []
    assert await stills(tmp_path, rows, 163) == [("piece", 1, 119)], "the last that was seen"
    assert await stills(tmp_path, rows, 166) == []
    rows[0].ends = None  # cut off: nobody wrote down when
    assert await stills(tmp_path, rows, 170) == []


async def protocol(court: Court, **query: str) -> bytes:
    answer = await court.running.http.get(
        f"{court.running.url}/api/v1/exams/{court.exam}/review/protocol",
        params={"language": "en", "person": court.people["student1"], **query},
        headers={"Authorization": f"Bearer {court.tokens['chair']}"},
    )
    assert answer.status == 200
    return await answer.read()


async def test_the_protocol_prints_the_stills_and_lists_their_hashes(court: Court, tmp_path: Path) -> None:
    await court.flagged(films={"cam": CAM, "screen": SCREEN})
    await court.look("member1", "noted")
    await court.look("chair", "noted")
    (item,) = (await court.reviews.case(court.exam, court.people["student1"])).items
    printed = tmp_path / "protocol.pdf"
    printed.write_bytes(await protocol(court, form="pdf"))
    subprocess.run(["pdfimages", "-all", printed, tmp_path / "image"], check=True)
    pictures = {numbers(path.read_bytes()) for path in tmp_path.glob("image*")}
    assert pictures == {(1, 21 * RATE), (11, 21 * RATE)}
    text = subprocess.run(["pdftotext", printed, "-"], check=True, capture_output=True, text=True).stdout
    flat = "".join(text.split())
    listed = (await protocol(court, form="csv")).decode()
    for still in item.stills:
        assert f"{still.file}SHA-256{still.sha256}" in flat
        assert f"still {still.source} {still.sha256[:16]}" in listed
    assert "camera:severalfaces" in flat and "screen:severalfaces" in flat
    # of a file that is not what was recorded there is no picture, but its hash is still told
    folder = court.desk.files.of(court.exam, court.people["student1"])
    (folder / item.stills[0].file).write_bytes((folder / item.stills[1].file).read_bytes())
    (folder / item.stills[1].file).unlink()
    bare = await protocol(court, form="pdf")
    assert b"/Subtype /Image" not in bare and len(bare) > 1000
