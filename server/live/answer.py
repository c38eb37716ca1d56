"""The answer to an offer: an agreement and the worker's address in, SDP text out. Pure.

ICE-lite with one host candidate per announced address, `setup:passive` (so that the server picks the
SRTP suite), one bundle. Only what the media worker really does is promised.

Source: RFC 8829 section 5.3, RFC 8839 (ICE), RFC 6544 (TCP), RFC 8843, DESIGN section 3.
"""

from typing import NamedTuple

from media.messages import Section
from media.wire import rtp, sdp
from server.live.offer import Agreement

FEEDBACK_VIDEO = ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")
FEEDBACK_AUDIO = ("transport-cc",)

IN_STEP = {"stage": "stage", "audio0": "stage"}
"""Slots that share an msid stream, so that the browser plays them in step (lip-sync)."""


MOST_ADDRESSES = 16

UDP_KIND = 32
"""Lowest type preference (0..126) of a UDP candidate; browsers' own have 100 and more."""


class Local(NamedTuple):
    """The media worker's side of one connection. `fingerprint` as ``sha-256 AA:BB``; `made`: when, in
    seconds of any steady clock."""

    ufrag: str
    password: str
    fingerprint: str
    addresses: tuple[str, ...]
    port: int
    tcp: bool
    cname: str
    made: int = 0


def write(agreement: Agreement, local: Local) -> str:
    """The text of the answer, m-lines in the order of the offer; unused ones are refused by port 0.

    Not so the first of the bundle: its transport is that of all. Where it were refused (whoever may send no
    sound), Chromium refuses the whole answer: "Failed to setup RTCP mux".
    """
    sections = {section.mid: section for section in agreement.sections}
    tagged = agreement.offer.bundle()[0]
    answer = sdp.SessionDescription()
    answer.origin = "- 1 1 IN IP4 127.0.0.1"
    answer.ice_lite = True
    used = tuple(m.mid for m in agreement.offer.media if m.mid in sections or m.mid == tagged)
    answer.groups = [sdp.Group("BUNDLE", used)]
    answer.attributes = [("extmap-allow-mixed", None), ("msid-semantic", "WMS *")]
    candidates = candidates_of(local)
    for media in agreement.offer.media:
        section = sections.get(media.mid) if media.mid else None
        if section is None and media.mid != tagged:
            answer.media.append(_refused(media))
            continue
        made = _idle(media, local) if section is None else _accepted(media, section, local)
        if not any(each.candidates for each in answer.media):
            made.candidates = candidates
            made.end_of_candidates = True
        answer.media.append(made)
    return sdp.serialise(answer)


def candidates_of(local: Local) -> list[sdp.Candidate]:
    """Host candidates: UDP before TCP, IPv6 before IPv4 (RFC 8421), in the announced order.

    Later ones come before earlier ones. A browser that restarts ICE keeps to the old path until it has
    given that up, some seconds, unless the new one's priority is higher; and that of a pair is the lower
    of its two candidates' (RFC 8445 section 6.1.2.3), so ours stay below whatever a browser gives its own.
    """
    found: list[sdp.Candidate] = []
    addresses = local.addresses[:MOST_ADDRESSES]
    ranks = sorted(addresses, key=lambda each: ":" not in each)
    kind, step = divmod(local.made % (64 << 12), 1 << 12)
    for index, address in enumerate(addresses):
        preference = step << 4 | MOST_ADDRESSES - 1 - ranks.index(address)
        found.append(_candidate(f"u{index}", "udp", UDP_KIND + kind, preference, address, local.port, ""))
        if local.tcp:
            found.append(
                _candidate(f"t{index}", "tcp", kind, preference, address, local.port, "tcptype passive")
            )
    return found


def _candidate(
    foundation: str, transport: str, kind: int, preference: int, address: str, port: int, rest: str
) -> sdp.Candidate:
    priority = (kind << 24) | (preference << 8) | 255  # RFC 8445 section 5.1.2.1, component 1
    return sdp.Candidate(foundation, 1, transport, priority, address, port, "host", rest)


def _refused(media: sdp.MediaSection) -> sdp.MediaSection:
    refused = sdp.MediaSection()
    refused.kind = media.kind
    refused.protocol = media.protocol
    refused.payload_types = media.payload_types[:1]
    refused.formats = media.formats
    refused.port = 0
    refused.mid = media.mid
    refused.direction = "inactive"
    return refused


def _carried(media: sdp.MediaSection, local: Local) -> sdp.MediaSection:
    """The part of an m-line that speaks of its transport."""
    made = sdp.MediaSection()
    made.kind = media.kind
    made.protocol = media.protocol
    made.port = 9
    made.mid = media.mid
    made.ice_ufrag, made.ice_pwd = local.ufrag, local.password
    algorithm, _, digest = local.fingerprint.partition(" ")
    made.fingerprints = [sdp.Fingerprint(algorithm, digest)]
    made.setup = "passive"
    made.rtcp_mux = True
    made.rtcp_rsize = media.rtcp_rsize
    if ("rtcp-mux-only", None) in media.attributes:
        made.attributes.append(("rtcp-mux-only", None))  # RFC 9725 section 4.4.1
    return made


def _idle(media: sdp.MediaSection, local: Local) -> sdp.MediaSection:
    """The transport alone: nothing is sent either way."""
    made = _carried(media, local)
    made.direction = "inactive"
    made.payload_types = media.payload_types[:1]
    made.rtpmap = {pt: media.rtpmap[pt] for pt in made.payload_types if pt in media.rtpmap}
    return made


def _accepted(media: sdp.MediaSection, section: Section, local: Local) -> sdp.MediaSection:
    made = _carried(media, local)
    made.direction = "recvonly" if section.direction == "up" else "sendonly"
    made.extmap = [
        sdp.ExtMap(number, rtp.EXTENSION_URIS[name]) for name, number in section.extensions.items()
    ]
    for codec in section.codecs:
        made.payload_types.append(codec.pt)
        channels = 2 if codec.name == "opus" else 1
        made.rtpmap[codec.pt] = sdp.RtpMap(codec.name, codec.clock, channels)
        if codec.fmtp:
            made.fmtp[codec.pt] = codec.fmtp
        ours = FEEDBACK_VIDEO if section.kind == "video" else FEEDBACK_AUDIO
        offered = media.feedback_of(codec.pt)
        agreed = [each for each in ours if each in offered]
        if agreed:
            made.rtcp_fb[codec.pt] = agreed
        if codec.rtx:
            made.payload_types.append(codec.rtx)
            made.rtpmap[codec.rtx] = sdp.RtpMap("rtx", codec.clock)
            made.fmtp[codec.rtx] = f"apt={codec.pt}"
    if section.rids:
        made.rids = [sdp.Rid(rid, "recv") for rid in section.rids]
        made.simulcast = sdp.Simulcast(recv=tuple((rid,) for rid in section.rids))
    if section.direction == "down":
        stream = IN_STEP.get(section.purpose, section.purpose)
        made.msids = [(stream, section.purpose)]
        made.ssrcs[section.ssrc] = {"cname": local.cname, "msid": f"{stream} {section.purpose}"}
        if section.rtx_ssrc:
            made.ssrc_groups = [sdp.SsrcGroup("FID", (section.ssrc, section.rtx_ssrc))]
            made.ssrcs[section.rtx_ssrc] = dict(made.ssrcs[section.ssrc])
    return made
