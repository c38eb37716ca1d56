"""media.flow.cache: what is kept, what is gone, and where a subscriber may begin."""

from hypothesis import given
from hypothesis import strategies as st

from media.flow.cache import MAX_AGE, PacketCache
from tests.media.flow.streams import Camera


def test_keeps_the_newest() -> None:
    camera, cache = Camera(), PacketCache(size=16)
    packets = [packet for _ in range(15) for packet in camera.taken(0.0)]
    for packet in packets:
        cache.add(packet)
    assert [cache.get(packet.seq) for packet in packets[:14]] == [None] * 14
    assert [cache.get(packet.seq) for packet in packets[14:]] == packets[14:]
    assert cache.newest() is packets[-1]
    cache.add(packets[0])  # far too late
    assert cache.get(packets[0].seq) is None


def test_begins_at_the_keyframe() -> None:
    camera, cache = Camera(), PacketCache()
    for packet in camera.taken(0.0):
        cache.add(packet)
    assert cache.since_keyframe(0.0, 5.0, 100) == []
    key = camera.taken(1.0, keyframe=True) + camera.taken(1.1)
    for packet in key:
        cache.add(packet)
    assert cache.since_keyframe(1.2, 5.0, 100) == key
    assert cache.since_keyframe(6.5, 5.0, 100) == []
    assert cache.since_keyframe(1.2, 5.0, 3) == []
    late, *rest = camera.taken(1.3)
    for packet in rest:
        cache.add(packet)
    assert cache.since_keyframe(1.4, 5.0, 100) == []  # one is missing
    cache.add(late)
    assert cache.since_keyframe(1.4, 5.0, 100) == [*key, late, *rest]


@given(st.permutations(range(24)))
def test_order_of_arrival_does_not_matter(order: list[int]) -> None:
    camera, cache = Camera(), PacketCache(size=32)
    packets = camera.taken(0.0, keyframe=True, packets=24)
    for index in order:
        cache.add(packets[index])
    assert cache.since_keyframe(0.0, 1.0, 100) == packets


def test_old_packets_are_let_go() -> None:
    camera, cache = Camera(), PacketCache()
    for packet in camera.taken(0.0, keyframe=True):
        cache.add(packet)
    cache.expire(MAX_AGE - 1)
    assert cache.newest() is not None
    cache.expire(MAX_AGE + 1)
    assert cache.newest() is None
