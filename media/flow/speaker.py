"""Who speaks, from the audio levels that clients send with every packet (RFC 6464), without decoding.

Levels come in per packet; `tick` says a few times a second who speaks now, loudest first, and who has
the floor. A cough or a door must not take the floor, and a breath must not lose it: it takes a while of
being clearly louder to get it, and a while of silence to let it go. With clients that set the voice
bit, noise without voice does not count.
"""

import math
from typing import Final

SILENT: Final = 127
RISE: Final = 0.25
"""Seconds in which loudness follows a voice up; short, as syllables are."""
FALL: Final = 0.60
"""Seconds in which it sinks again; bridges the pauses between words."""
AUDIBLE: Final = 30.0
"""dB above silence, -97 dBov: the level of a quiet voice into a bad microphone is near -60."""
ABOVE_NOISE: Final = 8.0
"""dB above the own noise floor that make a voice."""
FLOOR_UP: Final = 1.5
"""dB per second by which the noise floor follows upwards."""
SPEAKS: Final = 0.3
"""Seconds above the noise until somebody is said to speak."""
FIRST_FLOOR: Final = 50.0
"""dB above silence. The noise floor starts at what is heard first, but no higher: somebody may join in
the middle of a word."""
STOPS: Final = 1.2
"""Seconds of silence until not any more."""
TAKES: Final = 0.8
"""Seconds of being louder than who has the floor, to take it."""
LOUDER: Final = 3.0
"""dB."""
KEEPS: Final = 1.5
"""Seconds for which the floor is at least kept, unless its holder is silent."""
MAX_LISTED: Final = 8


class _Voice:
    __slots__ = ("at", "floor", "loudness", "since", "speaking", "until")

    def __init__(self, now: float, floor: float) -> None:
        self.at = now
        self.loudness = 0.0
        self.floor = floor
        self.since: float | None = None
        """Since when it is above the noise without a long pause."""
        self.until = -math.inf
        """When it last was."""
        self.speaking = False


class Speakers:
    """The voices of one room.

    Attributes:
        dominant: who has the floor; stays when everybody falls silent, empty at first.
        speaking: who speaks now, loudest first, at most `MAX_LISTED`.
    """

    __slots__ = ("_challenged", "_challenger", "_taken", "_voices", "dominant", "speaking")

    def __init__(self) -> None:
        self.dominant = ""
        self.speaking: list[str] = []
        self._voices: dict[str, _Voice] = {}
        self._challenger = ""
        self._challenged = 0.0
        self._taken = -math.inf

    def heard(self, peer: str, level: int, voice: bool, now: float, voice_bit: bool = False) -> None:
        """One audio packet of `peer`: its level (0 loudest to 127) and voice bit.

        `voice_bit`: the client is known to set the bit (it has been seen set); then packets without it
        are noise, however loud.
        """
        loud = float(SILENT - min(max(level, 0), SILENT))
        found = self._voices.get(peer)
        if found is None:
            found = self._voices[peer] = _Voice(now, min(loud, FIRST_FLOOR))
        passed = min(max(now - found.at, 0.0), 1.0)
        found.at = now
        if voice_bit and not voice:
            loud = min(loud, found.floor)
        follow = RISE if loud > found.loudness else FALL
        found.loudness += (loud - found.loudness) * (1.0 - math.exp(-passed / follow))
        if loud < found.floor:
            found.floor = loud
        else:
            found.floor = min(found.floor + FLOOR_UP * passed, loud)
        if loud > AUDIBLE and loud > found.floor + ABOVE_NOISE:
            if found.since is None:
                found.since = now
            found.until = now

    def gone(self, peer: str) -> None:
        """`peer` left, or its microphone ended."""
        self._voices.pop(peer, None)
        if self.dominant == peer:
            self.dominant = ""
        if self._challenger == peer:
            self._challenger = ""
        self.speaking = [one for one in self.speaking if one != peer]

    def tick(self, now: float) -> bool:
        """Reckon anew, some 5 times a second. True when `speaking` or `dominant` changed."""
        before = (self.dominant, tuple(self.speaking))
        for voice in self._voices.values():
            pause = now - voice.until
            if pause > STOPS:
                voice.since, voice.speaking = None, False
            elif voice.since is not None and voice.until - voice.since >= SPEAKS:
                voice.speaking = True
            if now - voice.at > FALL:  # DTX: no packets are silence
                passed = min(now - voice.at, 1.0)
                voice.loudness *= math.exp(-passed / FALL)
        active = [peer for peer, voice in self._voices.items() if voice.speaking]
        active.sort(key=lambda peer: (-self._rank(peer), peer))
        self.speaking = active[:MAX_LISTED]
        self._floor(now)
        return before != (self.dominant, tuple(self.speaking))

    def _rank(self, peer: str) -> float:
        """Loudness in steps, the present order favoured, so that equals do not change places."""
        bonus = LOUDER if peer in self.speaking else 0.0
        return round((self._voices[peer].loudness + bonus) / LOUDER)

    def _floor(self, now: float) -> None:
        if not self.speaking:
            self._challenger = ""
            return
        holder = self._voices.get(self.dominant)
        if holder is None or not holder.speaking:
            # Nobody to wait for: whoever speaks has it.
            self._take(self.speaking[0], now)
            return
        loudest = max(
            (peer for peer in self.speaking if peer != self.dominant),
            key=lambda peer: self._voices[peer].loudness,
            default="",
        )
        if not loudest or self._voices[loudest].loudness < holder.loudness + LOUDER:
            self._challenger = ""
        elif loudest != self._challenger:
            self._challenger, self._challenged = loudest, now
        elif now - self._challenged >= TAKES and now - self._taken >= KEEPS:
            self._take(loudest, now)

    def _take(self, peer: str, now: float) -> None:
        if peer != self.dominant:
            self.dominant = peer
            self._taken = now
        self._challenger = ""
