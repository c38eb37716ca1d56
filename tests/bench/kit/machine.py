"""What the machine is, and the veth pair that measurements run over."""

import contextlib
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.net.hosts import Host, NoHosts, ip


def describe() -> dict[str, str | int]:
    """The machine, for the head of a table of figures."""
    words = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in words if line.startswith("model name")), "")
    return {
        "cpu": model or platform.machine(),
        "cores": os.cpu_count() or 0,
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def resident(pid: int) -> int:
    """Bytes of memory of a process (RSS)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def veth_pair(gso: bool = True) -> Iterator[tuple[Host, str, str]]:
    """A namespace joined to the machine's own by a veth pair: (host, our address, its address).

    `gso` False switches UDP segmentation off on our end, as on a card that cannot do it: the kernel
    then cuts each message itself before the wire.
    """
    name = f"sbv{os.getpid() % 100000}"
    net = f"10.212.{os.getpid() % 250}"
    ours, theirs = f"{net}.1", f"{net}.2"
    with Host("sinks") as host:
        ip("link", "add", name, "type", "veth", "peer", "name", f"{name}p", "netns", host.namespace)
        try:
            ip("addr", "add", f"{ours}/24", "dev", name)
            ip("link", "set", name, "up")
            ip("addr", "add", f"{theirs}/24", "dev", f"{name}p", namespace=host.namespace)
            ip("link", "set", f"{name}p", "up", namespace=host.namespace)
            if not gso:
                _switch_off(name)
            yield host, ours, theirs
        finally:
            with contextlib.suppress(NoHosts):
                ip("link", "del", name)


def _switch_off(name: str) -> None:
    if shutil.which("ethtool") is None:
        raise NoHosts("the Debian package ethtool is missing")
    for feature in ("tx-udp-segmentation", "gso"):
        subprocess.run(["ethtool", "-K", name, feature, "off"], check=True, capture_output=True)


def compile_c(source: Path, folder: Path) -> Path:
    """Compile one C file with -O2; the path of the program."""
    program = folder / source.stem
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", str(program), str(source)], check=True)
    return program
