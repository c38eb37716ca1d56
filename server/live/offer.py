"""An offer, judged: what a browser proposes becomes the sections that a media worker forwards by.

Flows in: the text of an SDP offer from a stranger, what each of its m-lines is for, and which slots
they may use. Flows out: an `Agreement` - the sections with codecs, extensions and slot SSRCs, and the
remote's ICE credentials and fingerprints - from which answer.py writes the answer. Pure, and the same
offer always gives the same sections, so an ICE restart needs no memory of the first offer.

Source: RFC 8829 (JSEP), RFC 9143 (BUNDLE), RFC 8853 (simulcast), RFC 4588 (RTX), RFC 7587 (Opus),
RFC 6184 (H.264), DESIGN section 3.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from media.errors import Malformed
from media.messages import Codec, Section
from media.wire import rtp, sdp
from server.errors import ApiError
from server.live.slots import shape

MAX_SDP = 128 * 1024
"""Characters. Chromium 156 offers 17 m-lines in 69,500; trimmed to our codecs it is 25,000."""

MAX_SECTIONS = 32

MAX_RIDS = 3

EXTENSIONS = rtp.EXTENSION_NAMES
"""What we agree to, by URI. The names are the keys of `Section.extensions`."""

MAX_EXTENSION = 14
"""One-byte headers (RFC 8285 section 4.2) know the ids 1 to 14, and that is what the worker writes."""

OPUS_FMTP = "minptime=10;useinbandfec=1;usedtx=1"

_MID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_RID = re.compile(r"[A-Za-z0-9]{1,8}")
_BASELINE = re.compile(r"42[0-9a-f]{4}")


class Agreement(NamedTuple):
    """What both sides hold to. `fingerprints` as ``sha-256 AA:BB``."""

    offer: sdp.SessionDescription
    sections: tuple[Section, ...]
    """One for each m-line that is used; the others are refused in the answer."""
    ufrag: str
    password: str
    fingerprints: tuple[str, ...]


def bad(problem: str) -> ApiError:
    """`media.bad_offer` with a sentence for whoever writes the client."""
    return ApiError("media.bad_offer", 422, problem=problem)


def agree(
    text: str,
    purposes: Mapping[str, str] | None,
    may: Callable[[str], bool],
    seed: str,
) -> Agreement:
    """Judge an offer.

    Args:
        text: the SDP as it came.
        purposes: mid -> slot name; None takes them from the order of the contract.
        may: whether the asking person may use the slot of this name. A slot that they may not use is
            refused in the answer and the rest goes on.
        seed: the peer's name; slot SSRCs are derived from it.

    Raises:
        ApiError: 422 `media.bad_offer` with the problem; 413 `media.offer_too_large`.
    """
    if len(text) > MAX_SDP:
        raise ApiError("media.offer_too_large", 413, limit=MAX_SDP)
    try:
        offer = sdp.parse(text)
    except Malformed as error:
        raise bad(str(error)) from None
    if not 1 <= len(offer.media) <= MAX_SECTIONS:
        raise bad(f"1 to {MAX_SECTIONS} m-lines are allowed")
    named = _by_order(offer) if purposes is None else purposes
    _check_purposes(offer, named)
    bundle = offer.bundle()
    transports = [section for section in offer.media if section.mid in bundle]
    if not transports:
        raise bad("the offer has no BUNDLE group")
    ufrag, password = offer.ice_of(transports[0])
    fingerprints = tuple(
        str(each) for each in offer.fingerprints_of(transports[0]) if each.algorithm == "sha-256"
    )
    if not ufrag or not password:
        raise bad("the offer has no ICE credentials")
    if not fingerprints or len(fingerprints) > 8:
        raise bad("the offer has no sha-256 fingerprint")
    if offer.setup_of(transports[0]) not in ("actpass", "active"):
        raise bad("setup must be actpass or active: the server is passive")
    if offer.ice_lite:
        raise bad("two ICE-lite sides cannot connect")
    ssrcs = _Ssrcs(seed)
    sections = []
    for media in offer.media:
        purpose = named.get(media.mid, "")
        if media.port == 0 and media.mid not in bundle:
            continue  # the browser itself has no use for it
        if not purpose or media.mid not in bundle or not may(purpose):
            continue
        # A bundle-only section has no transport attributes of its own (RFC 9143 section 7.1.3).
        if offer.ice_of(media) not in ((ufrag, password), ("", "")):
            raise bad("sections of one bundle with different ICE credentials")
        section = _section(offer, media, purpose, ssrcs)
        if section is not None:
            sections.append(section)
    _check_extensions(sections)
    _check_told_apart(sections)
    if not sections:
        raise bad("nothing in the offer can be used")
    return Agreement(offer, tuple(sections), ufrag, password, fingerprints)


def _by_order(offer: sdp.SessionDescription) -> dict[str, str]:
    """Slot names by the order of the contract (docs/protocol.md, "The offer")."""
    senders = {"audio": iter(("mic",)), "video": iter(("cam", "screen"))}
    receivers = {
        "audio": (f"audio{index}" for index in range(MAX_SECTIONS)),
        "video": iter(["stage", "speaker", *(f"tile{index}" for index in range(MAX_SECTIONS))]),
    }
    named: dict[str, str] = {}
    for media in offer.media:
        sends = offer.direction_of(media) in ("sendonly", "sendrecv")
        names = (senders if sends else receivers).get(media.kind)
        name = next(names, "") if names is not None else ""
        if name and media.mid:
            named[media.mid] = name
    return named


def _check_purposes(offer: sdp.SessionDescription, named: Mapping[str, str]) -> None:
    mids = {media.mid for media in offer.media}
    if len(set(named.values())) != len(named):
        raise bad("two m-lines with one purpose")
    for mid, purpose in named.items():
        if mid not in mids:
            raise bad("a purpose for a mid that is not in the offer")
        if shape(purpose) is None:
            raise bad("a purpose that is no slot")
    for media in offer.media:
        if media.mid and not _MID.fullmatch(media.mid):
            raise bad("a mid of more than 16 letters and digits")


def _section(
    offer: sdp.SessionDescription, media: sdp.MediaSection, purpose: str, ssrcs: "_Ssrcs"
) -> Section | None:
    """What is agreed for one m-line, or None when we have no codec for it."""
    found = shape(purpose)
    assert found is not None
    kind, direction = found
    if media.kind != kind:
        raise bad(f"{purpose} is {kind}")
    offered = offer.direction_of(media)
    if offered not in (("sendonly", "sendrecv") if direction == "up" else ("recvonly", "sendrecv")):
        raise bad(f"{purpose} must be {'sendonly' if direction == 'up' else 'recvonly'}")
    if not media.rtcp_mux and media.port:
        raise bad("rtcp-mux is required")
    if media.protocol not in ("UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF"):
        raise bad("the protocol must be UDP/TLS/RTP/SAVPF")
    codecs = _codecs(media)
    if not codecs:
        return None
    extensions = _extensions(offer, media)
    rids = _rids(media) if direction == "up" else ()
    if rids and rtp.RID not in extensions:
        raise bad("simulcast needs the RID header extension")
    ssrc = rtx = 0
    if direction == "down":
        ssrc = ssrcs.make(purpose)
        rtx = ssrcs.make(purpose + " rtx") if any(codec.rtx for codec in codecs) else 0
    return Section(media.mid, kind, direction, purpose, codecs, extensions, rids, ssrc, rtx)


def _codecs(media: sdp.MediaSection) -> tuple[Codec, ...]:
    """Ours among the offered, in our order: VP8, then H.264 of the profile that everybody decodes."""
    opus: list[Codec] = []
    vp8: list[Codec] = []
    h264: list[tuple[bool, Codec]] = []
    for pt in media.payload_types:
        encoding = media.rtpmap.get(pt)
        if encoding is None:
            continue
        match media.kind, encoding.name.lower(), encoding.clock:
            case "audio", "opus", 48000 if encoding.channels == 2:
                opus.append(Codec(pt, "opus", 48000, OPUS_FMTP))
            case "video", "vp8", 90000:
                vp8.append(Codec(pt, "VP8", 90000, "", media.rtx_of(pt)))
            case "video", "h264", 90000:
                parameters = media.fmtp_of(pt)
                profile = parameters.get("profile-level-id", "42e01f").lower()
                if parameters.get("packetization-mode") == "1" and _BASELINE.fullmatch(profile):
                    # Bit 6 of the middle byte (constraint_set1) makes Baseline Constrained Baseline.
                    constrained = bool(int(profile[2:4], 16) & 0x40)
                    fmtp = f"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile}"
                    h264.append((not constrained, Codec(pt, "H264", 90000, fmtp, media.rtx_of(pt))))
    h264.sort(key=lambda each: each[0])
    return (*opus[:1], *vp8[:1], *(codec for _, codec in h264[:1]))


def _extensions(offer: sdp.SessionDescription, media: sdp.MediaSection) -> dict[str, int]:
    found: dict[str, int] = {}
    taken: set[int] = set()
    for each in [*media.extmap, *offer.extmap]:
        name = EXTENSIONS.get(each.uri)
        if name is None or name in found or not 1 <= each.number <= MAX_EXTENSION:
            continue
        if each.number in taken:
            raise bad("two header extensions with one id")
        if name == rtp.AUDIO_LEVEL and media.kind != "audio":
            continue
        taken.add(each.number)
        found[name] = each.number
    return found


def _check_extensions(sections: list[Section]) -> None:
    """In a bundle an id means one thing and a payload type one codec (RFC 9143 section 7, 9)."""
    names: dict[int, str] = {}
    formats: dict[int, str] = {}
    for section in sections:
        for name, number in section.extensions.items():
            if names.setdefault(number, name) != name:
                raise bad("one header extension id with two meanings")
        for codec in section.codecs:
            for pt, what in ((codec.pt, codec.name), (codec.rtx, f"rtx {codec.pt}")):
                if pt and formats.setdefault(pt, what) != what:
                    raise bad("one payload type with two meanings")


def _check_told_apart(sections: list[Section]) -> None:
    """Without MID what arrives is known by its payload type, if no other section has it (RFC 9143
    section 9.2); encoders such as OBS send no MID."""
    up = [section for section in sections if section.direction == "up"]
    for section in up:
        own = {pt for codec in section.codecs for pt in (codec.pt, codec.rtx) if pt}
        shared = any(
            pt in own for other in up if other is not section for codec in other.codecs
            for pt in (codec.pt, codec.rtx)
        )  # fmt: skip
        if rtp.MID not in section.extensions and (shared or section.rids):
            raise bad("the MID header extension is required")


def _rids(media: sdp.MediaSection) -> tuple[str, ...]:
    """Simulcast layers from small to large, in the order offered; of alternatives the first."""
    if media.simulcast is None or not media.simulcast.send:
        return ()
    rids = tuple(alternatives[0].removeprefix("~") for alternatives in media.simulcast.send)
    declared = {rid.name for rid in media.rids if rid.direction == "send"}
    if len(rids) > MAX_RIDS or len(set(rids)) != len(rids):
        raise bad(f"at most {MAX_RIDS} different simulcast layers")
    if any(not _RID.fullmatch(rid) or rid not in declared for rid in rids):
        raise bad("a simulcast layer without its rid")
    return rids


class _Ssrcs:
    """Slot SSRCs from the peer's name: the same after a restart of the server, distinct in a peer."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._taken: set[int] = {0}

    def make(self, name: str) -> int:
        turn = 0
        while True:
            digest = hashlib.sha256(f"{self._seed}\n{name}\n{turn}".encode()).digest()
            ssrc = int.from_bytes(digest[:4])
            if ssrc not in self._taken:
                self._taken.add(ssrc)
                return ssrc
            turn += 1
