"""What the whole machine spent, and the veth pair that measurements run over."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.net.hosts import Host, NoHosts, ip


def busy() -> float:
    """CPU seconds since boot that were neither idle nor waiting for a disk, of all cores: user, nice,
    system, interrupts and softirqs (/proc/stat). Resolution 10 ms."""
    fields = [int(x) for x in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (sum(fields[:3]) + sum(fields[5:7])) / os.sysconf("SC_CLK_TCK")


def process_cpu(pid: int) -> float:
    """CPU seconds of one process, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """Bytes of memory of a process (RSS)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def veth_pair(gso: bool = True) -> Iterator[tuple[Host, str, str]]:
    """A namespace joined to the machine's own by a veth pair: (host, our address, its address).

    `gso` False switches UDP segmentation off on our end, as on a card that cannot do it.
    """
    name = f"sbv{os.getpid() % 100000}"
    ours, theirs = "10.212.0.1", "10.212.0.2"
    with Host("sinks") as host:
        ip("link", "add", name, "type", "veth", "peer", "name", f"{name}p", "netns", host.namespace)
        try:
            ip("addr", "add", f"{ours}/24", "dev", name)
            ip("link", "set", name, "up")
            ip("addr", "add", f"{theirs}/24", "dev", f"{name}p", namespace=host.namespace)
            ip("link", "set", f"{name}p", "up", namespace=host.namespace)
            if not gso:
                if shutil.which("ethtool") is None:
                    raise NoHosts("the Debian package ethtool is missing")
                subprocess.run(
                    ["ethtool", "-K", name, "tx-udp-segmentation", "off"], check=True, capture_output=True
                )
            yield host, ours, theirs
        finally:
            with contextlib.suppress(NoHosts):
                ip("link", "del", name)


def compile_c(source: Path, folder: Path) -> Path:
    """Compile one C file with -O2; the path of the program."""
    program = folder / source.stem
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", str(program), str(source)], check=True)
    return program
