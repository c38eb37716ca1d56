"""The supervisor: one keeper a child, which adopts or starts it and starts it again when it dies.

In flow the settings and the run folder, out flow processes. It takes no part in the work: children
outlive it, and the next supervisor finds them by their pid files. Until the house was ready once, a
child that ends with status 78 (its configuration is wrong) stops everything with one clear line;
later such a child is tried again at the slowest pace, because a class may be going on.
"""

import asyncio
import errno
import logging
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from server.errors import CONFIGURATION_EXIT, SupervisorError
from server.settings import Settings, dump
from server.settings_values import Address
from server.supervisor.backoff import MOST, Backoff
from server.supervisor.plan import SERVER, SETTINGS_FILE, ChildPlan, plan
from server.supervisor.processes import (
    Process,
    RunLock,
    child_environment,
    end,
    make_run_dir,
    write_pid_file,
)
from server.supervisor.ready import is_ready

log = logging.getLogger(__name__)

PID_FILE = "supervisor.pid"
LOCK_SECONDS = 2.0
STOP_SECONDS = 5.0
READY_PAUSE = 0.1


@dataclass(slots=True)
class Keeper:
    """One child and what became of it."""

    plan: ChildPlan
    process: Process | None = None
    backoff: Backoff = field(default_factory=Backoff)


