"""Who appears in which slot of one subscriber: policy only, no packets.

A `Room` (who publishes what, who speaks, who is put on the stage) and the subscriber's rights and
view go in; the changes to its slots come out, each with the slot's new generation.

Stage: whom the subscriber pinned, else whom the room put there, else a presenter who shares, else any
shared screen, else a presenter's camera, else who speaks, else whoever was there. A screen goes before
the same person's camera. Speaker: who has the floor, unless the stage shows that camera; over a shared
screen nobody speaks about, the sharer's face. Tiles: the other cameras in pages; somebody visible
stays in their tile, who leaves makes room for one. ``audio0``: the stage's voice, so that picture and
sound can be kept in step; the other audio slots: who speaks, and silent ones as long as there is room,
so that no first syllable is lost.

Rights are checked here, on every assignment: a publisher reaches a slot only when its audience meets
the subscriber's labels. Nobody is shown to themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from media.messages import Source, View

RECENT: Final = 16
"""Speakers remembered when somebody has to give up a tile on the first page."""


class Publisher(NamedTuple):
    peer: str
    sources: frozenset[Source]
    """Tracks that arrive now."""
    audience: frozenset[str]
    presenter: bool = False


class Shown(NamedTuple):
    peer: str
    source: Source


class Change(NamedTuple):
    slot: str
    shown: Shown | None
    generation: int
    """Counts the slot's changes from 1."""


class Room:
    """One room at one moment. Made anew on every change, shared by its subscribers.

    Args:
        publishers: in the order in which they came.
        stage: peer put on the stage for everybody, or empty.
        speaking: who speaks now, loudest first.
        dominant: who has the floor, or empty.
        floors: who has the floor in each audience, where there are several; instead of `dominant`.
    """

    __slots__ = ("_visible", "_within", "dominant", "floors", "publishers", "speaking", "stage")

    def __init__(
        self,
        publishers: Iterable[Publisher],
        *,
        stage: str = "",
        speaking: Sequence[str] = (),
        dominant: str = "",
        floors: Sequence[str] = (),
    ) -> None:
        self.publishers = {one.peer: one for one in publishers}
        self.stage = stage
        self.speaking = tuple(speaking)
        self.floors = tuple(floors)
        self.dominant = dominant or (self.floors[0] if len(self.floors) == 1 else "")
        self._visible: dict[frozenset[str], dict[str, Publisher]] = {}
        self._within: dict[frozenset[str], Room] = {}

    def within(self, labels: frozenset[str]) -> "Room":
        """The room as somebody with these labels hears it: who speaks elsewhere does not count."""
        if len(self.floors) <= 1:
            return self
        found = self._within.get(labels)
        if found is None:
            can_see = self.visible(labels)
            found = Room(
                self.publishers.values(),
                stage=self.stage,
                speaking=[peer for peer in self.speaking if peer in can_see],
                dominant=next((peer for peer in self.floors if peer in can_see), ""),
            )
            self._within[labels] = found
        return found

    def visible(self, labels: frozenset[str]) -> Mapping[str, Publisher]:
        """Publishers that somebody with these labels may receive; reckoned once for all who share them."""
        found = self._visible.get(labels)
        if found is None:
            found = {
                peer: one for peer, one in self.publishers.items() if not labels.isdisjoint(one.audience)
            }
            self._visible[labels] = found
        return found


