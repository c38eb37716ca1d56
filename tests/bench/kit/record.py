"""Record what a real Chromium sends and reports, once, into `chromium.json`.

    python -m tests.bench.kit.record [--seconds 10] [--out FILE]

A page publishes a 720p camera with three simulcast layers (a moving, noisy picture, as a real sensor
gives) and a shared screen (a page of text that scrolls and turns) to a media worker of our own; a second
page watches. Sizes, times and sequence come from the datagrams themselves on the loopback: the headers
of RTP are in the clear. Kept are seconds and payload sizes of each frame's packets; printed, and kept
beside them, how often the watching Chromium reports.
"""

import argparse
import asyncio
import json
import os
import socket
import struct
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from media.messages import Rights
from tests.bench.kit.scenes import RECORDED
from tests.bench.load.worker import worker
from tests.media.engine import browser_page

WIDTH, HEIGHT, RATE, FRAMES = 1280, 720, 30, 60
PORT = 41_500
TAG = 16
TEACHER = Rights(("mic", "cam", "screen"), ("class",), ("class",), True)
STUDENT = Rights((), (), ("class",))

SCREEN = """async () => {
  const canvas = document.createElement('canvas'); canvas.width = 1280; canvas.height = 720;
  const c = canvas.getContext('2d'); let at = 0;
  setInterval(() => {
    at++; c.fillStyle = '#fff'; c.fillRect(0, 0, 1280, 720); c.fillStyle = '#123'; c.font = '18px serif';
    const page = Math.floor(at / 80), shift = (at % 80) < 20 ? at % 80 : 20;
    for (let y = 0; y < 34; y++)
      c.fillText(`${page}.${y + shift} Lorem ipsum dolor sit amet ${(page * 7919 + y * 104729) % 999983} `
        .repeat(3), 40, 40 + y * 20);
  }, 100);
  const track = canvas.captureStream(10).getVideoTracks()[0]; track.contentHint = 'detail';
  screen_.direction = 'sendonly'; await screen_.sender.replaceTrack(track);
}"""


def camera(path: Path) -> None:
    """A moving, noisy 720p picture of two seconds as y4m."""
    random = np.random.default_rng(1)
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420\n".encode())
        for frame in range(FRAMES):
            turn = 2 * np.pi * frame / FRAMES
            head = (x - 640 - 60 * np.sin(turn)) ** 2 + (y - 340 - 20 * np.cos(2 * turn)) ** 2 < 200**2
            luma = 90 + 60 * np.sin(x / 97) * np.cos(y / 61) + 60 * head + random.normal(0, 3, x.shape)
            chroma = np.full((HEIGHT // 2, WIDTH // 2), 128) + 20 * head[::2, ::2]
            out.write(b"FRAME\n" + np.clip(luma, 16, 235).astype(np.uint8).tobytes())
            out.write(chroma.astype(np.uint8).tobytes() + (256 - chroma).astype(np.uint8).tobytes())


class Sniffer:
    """Datagrams to one UDP port of the loopback, with the kernel's clock, as they pass."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self._socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
        self._socket.bind(("lo", 0))
        self._socket.setblocking(False)
        self._port = port
        self.seen: list[tuple[float, int, bytes]] = []

    def read(self) -> None:
        now = time.monotonic()
        while True:
            try:
                data, address = self._socket.recvfrom(65536)
            except BlockingIOError:
                return
            at = 4 * (data[0] & 15)
            if address[2] == 4 or data[9] != 17:  # PACKET_OUTGOING: each is seen twice on the loopback
                continue
            source, target = struct.unpack_from("!HH", data, at)
            if target == self._port:
                self.seen.append((now, source, data[at + 8 :]))

    def close(self) -> None:
        self._socket.close()


def frames(seen: list[tuple[float, int, bytes]]) -> dict[int, dict[str, Any]]:
    """By SSRC: `times` and `sizes` of its frames, `length`; repeated packets and probes left out."""
    found: dict[int, dict[int, list[tuple[int, float, int]]]] = defaultdict(lambda: defaultdict(list))
    for now, _, data in seen:
        if len(data) < 12 or data[0] >> 6 != 2 or 192 <= data[1] <= 223:
            continue
        seq, rtp_time, ssrc = struct.unpack_from("!HII", data, 2)
        head = 12 + 4 * (data[0] & 15)
        if data[0] & 16:
            head += 4 + 4 * struct.unpack_from("!H", data, head + 2)[0]
        size = len(data) - head - TAG
        if size > 0:
            found[ssrc][rtp_time].append((seq, now, size))
    out: dict[int, dict[str, Any]] = {}
    for ssrc, stamps in found.items():
        ordered = sorted(stamps.values(), key=lambda packets: packets[0][1])
        begin = ordered[0][0][1]
        times = [round(packets[0][1] - begin, 4) for packets in ordered]
        gap = times[-1] / max(1, len(times) - 1)
        out[ssrc] = {
            "length": round(times[-1] + gap, 4),
            "times": times,
            "sizes": [[max(24, size) for _, _, size in sorted(set(packets))] for packets in ordered],
        }
    return out


async def record(seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "camera.y4m"
        camera(file)
        browser_page.ARGUMENTS.append(f"--use-file-for-fake-video-capture={file}")
        async with worker("127.0.0.1", PORT) as (steering, _), browser_page.chromium() as context:
            teacher = await browser_page.open_page(context, steering, "teacher")
            await teacher.join(TEACHER, sends=(WIDTH, HEIGHT, RATE), slots=("audio0", "stage"))
            await teacher.page.evaluate(SCREEN)
            student = await browser_page.open_page(context, steering, "student")
            await student.join(STUDENT, slots=("audio0", "stage", "speaker"))
            await asyncio.sleep(12)  # all layers open, the estimate has risen
            sniffer = Sniffer(PORT)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                await asyncio.sleep(0.001)
                sniffer.read()
            sent, watched = await teacher.stats(), await student.stats()
            seen = sniffer.seen
            sniffer.close()
    streams = frames(seen)
    named = {
        "camera720": sent["cam/f"], "tile180": sent["cam/q"], "screen": sent["screen"]
    }  # fmt: skip
    viewer = Counter(source for _, source, data in seen if data and data[0] >> 6 == 2)
    quiet = min(viewer, key=lambda source: viewer[source])
    kinds = Counter(
        data[1] for _, source, data in seen if source == quiet and data[0] >> 6 == 2 and data[1] >= 192
    )
    return {
        "chromium": watched["transport"].get("srtpCipher", ""),
        "viewer_reports_per_second": {str(kind): round(n / seconds, 1) for kind, n in sorted(kinds.items())},
        "streams": {name: streams[one["ssrc"]] for name, one in named.items()},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--out", type=Path, default=RECORDED)
    chosen = parser.parse_args()
    assert os.geteuid() == 0, "listening on the loopback needs root"
    made = asyncio.run(record(chosen.seconds))
    chosen.out.write_text(json.dumps(made, separators=(",", ":")) + "\n")
    for name, stream in made["streams"].items():
        packets = [size for sizes in stream["sizes"] for size in sizes]
        print(
            name, f"{len(stream['times']) / stream['length']:.1f} frames/s,",
            f"{len(packets) / len(stream['times']):.2f} packets a frame,",
            f"{sum(packets) * 8 / stream['length'] / 1000:.0f} kbit/s",
        )  # fmt: skip
    print("reports of the viewer a second, by kind of the first packet:", made["viewer_reports_per_second"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
