"""Feeds: seats without a page. An encoder that sends (WHIP) or a player that receives (WHEP) sits in the
class as one more seat of the person whose token it has.

Flows in: offers judged by whip.py's rules, ICE restarts, goodbyes, a worker's news that a connection is
gone. Flows out: the same entries and media peers as for pages (desk.py, media.py). All that a feed is
stands in its peer's name - kind, credential, resource - so that after a restart of the server the
worker's snapshot is enough to seat it again, while its pictures never stopped.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Literal, NamedTuple

from sqlalchemy import select

from media.messages import Source
from server.errors import ApiError
from server.house import House
from server.live.classroom import Classroom
from server.live.desk import MOST_SEATS, LiveDesk
from server.live.ingest import INGEST_PREFIX
from server.live.limits import PACES, Bucket, seconds_up
from server.live.media import peer_name, seat_of
from server.live.moderation.door import refuse_entry, waits
from server.live.offer import Agreement, agree
from server.live.rights import SOURCES, may, role_in_class, seat_rights
from server.live.seat import RESTART, Connection, Seat
from server.live.tables import LiveIngest
from server.live.visits import refuse_unannounced
from server.live.words import SeatRights
from server.people.person import Person, load_guest, load_person
from server.people.sessions import Sessions, token_hash
from server.people.tables import SessionRow, TokenRow
from server.permissions import Actor, Standing, slot_action, standing_to

Kind = Literal["whip", "whep"]

SILENCE = 30_000_000
"""µs without a packet after which a worker gives a peer up as `peer.silent` (media/messages.py)."""

MOST_PACED = 2000
"""People whose pace is remembered."""


class Credential(NamedTuple):
    """By what a feed came: a login (``s``), a program's token (``p``), an encoder's token (``i``)."""

    kind: str
    id: str


class Feed(Seat):
    """One encoder or player. What a page is told goes nowhere; a goodbye ends the connection."""

    can_be_muted = False  # it has no button to come back by; its person's pages have

    def __init__(
        self,
        desk: LiveDesk,
        kind: Kind,
        credential: Credential,
        resource: str,
        person: Person,
        standing: Standing,
    ) -> None:
        self.kind: Kind = kind
        self.credential = credential
        self.resource = resource
        """The last part of the session URL: secret, and all that a PATCH or DELETE names it by."""
        actor = person.actor()
        super().__init__(
            None,
            None,
            desk.metrics,
            desk,
            actor=actor,
            standing=standing,
            rights=self.rights_for(actor, standing),
            name=person.name,
            role=role_in_class(actor, standing),
            language=person.language,
            token="",
            login=credential.id if credential.kind == "s" else "",
            tab=f"{kind}.{credential.kind}{credential.id}.{resource}",
            after=0,
            now=desk.now(),
        )
        self.ice = secrets.token_hex(8)
        """Names the ICE session: the entity-tag of RFC 9725 section 4.3.1."""
        self.remote_ufrag = ""
        """Of the client; empty when it was seated again after a restart of the server."""

    @property
    def needs(self) -> tuple[str, ...]:
        return ("lesson.join", f"media.{self.kind}")

    def rights_for(self, actor: Actor, standing: Standing) -> SeatRights:
        """A sender that the teacher runs presents, as their page does; a player sends nothing."""
        full = seat_rights(actor, standing)
        return SeatRights(publish=full.publish if self.kind == "whip" else (), open=full.open)

    def restarted(self, ufrag: str) -> None:
        """ICE began anew with this ufrag of the client."""
        self.remote_ufrag = ufrag
        self.ice = secrets.token_hex(8)

    # --- what the desk says to a page -------------------------------------------------------------------

    def answer(self, frame: bytes) -> None:
        pass

    def tell(self, key: str, frame: bytes) -> None:
        pass

    def bye(self, code: str, close: int = 1000, reason: str = "") -> None:
        self.end(close, code)

    def end(self, close: int, reason: str) -> None:
        if close != RESTART:  # the server goes and comes back: the worker keeps the connection
            self._over()

    def media_silent(self) -> None:
        pass

    def media_lost(self, reason: str = "") -> None:
        self.sign = self.desk.now() - (SILENCE if reason == "peer.silent" else 0)
        self._over()

    def _over(self) -> None:
        """The connection ends; the person has the same 15 s as after a lost page to come again."""
        room = self.classroom
        if self.ended or room is None:
            return
        self.ended = True
        self.connection = None
        self.desk.media.seat_gone(room.session, self.key)
        self.desk.went(self)

    async def holder(self, sessions: Sessions) -> Actor | None:
        person = await person_of(self.desk.house, self.credential)
        return person.actor() if person is not None else None


class Feeds:
    """Opens, finds and ends feeds. A part of the house."""

    def __init__(self, house: House, desk: LiveDesk) -> None:
        self._house = house
        self._desk = desk
        self._paces: OrderedDict[str, Bucket] = OrderedDict()
        desk.on_settled.append(self.adopt)

    async def open(
        self, kind: Kind, lesson: str, credential: Credential, text: str, purposes: Mapping[str, str]
    ) -> tuple[Feed, str]:
        """Seat an encoder or player by its offer. Returns the feed and the answer's SDP.

        Raises:
            ApiError: 409 `session.not_open`, `session.closed`; 422 `media.bad_offer`; 403
                `permission.denied`; 429 `rate.limited`, `seat.too_many`; 503 `media.unavailable`,
                `media.full`, `server.busy`; 403 `visit.reason`, `class.removed`, `class.locked`,
                `lobby.waiting`.
        """
        person = await person_of(self._house, credential)
        if person is None:
            raise ApiError("login.expired", 401)
        self._pace(person.id)
        room = await self._desk.classroom(lesson)
        if not room.open:
            raise ApiError("session.closed" if room.state.phase == "closed" else "session.not_open", 409)
        standing = await standing_to(self._house, person.actor(), "lesson", lesson)
        if standing is None:
            raise ApiError("object.unknown", 404, kind="lesson")
        await refuse_unannounced(self._house, person.actor(), standing, lesson)
        feed = Feed(self._desk, kind, credential, secrets.token_urlsafe(16), person, standing)
        refuse_entry(room, feed)
        if waits(room, feed):
            raise ApiError("lobby.waiting", 403)
        agreement = _whole(feed, room, text, purposes)
        self._make_place(room, feed)
        was_away = person.id in room.presence.away()
        room.sit(feed)
        room.presence.come(feed.key)
        try:
            await self._desk.join(room, feed)
            answer, _ = await self._desk.media.connect(feed, agreement)
            feed.remote_ufrag = agreement.ufrag
            sent = {section.purpose for section in agreement.sections}
            await self._desk.media_state(feed, _media(sent if kind == "whip" else set()))
        except BaseException:
            await self._desk.leave(feed)
            raise
        self._desk.count()
        if was_away:
            room.tell_away()
        return feed, answer

    def _pace(self, person: str) -> None:
        now = time.monotonic()
        bucket = self._paces.setdefault(person, Bucket(PACES["media.offer"], now))
        self._paces.move_to_end(person)
        if len(self._paces) > MOST_PACED:
            self._paces.popitem(last=False)
        wait = bucket.take(now)
        if wait:
            raise ApiError("rate.limited", 429, retry_after=seconds_up(wait))

    def _make_place(self, room: Classroom, feed: Feed) -> None:
        """An encoder that crashed and comes again takes the place of what is left of it.

        Raises:
            ApiError: 429 `seat.too_many`.
        """
        worker = self._desk.media.links.home(room.session)
        for other in room.of(feed.person):
            if isinstance(other, Feed) and (other.kind, other.credential) == (feed.kind, feed.credential):
                info = worker.peers.get(peer_name(room.session, other.key)) if worker is not None else None
                if info is None or info.state == "silent":
                    other.media_lost()
        if len(room.of(feed.person)) >= MOST_SEATS:
            raise ApiError("seat.too_many", 429, limit=MOST_SEATS)

    async def find(self, kind: Kind, lesson: str, person: str, resource: str) -> Feed:
        """Raises:
        ApiError: 404 `object.unknown`; other people's feeds are not there either.
        """
        room = await self._desk.classroom(lesson)
        for seat in room.of(person):
            if not isinstance(seat, Feed) or seat.kind != kind:
                continue
            if secrets.compare_digest(seat.resource.encode(), resource.encode()):
                return seat
        raise ApiError("object.unknown", 404, kind="feed")

    async def close(self, feed: Feed) -> None:
        """The client says goodbye."""
        feed.ended = True
        await self._desk.leave(feed)

    def revoked(self, ingests: list[str]) -> None:
        """These encoders' tokens are over."""
        for room in self._desk.running():
            for seat in list(room.seats.values()):
                if isinstance(seat, Feed) and seat.credential.kind == "i" and seat.credential.id in ingests:
                    seat.bye("login.revoked")

    async def adopt(self) -> None:
        """After a start of the server: seat again who has been sending or watching all the while."""
        for room in self._desk.running():
            worker = self._desk.media.links.home(room.session) if room.open else None
            for name in list(worker.peers) if worker is not None else ():
                key = seat_of(name)
                if key is None or key in room.seats or worker is None:
                    continue
                kind, _, rest = key.tab.partition(".")
                known, _, resource = rest.partition(".")
                if kind not in ("whip", "whep") or not resource:
                    continue  # a page: it comes by itself
                feed = await self._again(room, "whip" if kind == "whip" else "whep", known, resource)
                if feed is None or feed.person != key.person or not _welcome(room, feed):
                    worker.close_peer(name, "login.revoked")
                    continue
                room.sit(feed)
                room.presence.come(feed.key)
                feed.connection = Connection(worker.index, worker.epoch)
                feed.media = _media({track.source for track in worker.peers[name].tracks})
                self._desk.media.rights_changed(feed)
                await self._desk.join(room, feed)
        self._desk.count()

    async def _again(self, room: Classroom, kind: Kind, known: str, resource: str) -> Feed | None:
        credential = Credential(known[:1], known[1:])
        person = await person_of(self._house, credential)
        if person is None:
            return None
        standing = await standing_to(self._house, person.actor(), "lesson", room.lesson.id)
        if standing is None:
            return None
        feed = Feed(self._desk, kind, credential, resource, person, standing)
        return feed if all(may(feed.actor, action, standing) for action in feed.needs) else None