class SlotPolicy:
    """The slots of one subscriber. `shown` and `generations` are what was decided last."""

    __slots__ = ("_audio", "_order", "_recent", "_tiles", "generations", "shown")

    def __init__(self, slots: Iterable[str]) -> None:
        """`slots`: names as in `Section.purpose`: ``stage``, ``speaker``, ``audio0..``, ``tile0..``."""
        self.shown: dict[str, Shown | None] = dict.fromkeys(slots)
        self.generations = dict.fromkeys(self.shown, 0)
        self._audio = sorted((name for name in self.shown if name.startswith("audio")), key=_number)
        self._tiles = sorted((name for name in self.shown if name.startswith("tile")), key=_number)
        self._order: list[str] = []
        """Everybody for the tiles, page after page."""
        self._recent: list[str] = []
        """Who spoke, the latest first."""

    def assign(self, me: str, labels: frozenset[str], view: View, room: Room) -> list[Change]:
        """Decide anew; only what changed is returned."""
        room = room.within(labels)
        can_see = room.visible(labels)
        hidden = set(view.hidden)
        for peer in reversed(room.speaking):
            if self._recent[:1] != [peer]:
                self._recent = [peer, *(one for one in self._recent if one != peer)][:RECENT]
        wanted: dict[str, Shown | None] = {}
        stage = None
        if "stage" in self.shown and "stage" not in hidden:
            stage = self._stage(me, view.pinned, can_see, room)
            wanted["stage"] = stage
        taken = stage.peer if stage is not None and stage.source == "cam" else ""
        cameras = [peer for peer, one in can_see.items() if "cam" in one.sources and peer not in (me, taken)]
        speaker = None
        if "speaker" in self.shown and "speaker" not in hidden:
            speaker = self._speaker(cameras, stage, can_see, room)
            wanted["speaker"] = speaker
        candidates = cameras if speaker is None else [peer for peer in cameras if peer != speaker.peer]
        open_tiles = [name for name in self._tiles if name not in hidden]
        wanted |= self._pages(candidates, open_tiles, view.page, room)
        wanted |= self._sound([name for name in self._audio if name not in hidden], me, stage, can_see, room)
        changes: list[Change] = []
        for slot, before in self.shown.items():
            now = wanted.get(slot)
            if now != before:
                self.shown[slot] = now
                self.generations[slot] += 1
                changes.append(Change(slot, now, self.generations[slot]))
        return changes

    # --- pictures ----------------------------------------------------------------------------------

    def _stage(self, me: str, pinned: str, can_see: Mapping[str, Publisher], room: Room) -> Shown | None:
        before = self.shown["stage"]
        for peer in (pinned, room.stage):
            if peer != me and (found := _large(can_see.get(peer))) is not None:
                return found
        others = [one for peer, one in can_see.items() if peer != me]
        sharing = [one for one in others if "screen" in one.sources]
        filming = [one for one in others if "cam" in one.sources]
        for group in (
            [one for one in sharing if one.presenter],
            sharing,
            [one for one in filming if one.presenter],
        ):
            if group:
                return _large(self._pick(group, before, room))
        floor = can_see.get(room.dominant)
        if room.dominant != me and floor is not None and "cam" in floor.sources:
            return Shown(floor.peer, "cam")
        return _large(self._pick(filming, before, room)) if filming else None

    @staticmethod
    def _pick(group: Sequence[Publisher], before: Shown | None, room: Room) -> Publisher:
        """Of equals: who has the floor and presents, else who was there before, else the first."""
        for one in group:
            if one.presenter and one.peer == room.dominant:
                return one
        for one in group:
            if before is not None and one.peer == before.peer:
                return one
        return group[0]

    def _speaker(
        self, cameras: list[str], stage: Shown | None, can_see: Mapping[str, Publisher], room: Room
    ) -> Shown | None:
        before = self.shown["speaker"]
        choices = [room.dominant]
        if stage is not None and stage.source == "screen" and not room.dominant:
            choices.append(stage.peer)
        if before is not None:
            choices.append(before.peer)
        if stage is not None:
            choices.append(stage.peer)
        choices += [peer for peer in cameras if can_see[peer].presenter][:1]
        for peer in choices:
            if peer in cameras:
                return Shown(peer, "cam")
        return Shown(cameras[0], "cam") if cameras else None

    def _pages(
        self, candidates: list[str], tiles: list[str], page: int, room: Room
    ) -> dict[str, Shown | None]:
        self._reorder(candidates)
        size = len(tiles)
        if not size:
            return {}
        if page <= 0:
            self._promote(size, room)
        first = min(max(page, 0), max(0, (len(self._order) - 1) // size)) * size
        visible = self._order[first : first + size]
        placed: dict[str, Shown | None] = {}
        waiting = set(visible)
        for name in tiles:
            before = self.shown[name]
            if before is not None and before.peer in waiting:
                waiting.discard(before.peer)
                placed[name] = before
        rest = iter([peer for peer in visible if peer in waiting])
        for name in tiles:
            if name not in placed and (peer := next(rest, "")):
                placed[name] = Shown(peer, "cam")
        return placed

    def _reorder(self, candidates: list[str]) -> None:
        """Take out who is gone and put in who is new: into the places of the gone first, so that a change
        of speaker moves two people and not a page."""
        wanted = set(candidates)
        known = set(self._order)
        new = iter([peer for peer in candidates if peer not in known])
        order: list[str] = []
        for peer in self._order:
            if peer in wanted:
                order.append(peer)
            elif instead := next(new, ""):
                order.append(instead)
        self._order = [*order, *new]

    def _promote(self, size: int, room: Room) -> None:
        """Bring who speaks on a later page to the first, in place of who has been silent longest."""
        order = self._order
        for peer in room.speaking:
            if peer not in order or (at := order.index(peer)) < size:
                continue
            silent = [index for index in range(size) if order[index] not in room.speaking]
            if not silent:
                return
            last = max(silent, key=lambda index: (_rank(self._recent, order[index]), index))
            order[at], order[last] = order[last], order[at]

    # --- sound -------------------------------------------------------------------------------------

    def _sound(
        self,
        slots: list[str],
        me: str,
        stage: Shown | None,
        can_see: Mapping[str, Publisher],
        room: Room,
    ) -> dict[str, Shown | None]:
        voices = [peer for peer, one in can_see.items() if "mic" in one.sources and peer != me]
        if not slots or not voices:
            return {}
        able = set(voices)
        placed: dict[str, Shown | None] = {}
        free = list(slots)
        if stage is not None and stage.peer in able and slots[0] == "audio0":
            placed["audio0"] = Shown(stage.peer, "mic")
            able.discard(stage.peer)
            free.remove("audio0")
        before = [shown.peer for name in slots if (shown := self.shown[name]) is not None]
        # Speakers first; then who had the floor, who is heard now, who presents, who came first.
        ranked = dict.fromkeys(
            [
                *room.speaking,
                room.dominant,
                *before,
                *(peer for peer in voices if can_see[peer].presenter),
                *voices,
            ]
        )
        chosen = [peer for peer in ranked if peer in able][: len(free)]
        waiting = set(chosen)
        for name in list(free):
            shown = self.shown[name]
            if shown is not None and shown.peer in waiting:
                placed[name] = shown
                waiting.discard(shown.peer)
                free.remove(name)
        for name, peer in zip(free, [peer for peer in chosen if peer in waiting], strict=False):
            placed[name] = Shown(peer, "mic")
        return placed


def _large(one: Publisher | None) -> Shown | None:
    if one is None:
        return None
    if "screen" in one.sources:
        return Shown(one.peer, "screen")
    return Shown(one.peer, "cam") if "cam" in one.sources else None


def _number(name: str) -> int:
    digits = name.lstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) if digits.isdecimal() else 0


def _rank(recent: list[str], peer: str) -> int:
    return recent.index(peer) if peer in recent else RECENT
