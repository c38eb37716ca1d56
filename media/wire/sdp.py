"""Session descriptions (RFC 8866) as WebRTC uses them (RFC 8829): an offer's text goes in, a tree of
small dataclasses comes out, and the answer goes the same way back.

What the engine and the server act on is parsed and checked; every other ``a=`` line is kept as it
was in `attributes`. Descriptions come from strangers, so size, lines and sections are bounded. The
classes themselves are in `media.wire.description`.
"""

import re
from collections.abc import Callable
from typing import Final

from media.errors import Malformed
from media.wire.description import (
    DIRECTIONS,
    Candidate,
    Common,
    ExtMap,
    Fingerprint,
    Group,
    MediaSection,
    Rid,
    RtpMap,
    SessionDescription,
    Simulcast,
    SsrcGroup,
)

__all__ = [
    "Candidate",
    "ExtMap",
    "Fingerprint",
    "Group",
    "MediaSection",
    "Rid",
    "RtpMap",
    "SessionDescription",
    "Simulcast",
    "SsrcGroup",
    "parse",
    "parse_candidate",
    "serialise",
]

MAX_SIZE: Final = 256 * 1024
"""Characters. Chromium's offer with 3 send and 14 receive slots is about 60,000."""
MAX_LINES: Final = 8192
MAX_LINE: Final = 4096
MAX_SECTIONS: Final = 64

_TOKEN = re.compile(r"[!#-'*+\-./0-9A-Z^-~_:]{1,64}")
_ICE = re.compile(r"[!-~]{4,256}")
_ICE_PASSWORD = re.compile(r"[!-~]{22,256}")
_HEX = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){15,63}")


def parse(text: str) -> SessionDescription:
    """Parse an offer or answer; lines may end in CRLF or LF.

    Raises:
        Malformed: past a limit, not SDP, or a value that cannot be what its name says.
    """
    if len(text) > MAX_SIZE:
        raise Malformed("a session description that is too long")
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise Malformed("a session description of too many lines")
    if lines[0] != "v=0":
        raise Malformed("not a session description")
    description = SessionDescription()
    section: MediaSection | None = None
    for line in lines[1:]:
        if not line:
            continue
        kind, value = line[0], line[2:]
        if line[1:2] != "=" or not kind.isalpha() or len(line) > MAX_LINE or "\r" in value or "\0" in value:
            raise Malformed("a line that is not SDP")
        if kind == "a":
            _attribute(description, section, value)
        elif kind == "m":
            if len(description.media) >= MAX_SECTIONS:
                raise Malformed("too many media sections")
            section = _media_line(value)
            description.media.append(section)
        elif kind == "c" and section is not None:
            section.connection = value
        elif kind == "b" and section is not None:
            section.bandwidths.append(value)
        elif kind == "o" and section is None:
            description.origin = value
        elif kind == "s" and section is None:
            description.name = value
    mids = [section.mid for section in description.media if section.mid]
    if len(set(mids)) != len(mids):
        raise Malformed("two sections with one mid")
    return description


def _media_line(value: str) -> MediaSection:
    parts = value.split(" ")
    if len(parts) < 4 or not _TOKEN.fullmatch(parts[0]):
        raise Malformed("a wrong m= line")
    port = _integer(parts[1].partition("/")[0], 65535)
    section = MediaSection(kind=parts[0], port=port, protocol=parts[2])
    if "RTP/" in section.protocol:
        section.payload_types = [_integer(part, 127) for part in parts[3:]]
        if len(set(section.payload_types)) != len(section.payload_types):
            raise Malformed("a payload type named twice")
    else:
        section.formats = " ".join(parts[3:])
    return section


def _integer(text: str, highest: int, lowest: int = 0) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and lowest <= int(text) <= highest):
        raise Malformed("a wrong number in a session description")
    return int(text)


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise Malformed("a wrong token in a session description")
    return text


# --- attributes ------------------------------------------------------------------------------------


def _attribute(description: SessionDescription, section: MediaSection | None, line: str) -> None:
    name, colon, value = line.partition(":")
    if not _TOKEN.fullmatch(name):
        raise Malformed("a wrong attribute name")
    target: Common = description if section is None else section
    if name in DIRECTIONS and not colon:
        target.direction = name
    elif name in _COMMON and colon:
        _COMMON[name](target, value)
    elif section is not None and name in _MEDIA and colon:
        _MEDIA[name](section, value)
    elif section is not None and name in _FLAGS and not colon:
        setattr(section, _FLAGS[name], True)
    elif section is None and name == "ice-lite" and not colon:
        description.ice_lite = True
    elif section is None and name == "group" and colon:
        semantics, *mids = value.split(" ")
        description.groups.append(Group(_token(semantics), tuple(_token(mid) for mid in mids if mid)))
    else:
        target.attributes.append((name, value if colon else None))


