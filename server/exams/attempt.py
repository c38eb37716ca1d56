"""One attempt, folded from its lines of the trace. Pure: a line in, the next state held.

The same fold serves the running exam (each line after its commit) and the start of the server (all of them
read back), so an attempt that was rebuilt equals the one that ran. Times are microseconds.

The exam's clock runs while the attempt does. It stands still while a proctor has paused it and while the
student's link is lost (up to what the rules give): a power cut costs no minute.
"""

from typing import Any, Literal

import msgspec

State = Literal[
    "preparing", "waiting", "admitted", "running", "break", "paused", "suspended", "submitted", "over"
]
WRITES: frozenset[State] = frozenset({"running", "break"})
"""States in which answers are taken. In a break too: what was being saved must not be lost."""
LIVE: frozenset[State] = frozenset({"running", "break", "paused"})
ENDED: frozenset[State] = frozenset({"suspended", "submitted", "over"})
MINUTE = 60_000_000

MOST_EVENTS = 500
"""Browser events kept in memory; the lines have them all."""
MOST_NEWS = 20


class Photo(msgspec.Struct):
    """`score`: likeness 0..1 to the registered photo, else to the document; None where nobody can say."""

    at: int
    problem: str
    score: float | None
    file: str
    sha256: str


class Message(msgspec.Struct):
    """`mine`: the student wrote it."""

    n: int
    mine: bool
    person: str
    text: str
    at: int


class File(msgspec.Struct):
    id: str
    name: str
    bytes: int
    sha256: str


class Answer(msgspec.Struct):
    """`n` grows with the page's saves; `at` of the last one."""

    text: str = ""
    choice: list[int] = []
    files: list[File] = []
    n: int = 0
    at: int = 0


class Episode(msgspec.Struct):
    """A flag as it stands. `seen`: a proctor has looked at it."""

    n: int
    kind: str
    begin: int
    end: int | None = None
    seen: bool = False


class Event(msgspec.Struct):
    at: int
    kind: str
    detail: str


class Break(msgspec.Struct):
    begin: int
    end: int | None = None


class Gap(msgspec.Struct):
    """A stretch of a stream that could not be analysed, and why: ``picture`` (none came), ``unfit`` (nothing
    can be seen in it), ``analysis`` (nobody looked)."""

    stream: str
    begin: int
    end: int
    why: str


class News(msgspec.Struct):
    """Something that the student is told in plain words: more time, a check that is done, a break over."""

    n: int
    at: int
    what: str
    minutes: int
    reason: str


class Note(msgspec.Struct):
    """One line of the attempt's log for people."""

    at: int
    what: str
    who: str
    reason: str


LOGGED = {
    "attempt.opened": "opened", "attempt.step": "step", "attempt.ready": "ready",
    "attempt.admitted": "admitted", "attempt.started": "started", "attempt.break": "break",
    "attempt.back": "back", "attempt.paused": "paused", "attempt.resumed": "resumed",
    "attempt.extended": "extended", "attempt.suspended": "suspended", "attempt.submitted": "submitted",
    "attempt.away": "away", "attempt.here": "here", "attempt.check_asked": "check_asked",
    "attempt.taken_up": "taken_up", "attempt.confirmed": "confirmed", "attempt.listened": "listened",
}  # fmt: skip


