"""The recorder's process: will write what a class sends to files, as a subscriber of its own.

In flow, later, encoded frames from the taps of every media worker; out flow files. Today it has
nothing to write: media workers offer no taps yet. It is here so that the house runs, restarts and
reports with all its processes: it listens on its control socket and tells its state.
"""

import asyncio
import sys
from pathlib import Path

from media.child import Child, parser, paths, run, serve_state


def main(arguments: list[str] | None = None) -> int:
    options = parser("Sabak's recorder")
    options.add_argument("--media", type=paths, default=(), help="control sockets of the media workers")
    chosen = options.parse_args(arguments)
    child = Child("recorder", chosen.index)
    socket: Path = chosen.socket

    async def work(stop: asyncio.Event) -> None:
        await serve_state(child, socket, stop)

    return run("recorder", work, level=chosen.log_level)


if __name__ == "__main__":
    sys.exit(main())
