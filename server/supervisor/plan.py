"""Which children the house has, and how each is started. Pure: settings in, commands out.

The server reads the parsed settings from one JSON file of the run folder. Media, recorder and vision
know nothing of the server's settings: they get plain arguments.
"""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

from server.models.catalogue import present
from server.settings import Settings, dump
from server.settings_values import Address

SERVER = "server"
SETTINGS_FILE = "settings.json"
VISION_NICE = 10
"""Analysis may be late; a class may not."""


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """How to start one child.

    `stamp` changes whenever the child would have to be started anew to be as planned: a supervisor
    that finds a living child of another stamp replaces it. `tcp` and `udp` are the addresses it will
    bind.
    """

    name: str
    command: tuple[str, ...]
    stamp: str
    nice: int = 0
    tcp: tuple[Address, ...] = ()
    udp: tuple[Address, ...] = ()


def media_socket(settings: Settings, index: int) -> Path:
    return settings.run_dir / f"media{index}.sock"


def socket_of(settings: Settings, name: str) -> Path:
    """The control socket of the child `name`, such as ``recorder``."""
    return settings.run_dir / f"{name}.sock"


def plan(settings: Settings) -> list[ChildPlan]:
    """Every child of the house."""
    run = settings.run_dir
    media = [media_socket(settings, index) for index in range(settings.media_workers)]
    level = () if settings.log_level == "info" else ("--log-level", settings.log_level)
    taps = ("--media", ",".join(map(str, media)))
    found = [
        _child(
            SERVER,
            ("server.app", "--settings", str(run / SETTINGS_FILE)),
            stamp=dump(settings),
            tcp=(settings.http,),
        )
    ]
    for index, socket in enumerate(media):
        listen = tuple(Address(each.host, each.port and each.port + index) for each in settings.media)
        arguments = ["media.worker", "--index", str(index), "--socket", str(socket)]
        arguments += ["--listen", ",".join(map(str, listen))]
        if settings.announce:
            arguments += ["--announce", ",".join(settings.announce)]
        found.append(_child(f"media{index}", (*arguments, *level), tcp=listen, udp=listen))
    folder = ("--folder", str(settings.recordings_dir))
    recorder = ("media.recorder", "--socket", str(run / "recorder.sock"), *taps, *folder, *level)
    found.append(_child("recorder", recorder))
    files = ",".join(f"{name}={path}" for name, path in present(settings).items())
    eyes = (*taps, "--of", str(settings.vision_workers), *(("--models", files) if files else ()))
    for index in range(settings.vision_workers):
        socket = run / f"vision{index}.sock"
        command = ("proctoring.worker", "--index", str(index), "--socket", str(socket), *eyes, *level)
        found.append(_child(f"vision{index}", command, nice=VISION_NICE))
    return found


def _child(
    name: str,
    module: tuple[str, ...],
    *,
    stamp: str = "",
    nice: int = 0,
    tcp: tuple[Address, ...] = (),
    udp: tuple[Address, ...] = (),
) -> ChildPlan:
    command = (sys.executable, "-m", *module)
    digest = hashlib.sha256("\0".join((*command, stamp)).encode()).hexdigest()[:16]
    return ChildPlan(name, command, digest, nice, tcp, udp)
