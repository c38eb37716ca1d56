"""The shape of a session description: what `media.wire.sdp` parses into and writes out of."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

DIRECTIONS: Final = frozenset({"sendrecv", "sendonly", "recvonly", "inactive"})


class Fingerprint(NamedTuple):
    algorithm: str
    """``sha-256``, lower case."""
    digest: str
    """``AA:BB:...``, upper case."""

    def __str__(self) -> str:
        return f"{self.algorithm} {self.digest}"


class ExtMap(NamedTuple):
    number: int
    uri: str
    direction: str = ""


class Group(NamedTuple):
    semantics: str
    mids: tuple[str, ...]


class RtpMap(NamedTuple):
    name: str
    clock: int
    channels: int = 1

    def __str__(self) -> str:
        return f"{self.name}/{self.clock}" + (f"/{self.channels}" if self.channels != 1 else "")


class SsrcGroup(NamedTuple):
    semantics: str
    ssrcs: tuple[int, ...]


class Rid(NamedTuple):
    """RFC 8851."""

    name: str
    direction: str
    restrictions: str = ""
    """As written: ``pt=96;max-width=640``."""


class Simulcast(NamedTuple):
    """RFC 8853: streams in order, each with its alternatives; a rid that starts paused has a ``~``."""

    send: tuple[tuple[str, ...], ...] = ()
    recv: tuple[tuple[str, ...], ...] = ()

    def __str__(self) -> str:
        return " ".join(
            f"{direction} {';'.join(','.join(stream) for stream in streams)}"
            for direction, streams in (("send", self.send), ("recv", self.recv))
            if streams
        )


class Candidate(NamedTuple):
    foundation: str
    component: int
    transport: str
    """``udp`` or ``tcp``."""
    priority: int
    host: str
    """An address, or a name ending in ``.local``."""
    port: int
    kind: str
    """``host``, ``srflx``, ``prflx`` or ``relay``."""
    rest: str = ""
    """Further names and values as written: ``tcptype passive``."""

    def __str__(self) -> str:
        text = (
            f"{self.foundation} {self.component} {self.transport} {self.priority} {self.host} {self.port}"
            f" typ {self.kind}"
        )
        return f"{text} {self.rest}" if self.rest else text


@dataclass(slots=True)
class Common:
    """Attributes that stand on the session or in a section."""

    ice_ufrag: str = ""
    ice_pwd: str = ""
    ice_options: tuple[str, ...] = ()
    fingerprints: list[Fingerprint] = field(default_factory=list)
    setup: str = ""
    extmap: list[ExtMap] = field(default_factory=list)
    direction: str = ""
    """Empty when there is no such line: ask `SessionDescription.direction_of`."""
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    """Every other ``a=`` line, in order; None for one without a value."""


@dataclass(slots=True)
class MediaSection(Common):
    """One m-line and what follows it."""

    kind: str = ""
    """``audio``, ``video``, ``application``."""
    port: int = 9
    """0 for a section that is refused."""
    protocol: str = "UDP/TLS/RTP/SAVPF"
    payload_types: list[int] = field(default_factory=list)
    """In the order of preference; empty where the protocol is not RTP."""
    formats: str = ""
    """Of a section that is not RTP, as written."""
    connection: str = "IN IP4 0.0.0.0"
    bandwidths: list[str] = field(default_factory=list)
    mid: str = ""
    rtcp_mux: bool = False
    rtcp_rsize: bool = False
    end_of_candidates: bool = False
    candidates: list[Candidate] = field(default_factory=list)
    msids: list[tuple[str, str]] = field(default_factory=list)
    """Stream and track ids."""
    rtpmap: dict[int, RtpMap] = field(default_factory=dict)
    fmtp: dict[int, str] = field(default_factory=dict)
    rtcp_fb: dict[int, list[str]] = field(default_factory=dict)
    """By payload type; -1 stands for ``*``."""
    rids: list[Rid] = field(default_factory=list)
    simulcast: Simulcast | None = None
    ssrcs: dict[int, dict[str, str]] = field(default_factory=dict)
    ssrc_groups: list[SsrcGroup] = field(default_factory=list)

    def fmtp_of(self, pt: int) -> dict[str, str]:
        """Format parameters of one payload type, names in lower case; a bare one maps to itself."""
        found: dict[str, str] = {}
        for part in self.fmtp.get(pt, "").split(";"):
            name, equals, value = part.strip().partition("=")
            if name:
                found[name.lower()] = value.strip() if equals else name
        return found

    def rtx_of(self, pt: int) -> int:
        """The retransmission payload type that repairs `pt` (RFC 4588), 0 without one."""
        for candidate in self.payload_types:
            encoding = self.rtpmap.get(candidate)
            if (
                encoding is not None
                and encoding.name.lower() == "rtx"
                and self.fmtp_of(candidate).get("apt") == str(pt)
            ):
                return candidate
        return 0

    def feedback_of(self, pt: int) -> list[str]:
        """Feedback of one payload type, that for all included."""
        return [*self.rtcp_fb.get(pt, ()), *self.rtcp_fb.get(-1, ())]


@dataclass(slots=True)
class SessionDescription(Common):
    origin: str = "- 0 0 IN IP4 127.0.0.1"
    name: str = "-"
    ice_lite: bool = False
    groups: list[Group] = field(default_factory=list)
    media: list[MediaSection] = field(default_factory=list)

    def bundle(self) -> tuple[str, ...]:
        """Mids of the BUNDLE group (RFC 9143), empty without one."""
        return next((group.mids for group in self.groups if group.semantics == "BUNDLE"), ())

    def ice_of(self, section: MediaSection) -> tuple[str, str]:
        """ufrag and password that hold for a section: its own or the session's."""
        return section.ice_ufrag or self.ice_ufrag, section.ice_pwd or self.ice_pwd

    def fingerprints_of(self, section: MediaSection) -> list[Fingerprint]:
        return section.fingerprints or self.fingerprints

    def setup_of(self, section: MediaSection) -> str:
        return section.setup or self.setup

    def direction_of(self, section: MediaSection) -> str:
        return section.direction or self.direction or "sendrecv"
