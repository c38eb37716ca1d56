"""How much one subscriber can take: feedback of all kinds in, an estimate in bit/s out.

Transport-wide feedback, where the client sends it, is matched with the downlink's record of runs; REMB
is taken as it is. The estimate drives the choice of layers.
"""

from typing import Final

from media.downlink import Downlink
from media.wire.feedback import TransportFeedback
from media.wire.seq import extend_seq

START: Final = 2_000_000.0
"""bit/s assumed before anything is known."""


class Bandwidth:
    """See the module; one per peer."""

    __slots__ = ("_downlink", "acked", "estimate", "lost")

    def __init__(self, downlink: Downlink) -> None:
        self._downlink = downlink
        self.estimate = START
        self.acked = 0
        self.lost = 0

    def feedback(self, report: TransportFeedback, now: float) -> None:
        missing = report.arrivals.count(None)
        self.lost += missing
        self.acked += len(report.arrivals) - missing
        extend_seq(report.base, self._downlink.transport_seq)

    def remb(self, bitrate: int, now: float) -> None:
        self.estimate = float(bitrate)

    def loss(self, fraction: float, now: float) -> None:
        pass
