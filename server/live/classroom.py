"""One class in memory: its state, its history, who sits in it. Nothing here waits for the trace.

Flows in: committed entries of its session (`take`), seats that sit down and go. Flows out: events for
the seats, the welcome, passing news. What is recorded and when is decided in desk.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from server.live import words
from server.live.folds import KINDS, Audience, may_hear, telling
from server.live.groups.state import Groups
from server.live.history import PAGE, History
from server.live.presence import GRACE, Presence, SeatKey
from server.live.rights import EXAMINEE, Apart
from server.live.seat import Seat, tell_all
from server.live.state import SOURCES, ClassState
from server.live.words import AwayNews, IceServer, LessonInfo, LinkNews, LinkWord, SpeakingNews, Welcome
from server.trace import Recorded
from server.trace.reached import Reached

ReadBack = Callable[[str, int, int], Awaitable[list[Recorded]]]
"""(session, after, limit) -> entries of the kinds that clients are told."""


def told(recorded: Recorded, state: ClassState) -> bytes | None:
    """The event of an entry as clients get it now, or None for one that is not theirs."""
    entry = recorded.entry
    if entry.kind not in KINDS or recorded.data is None:
        return None
    data = telling(entry.kind).shown(state, entry.session_seq, dict(recorded.data))
    if entry.kind == "session.closed":
        data.pop("away", None)
    if entry.kind == "person.left":
        data["at"] = words.iso(data["at"])
    return words.event(entry.session_seq, entry.time, entry.kind, entry.actor, data)


def audience_of(recorded: Recorded, state: ClassState) -> Audience:
    """Who hears of an entry that the state has taken in."""
    entry = recorded.entry
    return telling(entry.kind).audience(state, entry.session_seq, entry.actor, recorded.data or {})


class Classroom:
    """A lesson and its session. `session` is empty until the first opening."""

    def __init__(
        self,
        lesson: LessonInfo,
        ends: int,
        read_back: ReadBack,
        grace: float = GRACE,
        apart: Callable[[str], Apart | None] = lambda lesson: None,
    ) -> None:
        self.lesson = lesson
        self.ends = ends
        """Planned end in µs of session time."""
        self.session = ""
        self.state = ClassState()
        self.history = History()
        self.presence = Presence(grace)
        self.seats: dict[SeatKey, Seat] = {}
        self.gate = asyncio.Lock()
        """Held while the class is opened or closed."""
        self.links: dict[str, LinkWord] = {}
        self.speaking: list[str] = []
        self.empty_since = 0
        self._read_back = read_back
        self._apart = apart
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._reached = Reached()

    @property
    def apart(self) -> Apart | None:
        """In an exam: how its examinees are kept apart. None in a class."""
        return self._apart(self.lesson.id)

    def hears(self, seat: Seat) -> bool:
        """Whether the seat is told what others do; examinees are not."""
        return seat.role != EXAMINEE or self.apart is None

    def hearers(self) -> list[Seat]:
        return [seat for seat in self.seats.values() if self.hears(seat)]

    @property
    def open(self) -> bool:
        return self.state.phase == "open"

    def lock(self, person: str) -> asyncio.Lock:
        """Held while it is decided whether this person joins or leaves."""
        found = self._locks.get(person)
        if found is None:
            found = self._locks[person] = asyncio.Lock()
        return found

    # --- entries --------------------------------------------------------------------------------------

    def take(self, recorded: Recorded) -> None:
        """Take in a committed entry of this session; entries come in order."""
        entry = recorded.entry
        if entry.session_seq <= self.state.n:
            return
        # of an erased entry only that it was there is left, and that is enough for the class's begin and end
        known = recorded.data is not None or entry.kind.startswith("session.")
        kind = entry.kind if known else ""
        changed = self.state.apply(entry.session_seq, entry.time, kind, entry.actor, recorded.data or {})
        for n in changed:
            self.history.change(n, self._retold)
        event, audience = told(recorded, self.state), audience_of(recorded, self.state)
        self.history.add(entry.session_seq, event, audience)
        if event is not None:
            for seat in self.seats.values():
                if audience is None or may_hear(audience, seat.who):  # who hears nothing need not wake
                    seat.push()
        self._reached.note(entry.session_seq)

    async def reached(self, n: int) -> None:
        """Return once entry `n` of the session is taken in."""
        if self.state.n < n:
            await self._reached.until(n)

    def _retold(self, frame: bytes) -> bytes:
        event = words.decode(frame)
        return words.encode_flat(telling(event["kind"]).shown(self.state, event["n"], event))

    async def page(self, cursor: int, who: frozenset[str]) -> tuple[list[bytes], int]:
        """Events after `cursor` that `who` may hear, and the cursor behind them; older ones are read from
        the trace."""
        found = self.history.after(cursor, PAGE, who)
        if found is not None:
            return found
        entries = await self._read_back(self.session, cursor, PAGE)
        frames = [
            frame
            for each in entries
            if may_hear(audience_of(each, self.state), who) and (frame := told(each, self.state))
        ]
        if len(entries) < PAGE:
            # Nothing older is missing: go on in memory, behind whichever is further.
            last = entries[-1].entry.session_seq if entries else cursor
            return frames, max(last, self.history.floor)
        return frames, entries[-1].entry.session_seq

    # --- seats ----------------------------------------------------------------------------------------

    def sit(self, seat: Seat) -> Seat | None:
        """Give a seat its place. Returns the older socket of the same tab, which gives way."""
        before = self.seats.get(seat.key)
        self.seats[seat.key] = seat
        seat.classroom = self
        return before

    def rise(self, seat: Seat) -> bool:
        """The seat's socket is gone. False when a newer one of the same tab has its place."""
        if self.seats.get(seat.key) is not seat:
            return False
        del self.seats[seat.key]
        return True

    def of(self, person: str) -> list[Seat]:
        return [seat for key, seat in self.seats.items() if key.person == person]

    def media_of(self, person: str) -> tuple[bool, bool, bool]:
        """What the person has switched on in any of their tabs."""
        on = [seat.media for seat in self.of(person)]
        return (any(each[0] for each in on), any(each[1] for each in on), any(each[2] for each in on))

    def welcome(self, seat: Seat, epoch: str, ice: list[IceServer]) -> Welcome:
        away = self.presence.away()
        return Welcome(
            you=seat.person,
            lesson=self.lesson,
            session=self.session,
            state="lobby" if seat.waiting else self.state.phase,
            n=0 if seat.waiting else self.state.n,
            people=[
                person.view(person.id in away)
                for person in self.state.people.values()
                if not seat.waiting and (person.id == seat.person or self.hears(seat))
            ],
            rights=seat.rights,
            epoch=epoch,
            ice_servers=ice,
        )

    # --- passing news ---------------------------------------------------------------------------------

    def tell_away(self) -> None:
        tell_all(self.hearers(), "away", self._away())

    def tell_speaking(self, people: list[str]) -> None:
        self.speaking = people
        if not self.state.part(Groups).open:
            tell_all(self.hearers(), "speaking", SpeakingNews(people))
            return
        for seat in self.hearers():
            seat.tell("speaking", words.encode(SpeakingNews(self._heard_by(seat))))

    def _heard_by(self, seat: Seat) -> list[str]:
        """Who speaks, of those whom the seat hears."""
        groups = self.state.part(Groups)
        return [one for one in self.speaking if groups.meet(one, seat.person)]

    def tell_links(self, changed: dict[str, LinkWord]) -> None:
        """Tell whose link is not good, and once that it is good again."""
        self.links.update(changed)
        news = {person: word for person, word in self.links.items() if word != "good"} | changed
        tell_all(self.hearers(), "link", LinkNews(news))

    def tell_now(self, seat: Seat) -> None:
        """The passing news of this moment, for a seat that has just come."""
        if not self.hears(seat):
            return
        if self.presence.away():
            seat.tell("away", words.encode(self._away()))
        heard = self._heard_by(seat)
        if heard:
            seat.tell("speaking", words.encode(SpeakingNews(heard)))
        weak: dict[str, LinkWord] = {who: word for who, word in self.links.items() if word != "good"}
        if weak:
            seat.tell("link", words.encode(LinkNews(weak)))

    def _away(self) -> AwayNews:
        return AwayNews(sorted(set(self.presence.away()) & set(self.state.people)))


def media_data(media: tuple[bool, bool, bool]) -> dict[str, bool]:
    """The data of a `media.state` entry."""
    return dict(zip(SOURCES, media, strict=True))
