"""What may be said of slides in a class: turning pages, drawing, pointing (docs/protocol.md).

What stays is an entry of the trace first and told from there; what passes (a stroke in the making, the
pointer) is told at once and kept nowhere.
"""

import itertools
from typing import Annotated, Any, Literal

import msgspec

from server.errors import ApiError
from server.live.classroom import Classroom
from server.live.messages import Key, Numbered
from server.live.seat import Seat, tell_all
from server.live.text import clean
from server.slides.board import EVERYBODY, MOST_BYTES, MOST_STROKES, Board, Place, weight
from server.slides.decks import find_deck
from server.slides.desk import SlidesDesk
from server.slides.words import SlidesPointNews, SlidesTrailNews
from server.web.registry import Nothing, message

WIDE = 10_000
"""Units of a page's width. Heights are in the same units, so a circle stays one."""

HIGH = 25_000
"""Units; render.py makes no page taller than 2.5 times its width."""

TEXT = 500

_numbers = itertools.count()

DeckId = Annotated[str, msgspec.Meta(max_length=16)]
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=2000)]
Shape = Literal["pen", "highlighter", "text", "rect", "ellipse", "line", "arrow"]
Colour = Literal["black", "red", "orange", "green", "blue", "violet", "white"]
LineWidth = Annotated[int, msgspec.Meta(ge=4, le=1000)]
Step = Annotated[int, msgspec.Meta(ge=-HIGH, le=HIGH)]
Points = Annotated[list[Step], msgspec.Meta(min_length=2, max_length=4000)]
Few = Annotated[list[Annotated[int, msgspec.Meta(ge=0, le=HIGH)]], msgspec.Meta(max_length=400)]


class SlidesShow(msgspec.Struct):
    deck: DeckId
    page: PageNumber


class SlidesDraw(msgspec.Struct):
    """`points`: x and y of the first point, then the steps to each next one. `key`s of strokes are random."""

    deck: DeckId
    page: PageNumber
    stroke: Key
    shape: Shape
    colour: Colour
    width: LineWidth
    points: Points
    text: Annotated[str, msgspec.Meta(max_length=4 * TEXT)] = ""


class SlidesUndo(msgspec.Struct):
    deck: DeckId
    page: PageNumber
    stroke: Key


class SlidesClear(msgspec.Struct):
    deck: DeckId
    page: PageNumber


class SlidesPens(msgspec.Struct):
    """`person` empty: everybody in the class."""

    person: Annotated[str, msgspec.Meta(max_length=128)] = ""
    on: bool = True


class SlidesPoint(msgspec.Struct):
    """`x` -1: nowhere any more."""

    deck: DeckId
    page: PageNumber
    x: Annotated[int, msgspec.Meta(ge=-1, le=WIDE)]
    y: Annotated[int, msgspec.Meta(ge=-1, le=HIGH)]


class SlidesTrail(msgspec.Struct):
    """`points`: x and y of each, those that are new since the last message of this stroke."""

    deck: DeckId
    page: PageNumber
    stroke: Key
    shape: Shape
    colour: Colour
    width: LineWidth
    points: Few


@message("slides.show", action="slides.show")
async def slides_show(seat: Seat, body: SlidesShow) -> Numbered:
    """Put a page on the stage."""
    room, board = _board(seat)
    if board.shown == (body.deck, body.page):
        return Numbered(room.state.n)
    house = seat.desk.house
    async with house.store.read() as db:
        row = await find_deck(db, room.lesson.id, body.deck)
    if body.page > house.part(SlidesDesk).shows(row).done:
        raise ApiError("slides.page", 404)
    return await _record(seat, room, "slides.shown", {"deck": body.deck, "page": body.page})


@message("slides.close", action="slides.show")
async def slides_close(seat: Seat, body: Nothing) -> Numbered:
    """Take the slides off the stage."""
    room, board = _board(seat)
    if board.shown is None:
        return Numbered(room.state.n)
    return await _record(seat, room, "slides.closed", {})


@message("slides.draw", action="slides.draw")
async def slides_draw(seat: Seat, body: SlidesDraw) -> Numbered:
    """A finished stroke. The same `stroke` again says nothing twice."""
    room, board = _drawing(seat)
    place = _seen(board, body.deck, body.page)
    if not _inside(body.points) or (
        body.shape not in ("pen", "highlighter", "text") and len(body.points) != 4
    ):
        raise ApiError("slides.stroke", 422)
    data: dict[str, Any] = msgspec.to_builtins(body)
    data["text"] = _words(body)
    if len(board.strokes.get(place, ())) >= MOST_STROKES or board.bytes + weight(data) > MOST_BYTES:
        raise ApiError("slides.full", 409)
    return await _record(seat, room, "slides.drawn", data, key=f"stroke {body.stroke}")