def _ice_ufrag(target: Common, value: str) -> None:
    if not _ICE.fullmatch(value):
        raise Malformed("a wrong ice-ufrag")
    target.ice_ufrag = value


def _ice_password(target: Common, value: str) -> None:
    if not _ICE_PASSWORD.fullmatch(value):
        raise Malformed("a wrong ice-pwd")
    target.ice_pwd = value


def _ice_options(target: Common, value: str) -> None:
    # libdatachannel (OBS) parts them by commas: "ice2,trickle".
    options = value.replace(",", " ").split(" ")
    target.ice_options = tuple(_token(option) for option in options if option)


def _fingerprint(target: Common, value: str) -> None:
    algorithm, _, digest = value.partition(" ")
    if not _HEX.fullmatch(digest):
        raise Malformed("a wrong fingerprint")
    target.fingerprints.append(Fingerprint(_token(algorithm).lower(), digest.upper()))


def _setup(target: Common, value: str) -> None:
    if value not in ("actpass", "active", "passive", "holdconn"):
        raise Malformed("a wrong setup role")
    target.setup = value


def _extmap(target: Common, value: str) -> None:
    numbered, _, rest = value.partition(" ")
    number, slash, direction = numbered.partition("/")
    uri, _, _parameters = rest.partition(" ")
    if not uri or (slash and direction not in DIRECTIONS):
        raise Malformed("a wrong extmap")
    target.extmap.append(ExtMap(_integer(number, 4351, 1), uri, direction))


def _mid(section: MediaSection, value: str) -> None:
    section.mid = _token(value)


def _rtpmap(section: MediaSection, value: str) -> None:
    pt, _, encoding = value.partition(" ")
    name, *numbers = encoding.split("/")
    if not 1 <= len(numbers) <= 2:
        raise Malformed("a wrong rtpmap")
    channels = _integer(numbers[1], 255, 1) if len(numbers) == 2 else 1
    section.rtpmap[_integer(pt, 127)] = RtpMap(_token(name), _integer(numbers[0], 2**31, 1), channels)


def _fmtp(section: MediaSection, value: str) -> None:
    pt, _, parameters = value.partition(" ")
    section.fmtp[_integer(pt, 127)] = parameters


def _rtcp_fb(section: MediaSection, value: str) -> None:
    pt, _, feedback = value.partition(" ")
    if not feedback:
        raise Malformed("an empty rtcp-fb")
    section.rtcp_fb.setdefault(-1 if pt == "*" else _integer(pt, 127), []).append(feedback)


def _ssrc(section: MediaSection, value: str) -> None:
    number, _, attribute = value.partition(" ")
    name, _, data = attribute.partition(":")
    if not attribute:
        raise Malformed("an empty ssrc attribute")
    section.ssrcs.setdefault(_integer(number, 2**32 - 1), {})[_token(name)] = data


def _ssrc_group(section: MediaSection, value: str) -> None:
    semantics, *ssrcs = value.split(" ")
    numbers = tuple(_integer(ssrc, 2**32 - 1) for ssrc in ssrcs if ssrc)
    section.ssrc_groups.append(SsrcGroup(_token(semantics), numbers))


def _msid(section: MediaSection, value: str) -> None:
    stream, _, track = value.partition(" ")
    section.msids.append((_token(stream), _token(track) if track else ""))


def _rid(section: MediaSection, value: str) -> None:
    parts = value.split(" ", 2)
    if len(parts) < 2 or parts[1] not in ("send", "recv"):
        raise Malformed("a wrong rid")
    section.rids.append(Rid(_token(parts[0]), parts[1], parts[2].strip() if len(parts) == 3 else ""))


def _simulcast(section: MediaSection, value: str) -> None:
    parts = value.strip(" ").split(" ")
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    if len(parts) not in (2, 4):
        raise Malformed("a wrong simulcast line")
    for direction, streams in zip(parts[::2], parts[1::2], strict=True):
        if direction not in ("send", "recv") or direction in found:
            raise Malformed("a wrong simulcast line")
        found[direction] = tuple(
            tuple(_token(rid) for rid in stream.split(",")) for stream in streams.split(";")
        )
    section.simulcast = Simulcast(found.get("send", ()), found.get("recv", ()))


def parse_candidate(value: str) -> Candidate:
    """A candidate without its ``candidate:`` (RFC 8839 section 5.1).

    Raises:
        Malformed: a field is missing or is no number.
    """
    parts = value.split(" ")
    if len(parts) < 8 or parts[6] != "typ":
        raise Malformed("a wrong candidate")
    return Candidate(
        foundation=_token(parts[0]),
        component=_integer(parts[1], 256, 1),
        transport=_token(parts[2]).lower(),
        priority=_integer(parts[3], 2**32 - 1),
        host=_token(parts[4]),
        port=_integer(parts[5], 65535),
        kind=_token(parts[7]),
        rest=" ".join(parts[8:]),
    )


def _candidate(section: MediaSection, value: str) -> None:
    section.candidates.append(parse_candidate(value))


