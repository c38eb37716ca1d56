"""A class server in a process of its own: the campus of the server's tests with `--students` people.

Prints one line of JSON once it listens: its address and everybody's token. Ends with its input.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from media.child import settle_memory
from server.settings import Settings
from tests.server.live.campus import Campus


async def serve(folder: Path, students: int) -> None:
    campus = Campus(Settings(data=folder, workers=1, vision_workers=0))
    await campus.worker.start()
    await campus.start()
    try:
        await campus.fill(students)
        settle_memory()
        users = {login: campus.user(login) for login in campus.tokens}
        print(json.dumps({"url": campus.url, "tokens": campus.tokens, "users": users}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await campus.stop()
        await campus.worker.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", type=int, default=300)
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.folder, chosen.students))
