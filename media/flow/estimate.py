"""How much one subscriber's link can take, from what its client reports.

Send and arrival times of packets (transport-wide feedback) go in, an estimate in bit/s comes out,
after the published ideas of Google congestion control (draft-ietf-rmcat-gcc-02; Carlucci et al.,
"Analysis and design of the Google congestion control for WebRTC", 2016): a queue that builds up shows
as a trend in one-way delay before anything is lost; then the rate falls below what arrives, and rises
again slowly. Losses past 10 % cap it. A server seldom sends as much as the link could take, so what is
above shows only in probes: short bursts at a higher rate, planned here, sent by the caller.

Clients without that feedback send REMB, their own estimate, which is then taken as it is.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from media.flow.trend import Trend
from media.wire.feedback import TransportFeedback
from media.wire.seq import Unwrapper, extend_seq

START: Final = 1_500_000.0
"""bit/s before anything is known: a stage at 720p, less than most links take."""
FLOOR: Final = 50_000.0
CEILING: Final = 30_000_000.0
ACKED_WINDOW: Final = 0.5
"""Seconds over which the rate that arrives is measured."""
BACK_OFF: Final = 0.85
"""Of what arrived, after overuse."""
GROWTH: Final = 1.08
"""A second, while far from the last limit met."""
HIGH_LOSS: Final = 0.10
LOW_LOSS: Final = 0.02
BURST_PACKETS: Final = 5
BURST_TIME: Final = 0.02
"""What one feedback message must cover at least to tell how fast a queue empties: packets, seconds."""
RADIO_LOSS: Final = 0.25
"""Up to here losses may be the radio's own, whatever is sent: then they bring the rate down to
`RADIO_BPS` and no further. A queue (`_delay`) and heavier losses still do."""
RADIO_BPS: Final = 400_000.0
"""Three voices and the smallest picture. At 10 % random loss the rate went to the floor and all
pictures off (measured: 600 kbit/s, 80 ms)."""
STANDING: Final = 0.200
"""Seconds above the path's own delay that, with losses, mean a full queue."""
CALM_LOSS: Final = 0.005
CALM_STANDING: Final = 0.015
"""Seconds above the path's own delay: less is the jitter of a good network."""
FRESH: Final = 3.0
"""Seconds for which transport-wide feedback outweighs REMB."""


class RunResult(NamedTuple):
    """The fate of packets that left together, as far as one feedback message tells. Send times are on
    our clock, arrivals on the receiver's: only differences within each matter."""

    first: int
    """Extended transport-wide number of the first packet reported on."""
    sent: float
    began: float | None
    """Arrival of the first that came, None when none did."""
    arrived: float | None
    """Arrival of the last that came."""
    size: int
    """Bytes of those that came."""
    packets: int
    lost: int


_result: Any = tuple.__new__
"""Half the price of calling `RunResult`."""


def match(
    history: deque[Any],
    base: int,
    times: Sequence[float | None],
    group: float = 0.0,
    origin: float = 0.0,
    unit: float = 1.0,
) -> list[RunResult]:
    """Results for the runs that a feedback message speaks of.

    Args:
        history: runs in the order sent, each (extended transport-wide number of the first packet,
            packets, seconds, bytes of them all). Those reported on, or skipped by the report, are
            taken out; each is looked at once, so a packet costs next to nothing.
        base: sequence number of the message's first entry, 16 bits.
        times: arrivals in `unit` seconds after `origin`, None for what did not come.
        group: runs that left within so many seconds are one result, where something of each came. Its
            times are the last run's: those of departure and arrival must belong together.
    """
    if not history:
        return []
    base = extend_seq(base, history[-1][0])
    stop = base + len(times)
    # Nearly always all came, in order: then the first and the last of a run are known by their place.
    plain = None not in times and times == sorted(times)  # type: ignore[type-var]
    out: list[RunResult] = []
    since = -1e9
    number, octets, count, missing = 0, 0, 0, 0
    open_group = False
    before: tuple[float, float | None, float | None] = (0.0, None, None)
    while history:
        first, packets, sent, size = history[0]
        end = first + packets
        if first >= stop:
            break
        if end > base:
            start = first if first > base else base
            reported = (end if end < stop else stop) - start
            came = reported
            began: float | None
            arrived: float | None
            at = start - base
            if plain:
                began = origin + times[at] * unit  # type: ignore[operator]
                arrived = origin + times[at + reported - 1] * unit  # type: ignore[operator]
            elif part := [time for time in times[at : at + reported] if time is not None]:
                came = len(part)
                began, arrived = origin + min(part) * unit, origin + max(part) * unit
            else:
                came, began, arrived = 0, None, None
            arrived_size = size if came == packets else size * came // packets
            if open_group and sent - since < group and before[1] is not None and began is not None:
                octets += arrived_size
                count += reported
                missing += reported - came
            else:
                if open_group:
                    out.append(_result(RunResult, (number, *before, octets, count, missing)))
                since, open_group = sent, True
                number, octets, count, missing = start, arrived_size, reported, reported - came
            before = (sent, began, arrived)
        if end > stop:
            break  # the rest of this run is in the next message
        history.popleft()
    if open_group:
        out.append(_result(RunResult, (number, *before, octets, count, missing)))
    return out


