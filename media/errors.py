"""The exception tree of `media`.

    MediaError
    ├── Malformed         bytes from outside that do not parse
    ├── ControlError
    │   ├── LinkClosed    the other process went away before it answered
    │   └── Refused       the other process answered with a code
    └── PortTaken         the media port could not be bound

`code` is stable: it appears in logs, counters and answers to clients.
"""

from typing import ClassVar


class MediaError(Exception):
    """Root of everything this package raises."""

    code: ClassVar[str] = "media.error"


class Malformed(MediaError):
    """Bytes from outside that do not parse; counted and dropped, never logged one by one."""

    code = "media.malformed"


class ControlError(MediaError):
    code = "control.error"


class LinkClosed(ControlError):
    """The link went down before the answer came; the next link opens with a snapshot."""

    code = "control.closed"


class Refused(ControlError):
    """The other process refused a call.

    Args:
        reason: a stable code, such as ``peer.unknown``.
        detail: words for the log.
    """

    code = "control.refused"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class PortTaken(MediaError):
    code = "media.port_taken"
