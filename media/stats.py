"""Numbers for people: per-peer figures each 5 s, and the worker's own counters by Prometheus name.

The engine's plain counts come in, `Stats` (media/messages.py) goes out.
"""

import resource
from collections.abc import Iterable, Mapping
from typing import Final

from media.messages import PeerStats, Stats
from media.peer import Peer

EVERY: Final = 5.0
"""Seconds."""

PREFIX: Final = "sabak_media_"


def peer_stats(peer: Peer) -> PeerStats:
    """What is known of one peer now; shares and rates of the last seconds."""
    expected = lost = 0
    for layer in peer.ingress.layers():
        expected += layer.intake.reception.expected
        lost += layer.intake.reception.lost
    marks = peer.marks
    more, less = expected - marks.expected, lost - marks.lost
    marks.expected, marks.lost = expected, lost
    path = peer.downlink.path
    return PeerStats(
        peer=peer.name,
        rtt=round(peer.rtt * 1000, 1),
        loss_up=max(0.0, min(1.0, less / more)) if more > 0 else 0.0,
        loss_down=_loss_down(peer),
        kbps_up=round(peer.rate_up.bps / 1000, 1),
        kbps_down=round(peer.rate_down.bps / 1000, 1),
        path=path.kind if path is not None else "udp",
    )


def _loss_down(peer: Peer) -> float:
    blocks = [
        slot.blocks for slot in peer.slots.values() if slot.layer is not None and slot.blocks is not None
    ]
    return max((block.fraction_lost for block in blocks), default=0.0)


def counters(
    counts: Mapping[str, int], gauges: Mapping[str, float], peers: Iterable[Peer]
) -> dict[str, float]:
    """By Prometheus name: counts end in ``_total``, gauges do not."""
    out: dict[str, float] = {f"{PREFIX}{name}_total": float(value) for name, value in counts.items()}
    forwarded = octets = refused = dropped = 0
    for peer in peers:
        forwarded += peer.downlink.packets_sent
        octets += peer.downlink.bytes_sent
        refused += peer.downlink.refused
        dropped += sum(slot.dropped for slot in peer.slots.values())
    for name, value in (
        ("packets_forwarded", forwarded),
        ("bytes_forwarded", octets),
        ("packets_unsealed", refused),
        ("packets_dropped", dropped),
    ):
        out[f"{PREFIX}{name}_total"] = out.get(f"{PREFIX}{name}_total", 0.0) + value
    out |= {f"{PREFIX}{name}": value for name, value in gauges.items()}
    usage = resource.getrusage(resource.RUSAGE_SELF)
    out[f"{PREFIX}cpu_seconds_total"] = usage.ru_utime + usage.ru_stime
    out[f"{PREFIX}memory_bytes"] = float(usage.ru_maxrss * 1024)
    return out


def gather(counts: Mapping[str, int], gauges: Mapping[str, float], peers: list[Peer]) -> Stats:
    return Stats([peer_stats(peer) for peer in peers], counters(counts, gauges, peers))
