"""A supervisor with small children, as a process of its own: `small_house.py DATA NAME...`.

Children named `sleeper*` only sleep; `recorder` is the real one. Used by test_supervisor.
"""

import asyncio
import signal
import sys
from pathlib import Path

from media.child import set_up_logging
from server.errors import ServerError
from server.settings import Settings
from server.supervisor.plan import ChildPlan
from server.supervisor.supervisor import Supervisor


def children(settings: Settings, names: list[str]) -> list[ChildPlan]:
    sleep = (sys.executable, "-c", "import time; time.sleep(60)")
    recorder = (
        *(sys.executable, "-m", "media.recorder"),
        *("--socket", str(settings.run_dir / "recorder.sock")),
        *("--folder", str(settings.recordings_dir)),
    )
    return [ChildPlan(name, recorder if name == "recorder" else sleep, f"stamp {name}") for name in names]


async def main(data: Path, names: list[str]) -> None:
    settings = Settings(data=data)
    supervisor = Supervisor(settings, children=children(settings, names))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, supervisor.stop)
    await supervisor.run()


if __name__ == "__main__":
    set_up_logging("supervisor", "info")
    try:
        asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
    except ServerError as error:
        sys.exit(f"{error.message} [{error.code}]")