class ArrivalClock:
    """Turns the reference times of feedback messages (24 bits of 64 ms) into seconds that go on."""

    __slots__ = ("_reference",)

    def __init__(self) -> None:
        self._reference = Unwrapper(24)

    def origin(self, feedback: TransportFeedback) -> float:
        """Seconds from which the message's arrivals count in `TICK`s."""
        return self._reference.unwrap(feedback.reference & 0xFFFFFF) * 0.064


class Probe(NamedTuple):
    """Send `size` bytes of extra packets (at least `packets`) evenly within `duration` seconds, and tell
    `Estimator.probe_sent` their transport-wide numbers."""

    number: int
    bps: float
    size: int
    packets: int
    duration: float


PROBE_TIME: Final = 0.020
PROBE_PACKETS: Final = 6
PROBE_WAIT: Final = 1.0
"""Seconds for the answer to a probe."""
PROBE_EVERY: Final = 4.0
PROBE_SLOWEST: Final = 32.0
AFTER_OVERUSE: Final = 6.0


class _Running:
    """A probe under way."""

    __slots__ = ("arrivals", "first", "last", "packets", "plan", "sends", "since", "size")

    def __init__(self, plan: Probe, now: float) -> None:
        self.plan = plan
        self.since = now
        self.first = self.last = -1
        self.sends: list[float] = []
        self.arrivals: list[float] = []
        self.packets = 0
        self.size = 0


