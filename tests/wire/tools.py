"""tshark and ffmpeg, told what to do: the independent judges of what travelled."""

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, str]

HEURISTICS = ("stun_udp", "dtls_udp", "rtp_udp")
"""Media ports are no well-known ones: tshark finds the protocols by their looks."""


@contextlib.contextmanager
def capture(interface: str, ports: tuple[int, int], path: Path) -> Iterator[None]:
    """Let tshark write what passes on the interface to and from these UDP ports."""
    command = [
        "tshark", "-q", "-i", interface, "-f", f"udp portrange {ports[0]}-{ports[1]}", "-w", str(path),
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "Capturing on" in line:
                break
        time.sleep(1)  # it says so a moment before it does
        yield
        time.sleep(1)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def rows(path: Path, display: str, *fields: str, options: tuple[str, ...] = ()) -> list[Row]:
    """The packets of a file that `display` (a display filter) takes; several values by comma."""
    command = ["tshark", "-n", "-r", str(path), "-Y", display, "-T", "fields", "-E", "separator=|"]
    for field in ("frame.number", *fields):
        command += ["-e", field]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    names = ("frame.number", *fields)
    return [dict(zip(names, line.split("|"), strict=True)) for line in done.stdout.splitlines()]


def heuristics() -> tuple[str, ...]:
    return tuple(word for name in HEURISTICS for word in ("--enable-heuristic", name))


def decode_as(**kinds: str) -> tuple[str, ...]:
    """For files of pcap.py: payload types and what they are, such as ``pt97="vp8"``."""
    ports = ("-d", "udp.port==5004,rtp", "-d", "udp.port==5005,rtcp")
    types = (word for pt, kind in kinds.items() for word in ("-d", f"rtp.pt=={pt.removeprefix('pt')},{kind}"))
    return (*ports, *types)


def play(packets: list[tuple[float, bytes]], sdp: str, folder: Path, port: int) -> tuple[bytes, str]:
    """Send RTP packets to an ffmpeg that listens as `sdp` says; its BGR pictures and its complaints."""
    description = folder / "replay.sdp"
    description.write_text(sdp)
    pictures = folder / "replay.bgr"
    command = [
        "ffmpeg", "-v", "error", "-y", "-protocol_whitelist", "file,udp,rtp", "-i", str(description),
        "-fps_mode", "passthrough", "-pix_fmt", "bgr24", "-f", "rawvideo", str(pictures),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        until = time.monotonic() + 10
        while not _is_bound(port):
            assert time.monotonic() < until, "ffmpeg does not listen"
            time.sleep(0.05)
        start, first = time.monotonic(), packets[0][0]
        for at, data in packets:
            time.sleep(max(0.0, start + (at - first) / 2 - time.monotonic()))  # twice as fast
            out.sendto(data, ("127.0.0.1", port))
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=20)
    # a live stream without a BYE always ends so
    lines = [line for line in complaints.splitlines() if not line.endswith("Connection timed out")]
    return pictures.read_bytes(), "\n".join(lines)


def _is_bound(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