class Attempt:
    """See the module."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.state: State = "preparing"
        self.tab = ""
        self.opened = 0
        self.moved = -1
        """Times that another tab or device took over."""
        self.agent: dict[str, Any] = {}
        self.steps: dict[str, Any] = {}
        self.photos: dict[str, Photo] = {}
        self.check_asked = False
        self.confirmed = 0
        """When a person last confirmed that it is the student; 0 after a new photo of the face."""
        self.listener = ""
        """The proctor who listens now."""
        self.news: list[News] = []
        self.returned = 0
        """When the student last came back to writing, or another tab took over: what was calibrated before is
        not believed any more."""
        self.started = 0
        self.ended = 0
        self.extra = 0
        """Minutes that a proctor has given."""
        self.reason = ""
        self.help = False
        self.breaks: list[Break] = []
        self.messages: list[Message] = []
        self.read = 0
        """Messages of the student up to this number were seen by a proctor."""
        self.answers: dict[str, Answer] = {}
        self.flags: list[Episode] = []
        self.events: list[Event] = []
        self.events_n: dict[str, int] = {}
        """By tab: the last event that came."""
        self.unshared = False
        """The page's last word of its screen is that sharing has ended."""
        self._shared_at = 0
        self.gaps: list[Gap] = []
        self.log: list[Note] = []
        self.baseline: tuple[float, float] | None = None
        self.away_since = 0
        self.stood = 0
        """Microseconds for which the clock stood still, until `stands_since`."""
        self.stood_away = 0
        self.stands_since = 0
        self.n = 0
        self._before_pause: State = "running"
        self._before_end: State = "running"

    @property
    def biometrics(self) -> str:
        """What the student said to comparing faces: ``yes``, ``no``, empty before."""
        return str(self.steps.get("biometrics", {}).get("value", ""))

    # --- the clock ------------------------------------------------------------------------------------

    def given_back(self, now: int, away_limit: int) -> int:
        """Microseconds for which the clock has stood still until `now`; `away_limit` bounds lost links."""
        stood = self.stood - self.stood_away
        away = self.stood_away
        if self.stands_since:
            if self.state == "paused":
                stood += now - self.stands_since
            else:
                away += now - self.stands_since
        return stood + min(away, away_limit)

    def left(self, now: int, minutes: int, closes: int, away_limit: int) -> int:
        """Microseconds left. `minutes` with the student's own extra ones; `closes`: the window's end."""
        if not self.started:
            return minutes * MINUTE
        until = self.ended if self.state in ENDED else now
        back = self.given_back(until, away_limit)
        allowed = (minutes + self.extra) * MINUTE
        used = until - self.started - back
        window = closes + self.extra * MINUTE + back - until
        return max(0, min(allowed - used, window))

    def break_left(self, now: int, breaks: int, minutes: int) -> tuple[int, int]:
        """Breaks that are left, and when the one under way should end (0: none is)."""
        ends = self.breaks[-1].begin + minutes * MINUTE if self.state == "break" and self.breaks else 0
        return max(0, breaks - len(self.breaks)), ends

    # --- the fold -------------------------------------------------------------------------------------

    def apply(self, n: int, time: int, kind: str, actor: str, data: dict[str, Any]) -> None:
        """Take in one line; lines come in order, repeated ones are ignored."""
        if n <= self.n:
            return
        self.n = n
        fold = getattr(self, "_" + kind.removeprefix("attempt."), None)
        if fold is not None:
            fold(time, actor, data)
        what = LOGGED.get(kind)
        if what is not None:
            reason = data.get("reason", "") or data.get("step", "") or data.get("by", "")
            self.log.append(Note(time, what, actor, str(reason)))

    def _opened(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.opened = self.opened or time
        self.moved += 1
        self.tab, self.agent = data["tab"], data.get("agent", {})
        self.steps.pop("beacon", None)  # another browser may show it elsewhere
        self._came_back(time)

    def _step(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.steps[data["step"]] = {"value": data["value"], "at": time, "detail": data.get("detail", {})}

    def _photo(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.photos[data["photo"]] = Photo(time, data["problem"], data["score"], data["file"], data["sha256"])
        if data["photo"] == "face":
            self.check_asked = False
            self.confirmed = 0

    def _ready(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.state = "waiting"

    def _check_asked(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.check_asked = True

    def _admitted(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.state = "admitted"
        self.confirmed = time if actor != "system" else 0

    def _confirmed(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.confirmed, self.check_asked = time, False
        self._tell(time, "confirmed")

    def _listened(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.listener = actor if data["on"] else ""

    def _tell(self, time: int, what: str, minutes: int = 0, reason: str = "") -> None:
        self.news.append(News(self.n, time, what, minutes, reason))
        del self.news[:-MOST_NEWS]

    def _came_back(self, time: int) -> None:
        if self.started:
            self.returned, self.baseline = time, None

    def _started(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.state, self.started = "running", time
        self._based(time, actor, data)

    def _based(self, time: int, actor: str, data: dict[str, Any]) -> None:
        found = data.get("baseline")
        if found is not None:
            self.baseline = (found["yaw"], found["pitch"])

    def _break(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.state = "break"
        self.breaks.append(Break(time))

    def _back(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.state = "running"
        self._end_break(time)
        self._came_back(time)
        if data.get("by") == "clock":
            self._tell(time, "break_over")

    def _paused(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self._before_pause = self.state if self.state in LIVE else "running"
        self._go_on(time)
        self.state, self.reason = "paused", data["reason"]
        self.stands_since = time

    def _resumed(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self._go_on(time)
        self.state, self.reason = self._before_pause, ""
        if self.away_since:
            self.stands_since = time
        self._came_back(time)
        self._tell(time, "resumed")

    def _extended(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.extra += data["minutes"]
        self._tell(time, "extended", data["minutes"], data["reason"])

    def _away(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.away_since = data["since"]
        if self.state in ("running", "break"):
            self.stands_since = max(data["since"], self.started)

    def _here(self, time: int, actor: str, data: dict[str, Any]) -> None:
        if self.state != "paused":
            self._go_on(time)
        self.away_since = 0
        self._came_back(time)

    def _go_on(self, time: int) -> None:
        """The clock runs again; what it stood still for is kept."""
        if self.stands_since:
            stood = max(0, time - self.stands_since)
            self.stood += stood
            if self.state != "paused":
                self.stood_away += stood
            self.stands_since = 0

    def _suspended(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self._before_end = "running" if self.state in LIVE else self.state
        self._end("suspended", time)
        self.reason = data["reason"]

    def _taken_up(self, time: int, actor: str, data: dict[str, Any]) -> None:
        """The time for which it was suspended is given back."""
        if self.started:
            self.stood += max(0, time - self.ended)
            self.stands_since = time if self.away_since else 0
        self.state, self.ended, self.reason = self._before_end, 0, ""
        self._came_back(time)
        self._tell(time, "taken_up", 0, data["reason"])

    def _submitted(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self._end("over" if data["by"] == "clock" else "submitted", time)

    def _end(self, state: State, time: int) -> None:
        self._go_on(time)
        self._end_break(time)
        self.state, self.ended = state, time

    def _end_break(self, time: int) -> None:
        if self.breaks and self.breaks[-1].end is None:
            self.breaks[-1].end = time

    def _answered(self, time: int, actor: str, data: dict[str, Any]) -> None:
        answer = self.answers.setdefault(data["question"], Answer(files=[]))
        if data["n"] >= answer.n:
            answer.text, answer.choice, answer.n = data["text"], data["choice"], data["n"]
            answer.at = time

    def _file_added(self, time: int, actor: str, data: dict[str, Any]) -> None:
        answer = self.answers.setdefault(data["question"], Answer(files=[]))
        answer.files.append(File(data["file"], data["name"], data["bytes"], data["sha256"]))
        answer.at = time

    def _file_removed(self, time: int, actor: str, data: dict[str, Any]) -> None:
        answer = self.answers.setdefault(data["question"], Answer(files=[]))
        answer.files = [file for file in answer.files if file.id != data["file"]]
        answer.at = time

    def _events(self, time: int, actor: str, data: dict[str, Any]) -> None:
        tab = data["tab"]
        for each in data["events"]:
            self.events_n[tab] = max(self.events_n.get(tab, 0), each["n"])
            self.events.append(Event(each["at"], each["kind"], each["detail"]))
            if each["kind"] in ("share_began", "share_ended") and each["at"] >= self._shared_at:
                self.unshared, self._shared_at = each["kind"] == "share_ended", each["at"]
        del self.events[:-MOST_EVENTS]

    def _said(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.messages.append(Message(self.n, actor == self.person, actor, data["text"], time))

    def _seen_messages(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.read = max(self.read, data["n"])

    def _helped(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.help = data["on"]

    def _flag(self, time: int, actor: str, data: dict[str, Any]) -> None:
        for each in self.flags:
            if each.n == data["flag"]:
                each.begin, each.end = data["begin"], data["end"]
                return
        self.flags.append(Episode(data["flag"], data["kind"], data["begin"], data["end"]))

    def _flag_seen(self, time: int, actor: str, data: dict[str, Any]) -> None:
        for each in self.flags:
            if each.n == data["flag"]:
                each.seen = True

    def _gap(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.gaps.append(Gap(data["stream"], data["begin"], data["end"], data["why"]))