class Supervisor:
    """Runs once.

    Args:
        children: what to run; by default the whole house.
        on_ready: called once, when the server first answers.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        children: Sequence[ChildPlan] | None = None,
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._run_dir = settings.run_dir
        self._keepers = [Keeper(each) for each in (plan(settings) if children is None else children)]
        self._on_ready = on_ready
        self._stop = asyncio.Event()
        self._ready = False
        self._refused = ""
        self._env = child_environment(os.environ)

    def stop(self) -> None:
        """Stop the house in order; a second call kills what is left at once."""
        if self._stop.is_set():
            for keeper in self._keepers:
                if keeper.process is not None:
                    keeper.process.signal(signal.SIGKILL)
        self._stop.set()

    async def run(self) -> None:
        """Keep the house until `stop`.

        Raises:
            SupervisorError: another supervisor holds the run folder, a port is taken, or a child's
                configuration is wrong. Nothing of ours is left running then.
        """
        make_run_dir(self._run_dir)
        lock = RunLock(self._run_dir)
        await lock.take_within(LOCK_SECONDS)
        try:
            await self._replace_stale()
            self._check_ports()
            self._write_files()
            async with asyncio.TaskGroup() as tasks:
                keeping = [tasks.create_task(self._keep(each)) for each in self._keepers]
                waiting = tasks.create_task(self._announce())
                await self._stop.wait()
                waiting.cancel()
                for task in keeping:
                    task.cancel()
            alive = [each.process for each in self._keepers if each.process and not each.process.ended]
            await end(alive, STOP_SECONDS)
            for keeper in self._keepers:
                self._forget(keeper)
        finally:
            (self._run_dir / PID_FILE).unlink(missing_ok=True)
            lock.release()
        if self._refused:
            raise SupervisorError("supervisor.child", self._refused)

    # --- before the start ----------------------------------------------------------------------------

    async def _replace_stale(self) -> None:
        """Adopt the living children; end those that would have to be started otherwise today."""
        stale: list[Process] = []
        wanted = {each.plan.name: each for each in self._keepers}
        for path in sorted(self._run_dir.glob("*.pid")):
            if path.name == PID_FILE:
                continue
            process = Process.adopt(path)
            keeper = wanted.get(path.stem)
            if process is None:
                path.unlink(missing_ok=True)
            elif keeper is not None and keeper.plan.stamp == process.identity.stamp:
                keeper.process = process
                log.info("%s lives (pid %d) and is adopted", path.stem, process.identity.pid)
            else:
                stale.append(process)
                log.info("%s (pid %d) is not as the settings want it", path.stem, process.identity.pid)
        await end(stale, STOP_SECONDS)
        for process in stale:
            process.close()

    def _check_ports(self) -> None:
        """Refuse a taken port in words, before any child fails at it."""
        for keeper in self._keepers:
            if keeper.process is None:
                for address in keeper.plan.tcp:
                    _try_port(address, socket.SOCK_STREAM, keeper.plan.name)
                for address in keeper.plan.udp:
                    _try_port(address, socket.SOCK_DGRAM, keeper.plan.name)

    def _write_files(self) -> None:
        new = self._run_dir / (SETTINGS_FILE + ".new")
        with open(new, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(dump(self._settings))
        new.replace(self._run_dir / SETTINGS_FILE)
        write_pid_file(self._run_dir / PID_FILE)

    # --- while running -------------------------------------------------------------------------------

    async def _keep(self, keeper: Keeper) -> None:
        name = keeper.plan.name
        while True:
            if keeper.process is None:
                try:
                    keeper.process = self._start(keeper.plan)
                except (OSError, subprocess.SubprocessError) as error:  # no memory, too many processes
                    log.error("%s cannot be started: %s", name, error)
                    await asyncio.sleep(keeper.backoff.died(0))
                    continue
            status = await keeper.process.wait()
            alive = keeper.process.identity.age
            self._forget(keeper)
            pause = keeper.backoff.died(alive)
            if status == CONFIGURATION_EXIT:
                if not self._ready:
                    self._refused = f"{name} cannot start, see its line above."
                    self._stop.set()
                    return
                pause = MOST
            log.warning("%s ended (%s); it starts again in %.1f s", name, _words(status), pause)
            await asyncio.sleep(pause)

    def _start(self, child: ChildPlan) -> Process:
        process = Process.start(
            child.command,
            self._run_dir / f"{child.name}.pid",
            stamp=child.stamp,
            nice=child.nice,
            env=self._env,
        )
        log.info("%s started, pid %d", child.name, process.identity.pid)
        return process

    def _forget(self, keeper: Keeper) -> None:
        if keeper.process is not None and keeper.process.ended:
            keeper.process.close()
            keeper.process = None
            (self._run_dir / f"{keeper.plan.name}.pid").unlink(missing_ok=True)

    async def _announce(self) -> None:
        if not any(each.plan.name == SERVER for each in self._keepers):
            return
        begun = time.monotonic()
        while not await is_ready(self._settings):  # noqa: ASYNC110 - another process is asked
            await asyncio.sleep(READY_PAUSE)
        self._ready = True
        log.info("ready after %.1f s", time.monotonic() - begun)
        self._on_ready()


def _words(status: int | None) -> str:
    if status is None:
        return "adopted, status unknown"
    return f"signal {-status}" if status < 0 else f"status {status}"


def _try_port(address: Address, kind: socket.SocketKind, name: str) -> None:
    """Bind and let go.

    Raises:
        SupervisorError: `supervisor.port_taken`, or `supervisor.address` for one that is not ours.
    """
    if not address.port:
        return
    word = "TCP" if kind == socket.SOCK_STREAM else "UDP"
    try:
        family, _, _, _, where = socket.getaddrinfo(address.host, address.port, type=kind)[0]
    except OSError as error:
        raise SupervisorError(
            "supervisor.address", f"{name}: {address.host} is no address of this machine: {error}."
        ) from None
    try:
        trial = socket.socket(family, kind)
    except OSError:
        return  # no IPv6 here at all: the child goes without it
    with trial:
        if kind == socket.SOCK_STREAM:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            trial.bind(where)
        except PermissionError:
            raise SupervisorError(
                "supervisor.address", f"{name}: {word} port {address} needs more rights; take one above 1023."
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SupervisorError(
                    "supervisor.port_taken",
                    f"{name}: {word} port {address} is taken by another program. Stop it, or choose "
                    f"another port with the setting {'http' if name == SERVER else 'media'}.",
                ) from None
            if family == socket.AF_INET6 and error.errno == errno.EADDRNOTAVAIL and address.host == "::":
                return  # IPv6 is switched off
            raise SupervisorError(
                "supervisor.address", f"{name}: cannot listen on {word} {address}: {error.strerror}."
            ) from None
