"""SRTP in place, against pylibsrtp's own copying sessions."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from media.srtp import PROFILES, REPLAY_FAIL, TRAILER_ROOM, Arena, Inbound, Outbound, Profile, split_keys
from media.wire import rtcp, rtp


def keys_of(profile: Profile, *, server: bool = True) -> tuple:
    material = bytes(range(2 * (profile.key + profile.salt)))
    return split_keys(profile, material, server=server), material


def theirs(profile: Profile, key: bytes, kind: int) -> Session:
    return Session(Policy(key=key, ssrc_type=kind, srtp_profile=profile.libsrtp))


def test_material_is_split_as_rfc_5764_says() -> None:
    ours, material = keys_of(PROFILES[0])
    assert ours.inbound == material[:16] + material[32:44]
    assert ours.outbound == material[16:32] + material[44:56]
    client, _ = keys_of(PROFILES[0], server=False)
    assert (client.inbound, client.outbound) == (ours.outbound, ours.inbound)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@given(payload=st.binary(min_size=0, max_size=1200), seq=st.integers(0, 65_535))
def test_packets_pass_both_ways(profile: Profile, payload: bytes, seq: int) -> None:
    keys, _ = keys_of(profile)
    packet = rtp.build(pt=96, seq=seq, time=5, ssrc=9, payload=payload)
    sealed = Outbound(keys).seal_rtp(packet)
    assert sealed is not None
    assert len(sealed) == len(packet) + profile.tag
    assert theirs(profile, keys.outbound, Policy.SSRC_ANY_INBOUND).unprotect(sealed) == packet

    arena = Arena(2048)
    sealed = theirs(profile, keys.inbound, Policy.SSRC_ANY_OUTBOUND).protect(packet)
    arena.view[64 : 64 + len(sealed)] = sealed
    size = Inbound(keys).open_rtp(arena, 64, len(sealed))
    assert bytes(arena.view[64 : 64 + size]) == packet


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_reports_pass_both_ways(profile: Profile) -> None:
    keys, _ = keys_of(profile)
    report = rtcp.build_pli(1, 2)
    sealed = Outbound(keys).seal_rtcp(report)
    assert sealed is not None
    assert len(sealed) <= len(report) + TRAILER_ROOM
    assert theirs(profile, keys.outbound, Policy.SSRC_ANY_INBOUND).unprotect_rtcp(sealed) == report
    sealed = theirs(profile, keys.inbound, Policy.SSRC_ANY_OUTBOUND).protect_rtcp(report)
    arena = Arena(2048)
    arena.view[: len(sealed)] = sealed
    size = Inbound(keys).open_rtcp(arena, 0, len(sealed))
    assert bytes(arena.view[:size]) == report


@given(data=st.binary(max_size=1500))
def test_noise_is_refused(data: bytes) -> None:
    keys, _ = keys_of(PROFILES[0])
    inbound, arena = Inbound(keys), Arena(2048)
    for opens in (inbound.open_rtp, inbound.open_rtcp):
        arena.view[: len(data)] = data
        if len(data) >= 12:
            assert opens(arena, 0, len(data)) < 0


def test_a_changed_byte_and_a_repetition_are_refused() -> None:
    keys, _ = keys_of(PROFILES[0])
    sealed = theirs(PROFILES[0], keys.inbound, Policy.SSRC_ANY_OUTBOUND).protect(
        rtp.build(pt=96, seq=1, time=5, ssrc=9, payload=os.urandom(100))
    )
    inbound, arena = Inbound(keys), Arena(2048)
    for at in range(2, len(sealed), 7):
        changed = bytearray(sealed)
        changed[at] ^= 1
        arena.view[: len(sealed)] = changed
        assert inbound.open_rtp(arena, 0, len(sealed)) < 0
    arena.view[: len(sealed)] = sealed
    assert inbound.open_rtp(arena, 0, len(sealed)) == len(sealed) - 16
    arena.view[: len(sealed)] = sealed
    assert inbound.open_rtp(arena, 0, len(sealed)) == -REPLAY_FAIL


def test_an_index_is_sealed_once_only() -> None:
    keys, _ = keys_of(PROFILES[0])
    outbound = Outbound(keys)
    packet = rtp.build(pt=96, seq=1, time=5, ssrc=9, payload=b"x")
    assert outbound.seal_rtp(packet) is not None
    assert outbound.seal_rtp(packet) is None
