"""Processes and their pid files: start, recognise, wait for and end processes of the run folder.

A pid alone names nobody: numbers are given out again. A pid file therefore holds the pid, the
process's start time (field 22 of /proc/<pid>/stat, proc(5)) and the boot, and a process is taken for
the one of the file only when all agree. The child writes its own file between fork and exec, and the
supervisor's lock stays held until then, so that no child is ever alive without a file, whenever the
supervisor is killed.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from media.boot import boot_id
from server.errors import SupervisorError

PREFIX = "SABAK_"


@dataclass(frozen=True, slots=True)
class Identity:
    """One process: `start` in clock ticks since the boot."""

    pid: int
    start: int
    stamp: str = ""

    @property
    def age(self) -> float:
        """Seconds since it started."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self.start / os.sysconf("SC_CLK_TCK")


def start_time(pid: int) -> int | None:
    """When the process started, in clock ticks since the boot; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else int(fields[19])
    except (OSError, IndexError, ValueError):
        return None


def write_pid_file(path: Path, stamp: str = "") -> None:
    """Write this process's identity, whole or not at all."""
    pid = os.getpid()
    content = {"pid": pid, "start": start_time(pid), "boot": boot_id(), "stamp": stamp}
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(content))
    new.replace(path)


def living(path: Path) -> Identity | None:
    """The process of a pid file, when it is alive."""
    try:
        content = json.loads(path.read_text())
        identity = Identity(int(content["pid"]), int(content["start"]), str(content["stamp"]))
        if content["boot"] != boot_id():
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return identity if start_time(identity.pid) == identity.start else None


class Process:
    """A living process, our child or an adopted one, watched through a pidfd."""

    def __init__(self, identity: Identity, handle: int, popen: "subprocess.Popen[bytes] | None") -> None:
        self.identity = identity
        self._handle = handle
        self._popen = popen

    @classmethod
    def adopt(cls, path: Path) -> "Process | None":
        """The living process of a pid file."""
        identity = living(path)
        if identity is None:
            return None
        try:
            handle = os.pidfd_open(identity.pid)
        except OSError:
            return None
        if start_time(identity.pid) != identity.start:  # it died and its pid was taken in between
            os.close(handle)
            return None
        return cls(identity, handle, None)

    @classmethod
    def start(
        cls, command: Sequence[str], path: Path, *, stamp: str = "", nice: int = 0, env: Mapping[str, str]
    ) -> "Process":
        """Start `command` in a session of its own, with `path` as its pid file.

        Only to be called in a process without threads: code runs between fork and exec.
        """

        def before_exec() -> None:
            os.setsid()
            if nice:
                os.nice(nice)
            write_pid_file(path, stamp)

        popen = subprocess.Popen(  # noqa: S603 - the command is ours
            command,
            stdin=subprocess.DEVNULL,
            preexec_fn=before_exec,  # noqa: PLW1509 - no threads, see above
            env=env,
        )
        identity = Identity(popen.pid, start_time(popen.pid) or 0, stamp)
        return cls(identity, os.pidfd_open(popen.pid), popen)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; a process that has ended is no error."""
        if self._handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    @property
    def ended(self) -> bool:
        return self._handle < 0 or bool(select.select([self._handle], [], [], 0)[0])

    async def wait(self) -> int | None:
        """Wait for its end. Returns the exit status (negative: the signal), None if it was adopted."""
        if not self.ended:
            loop = asyncio.get_running_loop()
            gone = asyncio.Event()
            loop.add_reader(self._handle, gone.set)
            try:
                await gone.wait()
            finally:
                loop.remove_reader(self._handle)
        return self._popen.wait() if self._popen else None

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


async def end(processes: Sequence[Process], patience: float) -> None:
    """SIGTERM to all, and after `patience` seconds SIGKILL to those that are left."""
    for process in processes:
        process.signal(signal.SIGTERM)
    waiting = [asyncio.ensure_future(process.wait()) for process in processes]
    if not waiting:
        return
    _, late = await asyncio.wait(waiting, timeout=patience)
    if late:
        for process in processes:
            process.signal(signal.SIGKILL)
        await asyncio.wait(late)


def child_environment(env: Mapping[str, str]) -> dict[str, str]:
    """The environment of children: without the settings, which hold secrets and were read already."""
    found = {name: value for name, value in env.items() if not name.startswith(PREFIX)}
    return found | {"PYTHONUNBUFFERED": "1"}


class RunLock:
    """The lock of a run folder: who holds it is the supervisor."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "supervisor.lock"
        self._file = -1

    def take(self) -> bool:
        """Try once. The lock ends with the process, however it ends."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    async def take_within(self, seconds: float) -> None:
        """Try for a while: the one before may be on its way out.

        Raises:
            SupervisorError: `supervisor.running`.
        """
        deadline = time.monotonic() + seconds
        while not self.take():
            if time.monotonic() > deadline:
                raise SupervisorError(
                    "supervisor.running",
                    "Sabak is already running on this data folder; `sabak stop` stops it.",
                )
            await asyncio.sleep(0.05)

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def make_run_dir(folder: Path) -> None:
    """Make the run folder, for this user alone.

    Raises:
        SupervisorError: `supervisor.run_dir`, when it cannot be made or belongs to somebody else.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.stat(follow_symlinks=False)
        if status.st_uid != os.getuid() or not folder.is_dir() or folder.is_symlink():
            raise SupervisorError(
                "supervisor.run_dir", f"The run folder {folder} belongs to somebody else; remove it."
            )
        folder.chmod(0o700)
    except OSError as error:
        raise SupervisorError(
            "supervisor.run_dir", f"Cannot make the run folder {folder}: {error.strerror}."
        ) from None