_COMMON: Final[dict[str, Callable[[Common, str], None]]] = {
    "ice-ufrag": _ice_ufrag,
    "ice-pwd": _ice_password,
    "ice-options": _ice_options,
    "fingerprint": _fingerprint,
    "setup": _setup,
    "extmap": _extmap,
}
_MEDIA: Final[dict[str, Callable[[MediaSection, str], None]]] = {
    "mid": _mid,
    "rtpmap": _rtpmap,
    "fmtp": _fmtp,
    "rtcp-fb": _rtcp_fb,
    "ssrc": _ssrc,
    "ssrc-group": _ssrc_group,
    "msid": _msid,
    "rid": _rid,
    "simulcast": _simulcast,
    "candidate": _candidate,
}
_FLAGS: Final = {
    "rtcp-mux": "rtcp_mux",
    "rtcp-rsize": "rtcp_rsize",
    "end-of-candidates": "end_of_candidates",
}


# --- writing ---------------------------------------------------------------------------------------


def serialise(description: SessionDescription) -> str:
    """The text, lines ended by CRLF. `parse` of it gives an equal description.

    Raises:
        Malformed: a value contains a line end, which would smuggle a line of its own.
    """
    lines = ["v=0", f"o={description.origin}", f"s={description.name}", "t=0 0"]
    lines += [f"a=group:{' '.join((group.semantics, *group.mids))}" for group in description.groups]
    if description.ice_lite:
        lines.append("a=ice-lite")
    lines += _common_lines(description)
    lines += _attribute_lines(description)
    for section in description.media:
        lines += _section_lines(section)
    if any("\n" in line or "\r" in line for line in lines):
        raise Malformed("a line end inside a value")
    return "\r\n".join(lines) + "\r\n"


def _common_lines(target: Common) -> list[str]:
    lines: list[str] = []
    if target.ice_ufrag:
        lines.append(f"a=ice-ufrag:{target.ice_ufrag}")
    if target.ice_pwd:
        lines.append(f"a=ice-pwd:{target.ice_pwd}")
    if target.ice_options:
        lines.append(f"a=ice-options:{' '.join(target.ice_options)}")
    lines += [f"a=fingerprint:{one.algorithm} {one.digest}" for one in target.fingerprints]
    if target.setup:
        lines.append(f"a=setup:{target.setup}")
    for ext in target.extmap:
        direction = f"/{ext.direction}" if ext.direction else ""
        lines.append(f"a=extmap:{ext.number}{direction} {ext.uri}")
    if target.direction:
        lines.append(f"a={target.direction}")
    return lines


def _attribute_lines(target: Common) -> list[str]:
    return [f"a={name}" if value is None else f"a={name}:{value}" for name, value in target.attributes]


def _section_lines(section: MediaSection) -> list[str]:
    formats = " ".join(map(str, section.payload_types)) or section.formats
    lines = [f"m={section.kind} {section.port} {section.protocol} {formats}", f"c={section.connection}"]
    lines += [f"b={bandwidth}" for bandwidth in section.bandwidths]
    lines += [f"a=candidate:{candidate}" for candidate in section.candidates]
    if section.end_of_candidates:
        lines.append("a=end-of-candidates")
    if section.mid:
        lines.append(f"a=mid:{section.mid}")
    lines += _common_lines(section)
    lines += [f"a=msid:{stream} {track}".rstrip() for stream, track in section.msids]
    if section.rtcp_mux:
        lines.append("a=rtcp-mux")
    if section.rtcp_rsize:
        lines.append("a=rtcp-rsize")
    for pt in dict.fromkeys((*section.payload_types, *section.rtpmap, *section.fmtp, *section.rtcp_fb)):
        lines += _payload_type_lines(section, pt)
    for rid in section.rids:
        lines.append(f"a=rid:{rid.name} {rid.direction} {rid.restrictions}".rstrip())
    if section.simulcast is not None:
        lines.append(f"a=simulcast:{section.simulcast}")
    lines += [
        f"a=ssrc-group:{' '.join((group.semantics, *map(str, group.ssrcs)))}" for group in section.ssrc_groups
    ]
    for ssrc, values in section.ssrcs.items():
        lines += [
            f"a=ssrc:{ssrc} {name}:{value}" if value else f"a=ssrc:{ssrc} {name}"
            for name, value in values.items()
        ]
    return lines + _attribute_lines(section)


def _payload_type_lines(section: MediaSection, pt: int) -> list[str]:
    lines: list[str] = []
    if (encoding := section.rtpmap.get(pt)) is not None:
        lines.append(f"a=rtpmap:{pt} {encoding}")
    if pt in section.fmtp:
        lines.append(f"a=fmtp:{pt} {section.fmtp[pt]}")
    name = "*" if pt == -1 else str(pt)
    return lines + [f"a=rtcp-fb:{name} {feedback}" for feedback in section.rtcp_fb.get(pt, ())]
