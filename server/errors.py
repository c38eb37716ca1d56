"""The exception tree of `server`.

    ServerError             code and a sentence
    ├── SettingsError       settings.*      the settings file or a SABAK_ variable is wrong
    ├── StoreError          store.*         the database cannot be opened or migrated
    ├── TraceError          trace.*
    │   ├── TraceUnwritable trace.unwritable  the entry could not be committed; try again later
    │   ├── TraceBusy       trace.busy        too many entries wait; try again later
    │   ├── TraceClosed     trace.closed      the process is stopping
    │   └── KeyReused       trace.key_reused  the idempotency key already names something else
    ├── SupervisorError     supervisor.*    the house cannot be started or stopped
    └── ApiError            any code        an answer to a client: code, HTTP status, details

Codes are stable: they appear in logs, counters and answers to clients, and docs/protocol.md lists
those that clients can see. The sentence is for the operator's log and says what to do.
"""

from typing import Any

CONFIGURATION_EXIT = 78
"""Exit status (EX_CONFIG of sysexits.h) of a process whose settings, ports or database are wrong.

The supervisor does not restart a child that ends with it: trying again cannot help.
"""


class ServerError(Exception):
    """Root of everything this package raises.

    Args:
        code: stable and dotted, such as ``store.foreign``.
        message: one sentence for people; the code itself when empty.
    """

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code

    @property
    def message(self) -> str:
        return str(self.args[0])


class SettingsError(ServerError):
    """`settings.unreadable`, `settings.syntax`, `settings.unknown`, `settings.value`,
    `settings.conflict`."""


class StoreError(ServerError):
    """`store.foreign`, `store.broken`, `store.newer`, `store.unreachable`, `store.failed`."""


class TraceError(ServerError):
    """Something about the trace; see the tree above for the codes."""


class TraceUnwritable(TraceError):
    """The database refused the batch. Whether it was committed may be unknown: use a key to repeat."""

    def __init__(self, message: str = "") -> None:
        super().__init__("trace.unwritable", message)


class TraceBusy(TraceError):
    def __init__(self, message: str = "") -> None:
        super().__init__("trace.busy", message)


class TraceClosed(TraceError):
    def __init__(self, message: str = "") -> None:
        super().__init__("trace.closed", message)


class KeyReused(TraceError):
    def __init__(self, message: str = "") -> None:
        super().__init__("trace.key_reused", message)


class SupervisorError(ServerError):
    """`supervisor.running`, `supervisor.not_running`, `supervisor.child`, `supervisor.port_taken`,
    `supervisor.run_dir`."""


class ApiError(ServerError):
    """An answer to a client, raised anywhere below a route or a message.

    Args:
        code: as in docs/protocol.md, such as ``login.wrong``.
        status: the HTTP status.
        details: small JSON values that the client may show or act on.
    """

    def __init__(self, code: str, status: int, **details: Any) -> None:
        super().__init__(code)
        self.status = status
        self.details = details
