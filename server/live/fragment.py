"""SDP fragments of trickle ICE (RFC 8840) as WHIP uses them (RFC 9725 section 4.3): text in, text out. Pure.

Flows in: the body of a PATCH. Flows out: the ICE credentials in it, and the answer to an ICE restart.
The candidates themselves are not looked at: the media worker is ICE-lite and answers whoever proves
that they know its credentials.
"""

from typing import NamedTuple

from media.errors import Malformed
from media.wire import sdp
from server.errors import ApiError
from server.live.answer import Local, candidates_of

SDPFRAG = "application/trickle-ice-sdpfrag"

MAX_FRAGMENT = 16 * 1024
"""Bytes; a hundred candidates."""


class Fragment(NamedTuple):
    """`ufrag` and `password` are empty when the fragment names none. `media`, `mid`, `group`: the line
    it is about, repeated in the answer."""

    ufrag: str
    password: str
    media: str
    mid: str
    group: str


def bad(problem: str) -> ApiError:
    return ApiError("whip.fragment", 422, problem=problem)


def read(body: bytes) -> Fragment:
    """Raises:
    ApiError: 422 `whip.fragment`, for what is no fragment or holds half of the credentials.
    """
    try:
        description = sdp.parse("v=0\r\n" + body.decode())
    except (Malformed, UnicodeDecodeError) as error:
        raise bad(str(error)[:200]) from None
    if not description.media and not description.ice_ufrag:
        raise bad("neither credentials nor an m-line")
    section = description.media[0] if description.media else sdp.MediaSection()
    ufrag, password = description.ice_of(section)
    if bool(ufrag) != bool(password):
        raise bad("an ice-ufrag and an ice-pwd belong together")
    group = next((" ".join(each.mids) for each in description.groups if each.semantics == "BUNDLE"), "")
    media = ""
    if description.media:
        formats = " ".join(map(str, section.payload_types)) or section.formats
        media = f"{section.kind} 9 {section.protocol} {formats}"
    return Fragment(ufrag, password, media, section.mid, group)


def write(asked: Fragment, local: Local) -> bytes:
    """The worker's new credentials and its candidates, in the shape of what was asked."""
    lines = ["a=ice-lite"]
    if asked.group:
        lines.append(f"a=group:BUNDLE {asked.group}")
    if asked.media:
        lines.append(f"m={asked.media}")
        if asked.mid:
            lines.append(f"a=mid:{asked.mid}")
    lines += [f"a=ice-ufrag:{local.ufrag}", f"a=ice-pwd:{local.password}"]
    lines += [f"a=candidate:{candidate}" for candidate in candidates_of(local)]
    lines.append("a=end-of-candidates")
    return ("\r\n".join(lines) + "\r\n").encode()
