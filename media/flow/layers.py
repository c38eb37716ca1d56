"""Which simulcast and temporal layer each slot of one subscriber gets.

What the slots would like (how high they are drawn, what the publishers offer now) and what the link can
take go in; a choice for each slot comes out. Sound has gone off the top already: what is left is
shared by order of importance. First everybody gets the least there is, then the stage is raised as far
as it is drawn, then the speaker, then the tiles in turn. Going down is at once, going up needs spare
room and some patience, so that a link at its limit does not flicker between two layers.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

ALL_TIDS: Final = 7
SHARES: Final[dict[int, tuple[float, ...]]] = {1: (1.0,), 2: (0.6, 1.0), 3: (0.4, 0.6, 1.0)}
"""Of a layer's rate, up to each temporal layer: how libwebrtc divides VP8 (L1T2, L1T3)."""
SPARE: Final = 1.15
"""A raise must fit this many times over."""
FITS_DRAWN: Final = 0.75
"""A layer at least this share of the drawn height will do: nobody sees the rest in a tile."""
PATIENCE: Final = 4.0
"""Seconds after a slot was lowered before it is raised again; doubles when the raise did not last."""
MAX_PATIENCE: Final = 60.0
LASTED: Final = 15.0
"""Seconds after which a raise has lasted."""
UNKNOWN_HEIGHT: Final = 180
"""Pixels assumed of the smallest layer before its first keyframe; each next one is twice as high."""
SOUND_BPS: Final = 60_000.0
"""To keep free for each audio slot in use: Opus at 40 kbit/s, headers, repairs."""


class LayerOffer(NamedTuple):
    """One layer that arrives now."""

    rid: str
    height: int
    """Pixels, 0 when not known yet."""
    bps: float
    """Smoothed over a second or more: keyframes must not look like a larger layer."""
    tids: int = 1
    """Temporal layers, 1 to 3."""


class Ask(NamedTuple):
    """One open video slot that shows somebody."""

    slot: str
    source: str
    """Whose picture: the slot's history counts only for the same one."""
    importance: int
    """0 first: stage, then speaker, then tiles. Equal ones share."""
    height: int
    """Pixels it is drawn at, 0 for unknown: as large as there is."""
    layers: tuple[LayerOffer, ...]
    """From small to large."""


class Choice(NamedTuple):
    rid: str | None
    """None: the link is too thin for any."""
    tid: int
    """Highest temporal layer to send, `ALL_TIDS` for all."""


class Plan(NamedTuple):
    choices: dict[str, Choice]
    used: float
    """bit/s of what was chosen."""
    wanted: float
    """bit/s if the link took everything that is drawn: what to probe for."""


class _Option(NamedTuple):
    choice: Choice
    bps: float


