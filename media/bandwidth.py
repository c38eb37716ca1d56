"""How much one subscriber can take: its reports in, an estimate in bit/s and probes out.

Transport-wide feedback is matched with the downlink's record of runs; REMB and receiver reports go
through as they are. Probes are repeats of what was sent last, by RTX: they cost the viewer nothing but
bytes, and mend a loss that nobody has noticed yet.
"""

from collections.abc import Iterable
from typing import Final

from media.down import DownSlot
from media.downlink import Downlink
from media.flow.estimate import PROBE_WAIT, ArrivalClock, Estimator, Probe, match
from media.wire.feedback import TICK, TransportFeedback
from media.wire.seq import extend_seq

GROUP: Final = 0.020
"""Seconds. Runs that left within it count as one: a queue shows as well in fewer, larger groups, and each
costs the estimator as much as sealing three packets. At 30 frames/s nothing is merged; at 60, and with
sound between, pairs are."""
SKIM: Final = 0.18
"""Seconds for which reports stay unread after one that found the link calm and roomy. Browsers send 10 to
20 a second; opening, parsing and judging each costs more than sealing what it speaks of, and a queue
that builds up still shows within a fifth of a second."""
ROOMY: Final = 1.25
"""Times what would be used."""
GRACE: Final = 3.0
"""Seconds from the first report on in which the estimate may still be far too low."""
TRIAL: Final = 3.0
"""Seconds for which one picture is sent again to a link too thin for any: without it nothing could carry
a probe, and nobody would ever know that the link is better."""
TRIAL_EVERY: Final = 12.0
PROBE_PARTS: Final = 3
"""A probe leaves in so many turns of the wheel, 10 ms apart."""


class Bandwidth:
    """See the module; one per peer."""

    __slots__ = (
        "_clock",
        "_downlink",
        "_estimator",
        "_first",
        "_left",
        "_probe",
        "_probe_first",
        "_probe_until",
        "_skim_until",
        "_skimmed",
        "_trial",
        "_wanted",
    )

    def __init__(self, downlink: Downlink) -> None:
        self._downlink = downlink
        self._estimator = Estimator()
        self._clock = ArrivalClock()
        self._probe: Probe | None = None
        self._probe_first = 0
        self._probe_until = 0.0
        self._left = 0
        self._first = -1.0
        self._trial = -1e9
        self._wanted = float("inf")
        """bit/s that would be used if they were there."""
        self._skim_until = 0.0
        self._skimmed = False

    @property
    def bps(self) -> float:
        """bit/s that may be sent to this peer."""
        return self._estimator.bps

    @property
    def roomy(self) -> bool:
        """The link takes clearly more than would be used."""
        return self._estimator.bps > self._wanted * ROOMY

    @property
    def acked_bps(self) -> float:
        """bit/s that arrived of late."""
        return self._estimator.acked_bps

    def untried(self, now: float) -> bool:
        """Nothing is known of the link yet: the least of each picture goes out to find it out."""
        return self._first < 0.0 or now - self._first < GRACE

    def trying(self, now: float) -> bool:
        """The least of the most important picture goes out although the link is thought too thin."""
        return now - self._trial < TRIAL

    def without_picture(self, now: float) -> None:
        """Pictures are wanted and none is sent: begin a trial when one is due."""
        if now - self._trial >= TRIAL_EVERY:
            self._trial = now

    @property
    def loss(self) -> float:
        """Share of packets lost of late."""
        return self._estimator.loss

    def skims(self, now: float) -> bool:
        """Whether a transport feedback that comes now may stay unread."""
        if now >= self._skim_until:
            return False
        self._skimmed = True
        return True

    def _unread(self, base: int) -> int:
        """Bytes of the runs before a report's first packet, taken out: they were reported on unread."""
        history = self._downlink.history
        if not self._skimmed or not history:
            return 0
        self._skimmed = False
        base = extend_seq(base, history[-1].first)
        size = 0
        while history and history[0].first + history[0].packets <= base:
            size += history.popleft().size
        return size

    def feedback(self, report: TransportFeedback, now: float, rtt: float) -> None:
        self._heard(now)
        unread = self._unread(report.base)
        origin = self._clock.origin(report)
        # A probe is measured by its own packets alone.
        group = GROUP if now >= self._probe_until else 0.0
        results = match(self._downlink.history, report.base, report.arrivals, group, origin, TICK)
        if results:
            self._estimator.feedback(results, now, rtt, unread)
        settled = now >= self._probe_until and not self.untried(now)
        if settled and self.roomy and self._estimator.calm(now):
            self._skim_until = now + SKIM

    def remb(self, bitrate: int, now: float) -> None:
        self._heard(now)
        self._estimator.remb(float(bitrate), now)

    def report(self, fraction_lost: float, now: float) -> None:
        self._estimator.receiver_report(fraction_lost, now)

    def _heard(self, now: float) -> None:
        if self._first < 0.0:
            self._first = now

    # --- probes -------------------------------------------------------------------------------------

    @property
    def probing(self) -> bool:
        return self._probe is not None

    def plan_probe(self, now: float, wanted: float) -> None:
        """Begin a probe if one is due; `wanted`: bit/s that would be used if they were there."""
        self._wanted = wanted
        if self._probe is None and wanted > self._estimator.bps:
            self._probe = self._estimator.next_probe(now, wanted)
            if self._probe is not None:
                self._skim_until = 0.0
                self._probe_until = now + PROBE_WAIT
                self._left = self._probe.size
                self._probe_first = self._downlink.transport_seq

    def send_probe(self, slots: Iterable[DownSlot], now: float) -> None:
        """The next part of the probe under way; to be called each 10 ms while `probing`."""
        probe = self._probe
        if probe is None:
            return
        part = min(max(probe.size, 1) // PROBE_PARTS + 1, self._left)
        shown = next((slot for slot in slots if slot.layer is not None and slot.kind == "video"), None)
        sent = shown.repeat(part, now) if shown is not None else 0
        self._left -= part
        if sent:
            self._estimator.probe_sent(probe.number, self._probe_first, self._downlink.transport_seq - 1)
        if not sent or self._left <= 0:
            self._probe = None
