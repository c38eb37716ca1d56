"""Test hosts: network namespaces on this machine, joined by wires that can be made bad.

    with Host("pupil") as pupil, Wire(None, pupil) as wire:
        wire.harm(Harm(loss=0.1, delay_ms=80))
        pupil.run(["ping", "-c1", wire.a_address])

`None` stands for the machine's own namespace. Addresses come from 10.211.0.0/16, a /30 a wire.
Needs root and iproute2; where they are missing `Host` raises `NoHosts`, which names the reason.
"""

import contextlib
import dataclasses
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.net.lane import Harm

ROOT = Path(__file__).resolve().parents[2]
_numbers = itertools.count(1)


class NoHosts(Exception):
    """Namespaces cannot be made here; the message says what is missing."""


def ip(*args: str, namespace: str | None = None) -> None:
    prefix = ["ip"] if namespace is None else ["ip", "-n", namespace]
    done = subprocess.run([*prefix, *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoHosts(f"ip {' '.join(args)}: {done.stderr.strip()}")


class Host:
    """A network namespace with a loopback of its own; gone when the `with` block ends."""

    def __init__(self, name: str) -> None:
        if os.geteuid() != 0:
            raise NoHosts("network namespaces need root")
        if shutil.which("ip") is None:
            raise NoHosts("the Debian package iproute2 is missing")
        self.namespace = f"sabak-{name}-{os.getpid()}-{next(_numbers)}"

    def __enter__(self) -> Self:
        ip("netns", "add", self.namespace)
        ip("link", "set", "lo", "up", namespace=self.namespace)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(NoHosts):
            ip("netns", "del", self.namespace)

    def command(self, argv: list[str]) -> list[str]:
        """`argv` as it must be started to run on this host."""
        return ["ip", "netns", "exec", self.namespace, *argv]

    def run(self, argv: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(argv), text=True, check=False, **options)


class Wire:
    """A point-to-point IPv4 link between two hosts; `a_address` and `b_address` are its ends."""

    def __init__(self, a: Host | None, b: Host | None, seed: int = 1) -> None:
        number = next(_numbers)
        self._ends = (a, b)
        self._names = (f"sb{os.getpid() % 100000}a{number}", f"sb{os.getpid() % 100000}b{number}")
        self.a_name, self.b_name = self._names
        base = (os.getpid() * 37 + number) % 16384 * 4
        self.a_address = f"10.211.{base // 256}.{base % 256 + 1}"
        self.b_address = f"10.211.{base // 256}.{base % 256 + 2}"
        self._seed = seed
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.net.emulator", *self._names, str(self._seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        if self._ask() != "ready":
            raise NoHosts("TUN devices cannot be made here (/dev/net/tun)")
        pairs = zip(self._ends, self._names, (self.a_address, self.b_address), strict=True)
        for (host, name, address), other in zip(pairs, (self.b_address, self.a_address), strict=True):
            namespace = host.namespace if host else None
            if namespace:
                ip("link", "set", name, "netns", namespace)
            ip("addr", "add", address, "peer", other, "dev", name, namespace=namespace)
            ip("link", "set", name, "up", "mtu", "1500", namespace=namespace)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            assert self._process.stdin and self._process.stdout
            self._process.stdin.close()
            self._process.wait(5)
            self._process.stdout.close()

    def harm(self, a_to_b: Harm, b_to_a: Harm | None = None) -> None:
        """Change what the wire does from now on; the same both ways unless told otherwise."""
        self._tell({"a_to_b": dataclasses.asdict(a_to_b), "b_to_a": dataclasses.asdict(b_to_a or a_to_b)})

    def stats(self) -> tuple[int, int, int, int]:
        """Packets so far: passed and lost from a to b, passed and lost from b to a."""
        self._tell({"stats": True})
        a, b, c, d = json.loads(self._ask())
        return a, b, c, d

    def _tell(self, command: dict[str, Any]) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def _ask(self) -> str:
        assert self._process and self._process.stdout
        return self._process.stdout.readline().strip()