class _Slot:
    """What a slot had, and when it was lowered."""

    __slots__ = ("choice", "lowered", "patience", "raised", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.choice = Choice(None, ALL_TIDS)
        self.lowered = -1e9
        self.raised = -1e9
        self.patience = PATIENCE


def options(ask: Ask) -> list[_Option]:
    """The slot's steps from the least to the most that makes sense, costs rising."""
    found: list[_Option] = []
    for index, layer in enumerate(ask.layers):
        if index == 0:
            # Temporal steps are for the smallest alone: a larger picture that stutters is no better.
            shares = SHARES[min(max(layer.tids, 1), 3)][:-1]
            found += [_Option(Choice(layer.rid, tid), layer.bps * share) for tid, share in enumerate(shares)]
        found.append(_Option(Choice(layer.rid, ALL_TIDS), layer.bps))
        height = layer.height or UNKNOWN_HEIGHT << index
        if ask.height and height >= ask.height * FITS_DRAWN:
            break
    return found


class LayerPolicy:
    """The choices of one subscriber over time. `now` in seconds."""

    __slots__ = ("_slots",)

    def __init__(self) -> None:
        self._slots: dict[str, _Slot] = {}

    def choose(self, asks: Iterable[Ask], budget: float, sounds: int, now: float) -> Plan:
        """Choose anew, a few times a second and whenever an ask changes.

        Args:
            budget: bit/s that the link takes, sound included (`Estimator.bps`).
            sounds: audio slots in use.
        """
        left = budget - sounds * SOUND_BPS
        ordered = sorted((ask for ask in asks if ask.layers), key=lambda ask: ask.importance)
        steps = {ask.slot: options(ask) for ask in ordered}
        ceilings = {ask.slot: self._ceiling(ask, steps[ask.slot], now) for ask in ordered}
        have = {ask.slot: self._have(ask, steps[ask.slot]) for ask in ordered}
        at: dict[str, int] = {}
        for ask in ordered:
            least = steps[ask.slot][0]
            fits = left >= least.bps * _spare(least, have[ask.slot])
            at[ask.slot] = 0 if fits else -1
            left -= least.bps if fits else 0.0
        for group in _groups(ordered):
            rising = [ask for ask in group if at[ask.slot] == 0]
            while rising:
                still: list[Ask] = []
                for ask in rising:
                    step = at[ask.slot]
                    if step >= ceilings[ask.slot]:
                        continue
                    worse, better = steps[ask.slot][step : step + 2]
                    more = better.bps - worse.bps
                    if more <= 0 or left >= more * _spare(better, have[ask.slot]):
                        at[ask.slot] = step + 1
                        left -= more
                        still.append(ask)
                rising = still
        used = sum(steps[slot][step].bps for slot, step in at.items() if step >= 0)
        wanted = sum(steps[ask.slot][-1].bps for ask in ordered) + sounds * SOUND_BPS
        choices = {ask.slot: self._settle(ask, steps[ask.slot], at[ask.slot], now) for ask in ordered}
        self._slots = {slot: state for slot, state in self._slots.items() if slot in choices}
        return Plan(choices, used + sounds * SOUND_BPS, wanted * SPARE)

    def _known(self, ask: Ask) -> _Slot | None:
        found = self._slots.get(ask.slot)
        return found if found is not None and found.source == ask.source else None

    def _have(self, ask: Ask, steps: Sequence[_Option]) -> float:
        """bit/s of what the slot has now; without bound for somebody new."""
        known = self._known(ask)
        if known is None:
            return math.inf
        return next((step.bps for step in steps if step.choice == known.choice), 0.0)

    def _ceiling(self, ask: Ask, steps: Sequence[_Option], now: float) -> int:
        """The highest step allowed now: no raise soon after a fall."""
        known = self._known(ask)
        if known is None or now - known.lowered >= known.patience:
            return len(steps) - 1
        for index, step in enumerate(steps):
            if step.choice == known.choice:
                return index
        return len(steps) - 1 if known.choice.rid is not None else 0

    def _settle(self, ask: Ask, steps: Sequence[_Option], at: int, now: float) -> Choice:
        choice = steps[at].choice if at >= 0 else Choice(None, ALL_TIDS)
        known = self._known(ask)
        if known is None:
            known = self._slots[ask.slot] = _Slot(ask.source)
            known.choice = choice
            return choice
        if choice != known.choice:
            before = next((i for i, step in enumerate(steps) if step.choice == known.choice), -1)
            if at < before:
                if now - known.raised < LASTED:
                    known.patience = min(known.patience * 2.0, MAX_PATIENCE)
                known.lowered = now
            else:
                known.raised = now
            known.choice = choice
        elif now - known.raised > LASTED and now - known.lowered > MAX_PATIENCE:
            known.patience = PATIENCE
        return choice


def _spare(option: _Option, have: float) -> float:
    """How many times over an option must fit: once for what the slot has already, and for the first
    picture of somebody new."""
    return 1.0 if option.bps <= have else SPARE


def _groups(ordered: Sequence[Ask]) -> list[list[Ask]]:
    """Runs of equal importance."""
    groups: list[list[Ask]] = []
    for ask in ordered:
        if groups and groups[-1][0].importance == ask.importance:
            groups[-1].append(ask)
        else:
            groups.append([ask])
    return groups


def importance(slot: str) -> int:
    """Of a slot by its name: stage, speaker, everything else."""
    return {"stage": 0, "speaker": 1}.get(slot, 2)
