"""The desk of who runs a class: what teachers order is written down, and then carried out for every seat.

Flows in: requests of teachers and hosts, committed entries, seats that come and go. Flows out: entries
(`class.muted`, `person.removed` ...), rights for pages and media workers, and news: `moderation` for
everybody, `lobby` for who runs the class. All of it follows from the folded state, so it is the same
after a restart.
"""

import asyncio
import time
from typing import Any

import msgspec

from server.errors import ApiError, TraceError
from server.live.classroom import Classroom
from server.live.desk import LiveDesk
from server.live.moderation.door import waits
from server.live.moderation.state import RULES, Moderation, Rules
from server.live.rights import may
from server.live.seat import Seat
from server.live.state import Person
from server.live.words import Word, encode, iso
from server.trace import Recorded

RUNS = "class.moderate"


class ModerationNews(Word, tag_field="type", tag="moderation"):
    """How the class is run now. `muted`: you were muted, and have not switched your microphone on since."""

    rules: Rules
    locked: bool
    hosts: list[str]
    muted: bool


class Waiter(msgspec.Struct):
    id: str
    name: str
    role: str
    since: str


class RemovedView(msgspec.Struct):
    id: str
    name: str
    reason: str


class LobbyNews(Word, tag_field="type", tag="lobby"):
    """For who runs the class: who waits to be let in, longest first, and who was removed."""

    waiting: list[Waiter]
    removed: list[RemovedView]


class AskedNews(Word, tag_field="type", tag="asked"):
    """Who runs the class asks you to switch something on."""

    source: str
    by: str