@message("slides.pens", action="slides.show")
async def slides_pens(seat: Seat, body: SlidesPens) -> Numbered:
    """Let somebody in the class draw, or everybody, or no longer. It ends with the class."""
    room, board = _board(seat)
    if body.person and body.on and body.person not in room.state.people:
        raise ApiError("person.unknown", 404)
    if body.person == EVERYBODY:
        known = board.pens == ({EVERYBODY} if body.on else set())
    else:
        known = (body.person in board.pens) == body.on
    if known:
        return Numbered(room.state.n)
    return await _record(seat, room, "slides.pens", {"person": body.person, "on": body.on})


@message("slides.undo", action="slides.draw")
async def slides_undo(seat: Seat, body: SlidesUndo) -> Numbered:
    """Take back one of the own strokes; whoever shows the slides may take back any."""
    room, board = _board(seat)
    author = board.strokes.get((body.deck, body.page), {}).get(body.stroke)
    if author is None:
        return Numbered(room.state.n)
    if author != seat.person and not seat.rights.slides:
        raise ApiError("slides.foreign", 403)
    data = {"deck": body.deck, "page": body.page, "stroke": body.stroke}
    return await _record(seat, room, "slides.undone", data)


@message("slides.clear", action="slides.show")
async def slides_clear(seat: Seat, body: SlidesClear) -> Numbered:
    """Take every stroke off a page."""
    room, board = _board(seat)
    if not board.strokes.get((body.deck, body.page)):
        return Numbered(room.state.n)
    return await _record(seat, room, "slides.cleared", {"deck": body.deck, "page": body.page})


@message("slides.point", action="slides.draw")
async def slides_point(seat: Seat, body: SlidesPoint) -> None:
    """Where one points, for this moment."""
    room, board = _drawing(seat)
    _seen(board, body.deck, body.page)
    news = SlidesPointNews(seat.person, body.deck, body.page, body.x, body.y)
    tell_all(_others(room, seat), f"slides.point {seat.person}", news)


@message("slides.trail", action="slides.draw")
async def slides_trail(seat: Seat, body: SlidesTrail) -> None:
    """More of a stroke that is being drawn. Pieces add up, so none may replace another that waits."""
    room, board = _drawing(seat)
    _seen(board, body.deck, body.page)
    if len(body.points) % 2:
        raise ApiError("slides.stroke", 422)
    news = SlidesTrailNews(
        seat.person, body.deck, body.page, body.stroke, body.shape, body.colour, body.width, body.points
    )
    tell_all(_others(room, seat), f"slides.trail {next(_numbers)}", news)


def _board(seat: Seat) -> tuple[Classroom, Board]:
    """The class of a seat and what is on its stage.

    Raises:
        ApiError: 409 `session.not_open`.
    """
    room = seat.desk.open_room(seat)
    return room, room.state.part(Board)


def _drawing(seat: Seat) -> tuple[Classroom, Board]:
    """The same, for whoever may draw at this moment.

    Raises:
        ApiError: 403 `slides.pen` without the leave of who shows the slides.
    """
    room, board = _board(seat)
    if not (seat.rights.slides or board.lets_draw(seat.person)):
        raise ApiError("slides.pen", 403)
    return room, board


def _seen(board: Board, deck: str, page: int) -> Place:
    """A page that was on the stage of this class: nobody draws on anything else."""
    if (deck, page) not in board.seen:
        raise ApiError("slides.page", 404)
    return deck, page


def _others(room: Classroom, seat: Seat) -> list[Seat]:
    return [each for each in room.seats.values() if each is not seat]


def _inside(points: list[int]) -> bool:
    """Whether whole points lie on a page."""
    if len(points) % 2:
        return False
    x = y = 0
    for at in range(0, len(points), 2):
        x, y = x + points[at], y + points[at + 1]
        if not (0 <= x <= WIDE and 0 <= y <= HIGH):
            return False
    return True


def _words(body: SlidesDraw) -> str:
    """The text of a stroke that is text, made safe as a line of the chat is."""
    if body.shape != "text":
        return ""
    try:
        words = clean(body.text)
    except ApiError:
        raise ApiError("slides.stroke", 422) from None
    if len(words) > TEXT:
        raise ApiError("slides.stroke", 422)
    return words


async def _record(seat: Seat, room: Classroom, kind: str, data: dict[str, Any], key: str = "") -> Numbered:
    recorded = await seat.desk.house.trace.record(
        kind, data, actor=seat.person, session=room.session, key=key
    )
    await room.reached(recorded.entry.session_seq)
    return Numbered(recorded.entry.session_seq)
