"""The server's side of staying alive: notices that its supervisor vanished, and starts another.

Whoever ends the house in order ends the server before the supervisor goes; a supervisor that is gone
while the server lives was killed. If systemd or somebody else starts it again, that one takes the
lock of the run folder first and nothing is done here; whichever supervisor has the lock is the one.
"""

import asyncio
import logging
import os
import shutil
import sys
import time
from collections.abc import Sequence

from server.settings import Settings
from server.supervisor.backoff import Backoff
from server.supervisor.plan import SETTINGS_FILE
from server.supervisor.processes import Process, RunLock
from server.supervisor.supervisor import PID_FILE

log = logging.getLogger(__name__)

GRACE = 1.0
GRACE_UNDER_SYSTEMD = 6.0
"""Seconds left to whoever else starts the supervisor; a unit's RestartSec is usually below it."""


async def watch_supervisor(
    settings: Settings, *, command: Sequence[str] = (), grace: float | None = None
) -> None:
    """Run for as long as the server does, as a task that the server cancels first when it stops.

    Without a supervisor's pid file at the start (a server started by hand) it returns at once.

    Args:
        command: starts a supervisor; by default ``sabak serve`` with the settings of the run folder.
        grace: seconds left to others to start one.
    """
    path = settings.run_dir / PID_FILE
    if not path.exists():
        return
    if not command:
        restore = settings.run_dir / SETTINGS_FILE
        command = (sys.executable, "-m", "server.cli", "serve", "--restore", str(restore))
    # systemd sets INVOCATION_ID for its services (systemd.exec(5))
    if grace is None:
        grace = GRACE_UNDER_SYSTEMD if "INVOCATION_ID" in os.environ else GRACE
    ours, begun, backoff = 0, 0.0, Backoff()
    while True:
        process = Process.adopt(path)
        if process is not None:
            try:
                await process.wait()
            finally:
                process.close()
            log.warning("the supervisor (pid %d) is gone", process.identity.pid)
        if ours and _has_ended(ours):
            ours = 0
            await asyncio.sleep(backoff.died(time.monotonic() - begun))
        await asyncio.sleep(grace)
        if not _is_orphaned(settings):
            await asyncio.sleep(0.1)  # the new one is about to write its pid file
        elif not ours:
            log.warning("starting a new supervisor")
            ours, begun = _start(command), time.monotonic()


def _is_orphaned(settings: Settings) -> bool:
    """Whether nobody holds the lock of the run folder."""
    lock = RunLock(settings.run_dir)
    try:
        return lock.take()
    finally:
        lock.release()


def _start(command: Sequence[str]) -> int:
    """Start it in a session of its own; it is meant to outlive us. Returns its pid."""
    program = shutil.which(command[0]) or command[0]
    stdin = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    return os.posix_spawn(program, list(command), os.environ, setsid=True, file_actions=[stdin])


def _has_ended(pid: int) -> bool:
    """Whether our child ended; it is no zombie afterwards."""
    return os.waitpid(pid, os.WNOHANG)[0] == pid
