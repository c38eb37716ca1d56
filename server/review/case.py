"""One student's case: what was flagged, who looked, what they said, what the student said, what was found.

Pure: a line in, the next state held; and from that state and the time, where the case stands. The rules of
the review are here and nowhere else: four eyes for what is noted, the chair where they disagree, the student
is heard before anything is found, an appeal goes to others, and terms that run out never hold a grade (R14).
"""

from typing import Any, Literal

import msgspec

Verdict = Literal["nothing", "noted"]
ItemState = Literal["open", "second", "chair", "accepted", "nothing", "late"]
CaseState = Literal[
    "open", "clean", "notice", "to_notify", "heard", "found", "measured", "appealed", "closed", "late"
]
DAY = 86_400_000_000


class Terms(msgspec.Struct, frozen=True):
    """Days: for the review after the exam, for the statement after the notice, for an appeal after the
    finding. `quorum`: members who sign a finding."""

    review: int = 5
    statement: int = 3
    appeal: int = 5
    quorum: int = 2


class Part(msgspec.Struct):
    """A file of evidence: frames of one source from `starts` on (µs of session time), `length` in ms."""

    source: str
    file: str
    starts: int
    length: int
    sha256: str
    width: int
    height: int
    piece: str


class Still(msgspec.Struct):
    """A picture of evidence. `flag`: the place of its flag in the item; `at`: when the picture came (µs of
    session time)."""

    flag: int
    source: str
    file: str
    at: int
    sha256: str
    width: int
    height: int
    piece: str


class Mention(msgspec.Struct):
    """A flag inside of an item; µs of session time."""

    kind: str
    begin: int
    end: int


class Look(msgspec.Struct):
    """What one member said of an item, and how long they looked (seconds)."""

    person: str
    verdict: Verdict
    note: str
    seconds: int
    at: int


class Item(msgspec.Struct):
    """Neighbouring flags as one thing to look at: from `begin` to `end` with some seconds around."""

    key: str
    number: int
    begin: int
    end: int
    flags: list[Mention]
    parts: list[Part]
    looks: list[Look] = []
    stills: list[Still] = []


class Statement(msgspec.Struct):
    text: str
    at: int


class Finding(msgspec.Struct):
    finding: Literal["none", "violation"]
    note: str
    person: str
    at: int


class Signature(msgspec.Struct):
    person: str
    at: int


class Measure(msgspec.Struct):
    body: str
    measure: str
    reference: str
    person: str
    at: int


class Decided(msgspec.Struct):
    result: Literal["kept", "changed"]
    note: str
    person: str
    at: int


class Note(msgspec.Struct):
    at: int
    what: str
    who: str
    reason: str


