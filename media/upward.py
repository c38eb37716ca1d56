"""Reports and requests to one publisher: feedback, receiver reports, NACKs, keyframe requests.

What the layers of an `Ingress` need goes out as RTCP compounds through the peer's `Downlink`. Called
by the peer's tick (`reports`) and whenever something cannot wait for it (`requests`).
"""

from typing import Final

from media.downlink import Downlink
from media.flow.estimate import UpstreamCap
from media.up import Ingress
from media.wire import rtcp

REPORT_EVERY: Final = 1.0
"""Seconds between receiver reports."""
REMB_EVERY: Final = 1.0
REMB_CEILING: Final = 6_000_000.0
"""bit/s told to publishers that know no transport-wide feedback: three layers of a camera and a
screen."""
MAX_NACKS: Final = 200
"""Numbers in one NACK message."""


class Upward:
    """See the module; one per peer that sends."""

    __slots__ = ("_cap", "_downlink", "_expected", "_ingress", "_lost", "_next_remb", "_next_report",
                 "nacks", "plis", "ssrc")  # fmt: skip

    def __init__(self, ingress: Ingress, downlink: Downlink, ssrc: int) -> None:
        self._ingress = ingress
        self._downlink = downlink
        self._cap = UpstreamCap(REMB_CEILING)
        self._expected = self._lost = 0
        self._next_report = 0.0
        self._next_remb = 0.0
        self.ssrc = ssrc
        """What reports name as their sender."""
        self.nacks = 0
        self.plis = 0

    def requests(self, now: float, rtt: float) -> None:
        """Ask for packets and keyframes that are due."""
        out: list[bytes] = []
        for layer in self._ingress.layers():
            gaps = layer.gaps
            if gaps is None:
                continue
            if gaps.waiting:
                due = gaps.due(now, rtt)
                if due.keyframe:
                    layer.keyframes.want()
                for start in range(0, len(due.ask), MAX_NACKS):
                    numbers = due.ask[start : start + MAX_NACKS]
                    out.append(rtcp.build_nack(self.ssrc, layer.ssrc, numbers))
                    self.nacks += len(numbers)
            if layer.keyframes.due(now, rtt):
                out.append(rtcp.build_pli(self.ssrc, layer.ssrc))
                self.plis += 1
        if out:
            self._downlink.send_rtcp(b"".join(out))

    def reports(self, now: float) -> None:
        """Feedback of the last 100 ms; each second the receiver report."""
        layers = self._ingress.layers()
        feedback = self._ingress.feedback
        if feedback is not None and feedback.pending and layers:
            for message in feedback.build(self.ssrc, layers[0].ssrc):
                self._downlink.send_rtcp(message)
        if not layers:
            return
        if now >= self._next_report:
            self._next_report = now + REPORT_EVERY
            self._downlink.send_rtcp(self._receiver_report(now))
        if feedback is None and now >= self._next_remb:
            self._next_remb = now + REMB_EVERY
            sources = [layer.ssrc for layer in layers if layer.track.kind == "video"]
            if sources:
                received = sum(layer.rate.bps for layer in layers)
                self._cap.update(self._lost_share(), received, now)
                self._downlink.send_rtcp(rtcp.build_remb(self.ssrc, int(self._cap.bps), sources))

    def _lost_share(self) -> float:
        """Share of packets lost on the way up since the last call, repaired ones not counted."""
        expected = lost = 0
        for layer in self._ingress.layers():
            expected += layer.intake.reception.expected
            lost += layer.intake.reception.lost
        more, less = expected - self._expected, lost - self._lost
        self._expected, self._lost = expected, lost
        return min(max(less / more, 0.0), 1.0) if more > 0 else 0.0

    def _receiver_report(self, now: float) -> bytes:
        blocks: list[rtcp.ReportBlock] = []
        for layer in self._ingress.layers()[:31]:
            block = layer.intake.reception.block(layer.ssrc, now)
            if block is not None:
                blocks.append(block)
        return rtcp.build_receiver_report(self.ssrc, blocks)
