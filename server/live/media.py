"""Seats and media peers: whose connection is where, and what workers say about it in terms of people.

Flows in: offers and wishes of seats, news of workers (links.py). Flows out: answers, calls to the
worker, news for seats with person ids instead of peer ids. A peer is named session/person/tab, so
after a restart of the server the name alone finds the seat's peer in the worker's snapshot.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Mapping

from media.errors import LinkClosed, Refused
from media.messages import Assigned, Needed, OpenPeer, PeerState, RestartIce, Rights, Speaking, Stats, View
from server.errors import ApiError
from server.live import answer as answers
from server.live.classroom import Classroom
from server.live.links import Links, Worker
from server.live.metrics import LiveMetrics
from server.live.offer import Agreement, agree
from server.live.presence import SeatKey
from server.live.rights import may, media_rights
from server.live.seat import Connection, Seat
from server.live.words import AssignedNews, LinkWord, NeededNews, encode
from server.permissions import slot_action

log = logging.getLogger(__name__)

GIVE_UP = 3.0
"""Seconds a worker's link may be down before its rooms move, if another worker is up. The supervisor
restarts a worker in about one."""

WEAK_LOSS = 0.05
WEAK_RTT = 400.0
"""A link is shown as weak from 5 % loss or 400 ms on: speech begins to suffer (ITU-T G.114 names
400 ms as the limit)."""


def peer_name(session: str, key: SeatKey) -> str:
    return f"{session}/{key.person}/{key.tab}"


def seat_of(peer: str) -> SeatKey | None:
    """Person and tab of a peer's name; None for a peer that is no seat (a recorder)."""
    parts = peer.split("/")
    return SeatKey(parts[1], parts[2]) if len(parts) == 3 else None


