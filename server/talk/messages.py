"""What the page may say to talk: one handler for each message type (docs/protocol.md)."""

from typing import Annotated, Literal

import msgspec

from server.errors import ApiError
from server.live.classroom import Classroom
from server.live.messages import Key, Numbered
from server.live.seat import Seat
from server.live.text import clean
from server.talk.desk import TalkDesk
from server.talk.polls import find_poll
from server.talk.text import ANSWER, OPTION, QUESTION, short
from server.web.registry import Nothing, message

PersonId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
EntryNumber = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Reaction = Literal["clap", "thumbs", "heart", "laugh", "slower", "faster"]

MOST_OPTIONS = 12


class LowerHands(msgspec.Struct):
    """Nobody named and not `all`: the own hand."""

    people: Annotated[list[PersonId], msgspec.Meta(max_length=1000)] = []
    all: bool = False


class GiveFloor(msgspec.Struct):
    person: PersonId


class ReactionBody(msgspec.Struct):
    what: Reaction


class ChatEdit(msgspec.Struct):
    """`line`: the number of its entry."""

    line: EntryNumber
    text: str


class ChatRemove(msgspec.Struct):
    line: EntryNumber


class QuestionAsk(msgspec.Struct):
    key: Key
    text: str


class QuestionNamed(msgspec.Struct):
    question: EntryNumber


class QuestionAnswer(msgspec.Struct):
    """`text` may be empty: it was answered aloud."""

    question: EntryNumber
    text: str = ""


class PollOpen(msgspec.Struct):
    """`live`: everybody sees the counts, not only who runs the class."""

    key: Key
    question: str
    answers: Literal["single", "multiple", "open"]
    options: Annotated[list[str], msgspec.Meta(max_length=MOST_OPTIONS)] = []
    anonymous: bool = True
    live: bool = False


class PollVote(msgspec.Struct):
    poll: EntryNumber
    choices: Annotated[
        list[Annotated[int, msgspec.Meta(ge=0, lt=MOST_OPTIONS)]], msgspec.Meta(max_length=MOST_OPTIONS)
    ] = []
    text: str = ""


class PollNamed(msgspec.Struct):
    poll: EntryNumber


def _room(seat: Seat) -> Classroom:
    if seat.classroom is None or not seat.classroom.open:
        raise ApiError("session.not_open", 409)
    return seat.classroom


def _desk(seat: Seat) -> TalkDesk:
    return seat.desk.house.part(TalkDesk)


@message("hand.raise", action="class.hand")
async def hand_raise(seat: Seat, body: Nothing) -> None:
    await _desk(seat).raise_hand(seat)


@message("hand.lower", action="class.hand")
async def hand_lower(seat: Seat, body: LowerHands) -> None:
    """The own hand; those of others only as who leads the class."""
    await _desk(seat).lower_hands(seat, body.people, body.all)


@message("floor.give", action="class.lead")
async def floor_give(seat: Seat, body: GiveFloor) -> None:
    await _desk(seat).give_floor(seat, body.person)


@message("floor.end", action="class.hand")
async def floor_end(seat: Seat, body: Nothing) -> None:
    """The own floor; another's only as who leads the class."""
    await _desk(seat).end_floor(seat)


@message("reaction.send", action="class.hand")
async def reaction_send(seat: Seat, body: ReactionBody) -> None:
    _desk(seat).react(seat, body.what)


@message("chat.edit", action="class.chat")
async def chat_edit(seat: Seat, body: ChatEdit) -> Numbered:
    return Numbered(await _desk(seat).edit(seat, body.line, clean(body.text)))


@message("chat.remove", action="class.chat")
async def chat_remove(seat: Seat, body: ChatRemove) -> Numbered:
    """The own line; another's only as who leads the class."""
    return Numbered(await _desk(seat).remove(seat, body.line))


@message("question.ask", action="class.chat")
async def question_ask(seat: Seat, body: QuestionAsk) -> Numbered:
    return Numbered(await _desk(seat).ask(seat, body.key, short(body.text, QUESTION)))


@message("question.upvote", action="class.chat")
async def question_upvote(seat: Seat, body: QuestionNamed) -> None:
    await _desk(seat).upvote(seat, body.question)


@message("question.answer", action="class.lead")
async def question_answer(seat: Seat, body: QuestionAnswer) -> None:
    if seat.classroom is None or not seat.classroom.session:
        raise ApiError("session.not_open", 409)
    text = clean(body.text) if body.text.strip() else ""
    await _desk(seat).answer(seat.classroom, seat.person, body.question, text)


@message("question.remove", action="class.chat")
async def question_remove(seat: Seat, body: QuestionNamed) -> None:
    """The own question; another's only as who leads the class."""
    await _desk(seat).remove_question(seat, body.question)


@message("poll.open", action="class.lead")
async def poll_open(seat: Seat, body: PollOpen) -> Numbered:
    options = [short(option, OPTION) for option in body.options]
    if len(set(options)) != len(options) or (body.answers == "open") != (not options) or len(options) == 1:
        raise ApiError("poll.options", 400)
    data = {
        "key": body.key,
        "question": short(body.question, QUESTION),
        "answers": body.answers,
        "options": options,
        "anonymous": body.anonymous,
        "live": body.live,
    }
    return Numbered(await _desk(seat).polls.open(_room(seat), seat.person, data))


@message("poll.vote", action="class.hand")
async def poll_vote(seat: Seat, body: PollVote) -> None:
    text = short(body.text, ANSWER) if body.text.strip() else ""
    await _desk(seat).polls.vote(_room(seat), seat.person, body.poll, body.choices, text)


@message("poll.close", action="class.lead")
async def poll_close(seat: Seat, body: PollNamed) -> None:
    room = _room(seat)
    await _desk(seat).polls.close(room, find_poll(room, body.poll), seat.person)


@message("poll.share", action="class.lead")
async def poll_share(seat: Seat, body: PollNamed) -> None:
    """Show everybody the results of a closed poll."""
    await _desk(seat).polls.share(_room(seat), body.poll, seat.person)
