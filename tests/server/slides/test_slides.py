"""Slides on the server: files in, pages out, drawing kept; and what hostile files and pages get."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.live.rights import Apart
from server.slides import drawing, office
from server.slides.board import MOST_BYTES, Board
from server.slides.files import kind_of
from server.slides.render import scale_of
from tests.server.live.campus import LESSON, OTHER
from tests.server.slides import material as made
from tests.server.slides.conftest import Slides

PEN = {"shape": "pen", "colour": "red", "width": 40, "points": [100, 100, 50, 60, -20, 5]}


async def shown(campus: Slides, *logins: str, pages: int = 3) -> tuple[str, list[Any]]:
    """A class with a deck on the stage, page 1."""
    deck = await campus.ready(made.pdf(pages))
    seats = await campus.opened(*logins)
    assert (await seats[0].ask("slides.show", deck=deck, page=1))["type"] == "ok"
    return deck, seats


# --- files ------------------------------------------------------------------------------------------


async def test_a_pdf_becomes_pages_with_their_words(campus: Slides) -> None:
    (teacher,) = await campus.opened()
    status, deck = await campus.upload(made.pdf(3, words="Ohm"), "C:\\slides\\Ohm law.pdf")
    assert (status, deck["state"], deck["name"]) == (201, "waiting", "Ohm law.pdf")
    found = await campus.settled(deck["id"])
    assert found["sizes"] == [[1920, 1080]] * 3
    news = await teacher.until(lambda m: m["type"] == "slides.deck" and m["deck"]["state"] == "ready")
    assert news["deck"]["pages"] == 3
    _, texts = await campus.http("teacher", "GET", f"/{deck['id']}/text")
    assert texts == {"texts": ["Ohm 1", "Ohm 2", "Ohm 3"]}
    for width in (960, 1920):
        status, page = await campus.http("teacher", "GET", f"/{deck['id']}/2?w={width}")
        assert status == 200 and page[:4] == b"RIFF" and page[8:12] == b"WEBP"
    assert (await campus.http("teacher", "GET", f"/{deck['id']}/4"))[1]["error"]["code"] == "slides.page"
    assert (await campus.http("teacher", "GET", f"/{deck['id']}/..%2fsource"))[0] == 404


async def test_a_picture_is_one_page(campus: Slides) -> None:
    deck = await campus.ready(made.picture())
    assert (await campus.settled(deck))["sizes"] == [[1920, 1440]]


@pytest.mark.parametrize(
    ("body", "name", "code"),
    [
        (b"", "a.pdf", "slides.kind"),
        (b"MZ\x90\x00" * 100, "a.pdf", "slides.kind"),
        (b"<html><script>alert(1)</script>", "a.html", "slides.kind"),
        (b"PK\x03\x04" + bytes(100), "a.zip", "slides.kind"),
        (b"%PDF-1.7\nnothing of the kind", "a.pdf", "slides.broken"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a.png", "slides.broken"),
    ],
)
async def test_what_is_no_slides_is_said_so(campus: Slides, body: bytes, name: str, code: str) -> None:
    assert await campus.code(body, name) == code
    folder = campus.settings.data / "slides"
    assert not folder.exists() or not list(folder.iterdir()), "nothing of it stays"


async def test_an_encrypted_file_is_named_as_such(campus: Slides) -> None:
    assert await campus.code(made.pdf(2, password="secret")) == "slides.encrypted"


async def test_too_many_pages(campus: Slides) -> None:
    assert await campus.code(made.pdf(2000)) == "slides.pages"


@pytest.mark.slow
async def test_bombs_end_their_own_process_only(campus: Slides, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "STUCK", 4.0)
    assert await campus.code(made.time_bomb()) == "slides.heavy"
    assert await campus.code(made.picture_bomb(), "a.png") in ("slides.heavy", "slides.broken")
    status, answer = await campus.upload(made.memory_bomb())
    assert status == 201
    await campus.settled(answer["id"])  # drawn without the picture, or failed: never a dead server
    assert (await campus.settled(await campus.ready(made.pdf(1))))["state"] == "ready"


async def test_a_file_that_is_too_large_is_not_read(campus: Slides) -> None:
    async def endless() -> Any:
        for _ in range(60):
            yield bytes(1024 * 1024)

    status, answer = await campus.http("teacher", "POST", "?name=a.pdf", data=endless())
    assert (status, answer["error"]["code"]) == (413, "body.too_large")
    assert not list((campus.settings.data / "slides").iterdir())


async def test_office_files_need_libreoffice(
    campus: Slides, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(office, "program", lambda: "")
    file = b"PK\x03\x04" + bytes(100)
    assert await campus.code(file, "a.pptx") == "slides.office"
    tool, ready = tmp_path / "soffice", tmp_path / "ready.pdf"
    ready.write_bytes(made.pdf(2))
    tool.write_text(f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\ncp {ready} "$2/slides.pdf"\n')
    tool.chmod(0o755)
    monkeypatch.setattr(office, "program", lambda: str(tool))
    status, deck = await campus.upload(file, "a.pptx")
    assert status == 201
    assert (await campus.settled(deck["id"]))["pages"] == 2
    tool.write_text("#!/bin/sh\nexit 1\n")
    assert await campus.code(file, "a.pptx") == "slides.broken"
    monkeypatch.setattr(office, "PATIENCE", 0.3)
    tool.write_text("#!/bin/sh\nsleep 60\n")
    assert await campus.code(file, "a.pptx") == "slides.heavy"


async def test_whose_slides_they_are(campus: Slides) -> None:
    deck = await campus.ready(made.pdf(1))
    assert (await campus.upload(made.pdf(1), login="student1"))[0] == 403
    assert (await campus.http("student1", "GET"))[1]["items"] == []
    assert (await campus.http("student1", "GET", f"/{deck}/1"))[0] == 404, "not shown yet"
    assert (await campus.http("stranger", "GET", f"/{deck}/1"))[0] == 403
    for path in ("/1", "/file", "/text"):
        assert (await campus.http("teacher", "GET", f"/{deck}{path}", lesson=OTHER))[0] == 404
    assert (await campus.http("teacher", "DELETE", f"/{deck}", lesson=OTHER))[0] == 404
    (teacher,) = await campus.opened()
    await teacher.ask("slides.show", deck=deck, page=1)
    assert (await campus.http("student1", "GET", f"/{deck}/1"))[0] == 200
    assert (await campus.http("student1", "GET", f"/{deck}/file"))[1]["error"]["code"] == "slides.download"
    assert (await campus.http("student1", "PATCH", f"/{deck}", json={"download": True}))[0] == 403
    assert (await campus.http("teacher", "PATCH", f"/{deck}", json={"download": True}))[1]["download"]
    status, body = await campus.http("student1", "GET", f"/{deck}/file")
    assert status == 200 and body.startswith(b"%PDF-")
    assert (await campus.http("teacher", "DELETE", f"/{deck}"))[1]["error"]["code"] == "slides.kept"


async def test_removing_what_was_never_shown(campus: Slides) -> None:
    deck = await campus.ready(made.pdf(1))
    assert (await campus.http("teacher", "DELETE", f"/{deck}"))[0] == 204
    assert (await campus.http("teacher", "GET"))[1]["items"] == []
    assert not list((campus.settings.data / "slides").iterdir())


async def test_a_deck_left_waiting_is_drawn_after_a_restart(campus: Slides) -> None:
    status, deck = await campus.upload(made.pdf(12))
    assert status == 201
    orphan = campus.settings.data / "slides" / "nobody"
    orphan.mkdir()
    await campus.stop()
    await campus.start()
    assert (await campus.settled(deck["id"]))["pages"] == 12
    assert not orphan.exists()


# --- the class --------------------------------------------------------------------------------------


async def test_a_page_turn_and_a_stroke_are_seen_by_all(campus: Slides) -> None:
    deck, (teacher, student) = await shown(campus, "student1")
    assert (await student.event("slides.shown"))["page"] == 1
    await teacher.ask("slides.show", deck=deck, page=2)
    await student.event("slides.shown", page=2)
    first = {key: PEN[key] for key in ("shape", "colour", "width")}
    await teacher.ask("slides.trail", deck=deck, page=2, stroke="s1", points=[100, 100, 150, 160], **first)
    await teacher.ask("slides.trail", deck=deck, page=2, stroke="s1", points=[130, 165], **first)
    await student.type("slides.trail", points=[130, 165])
    await student.type("slides.trail", points=[100, 100, 150, 160])
    answer = await teacher.ask("slides.draw", deck=deck, page=2, stroke="s1", **PEN)
    again = await teacher.ask("slides.draw", deck=deck, page=2, stroke="s1", **PEN)
    assert answer["n"] == again["n"]
    drawn = await student.event("slides.drawn")
    assert (drawn["points"], drawn["n"], drawn["shape"]) == (PEN["points"], answer["n"], "pen")
    await teacher.ask("slides.point", deck=deck, page=2, x=500, y=700)
    await student.type("slides.point", x=500, y=700)
    assert not [m for m in teacher.heard if m["type"] in ("slides.trail", "slides.point")]


async def test_the_board_survives_the_server(campus: Slides) -> None:
    deck, (teacher, *_) = await shown(campus, "student1")
    for name in ("a", "b", "c"):
        await teacher.ask("slides.draw", deck=deck, page=1, stroke=name, **PEN)
    await teacher.ask("slides.undo", deck=deck, page=1, stroke="b")
    board = (await campus.desk.classroom(LESSON)).state.part(Board)
    await campus.stop()
    await campus.start()
    again = (await campus.desk.classroom(LESSON)).state.part(Board)
    assert again is not board
    assert vars(again) == vars(board)
    assert again.shown == (deck, 1) and list(again.strokes[deck, 1]) == ["a", "c"]
    student = await campus.page("student1", "new-tab")
    await student.type("welcome", within=20)
    await student.event("slides.undone", stroke="b")
    kinds = [event["kind"] for event in student.events() if event["kind"].startswith("slides.")]
    assert kinds == ["slides.shown", *["slides.drawn"] * 3, "slides.undone"]
    status, found = await campus.http("student1", "GET", "/moments")
    assert status == 200
    assert [one["kind"] for one in found["items"]] == kinds
    assert found["items"][1]["data"]["points"] == PEN["points"]
    after = found["items"][3]["n"]
    _, rest = await campus.http("student1", "GET", f"/moments?after={after}")
    assert [one["kind"] for one in rest["items"]] == ["slides.undone"]


async def test_clearing_and_closing(campus: Slides) -> None:
    deck, (teacher,) = await shown(campus)
    await teacher.ask("slides.draw", deck=deck, page=1, stroke="a", **PEN)
    await teacher.ask("slides.clear", deck=deck, page=1)
    await teacher.event("slides.cleared")
    await teacher.ask("slides.close")
    await teacher.event("slides.closed")
    board = (await campus.desk.classroom(LESSON)).state.part(Board)
    assert board.shown is None and not board.strokes
    for kind, body in (("slides.close", {}), ("slides.clear", {"deck": deck, "page": 1})):
        assert (await teacher.ask(kind, **body))["type"] == "ok", "again changes nothing"


async def test_nobody_shows_slides_in_an_exam(campus: Slides) -> None:
    deck, (teacher,) = await shown(campus)
    campus.desk.apart = lambda lesson: Apart(("cam",)) if lesson == LESSON else None
    place = {"deck": deck, "page": 1}
    for kind, body in (
        ("slides.show", {"deck": deck, "page": 2}),
        ("slides.close", {}),
        ("slides.draw", {**place, "stroke": "a", **PEN}),
        ("slides.undo", {**place, "stroke": "a"}),
        ("slides.clear", place),
        ("slides.point", {**place, "x": 1, "y": 1}),
        ("slides.trail", {**place, "stroke": "a", **PEN, "points": [1, 1]}),
    ):
        assert (await teacher.ask(kind, **body))["code"] == "exam.apart", kind
    assert await campus.code(made.pdf(1)) == "exam.apart"


async def test_what_cannot_be_drawn(campus: Slides) -> None:
    deck, (teacher, student) = await shown(campus, "student1")
    whole = {"deck": deck, "page": 1, "stroke": "s", **PEN}
    for change, code in (
        ({"page": 2}, "slides.page"),
        ({"deck": "other"}, "slides.page"),
        ({"points": [1, 2, 3]}, "slides.stroke"),
        ({"points": [9000, 0, 2000, 0]}, "slides.stroke"),
        ({"points": [0, 0, -1, 0]}, "slides.stroke"),
        ({"points": [0, 0] * 2001}, "message.invalid"),
        ({"points": [0.5, 1]}, "message.invalid"),
        ({"shape": "rect"}, "slides.stroke"),
        ({"shape": "text", "text": ""}, "slides.stroke"),
        ({"shape": "text", "text": "x" * 600}, "slides.stroke"),
        ({"colour": "url(#x)"}, "message.invalid"),
        ({"width": 100_000}, "message.invalid"),
    ):
        answer = await teacher.ask("slides.draw", **{**whole, **change})
        assert answer.get("code") == code, (change, answer)
    assert (await student.ask("slides.draw", **whole))["code"] == "slides.pen"
    assert (await teacher.ask("slides.show", deck=deck, page=4))["code"] == "slides.page"
    text = {**whole, "shape": "text", "text": "F = ma\u202e", "points": [5, 5]}
    assert (await teacher.ask("slides.draw", **text))["type"] == "ok"
    assert (await student.event("slides.drawn"))["text"] == "F = ma"


async def test_ten_megabytes_of_drawing_end_at_three(campus: Slides) -> None:
    deck, (teacher, student) = await shown(campus, "student1")
    room = await campus.desk.classroom(LESSON)
    stroke = {"deck": deck, "page": 1, "shape": "pen", "colour": "red", "width": 40, "text": ""}
    stroke["points"] = [5000, 5000, *[1, 1, -1, -1] * 900]
    count = 0
    while room.state.part(Board).bytes + 20_000 < MOST_BYTES:
        await asyncio.gather(
            *(
                campus.house.trace.record(
                    "slides.drawn", {**stroke, "stroke": f"s{count + i}"}, actor="t", session=room.session
                )
                for i in range(5)
            )
        )
        count += 5
        assert count < 1000
    for index in range(8):
        answer = await teacher.ask("slides.draw", **{**stroke, "stroke": f"last{index}"})
        if answer["type"] == "error":
            break
    assert answer["code"] == "slides.full"
    assert (await student.ask("ping"))["type"] == "ok"
    assert (await teacher.ask("slides.show", deck=deck, page=2))["type"] == "ok"
    late = await campus.seated("student2")
    await late.event("slides.shown", page=2)


# --- pure parts -------------------------------------------------------------------------------------


def test_kinds_by_first_bytes_not_names() -> None:
    assert kind_of(b"%PDF-1.4", "a.exe") == ("pdf", "pdf")
    assert kind_of(bytes(900) + b"%PDF-1.4", "a.pdf") == ("pdf", "pdf")
    assert kind_of(b"PK\x03\x04", "a.PPTX") == ("office", "pptx")
    assert kind_of(b"PK\x03\x04", "a.jar") is None
    assert kind_of(b"RIFF0000WEBP", "") == ("picture", "webp")
    assert kind_of(b"RIFF0000WAVE", "a.webp") is None


def test_sizes_of_pages() -> None:
    assert scale_of(720, 405, 1920) == (1920, 1080)
    assert scale_of(595, 842, 960) == (960, 1359)
    assert scale_of(10, 1000, 1920) == (48, 4800)
    assert scale_of(100_000, 1, 1920)[1] >= 1


# --- who may draw -----------------------------------------------------------------------------------


async def test_students_draw_where_the_teacher_lets_them(campus: Slides) -> None:
    deck, (teacher, one, two, watcher) = await shown(campus, "student1", "student2", "watcher")
    place = {"deck": deck, "page": 1}
    for kind, body in (("slides.draw", PEN), ("slides.trail", {**PEN, "points": [1, 1]})):
        answer = await one.ask(kind, **place, stroke="a", **body)
        assert answer["code"] == "slides.pen"
    assert (await one.ask("slides.point", **place, x=1, y=1))["code"] == "slides.pen"
    assert (await one.ask("slides.pens", on=True))["code"] == "permission.denied"
    assert (await teacher.ask("slides.pens", person="nobody", on=True))["code"] == "person.unknown"

    assert (await teacher.ask("slides.pens", person=campus.user("student1"), on=True))["type"] == "ok"
    assert (await one.event("slides.pens"))["person"] == campus.user("student1")
    assert (await one.ask("slides.draw", **place, stroke="a", **PEN))["type"] == "ok"
    assert (await two.ask("slides.draw", **place, stroke="b", **PEN))["code"] == "slides.pen"
    assert (await two.ask("slides.undo", **place, stroke="a"))["code"] == "slides.foreign"
    assert (await one.ask("slides.undo", **place, stroke="a"))["type"] == "ok"

    assert (await teacher.ask("slides.pens", on=True))["type"] == "ok"
    assert (await two.ask("slides.draw", **place, stroke="c", **PEN))["type"] == "ok"
    assert (await watcher.ask("slides.draw", **place, stroke="d", **PEN))["code"] == "permission.denied"
    assert (await two.ask("slides.clear", **place))["code"] == "permission.denied"
    assert (await two.ask("slides.show", **place))["code"] == "permission.denied"
    assert (await teacher.ask("slides.clear", **place))["type"] == "ok"

    assert (await teacher.ask("slides.pens", on=False))["type"] == "ok"
    for each in (one, two):
        assert (await each.ask("slides.draw", **place, stroke="e", **PEN))["code"] == "slides.pen"


async def test_leave_to_draw_survives_a_restart_and_ends_with_the_class(campus: Slides) -> None:
    deck, (teacher, _) = await shown(campus, "student1")
    await teacher.ask("slides.pens", person=campus.user("student1"), on=True)
    await campus.stop()
    await campus.start()
    student = await campus.seated("student1", tab="again")
    drawn = {"deck": deck, "page": 1, **PEN}
    assert (await student.ask("slides.draw", stroke="a", **drawn))["type"] == "ok"
    teacher = await campus.seated("teacher", tab="again-teacher")
    await teacher.ask("lesson.close")
    teacher = await campus.seated("teacher", tab="third")
    assert (await teacher.ask("lesson.open"))["type"] == "ok"
    student = await campus.seated("student1", tab="third-student")
    assert (await student.ask("slides.draw", stroke="b", **drawn))["code"] == "slides.pen"
