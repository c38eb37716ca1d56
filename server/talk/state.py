"""What is said, asked and voted in one class, folded from its trace entries. Pure.

Beside server.live.state: hands in the order in which they were raised, who has the floor, which lines
were changed, questions and polls. The same fold serves the running class, the lesson's page afterwards
and the playback. An anonymous vote is known here only as "has voted".
"""

from dataclasses import dataclass, field
from typing import Any

from server.live.folds import EVERYBODY, RUNS, Audience, fold, private, tell
from server.live.state import ClassState

GONE = ""
"""The text of what was removed, for every reader."""


@dataclass
class Line:
    """A line of the chat. `now` is its text since it was changed, None while it is as it was said."""

    person: str
    to: str
    time: int
    now: str | None = None
    edits: list[int] = field(default_factory=list)
    """Numbers of the entries that changed it."""


@dataclass
class Question:
    n: int
    person: str
    text: str
    time: int
    votes: set[str] = field(default_factory=set)
    answered: bool = False
    answer: str = ""
    answered_by: str = ""
    answered_at: int = 0
    removed: bool = False


@dataclass
class Poll:
    """`results` are of the entry that told them last; None before."""

    n: int
    person: str
    time: int
    question: str
    kind: str
    options: list[str]
    anonymous: bool
    live: bool
    voters: set[str] = field(default_factory=set)
    closed: bool = False
    results: dict[str, Any] | None = None
    shared: bool = False
    votes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of a named poll: who chose what."""


class Talk:
    """The fold. Hands are people's ids with the number of the entry that raised them."""

    def __init__(self) -> None:
        self.hands: dict[str, int] = {}
        self.floor = ""
        self.lines: dict[int, Line] = {}
        self.questions: dict[int, Question] = {}
        self.polls: dict[int, Poll] = {}
        self.names: dict[str, str] = {}
        """Of everybody who has been here."""

    def apply(
        self, state: ClassState, n: int, time: int, kind: str, actor: str, data: dict[str, Any]
    ) -> list[int]:
        """Take in an entry; see server.live.folds.Fold."""
        take = _TAKES.get(kind)
        return [] if take is None else take(self, state, n, time, actor, data) or []

    def open_polls(self) -> list[Poll]:
        return [poll for poll in self.polls.values() if not poll.closed]

    # --- one method a kind ----------------------------------------------------------------------------

    def _joined(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        self.names[actor] = data["name"]
        self._show(state, actor)

    def _left(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        self.hands.pop(actor, None)
        if self.floor == actor:
            self.floor = ""

    def _closed(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        self.hands.clear()
        self.floor = ""

    def _raised(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        if actor in state.people:
            self.hands.setdefault(actor, n)
            self._show(state, actor)

    def _lowered(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        for person in data["people"]:
            self._lower(state, person)

    def _floor(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        self._lower(state, data["person"])
        self.floor = data["person"]

    def _floor_ended(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        self.floor = ""

    def _lower(self, state: ClassState, person: str) -> None:
        self.hands.pop(person, None)
        self._show(state, person)

    def _show(self, state: ClassState, person: str) -> None:
        if person in state.people:
            state.people[person].hand = person in self.hands

    def _said(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        self.lines[n] = Line(actor, data.get("to", ""), time)

    def _edited(
        self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]
    ) -> list[int] | None:
        line = self.lines.get(data["line"])
        if line is None or line.now == GONE:
            return None  # overtaken by its removal
        line.now = data["text"]
        line.edits.append(n)
        return [data["line"], *line.edits[:-1]]

    def _removed(
        self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]
    ) -> list[int] | None:
        line = self.lines.get(data["line"])
        if line is None:
            return None
        line.now = GONE
        return [data["line"], *line.edits]

    def _asked(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        self.questions[n] = Question(n, actor, data["text"], time)

    def _upvoted(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        if (question := self.questions.get(data["question"])) is not None:
            question.votes.add(actor)

    def _answered(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        if (question := self.questions.get(data["question"])) is not None:
            question.answered = True
            question.answer, question.answered_by, question.answered_at = data["text"], actor, time

    def _question_removed(
        self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]
    ) -> list[int] | None:
        question = self.questions.get(data["question"])
        if question is None:
            return None
        question.removed, question.text = True, GONE
        return [question.n]

    def _opened(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        self.polls[n] = Poll(
            n,
            actor,
            time,
            data["question"],
            data["answers"],
            data["options"],
            data["anonymous"],
            data["live"],
        )

    def _voted(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        if (poll := self.polls.get(data["poll"])) is not None:
            poll.voters.add(actor)
            if not poll.anonymous:
                poll.votes[actor] = {"choices": data["choices"], "text": data["text"]}

    def _poll_closed(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        if (poll := self.polls.get(data["poll"])) is not None:
            poll.closed = True

    def _results(self, state: ClassState, n: int, time: int, actor: str, data: dict[str, Any]) -> None:
        if (poll := self.polls.get(data["poll"])) is not None:
            poll.results = {key: data[key] for key in ("votes", "counts", "texts", "withheld")}
            poll.shared = poll.shared or data["shared"]


_TAKES: dict[str, Any] = {
    "person.joined": Talk._joined,
    "person.left": Talk._left,
    "session.closed": Talk._closed,
    "hand.raised": Talk._raised,
    "hand.lowered": Talk._lowered,
    "floor.given": Talk._floor,
    "floor.ended": Talk._floor_ended,
    "chat.said": Talk._said,
    "chat.edited": Talk._edited,
    "chat.removed": Talk._removed,
    "question.asked": Talk._asked,
    "question.upvoted": Talk._upvoted,
    "question.answered": Talk._answered,
    "question.removed": Talk._question_removed,
    "poll.opened": Talk._opened,
    "poll.voted": Talk._voted,
    "poll.closed": Talk._poll_closed,
    "poll.results": Talk._results,
}

RECORD = frozenset(kind for kind in _TAKES if kind.startswith(("question.", "poll.", "person.joined")))
"""What the lesson's page needs after class."""


def _line_now(state: ClassState, n: int, data: dict[str, Any]) -> dict[str, Any]:
    """A line or a change of it: always with the line's text of now."""
    line = state.part(Talk).lines.get(data.get("line", n))
    if line is None or line.now is None:
        return data
    data = {**data, "text": line.now}
    if "line" not in data:
        data["removed" if line.now == GONE else "edited"] = True
    return data


def _question_now(state: ClassState, n: int, data: dict[str, Any]) -> dict[str, Any]:
    question = state.part(Talk).questions.get(n)
    if question is None or not question.removed:
        return data
    return {**data, "text": GONE, "removed": True}


def _vote_audience(actor: str, data: dict[str, Any]) -> Audience:
    """An anonymous vote is told to the voter alone: with the counts beside it, it would be none."""
    return frozenset((actor,)) if data["anonymous"] else frozenset((actor, RUNS))


def _results_audience(actor: str, data: dict[str, Any]) -> Audience:
    return EVERYBODY if data["shared"] else frozenset((RUNS,))


fold(Talk)
for _kind in ("hand.raised", "hand.lowered", "floor.given", "floor.ended", "chat.removed"):
    tell(_kind)
for _kind in ("question.upvoted", "question.answered", "question.removed", "poll.opened", "poll.closed"):
    tell(_kind)
tell("chat.said", audience=private, shown=_line_now)
tell("chat.edited", audience=private, shown=_line_now)
tell("question.asked", shown=_question_now)
tell("poll.voted", audience=_vote_audience)
tell("poll.results", audience=_results_audience)