class Case:
    """See the module. `ended`: when the exam was over for this student (µs)."""

    def __init__(self, lesson: str, person: str) -> None:
        self.lesson = lesson
        self.person = person
        self.ended = 0
        self.gathered = False
        self.items: list[Item] = []
        self.recused: dict[str, str] = {}
        self.noticed = 0
        self.statement: Statement | None = None
        self.finding: Finding | None = None
        self.signatures: list[Signature] = []
        self.measure: Measure | None = None
        self.appeal: Statement | None = None
        self.decided: Decided | None = None
        self.log: list[Note] = []
        self.n = 0

    # --- where it stands ------------------------------------------------------------------------------

    def release(self, terms: Terms) -> int:
        """When a grade is no longer held by what nobody has looked at."""
        return self.ended + terms.review * DAY

    def item_state(self, item: Item, now: int, terms: Terms) -> ItemState:
        """Four eyes: noted by one needs another, who disagree need the chair."""
        if not item.looks:
            return "late" if now >= self.release(terms) else "open"
        if item.looks[0].verdict == "nothing":
            return "nothing"
        if len(item.looks) == 1:
            return "late" if now >= self.release(terms) else "second"
        if item.looks[1].verdict == "noted":
            return "accepted"
        if len(item.looks) == 2:
            return "late" if now >= self.release(terms) else "chair"
        return "accepted" if item.looks[2].verdict == "noted" else "nothing"

    def accepted(self, now: int, terms: Terms) -> list[Item]:
        return [item for item in self.items if self.item_state(item, now, terms) == "accepted"]

    def heard_by(self, terms: Terms) -> int:
        """Until when the student may make a statement."""
        return self.noticed + terms.statement * DAY

    def find_by(self, terms: Terms) -> int:
        """Until when the commission must have found; after it no grade is held."""
        return self.heard_by(terms) + terms.review * DAY

    def appeal_by(self, terms: Terms) -> int:
        at = max((each.at for each in (self.finding, self.measure) if each is not None), default=0)
        return at + terms.appeal * DAY

    def state(self, now: int, terms: Terms) -> CaseState:
        """Where the case stands."""
        if not self.items:
            return "clean"
        states = [self.item_state(item, now, terms) for item in self.items]
        if any(state in ("open", "second", "chair") for state in states):
            return "open"
        if "accepted" not in states:
            return "late" if "late" in states else "clean"
        if not self.noticed:
            return "late" if now >= self.release(terms) + terms.statement * DAY else "to_notify"
        if self.appeal is not None:
            return "closed" if self.decided is not None else "appealed"
        if self.finding is not None and len(self.signatures) >= terms.quorum:
            if now >= self.appeal_by(terms) or self.finding.finding == "none":
                return "closed"
            return "measured" if self.measure is not None else "found"
        if self.statement is None and now < self.heard_by(terms):
            return "notice"
        return "late" if now >= self.find_by(terms) else "heard"

    def holds(self, now: int, terms: Terms) -> bool:
        """Whether a grade waits for this case: never longer than the terms."""
        if self.appeal is not None and now >= self.appeal.at + terms.review * DAY:
            return False
        return self.state(now, terms) not in ("clean", "late", "closed")

    def may_look(self, item: Item, person: str, now: int, terms: Terms, *, chair: bool) -> bool:
        """Whether it is this member's turn to look at an item."""
        if person in self.recused or person in {look.person for look in item.looks}:
            return False
        state = self.item_state(item, now, terms)
        return state in ("open", "second") or (state == "chair" and chair)

    def first_reviewers(self) -> set[str]:
        """Who has looked at anything of this case, or found: an appeal goes to others."""
        people = {look.person for item in self.items for look in item.looks}
        return people | ({self.finding.person} if self.finding is not None else set())

    def seconds(self) -> int:
        return sum(look.seconds for item in self.items for look in item.looks)

    # --- the fold -------------------------------------------------------------------------------------

    def apply(self, n: int, time: int, kind: str, actor: str, data: dict[str, Any]) -> None:
        """Take in one line; lines come in order, repeated ones are ignored."""
        if n <= self.n:
            return
        self.n = n
        getattr(self, "_" + kind.removeprefix("review."))(time, actor, data)
        if kind not in ("review.item", "review.gathered"):
            what = kind.removeprefix("review.")
            self.log.append(Note(time, what, actor, str(data.get("note") or data.get("reason") or "")))

    def _item(self, time: int, actor: str, data: dict[str, Any]) -> None:
        parts = [msgspec.convert(each, Part) for each in data["parts"]]
        flags = [msgspec.convert(each, Mention) for each in data["flags"]]
        stills = [msgspec.convert(each, Still) for each in data.get("stills", ())]
        number = len(self.items) + 1
        self.items.append(Item(data["item"], number, data["begin"], data["end"], flags, parts, [], stills))

    def _gathered(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.gathered, self.ended = True, data["ended"]

    def _looked(self, time: int, actor: str, data: dict[str, Any]) -> None:
        for item in self.items:
            if item.key == data["item"]:
                item.looks.append(Look(actor, data["verdict"], data["note"], data["seconds"], time))

    def _recused(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.recused[actor] = data["reason"]

    def _noticed(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.noticed = self.noticed or time

    def _stated(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.statement = Statement(data["text"], time)

    def _found(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.finding = Finding(data["finding"], data["note"], actor, time)
        self.signatures = [Signature(actor, time)]

    def _signed(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.signatures.append(Signature(actor, time))

    def _measured(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.measure = Measure(data["body"], data["measure"], data["reference"], actor, time)

    def _appealed(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.appeal = Statement(data["text"], time)

    def _appeal_decided(self, time: int, actor: str, data: dict[str, Any]) -> None:
        self.decided = Decided(data["result"], data["note"], actor, time)