def _welcome(room: Classroom, feed: Feed) -> bool:
    try:
        refuse_entry(room, feed)
    except ApiError:
        return False
    return True


def _whole(feed: Feed, room: Classroom, text: str, purposes: Mapping[str, str]) -> Agreement:
    """Judge the offer; all of it or nothing (RFC 9725 section 4.4.3).

    Raises:
        ApiError: 422 `media.bad_offer`, 403 `permission.denied`.
    """
    for slot in purposes.values():
        if not may(feed.actor, slot_action(slot), feed.standing):
            raise ApiError("permission.denied", 403)
    agreement = agree(text, purposes, lambda _slot: True, peer_name(room.session, feed.key))
    missing = set(purposes.values()) - {section.purpose for section in agreement.sections}
    if missing:
        raise ApiError("media.bad_offer", 422, problem=f"no codec for {', '.join(sorted(missing))}")
    return agreement


def _media(sources: set[Source] | set[str]) -> tuple[bool, bool, bool]:
    mic, cam, screen = (source in sources for source in SOURCES)
    return mic, cam, screen


async def credential_of(house: House, session: str, token: str) -> Credential | None:
    """By what a request came: `session` is the login's id, empty for other tokens."""
    if session:
        return Credential("s", session)
    table = LiveIngest if token.startswith(INGEST_PREFIX) else TokenRow
    async with house.store.read() as db:
        found = await db.scalar(select(table.id).where(table.hash == token_hash(token)))
    return None if found is None else Credential("i" if table is LiveIngest else "p", found)


async def person_of(house: House, credential: Credential) -> Person | None:
    """Who stands behind a credential that still holds, with the rights of now."""
    real, session_time = int(house.part(Sessions).now()), house.clock.now()
    async with house.store.read() as db:
        match credential.kind:
            case "s":
                login = await db.get(SessionRow, credential.id)
                if login is None or login.expires <= real:
                    return None
                if login.guest:
                    return await load_guest(db, login.user, session_time)
                user = login.user
            case "p":
                token = await db.get(TokenRow, credential.id)
                if token is None or token.expires <= real:
                    return None
                user = token.user
            case "i":
                ingest = await db.get(LiveIngest, credential.id)
                if ingest is None or ingest.expires <= session_time:
                    return None
                user = ingest.user
            case _:
                return None
        return await load_person(db, user, house.settings.require_two_factor)
