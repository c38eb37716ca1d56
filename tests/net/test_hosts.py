"""Real hosts and wires: what ping sees over a wire is what the wire was told to do."""

import re

import pytest

from tests.net.hosts import Host, Wire
from tests.net.lane import Harm

pytestmark = [pytest.mark.net, pytest.mark.slow]


def ping(host: Host, address: str, count: int = 40) -> tuple[int, float]:
    """Answers received and their mean round trip in ms (0 when none came)."""
    done = host.run(["ping", "-n", "-c", str(count), "-i", "0.02", "-W", "1", address], capture_output=True)
    received = re.search(r"(\d+) received", done.stdout)
    mean = re.search(r"= [\d.]+/([\d.]+)/", done.stdout)
    assert received, done.stderr
    return int(received[1]), float(mean[1]) if mean else 0.0


def test_a_wire_carries_delays_loses_and_goes_down() -> None:
    with Host("pupil") as pupil, Wire(None, pupil, seed=5) as wire:
        received, rtt = ping(pupil, wire.a_address)
        assert received == 40
        wire.harm(Harm(delay_ms=40))
        received, slow = ping(pupil, wire.a_address)
        assert received == 40
        assert slow - rtt > 75
        wire.harm(Harm(loss=0.5))
        received, _ = ping(pupil, wire.a_address, 100)
        assert 5 <= received <= 50  # both ways: a quarter comes back
        wire.harm(Harm(down=True))
        assert ping(pupil, wire.a_address, 5)[0] == 0
        wire.harm(Harm())
        assert ping(pupil, wire.a_address, 5)[0] == 5
        passed, lost, _, _ = wire.stats()
        assert passed > 100
        assert lost >= 5