class Estimator:
    """One subscriber's estimate; `bps` is its present value."""

    __slots__ = (
        "_acked",
        "_acked_bytes",
        "_at",
        "_bursts",
        "_ceiling",
        "_delay_bps",
        "_feedback_at",
        "_limit",
        "_loss_at",
        "_loss_bps",
        "_loss_lost",
        "_loss_total",
        "_overuse_at",
        "_probe",
        "_probe_at",
        "_probe_number",
        "_probe_pause",
        "_remb",
        "_trend",
        "loss",
    )

    def __init__(self, start: float = START, ceiling: float = CEILING) -> None:
        self._ceiling = ceiling
        self._delay_bps = start
        self._loss_bps = ceiling
        self._remb: float | None = None
        self._feedback_at: float | None = None
        self._at: float | None = None
        self._trend = Trend()
        self._limit: float | None = None
        """What arrived when the link was last full."""
        self._acked: deque[tuple[float, int]] = deque()
        self._acked_bytes = 0
        self._bursts: deque[Sequence[RunResult]] = deque(maxlen=3)
        """The last messages: how fast their packets came in is asked only when a queue builds up."""
        self._overuse_at = -1e9
        self._loss_at = -1e9
        self._loss_total = 0
        self._loss_lost = 0
        self.loss = 0.0
        """Share of packets lost of late, 0..1."""
        self._probe: _Running | None = None
        self._probe_at = -1e9
        self._probe_pause = 0.0
        self._probe_number = 0

    @property
    def bps(self) -> float:
        """bit/s that may be sent, sound and repairs included."""
        if self._feedback_at is None and self._remb is not None:
            return min(max(min(self._remb, self._loss_bps), FLOOR), self._ceiling)
        return min(max(min(self._delay_bps, self._loss_bps), FLOOR), self._ceiling)

    @property
    def acked_bps(self) -> float:
        """bit/s that arrived in the last half second."""
        return self._acked_bytes * 8 / ACKED_WINDOW

    def calm(self, now: float) -> bool:
        """No queue, next to no loss, and nothing being found out: the next report will hardly say more."""
        return (
            self._trend.standing < CALM_STANDING
            and self.loss < CALM_LOSS
            and self._probe is None
            and now - self._overuse_at > AFTER_OVERUSE
        )

    # --- what the client says ----------------------------------------------------------------------

    def feedback(self, results: Sequence[RunResult], now: float, rtt: float, unread: int = 0) -> None:
        """What `match` made of one feedback message; `rtt` in seconds, `unread`: bytes that the messages
        before it spoke of, which were left unread as all was well."""
        self._feedback_at = now
        overuse = False
        running = self._probe
        trend, acked = self._trend, self._acked
        for result in results:
            first, sent, began, arrived, size, packets, lost = result
            self._loss_total += packets
            self._loss_lost += lost
            if began is None or arrived is None:
                continue
            acked.append((arrived, size + unread))
            self._acked_bytes += size + unread
            unread = 0
            if running is not None and running.first <= first <= running.last:
                self._probed(running, result)
            elif trend.run(sent, began, arrived):
                overuse = True
        if acked:
            oldest = acked[-1][0] - ACKED_WINDOW
            while acked[0][0] < oldest:
                self._acked_bytes -= acked.popleft()[1]
        self._bursts.append(results)
        if trend.standing > STANDING and self.loss > LOW_LOSS:
            overuse = True  # the queue is full already, so it does not grow: it overflows
        self._delay(overuse, now, rtt)
        if self._loss_total >= 20 and now - self._loss_at >= 0.3 + rtt:
            self._lossy(self._loss_lost / self._loss_total, now)
            self._loss_total = self._loss_lost = 0
        self._finish_probe()

    def remb(self, bps: float, now: float) -> None:
        """The receiver's own estimate; counts where there is no transport-wide feedback."""
        if self._feedback_at is not None and now - self._feedback_at > FRESH:
            self._feedback_at = None
        self._remb = bps

    def receiver_report(self, fraction_lost: float, now: float) -> None:
        """Loss from a receiver report; counts where there is no transport-wide feedback."""
        if self._feedback_at is None:
            self._lossy(fraction_lost, now)

    # --- the two controllers -----------------------------------------------------------------------

    def _delay(self, overuse: bool, now: float, rtt: float) -> None:
        passed = 0.0 if self._at is None else min(max(now - self._at, 0.0), 1.0)
        self._at = now
        acked = self.acked_bps
        if overuse:
            if now - self._overuse_at >= 0.2 + rtt:
                # Once for each queue: what is on its way does not know of the decrease yet.
                self._overuse_at = now
                # Who sends little, and then a keyframe, fills a queue that empties at the link's own rate:
                # that is what it can take, not the little that came in the half second before.
                full = min(max(acked, *map(_burst_bps, self._bursts)), self._delay_bps)
                self._limit = full if self._limit is None else self._limit * 0.6 + full * 0.4
                self._delay_bps = max(full * BACK_OFF, FLOOR)
            return
        if self._trend.draining or now - self._overuse_at < 0.2 + rtt:
            return
        limit = self._limit
        if limit is not None and acked > limit * 1.3:
            limit = self._limit = None  # the link has become better: forget where it was full
        if limit is not None and self._delay_bps > limit * 0.7:
            grown = self._delay_bps + 9600.0 * passed / (rtt + 0.1)  # one packet per response time
        else:
            grown = self._delay_bps * GROWTH**passed
        # What was never tried is not known to work: no further than half above what arrives.
        grown = min(grown, acked * 1.5 + 10_000.0)
        if limit is None:
            # What arrives without a queue is known to fit: no pacer holds us to the first guess.
            grown = max(grown, acked)
        self._delay_bps = min(max(self._delay_bps, grown), self._ceiling)

    def _lossy(self, loss: float, now: float) -> None:
        passed = min(max(now - self._loss_at, 0.0), 1.0)
        self._loss_at = now
        self.loss += (loss - self.loss) * 0.5
        if loss > HIGH_LOSS:
            least = RADIO_BPS if self.loss < RADIO_LOSS else FLOOR
            lower = min(self._loss_bps, self.bps) * (1.0 - 0.5 * loss)
            self._loss_bps = min(self._loss_bps, max(least, lower))
        elif loss < LOW_LOSS:
            self._loss_bps = min(self._ceiling, self._loss_bps * GROWTH**passed + 1000.0 * passed)

    # --- probing -----------------------------------------------------------------------------------

    def next_probe(self, now: float, wanted: float) -> Probe | None:
        """A probe to send now, or None. `wanted`: bit/s that would be used if they were there.

        To be asked some ten times a second. Probes double the estimate, quickly while they succeed and
        ever more seldom when they do not; none soon after the link was found full.
        """
        if (
            self._feedback_at is None
            or now - self._feedback_at > 1.0
            or wanted <= self.bps
            or now - self._overuse_at < AFTER_OVERUSE
        ):
            return None
        running = self._probe
        if running is not None:
            if now - running.since < PROBE_WAIT:
                return None
            self._failed()
        if now - self._probe_at < self._probe_pause:
            return None
        self._probe_number += 1
        self._probe_at = now
        bps = min(self.bps * 2.0, wanted * 1.2, self._ceiling)
        size = max(int(bps * PROBE_TIME / 8), PROBE_PACKETS * 200)
        plan = Probe(self._probe_number, bps, size, PROBE_PACKETS, size * 8 / bps)
        self._probe = _Running(plan, now)
        return plan

    def probe_sent(self, number: int, first: int, last: int) -> None:
        """The probe went out as the (extended) transport-wide numbers `first` to `last`, with nothing else
        between them."""
        running = self._probe
        if running is not None and running.plan.number == number:
            running.first, running.last = first, last

    @staticmethod
    def _probed(running: _Running, result: RunResult) -> None:
        assert result.began is not None
        assert result.arrived is not None
        running.sends.append(result.sent)
        running.arrivals += (result.began, result.arrived)
        running.packets += result.packets - result.lost
        running.size += result.size

    def _finish_probe(self) -> None:
        running = self._probe
        if running is None or running.size < running.plan.size * 0.8:
            return
        count = running.packets
        if count < running.plan.packets * 0.8 or count < 3:
            return
        share = (count - 1) / count  # the first packet's own time is not within the span
        bits = running.size * 8 * share
        took = max(running.arrivals) - min(running.arrivals)
        lasted = max(running.sends) - min(running.sends)
        sent_bps = bits / max(lasted, 0.001)
        got_bps = bits / max(took, 0.001)
        found = min(sent_bps, got_bps)
        if got_bps < sent_bps * 0.9:
            found = got_bps * 0.95  # the link itself was the limit: stay a little below
        before = self._delay_bps
        self._delay_bps = min(max(before, min(found, running.plan.bps)), self._ceiling)
        self._loss_bps = max(self._loss_bps, self._delay_bps) if self.loss < LOW_LOSS else self._loss_bps
        if self._delay_bps > before * 1.2:
            self._probe = None
            self._probe_pause = 0.3
        else:
            self._failed()

    def _failed(self) -> None:
        self._probe = None
        self._probe_pause = min(max(self._probe_pause * 2.0, PROBE_EVERY), PROBE_SLOWEST)


