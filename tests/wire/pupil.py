"""On another host: publishes a film by WHIP, plays it by WHEP, and notes both in the clear.

``python -m tests.wire.pupil URL LESSON SENDER RECEIVER FILM FOLDER``; the tokens are the sender's and the
receiver's. Leaves ``up.pcap`` and ``down.pcap`` in the folder and prints the frames it saw as JSON.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.e2e.film import number_of, playing
from tests.e2e.whip_client import WhipClient
from tests.patience import until
from tests.wire.pcap import Tap


async def pupil(url: str, lesson: str, sender: str, receiver: str, film: Path, folder: Path) -> list[int]:
    seen: list[int] = []
    sounds = 0
    async with (
        WhipClient(f"{url}/whep/{lesson}", receiver) as player,
        WhipClient(f"{url}/whip/{lesson}", sender) as encoder,
    ):
        tracks: dict[str, Any] = {}
        player.pc.on("track", lambda track: tracks.setdefault(track.kind, track))
        player.pc.addTransceiver("audio", "recvonly")
        player.pc.addTransceiver("video", "recvonly")
        taps = [Tap(player.pc, folder / "down.pcap")]
        await player.connect()

        async def watch() -> None:
            while True:
                seen.append(number_of(await tracks["video"].recv()))

        async def listen() -> None:
            nonlocal sounds
            while True:
                await tracks["audio"].recv()
                sounds += 1

        readers = [asyncio.create_task(watch()), asyncio.create_task(listen())]
        with playing(film) as (sound, picture):
            encoder.pc.addTransceiver(sound, "sendonly")
            encoder.pc.addTransceiver(picture, "sendonly")
            taps.append(Tap(encoder.pc, folder / "up.pcap"))
            await encoder.connect()
            total = 0

            def over() -> bool:
                """Whether nothing more has been read from the film for a moment."""
                nonlocal total
                before, total = total, len(picture.sent)
                return bool(seen) and sounds > 50 and total == before

            await until(over, "the film is over", within=60, every=1)
            await asyncio.sleep(1)
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        assert await encoder.end() == 200 and await player.end() == 200
        await asyncio.sleep(0.5)
        for tap in taps:
            tap.close()
    return seen


if __name__ == "__main__":
    url, lesson, sender, receiver, film, folder = sys.argv[1:]
    print(json.dumps(asyncio.run(pupil(url, lesson, sender, receiver, Path(film), Path(folder)))))
