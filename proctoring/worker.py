"""A vision worker's process: will look at sampled frames of exams and tell what they show.

In flow, later, encoded frames from media taps; out flow observations. Today it analyses nothing:
there are no detectors yet. It is here so that the house runs, restarts and reports with all its
processes: it listens on its control socket and tells its state.
"""

import asyncio
import sys
from pathlib import Path

from media.child import Child, parser, paths, run, serve_state


def main(arguments: list[str] | None = None) -> int:
    options = parser("Sabak's vision worker")
    options.add_argument("--media", type=paths, default=(), help="control sockets of the media workers")
    chosen = options.parse_args(arguments)
    child = Child("vision", chosen.index)
    socket: Path = chosen.socket

    async def work(stop: asyncio.Event) -> None:
        await serve_state(child, socket, stop)

    return run(f"vision{chosen.index}", work, level=chosen.log_level)


if __name__ == "__main__":
    sys.exit(main())