def _burst_bps(results: Sequence[RunResult]) -> float:
    """bit/s at which the packets of one message came in, 0 where they are too few to tell."""
    came = [r for r in results if r.began is not None and r.arrived is not None]
    packets = sum(r.packets - r.lost for r in came)
    if packets < BURST_PACKETS:
        return 0.0
    began, arrived = came[0].began, came[-1].arrived
    assert began is not None
    assert arrived is not None
    if arrived - began < BURST_TIME:
        return 0.0
    return sum(r.size for r in came) * 8 * (packets - 1) / packets / (arrived - began)


class UpstreamCap:
    """What we tell a publisher by REMB that we can receive. A sender with transport-wide feedback
    reckons for itself and takes it as a ceiling; one without obeys it, and starts too low to open its
    layers, so it is generous from the first and falls only where packets are lost on the way up."""

    __slots__ = ("_at", "_ceiling", "bps")

    def __init__(self, ceiling: float) -> None:
        """`ceiling`: bit/s for all tracks of the publisher together, simulcast layers included."""
        self._ceiling = ceiling
        self._at: float | None = None
        self.bps = ceiling

    def update(self, loss: float, received_bps: float, now: float) -> float:
        """Reckon anew, about once a second: share of packets lost (0..1), bit/s that arrive."""
        passed = 0.0 if self._at is None else min(now - self._at, 2.0)
        self._at = now
        if loss > HIGH_LOSS:
            target = max(received_bps * (1.0 - 0.5 * loss), 2 * FLOOR)
            self.bps = min(self.bps, target)
        elif loss < LOW_LOSS:
            self.bps = min(self._ceiling, self.bps * GROWTH**passed + 10_000.0 * passed)
        return self.bps