class Moderator:
    """A part of the house."""

    def __init__(self, desk: LiveDesk) -> None:
        self._desk = desk
        desk.on_taken.append(self._taken)
        desk.on_admitted.append(self._seated)
        desk.on_lobby.append(self.tell_lobby)
        desk.on_settled.append(self._settled)

    # --- what who runs the class asks -------------------------------------------------------------------

    async def mute(self, seat: Seat, people: list[str] | None) -> int:
        """Mute these people, or everybody who does not run the class."""
        room = self._desk.open_room(seat)
        moderation = room.state.part(Moderation)
        if people is None:
            chosen = [each.id for each in room.state.people.values() if not self._runs(room, each)]
        else:
            chosen = [self._present(room, person).id for person in dict.fromkeys(people)]
        if not chosen or all(person in moderation.hushed for person in chosen):
            return room.state.n
        return await self._record(seat, "class.muted", {"people": chosen})

    def ask(self, seat: Seat, person: str, source: str) -> None:
        """Ask somebody to switch on their microphone or camera.

        Raises:
            ApiError: 404 `person.unknown`; 409 `class.rule` while a rule forbids it.
        """
        room = self._desk.open_room(seat)
        self._present(room, person)
        seats = [each for each in room.of(person) if not each.waiting]
        if seats and not any(source in each.rights.publish for each in seats):
            raise ApiError("class.rule", 409)
        for each in seats:
            each.tell(f"asked {source}", encode(AskedNews(source, seat.person)))

    async def rule(self, seat: Seat, changes: dict[str, bool]) -> int:
        """Change rules; those that stand already are not written down again."""
        room = self._desk.open_room(seat)
        rules = room.state.part(Moderation).rules
        data: dict[str, Any] = {
            rule: changes[rule] for rule in RULES if rule in changes and changes[rule] != getattr(rules, rule)
        }
        if not data:
            return room.state.n
        n = await self._record(seat, "class.ruled", data)
        await self.release(room)
        return n

    async def lock(self, seat: Seat, locked: bool) -> int:
        room = self._desk.open_room(seat)
        if room.state.part(Moderation).locked == locked:
            return room.state.n
        return await self._record(seat, "class.locked" if locked else "class.unlocked", {})

    async def remove(self, seat: Seat, person: str, reason: str) -> int:
        """Take somebody out of the class, in every tab, and keep them out.

        Raises:
            ApiError: 404 `person.unknown`; 409 `class.teacher`.
        """
        room = self._desk.open_room(seat)
        waiting = [each for each in room.of(person) if each.waiting]
        found = room.state.people.get(person)
        if found is None and not waiting:
            raise ApiError("person.unknown", 404)
        if found is not None and found.role == "teacher":
            raise ApiError("class.teacher", 409)
        name = found.name if found is not None else waiting[0].name
        async with room.lock(person):
            if person in room.state.part(Moderation).removed:
                return room.state.n
            data = {"person": person, "name": name, "reason": reason}
            n = await self._desk.record(room, "person.removed", data, actor=seat.person)
            self._out(room, person, "class.removed", reason)
            if person in room.state.people and room.open:
                now = self._desk.now()
                try:
                    await self._desk.record(room, "person.left", {"at": now}, actor=person)
                except TraceError:
                    room.presence.restore(person, now, time.monotonic())
        self.tell_lobby(room)
        return n

    async def readmit(self, seat: Seat, person: str) -> int:
        room = self._desk.open_room(seat)
        if person not in room.state.part(Moderation).removed:
            raise ApiError("person.unknown", 404)
        return await self._record(seat, "person.readmitted", {"person": person})

    async def host(self, seat: Seat, person: str, on: bool) -> int:
        """Let somebody run the class too, or no longer. For those only whose class it is.

        Raises:
            ApiError: 403 `permission.denied`; 404 `person.unknown`; 409 `class.teacher`.
        """
        room = self._desk.open_room(seat)
        actor, standing = seat.own
        if not may(actor, RUNS, standing):
            raise ApiError("permission.denied", 403)
        hosts = room.state.part(Moderation).hosts
        if on == (person in hosts):
            return room.state.n
        if on and self._present(room, person).role == "teacher":
            raise ApiError("class.teacher", 409)
        return await self._record(seat, "host.named" if on else "host.ended", {"person": person})

    async def admit(self, seat: Seat, people: list[str] | None) -> int:
        """Let these people in, or everybody who waits."""
        room = self._desk.open_room(seat)
        waiting = {each.person for each in room.seats.values() if each.waiting}
        chosen = sorted(waiting if people is None else waiting & set(people))
        if not chosen:
            return room.state.n
        n = await self._record(seat, "people.admitted", {"people": chosen})
        await self.release(room)
        return n

    async def refuse(self, seat: Seat, person: str) -> int:
        """Send somebody who waits away; they may ask again."""
        room = self._desk.open_room(seat)
        if not any(each.waiting for each in room.of(person)):
            raise ApiError("person.unknown", 404)
        n = await self._record(seat, "person.refused", {"person": person})
        for each in room.of(person):
            if each.waiting:
                each.bye("lobby.refused")
        return n

    async def release(self, room: Classroom) -> None:
        """Let in whoever waits and need not any more."""
        async with asyncio.TaskGroup() as group:
            for seat in list(room.seats.values()):
                if seat.waiting and not waits(room, seat):
                    group.create_task(self._desk.admit_safely(room, seat))
        self.tell_lobby(room)

    # --- what follows from it ---------------------------------------------------------------------------

    def _taken(self, room: Classroom, recorded: Recorded) -> None:
        """An entry is committed and folded: carry it out."""
        kind, data = recorded.entry.kind, recorded.data
        if kind == "media.state" and isinstance(data, dict) and data["mic"]:
            for seat in room.of(recorded.entry.actor):
                self._tell(room, seat)  # no longer muted, if they were
        if not isinstance(data, dict) or kind not in Moderation.told | Moderation.quiet:
            return
        match kind:
            case "class.muted":
                for person in data["people"]:
                    for seat in room.of(person):
                        self._hush(seat)
            case "class.ruled" | "host.named" | "host.ended":
                for seat in list(room.seats.values()):
                    self._desk.reassess(room, seat, *seat.own)
            case _:
                pass
        for seat in room.seats.values():
            self._tell(room, seat)
        self.tell_lobby(room)

    def _hush(self, seat: Seat) -> None:
        if not seat.can_be_muted:
            return
        seat.hushed, seat.hush_seen = True, not seat.media[0]
        seat.media = (False, *seat.media[1:])
        self._desk.media.rights_changed(seat)

    def _seated(self, room: Classroom, seat: Seat) -> None:
        self._tell(room, seat)
        if seat.rights.open:
            self._tell_lobby(room, [seat])

    def _settled_out(self, room: Classroom) -> None:
        for person in room.state.part(Moderation).removed:
            self._desk.media.person_gone(room.session, person)

    async def _settled(self) -> None:
        """The media workers have told what they hold: nobody who was removed is among it."""
        for room in self._desk.running():
            self._settled_out(room)

    def _out(self, room: Classroom, person: str, code: str, reason: str) -> None:
        for seat in room.of(person):
            if room.rise(seat) and not seat.waiting:
                room.presence.leave(seat.key, self._desk.now())
            seat.bye(code, reason=reason)
        self._desk.media.person_gone(room.session, person)
        room.links.pop(person, None)
        self._desk.count()

    def _tell(self, room: Classroom, seat: Seat) -> None:
        moderation = room.state.part(Moderation)
        hosts = sorted(moderation.hosts) if room.hears(seat) else []
        muted = seat.person in moderation.hushed
        news = ModerationNews(moderation.rules, moderation.locked, hosts, muted)
        seat.tell("moderation", encode(news))

    def tell_lobby(self, room: Classroom) -> None:
        """Tell who runs the class who waits."""
        self._tell_lobby(room, [seat for seat in room.seats.values() if seat.rights.open])

    def _tell_lobby(self, room: Classroom, seats: list[Seat]) -> None:
        waiting: dict[str, Waiter] = {}
        for seat in sorted(room.seats.values(), key=lambda each: each.came):
            if seat.waiting and not seat.ending and seat.person not in waiting:
                waiting[seat.person] = Waiter(seat.person, seat.name, seat.role, iso(seat.came))
        removed = [
            RemovedView(person, each.name, each.reason)
            for person, each in room.state.part(Moderation).removed.items()
        ]
        frame = encode(LobbyNews(list(waiting.values()), removed))
        for seat in seats:
            seat.tell("lobby", frame)

    def _present(self, room: Classroom, person: str) -> Person:
        found = room.state.people.get(person)
        if found is None:
            raise ApiError("person.unknown", 404)
        return found

    def _runs(self, room: Classroom, person: Person) -> bool:
        return person.role == "teacher" or person.id in room.state.part(Moderation).hosts

    async def _record(self, seat: Seat, kind: str, data: dict[str, Any]) -> int:
        return await self._desk.record(self._desk.open_room(seat), kind, data, actor=seat.person)
