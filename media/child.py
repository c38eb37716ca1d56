"""What every child process of the house has in common: start, log, stop, and say how it is.

In flow plain command-line arguments (children know nothing of the server's settings), out flows an
exit status: 0 after SIGTERM or SIGINT, 78 when its configuration is wrong (a taken port: starting it
again cannot help), 1 after a defect. `run` owns the event loop and the signals.
"""

import argparse
import asyncio
import gc
import logging
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

import msgspec

from media.errors import PortTaken
from media.messages import Done

log = logging.getLogger(__name__)

CONFIGURATION_EXIT = 78
"""EX_CONFIG of sysexits.h."""

Main = Callable[[asyncio.Event], Awaitable[None]]


def settle_memory() -> None:
    """Once everything is loaded: look for cycles rarely, and never among what stays for ever.

    Memory is freed by counting references; a full collection in the middle of a frame is 30 ms, and half a
    second of a report over 40,000 lessons went into them.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def parser(description: str) -> argparse.ArgumentParser:
    """The arguments that every child takes; add your own."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--index", type=int, default=0, help="which of its kind this process is")
    made.add_argument("--socket", type=Path, required=True, help="the control socket to listen on")
    made.add_argument("--log-level", default="info", choices=("debug", "info", "warning", "error"))
    return made


def paths(text: str) -> tuple[Path, ...]:
    """An argument type: paths with commas between them."""
    return tuple(Path(part) for part in text.split(",") if part)


def set_up_logging(name: str, level: str) -> None:
    """Plain lines on stderr: time, level, process, module, words."""
    logging.basicConfig(
        format=f"%(asctime)s.%(msecs)03d %(levelname)-7s {name} %(name)s: %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
        level=level.upper(),
        force=True,
    )


def run(
    name: str,
    main: Main,
    *,
    level: str = "info",
    configuration: tuple[type[Exception], ...] = (PortTaken,),
) -> int:
    """Run `main(stop)` until it returns; `stop` is set by SIGTERM and SIGINT.

    Args:
        name: of the process in the log, such as ``media0``.
        configuration: exceptions that mean that the operator must change something. They are one
            line in the log, and the exit status 78.

    Returns:
        The exit status, for `sys.exit`.
    """
    set_up_logging(name, level)
    try:
        asyncio.run(_until_stopped(main))
    except configuration as error:
        code = getattr(error, "code", type(error).__name__)
        print(f"{name}: {error} [{code}]", file=sys.stderr, flush=True)  # noqa: T201 - for the operator
        return CONFIGURATION_EXIT
    except Exception:
        log.critical("%s ends after a defect", name, exc_info=True)
        return 1
    return 0


async def _until_stopped(main: Main) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await main(stop)


class Caller(msgspec.Struct, tag="caller"):
    """The snapshot of whoever dials a child: only its name."""

    name: str


class AskState(msgspec.Struct, tag="ask_state"):
    """Call, answered with a fresh `ChildState`."""


class ChildState(msgspec.Struct, tag="child_state"):
    """The snapshot of a child. `epoch` is new with each process, `started` is in seconds since 1970,
    `jobs` counts what it works on now."""

    role: str
    index: int
    epoch: str
    started: float
    jobs: int = 0


ToChild = Caller | AskState | Done
"""`Done` is the snapshot of a caller that gives no name."""


@dataclass(slots=True)
class Child:
    """The state of this process, kept up to date by its owner."""

    role: str
    index: int = 0
    jobs: int = 0
    epoch: str = field(default_factory=lambda: token_hex(8))
    started: float = field(default_factory=time.time)

    @property
    def state(self) -> ChildState:
        return ChildState(self.role, self.index, self.epoch, self.started, self.jobs)
