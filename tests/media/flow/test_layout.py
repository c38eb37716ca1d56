"""media.flow.layout: copies read back by the parser, for every arrangement of extensions."""

from hypothesis import given
from hypothesis import strategies as st

from media.flow.layout import layout, write
from media.wire import rtp, vp8
from tests.media.flow.streams import Camera, Microphone

IDS = dict(zip(rtp.EXTENSION_URIS, (4, 10, 11, 1, 2, 3), strict=True))
subsets = st.sets(st.sampled_from(sorted(IDS))).map(lambda names: {name: IDS[name] for name in names})


@given(subsets, st.sampled_from(["", "0", "tile3"]), st.integers(0, 65535))
def test_a_video_copy_reads_back(ids: dict[str, int], mid: str, transport_seq: int) -> None:
    arranged = layout(97, ids, mid)
    source = Camera(picture=0x7FFF).taken(12.5, keyframe=True)[0]
    form = arranged.prepare(source)
    assert arranged.prepare(source) is form
    buffer = bytearray(2000)
    size = write(form, source, buffer, 100, arranged.head(mid), 0xABCD, 7, 8, transport_seq, 5, -3)
    assert size == form.size
    assert not any(buffer[:100])
    assert not any(buffer[100 + size :])
    packet = rtp.parse(bytes(buffer[100 : 100 + size]))
    assert (packet.pt, packet.seq, packet.time, packet.ssrc) == (97, 7, 8, 0xABCD)
    assert packet.marker == source.marker
    found = rtp.ExtensionMap(ids).read(packet)
    assert found.mid == (mid if "mid" in ids else "")
    assert found.transport_seq == (transport_seq if "transport-cc" in ids else -1)
    alone = "abs-send-time" in ids and "transport-cc" not in ids
    assert found.abs_send_time == (rtp.abs_send_time(12.5) if alone else -1)
    assert found.rid == found.repaired_rid == ""
    descriptor = vp8.parse(packet.data, packet.payload_at, packet.payload_end)
    assert descriptor.picture_id == 4
    assert descriptor.tl0_index == (source.tl0 - 3) & 0xFF
    assert descriptor.keyframe
    assert packet.payload[5:] == source.payload[5:]


def test_audio_carries_the_level() -> None:
    arranged = layout(111, IDS)
    source = Microphone().taken(0.0, level=17)
    source.voice = True
    buffer = bytearray(200)
    size = write(arranged.prepare(source), source, buffer, 0, arranged.head(""), 1, 2, 3, 4, 0, 0)
    found = rtp.ExtensionMap(IDS).read(rtp.parse(bytes(buffer[:size])))
    assert (found.level, found.voice, found.transport_seq) == (17, True, 4)


def test_equal_agreements_share_a_layout() -> None:
    uris = {rtp.EXTENSION_URIS[name]: number for name, number in IDS.items()}
    assert layout(96, IDS, "0") is layout(96, dict(reversed(uris.items())), "1")
    assert layout(96, IDS, "0") is not layout(97, IDS, "0")
    assert layout(96, IDS, "0") is not layout(96, IDS, "10")


def test_ids_past_the_one_byte_form_are_left_out() -> None:
    arranged = layout(96, {"transport-cc": 15, "mid": 4}, "0")
    assert not arranged.transport
    assert arranged.head("0") == b"\xbe\xde\x00\x01\x40" + b"0"
