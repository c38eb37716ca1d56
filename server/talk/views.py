"""What was asked and voted in a lesson, for its page: shapes, and how they follow from the trace."""

import msgspec

from server.house import House
from server.live.state import ClassState
from server.live.words import iso
from server.talk.polls import Polls
from server.talk.state import RECORD, Poll, Question, Talk

PAGE = 2000


class QuestionView(msgspec.Struct):
    """`question` is its number in the session. `votes`: others who have the same one."""

    question: int
    name: str
    text: str
    time: str
    votes: int
    answered: bool
    answer: str
    answered_by: str


class ChoiceView(msgspec.Struct):
    """Of a named poll: who chose what."""

    name: str
    choices: list[int]
    text: str


class PollView(msgspec.Struct):
    """`counts` and `texts` are empty where the results are not for the caller, or `withheld` because
    there are so few votes. `named` only for who runs the class."""

    poll: int
    question: str
    answers: str
    options: list[str]
    anonymous: bool
    closed: bool
    time: str
    votes: int
    counts: list[int]
    texts: list[str]
    withheld: bool
    named: list[ChoiceView]


class TalkView(msgspec.Struct):
    """`leads`: the caller runs the class and may answer."""

    questions: list[QuestionView]
    polls: list[PollView]
    leads: bool = False


async def read_talk(house: House, session: str) -> Talk:
    """The fold of a session's questions and polls, read from the trace."""
    state = ClassState()
    after = 0
    while True:
        page = await house.trace.read(session, after, PAGE, kinds=RECORD)
        for each in page:
            entry = each.entry
            if each.data is not None:
                state.apply(entry.session_seq, entry.time, entry.kind, entry.actor, each.data)
        if len(page) < PAGE:
            return state.part(Talk)
        after = page[-1].entry.session_seq


def talk_view(talk: Talk, polls: Polls, session: str, runs: bool) -> TalkView:
    """As somebody sees it who `runs` the class or not."""
    return TalkView(
        [_question(talk, each) for each in talk.questions.values() if not each.removed],
        [_poll(talk, polls, session, each, runs) for each in talk.polls.values()],
        runs,
    )


def _question(talk: Talk, question: Question) -> QuestionView:
    return QuestionView(
        question=question.n,
        name=talk.names.get(question.person, ""),
        text=question.text,
        time=iso(question.time),
        votes=len(question.votes),
        answered=question.answered,
        answer=question.answer,
        answered_by=talk.names.get(question.answered_by, ""),
    )


def _poll(talk: Talk, polls: Polls, session: str, poll: Poll, runs: bool) -> PollView:
    sees = runs or poll.shared or poll.live
    told = poll.results or msgspec.structs.asdict(polls.shown(session, poll))
    return PollView(
        poll=poll.n,
        question=poll.question,
        answers=poll.kind,
        options=poll.options,
        anonymous=poll.anonymous,
        closed=poll.closed,
        time=iso(poll.time),
        votes=told["votes"] if sees else 0,
        counts=told["counts"] if sees else [],
        texts=told["texts"] if sees and (poll.closed or runs) else [],
        withheld=told["withheld"] if sees else False,
        named=[
            ChoiceView(talk.names.get(person, ""), vote["choices"], vote["text"])
            for person, vote in poll.votes.items()
        ]
        if runs
        else [],
    )
