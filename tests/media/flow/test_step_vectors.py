"""The vectors of the packet step, against both ways a packet may leave: the run-wise step, sealed and
opened again, and the packet-wise rewriter. The native twin passes the same file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from media.flow.cache import PacketCache
from media.flow.layout import layout
from media.flow.packet import Intake, UpPacket
from media.flow.rewrite import Rewriter
from media.srtp import PROFILES, Arena, Inbound, Outbound, split_keys
from media.step import NATIVE, Dialect, Run, native_step, python_step
from media.wire import rtp

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "step.json").read_text())["vectors"]
native = pytest.mark.skipif(not NATIVE, reason="there was no compiler when Sabak was installed")
each = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])


def taken(vector: dict[str, Any]) -> list[UpPacket]:
    intake = Intake(vector["codec"], 48000 if vector["codec"] == "opus" else 90000)
    packets = [intake.take(rtp.parse(bytes.fromhex(data)), 0.0) for data in vector["input"]]
    assert all(packets)
    return [packet for packet in packets if packet is not None]


@each
@pytest.mark.parametrize("step", [python_step, pytest.param(native_step, marks=native)])
def test_step(vector: dict[str, Any], step: Callable[..., bool]) -> None:
    profile = PROFILES[0]
    material = bytes(range(2 * (profile.key + profile.salt)))
    outbound, inbound = (
        Outbound(split_keys(profile, material)),
        Inbound(split_keys(profile, material, server=False)),
    )
    run = Run(taken(vector))
    template = run.template(Dialect(vector["dialect"]["pt"], vector["dialect"]["transport_cc"], outbound.tag))
    arena = Arena(8192)
    state = vector["state"]
    assert step(
        arena,
        64,
        template,
        outbound,
        state["seq"],
        state["time"],
        state["ssrc"],
        state["transport_seq"],
        state["picture"],
        state["tl0"],
    )
    found = []
    for offset, size, _ in template.singles:
        length = inbound.open_rtp(arena, 64 + offset, size)
        assert length > 0
        found.append(bytes(arena.view[64 + offset : 64 + offset + length]).hex())
    assert found == vector["output"]


@each
def test_rewriter(vector: dict[str, Any]) -> None:
    """The same numbers and payloads; extensions may stand in another order, and nothing is padded."""
    state, dialect = vector["state"], vector["dialect"]
    ids = {"transport-cc": dialect["transport_cc"]} if dialect["transport_cc"] else {}
    packets = taken(vector)
    slot = Rewriter(
        state["ssrc"], 0, first_seq=state["seq"], first_time=state["time"], first_picture=state["picture"]
    )
    slot.switch(PacketCache(), packets[0], layout(dialect["pt"], ids), 0.0, 90000)
    tl0 = state["tl0"] - state["picture"] & 0xFF  # the rewriter starts TL0PICIDX with the picture id
    buffer = bytearray(2000)
    for index, (packet, data) in enumerate(zip(packets, vector["output"], strict=True)):
        expected = rtp.parse(bytes.fromhex(data))
        if packet.tl0 >= 0:
            packet.tl0 = packet.tl0 + tl0 & 0xFF
        size = slot.write(packet, state["transport_seq"] + index & 0xFFFF, buffer, 0)
        copy = rtp.parse(bytes(buffer[:size]))
        assert (copy.pt, copy.seq, copy.time, copy.ssrc) == (
            expected.pt,
            expected.seq,
            expected.time,
            expected.ssrc,
        )
        assert copy.marker == expected.marker
        assert copy.payload == expected.payload
        read = rtp.ExtensionMap(ids).read
        assert read(copy) == read(expected)


def test_there_are_vectors_of_every_kind() -> None:
    assert {vector["codec"] for vector in VECTORS} == {"VP8", "H264", "opus"}
    assert {bool(vector["dialect"]["transport_cc"]) for vector in VECTORS} == {True, False}