class MediaDesk:
    """Implements `links.Listener`. `find` gives the classroom of a room (a session id)."""

    def __init__(self, find: Callable[[str], Classroom | None], metrics: LiveMetrics) -> None:
        self._find = find
        self._metrics = metrics
        self._away_since: dict[int, float] = {}
        self.all_back = asyncio.Event()
        """Set once every worker has told what it has."""
        self.links: Links

    # --- what seats ask -------------------------------------------------------------------------------

    async def offer(self, seat: Seat, text: str, purposes: Mapping[str, str]) -> tuple[str, str]:
        """A new connection. Returns the answer's SDP and the worker's epoch.

        Raises:
            ApiError: `media.bad_offer` and others of offer.py; 503 `media.unavailable`; what the worker
                refused.
        """
        peer = peer_name(self._room(seat).session, seat.key)
        return await self.connect(seat, agree(text, purposes, self._may(seat), peer))

    async def connect(self, seat: Seat, agreement: Agreement) -> tuple[str, str]:
        """As `offer`, for an offer that was judged already.

        Raises:
            ApiError: 503 `media.unavailable`; what the worker refused.
        """
        room = self._room(seat)
        peer = peer_name(room.session, seat.key)
        worker = self.links.place(room.session)
        if worker is None or worker.state is None:
            raise ApiError("media.unavailable", 503, retry_after=1)
        local = self._local(worker, peer)
        call = OpenPeer(
            peer=peer,
            room=room.session,
            ufrag=local.ufrag,
            password=local.password,
            remote_ufrag=agreement.ufrag,
            remote_password=agreement.password,
            fingerprints=list(agreement.fingerprints),
            sections=list(agreement.sections),
            rights=self._rights(room, seat),
            cname=local.cname,
        )
        epoch = worker.epoch
        seat.connection = None
        try:
            await worker.open_peer(call)
        except (LinkClosed, Refused) as error:
            raise _refusal(error) from None
        if seat.ended or room.seats.get(seat.key) is not seat:
            log.debug("the seat of %s went while its offer was answered", peer)
        seat.connection = Connection(worker.index, epoch)
        return answers.write(agreement, local), epoch

    async def restart(self, seat: Seat, text: str, purposes: Mapping[str, str] | None) -> str:
        """New ICE credentials for the same connection. Returns the answer's SDP.

        Raises:
            ApiError: as `offer`; 409 `media.no_connection` when there is none to restart.
        """
        peer = peer_name(self._room(seat).session, seat.key)
        self._holding(seat)
        agreement = agree(text, purposes, self._may(seat), peer)
        local = await self.restart_ice(seat, agreement.ufrag, agreement.password)
        return answers.write(agreement, local)

    async def restart_ice(self, seat: Seat, ufrag: str, password: str) -> answers.Local:
        """New ICE credentials of the client. Returns the worker's.

        Raises:
            ApiError: 409 `media.no_connection` when there is none to restart; 503 `media.unavailable`.
        """
        worker, peer = self._holding(seat)
        local = self._local(worker, peer)
        try:
            await worker.restart_ice(RestartIce(peer, local.ufrag, local.password, ufrag, password))
        except (LinkClosed, Refused) as error:
            raise _refusal(error) from None
        return local

    def _holding(self, seat: Seat) -> tuple[Worker, str]:
        """The worker that holds the seat's connection, and the connection's name there."""
        room = self._room(seat)
        peer = peer_name(room.session, seat.key)
        worker = self.links.home(room.session)
        if worker is None or worker.state is None or peer not in worker.peers:
            raise ApiError("media.no_connection", 409)
        return worker, peer

    def view(self, seat: Seat, view: View) -> None:
        room = self._room(seat)
        pinned = ""
        if view.pinned:
            pinned = self._peer_of_person(room, view.pinned)
        worker = self._worker(seat)
        if worker is not None:
            view = View(view.page, pinned, view.hidden, view.heights)
            worker.set_view(peer_name(room.session, seat.key), view)

    def rights_changed(self, seat: Seat) -> None:
        worker = self._worker(seat)
        room = seat.classroom
        if worker is not None and room is not None:
            worker.set_rights(peer_name(room.session, seat.key), self._rights(room, seat))

    def resume(self, seat: Seat) -> str:
        """A seat has come (back): is its connection still there? Returns the epoch, or ""."""
        room = seat.classroom
        worker = self.links.home(room.session) if room is not None and room.session else None
        if room is None or worker is None or not worker.epoch:
            return ""
        info = worker.peers.get(peer_name(room.session, seat.key))
        if info is None:
            return ""
        seat.connection = Connection(worker.index, worker.epoch)
        self.rights_changed(seat)
        return worker.epoch

    def tell_slots(self, seat: Seat) -> None:
        """Who is in the seat's slots now, for one that has come back."""
        worker = self._worker(seat)
        room = seat.classroom
        if worker is None or room is None:
            return
        info = worker.peers.get(peer_name(room.session, seat.key))
        for news in info.slots.values() if info is not None else ():
            self._tell_slot(seat, news)

    def seat_gone(self, session: str, key: SeatKey) -> None:
        """A seat's grace is over."""
        worker = self.links.home(session) if session else None
        if worker is not None:
            worker.close_peer(peer_name(session, key), "left")

    def close(self, session: str) -> None:
        self.links.close_room(session)

    def _may(self, seat: Seat) -> Callable[[str], bool]:
        return lambda slot: may(seat.actor, slot_action(slot), seat.standing)

    @staticmethod
    def _rights(room: Classroom, seat: Seat) -> Rights:
        return media_rights(seat.actor, seat.standing, seat.rights, room.apart, seat.role)

    def _room(self, seat: Seat) -> Classroom:
        room = seat.classroom
        assert room is not None
        if not room.open:
            raise ApiError("session.not_open", 409)
        return room

    def _worker(self, seat: Seat) -> Worker | None:
        held = seat.connection
        return self.links.workers[held.worker] if held is not None else None

    def _peer_of_person(self, room: Classroom, person: str) -> str:
        """The peer of the person's tab that sends most."""
        worker = self.links.home(room.session)
        if worker is None:
            return ""
        prefix = f"{room.session}/{person}/"
        found = [info for name, info in worker.peers.items() if name.startswith(prefix)]
        return max(found, key=lambda info: len(info.tracks)).peer if found else ""

    def _local(self, worker: Worker, peer: str) -> answers.Local:
        state = worker.state
        assert state is not None
        return answers.Local(
            ufrag=secrets.token_hex(4),
            password=secrets.token_hex(16),
            fingerprint=state.fingerprint,
            addresses=tuple(state.addresses),
            port=state.port,
            tcp=state.tcp,
            cname=peer.rpartition("/")[2][:16] or "sabak",
            made=int(time.monotonic()),
        )

    # --- what workers say: links.Listener -------------------------------------------------------------

    def worker_back(self, worker: Worker, restarted: bool) -> None:
        self._away_since.pop(worker.index, None)
        self._count()
        if self.links.all_up:
            self.all_back.set()
        log.info("media worker %d: epoch %s, %d peers", worker.index, worker.epoch, len(worker.peers))
        for room in {info.room for info in worker.peers.values()}:
            if self._find(room) is None and room not in worker.rooms:
                worker.close_room(room)
        for session in list(worker.rooms):
            found = self._find(session)
            for seat in list(found.seats.values()) if found is not None else ():
                held = seat.connection
                if found is None or held is None or held.worker != worker.index:
                    continue
                known = peer_name(session, seat.key) in worker.peers
                if held.epoch != worker.epoch or not known:
                    seat.media_lost()

    def worker_away(self, worker: Worker) -> None:
        self._away_since.setdefault(worker.index, time.monotonic())
        self._count()
        log.warning("media worker %d: the link is down", worker.index)

    def peer_state(self, worker: Worker, state: PeerState) -> None:
        room, seat = self._seat(state.peer)
        if room is None or seat is None or seat.connection is None:
            return
        match state.state:
            case "silent":
                seat.media_silent()
                room.tell_links({seat.person: "lost"})
            case "connected":
                room.tell_links({seat.person: "good"})
            case "gone":
                room.links.pop(seat.person, None)
                seat.media_lost(state.reason)

    def assigned(self, worker: Worker, news: Assigned) -> None:
        _, seat = self._seat(news.peer)
        if seat is not None:
            self._tell_slot(seat, news)

    def needed(self, worker: Worker, news: Needed) -> None:
        _, seat = self._seat(news.peer)
        if seat is not None:
            seat.tell(f"needed {news.source}", encode(NeededNews(news.source, news.height)))

    def speaking(self, worker: Worker, news: Speaking) -> None:
        room = self._find(news.room)
        if room is not None:
            keys = (seat_of(peer) for peer in news.peers)
            room.tell_speaking(list(dict.fromkeys(key.person for key in keys if key is not None)))

    def stats(self, worker: Worker, news: Stats) -> None:
        words: dict[str, dict[str, LinkWord]] = {}
        for stats in news.peers:
            key = seat_of(stats.peer)
            info = worker.peers.get(stats.peer)
            if key is None or info is None or info.state == "silent":
                continue
            bad = max(stats.loss_up, stats.loss_down) > WEAK_LOSS or stats.rtt > WEAK_RTT
            of_room = words.setdefault(info.room, {})
            if bad or key.person not in of_room:
                of_room[key.person] = "weak" if bad else "good"
        for session, found in words.items():
            room = self._find(session)
            if room is not None:
                changed = {who: word for who, word in found.items() if room.links.get(who, "good") != word}
                if changed:
                    room.tell_links(changed)

    def tick(self, rooms: Iterable[Classroom], now: float) -> None:
        """Move the rooms of a worker that stays away, if there is another."""
        gone = {index for index, since in self._away_since.items() if now - since > GIVE_UP}
        if not gone or not any(worker.up for worker in self.links.workers):
            return
        for room in rooms:
            home = self.links.home(room.session)
            if home is None or home.index not in gone:
                continue
            for seat in room.seats.values():
                if seat.connection is not None and seat.connection.worker == home.index:
                    seat.media_lost()
            self.links.place(room.session)

    def _tell_slot(self, seat: Seat, news: Assigned) -> None:
        publisher = seat_of(news.publisher) if news.publisher else None
        word = AssignedNews(
            slot=news.slot,
            person=publisher.person if publisher is not None else "",
            source=news.source,
            generation=news.generation,
            first_rtp_time=news.first_rtp_time,
        )
        seat.tell(f"assigned {news.slot}", encode(word))

    def _seat(self, peer: str) -> tuple[Classroom | None, Seat | None]:
        key = seat_of(peer)
        room = self._find(peer.partition("/")[0])
        return room, room.seats.get(key) if room is not None and key is not None else None

    def _count(self) -> None:
        self._metrics.workers.set(sum(worker.up for worker in self.links.workers))


def _refusal(error: LinkClosed | Refused) -> ApiError:
    if isinstance(error, Refused) and error.reason == "room.full":
        return ApiError("media.full", 503, retry_after=10)
    if isinstance(error, Refused) and error.reason == "peer.unknown":
        return ApiError("media.no_connection", 409)
    log.warning("a media worker refused: %s", error)
    return ApiError("media.unavailable", 503, retry_after=1)
