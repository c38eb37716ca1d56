"""Stopping the house and asking how it is, from another process: `sabak stop` and `sabak status`."""

import asyncio
import time
from typing import Any

from server.errors import SupervisorError
from server.settings import Settings
from server.supervisor.plan import plan
from server.supervisor.processes import Process, RunLock, end, living
from server.supervisor.ready import is_ready
from server.supervisor.supervisor import PID_FILE, STOP_SECONDS


async def stop(settings: Settings) -> int:
    """Stop supervisor and children, and wait until they are gone. Returns how many children there were.

    Raises:
        SupervisorError: `supervisor.not_running`.
    """
    folder = settings.run_dir
    children = [path for path in folder.glob("*.pid") if path.name != PID_FILE and living(path)]
    supervisor = Process.adopt(folder / PID_FILE)
    if supervisor is None and not children:
        raise SupervisorError("supervisor.not_running", "Sabak is not running on this data folder.")
    if supervisor is not None:
        await end([supervisor], 2 * STOP_SECONDS)
        supervisor.close()
    # What an unlucky supervisor left behind. Its lock is held meanwhile, so that none starts anew.
    lock = RunLock(folder)
    await lock.take_within(STOP_SECONDS)
    try:
        left = [process for path in children if (process := Process.adopt(path)) is not None]
        await end(left, STOP_SECONDS)
        for process in left:
            process.close()
        for path in folder.glob("*.pid"):
            path.unlink(missing_ok=True)
    finally:
        lock.release()
    return len(children)


async def status(settings: Settings) -> dict[str, Any]:
    """`{"ready", "url", "supervisor", "children": {name: {"pid", "age"} or None}}`; ages in seconds."""
    folder = settings.run_dir
    wanted = [each.name for each in plan(settings)]
    found = {path.stem for path in folder.glob("*.pid")} - {"supervisor"}
    names = wanted + sorted(found - set(wanted))

    def view(name: str) -> dict[str, Any] | None:
        identity = living(folder / f"{name}.pid")
        return None if identity is None else {"pid": identity.pid, "age": round(identity.age, 1)}

    begun = time.monotonic()
    ready = await is_ready(settings)
    return {
        "ready": ready,
        "url": settings.url,
        "answered_in": round(time.monotonic() - begun, 3) if ready else None,
        "supervisor": view("supervisor"),
        "children": {name: view(name) for name in names},
    }


def is_healthy(found: dict[str, Any]) -> bool:
    """Whether everything that should run does."""
    return bool(found["ready"] and found["supervisor"] and all(found["children"].values()))


def run_stop(settings: Settings) -> int:
    return asyncio.run(stop(settings))


def run_status(settings: Settings) -> dict[str, Any]:
    return asyncio.run(status(settings))
