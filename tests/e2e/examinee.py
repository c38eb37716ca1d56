"""An examinee at a desk: Chromium on a real (virtual) screen, which it shares whole, before an acted camera.

The screen is an X server of their own, so that what covers the exam page covers the marker in what is
shared. The camera is acted: pictures made of the shared portraits, moving a little and with noise as a
sensor has, chosen by the test while it runs. Everything else is the page and the browser as they are.
"""

import base64
import contextlib
import itertools
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import cv2
import numpy as np
from playwright.async_api import async_playwright

from proctoring.faces import Face, Picture, YuNet
from tests.e2e.browser import CHROMIUM, QUIET, WATCH, Person
from tests.proctoring.material import material

WIDE, HIGH = 640, 480
SCREEN = (1024, 680)
_displays = itertools.count(200 + os.getpid() % 500)

ACTOR = """(pictures => {
  const images = Object.fromEntries(Object.entries(pictures).map(([name, data]) => {
    const image = new Image();
    image.src = data;
    return [name, image];
  }));
  window.__scene = 'calm';
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 480];
  const pen = canvas.getContext('2d');
  const noises = Array.from({length: 7}, () => {
    const noise = document.createElement('canvas');
    [noise.width, noise.height] = [640, 480];
    const points = new ImageData(640, 480);
    crypto.getRandomValues(new Uint8Array(points.data.buffer, 0, 65536));
    for (let at = 65536; at < points.data.length; at += 65536) points.data.copyWithin(at, 0, 65536);
    noise.getContext('2d').putImageData(points, 0, 0);
    return noise;
  });
  let turn = 0;
  const draw = () => {
    turn += 1;
    const x = -16 + 6 * Math.sin(turn / 31) + Math.random();
    const y = -12 + 5 * Math.sin(turn / 23) + Math.random();
    const picture = images[window.__scene];
    if (picture.complete && picture.naturalWidth) pen.drawImage(picture, x, y, 672, 504);
    pen.globalAlpha = 0.05;
    pen.drawImage(noises[turn % noises.length], 0, 0);
    pen.globalAlpha = 1;
  };
  setInterval(draw, 100);
  const devices = [
    {kind: 'videoinput', label: 'Camera', deviceId: 'acted', groupId: 'acted'},
    {kind: 'audioinput', label: 'Microphone', deviceId: 'acted-sound', groupId: 'acted'},
  ].map(device => ({...device, toJSON: () => device}));
  const media = navigator.mediaDevices;
  media.enumerateDevices = async () => devices;
  media.getUserMedia = async wanted => {
    const stream = wanted.video ? canvas.captureStream(10) : new MediaStream();
    if (wanted.audio) {
      const sound = new AudioContext();
      const to = sound.createMediaStreamDestination();
      sound.createOscillator().connect(to);
      for (const track of to.stream.getTracks()) stream.addTrack(track);
    }
    return stream;
  };
})"""

DAY_OFF = """(() => {
  const Native = Date;
  const off = 86_400_000;
  window.Date = class extends Native {
    constructor(...given) {
      if (given.length) super(...given);
      else super(Native.now() + off);
    }
    static now() {
      return Native.now() + off;
    }
  };
})();
"""
"""The computer's clock is a day ahead."""


def alone(least: float) -> Iterator[tuple[Picture, Face]]:
    """Pictures of somebody who is alone in it, with the face, which takes up `least` of the width or more."""
    finder = YuNet(material("models/face_detection_yunet_2023mar.onnx"))
    for path in sorted(material("data/faces").glob("*.jpg")):
        picture = np.asarray(cv2.imread(str(path)), np.uint8)
        faces = finder.find(picture)
        if len(faces) == 1 and least < faces[0].width < 0.6 and faces[0].score > 0.9:
            yield picture, faces[0]


def scenes() -> dict[str, Picture]:
    """`calm`: somebody; `two`: with somebody else; `other`: somebody else; `empty`: the chair."""
    faces = [_framed(picture, face.x + face.width / 2, face.width) for picture, face in alone(0.25)]
    one, other = faces[0], faces[-1]
    room = np.full((HIGH, WIDE, 3), (150, 165, 170), np.uint8)
    cv2.rectangle(room, (60, 60), (220, 300), (120, 130, 140), -1)
    cv2.rectangle(room, (400, 30), (600, 200), (190, 200, 205), -1)
    cv2.rectangle(room, (250, 330), (430, 480), (70, 80, 110), -1)
    both = room.copy()
    both[120:420, 10:310] = cv2.resize(one, (300, 300))
    both[120:420, 330:630] = cv2.resize(other, (300, 300))

    def at_desk(face: Picture) -> Picture:
        picture = room.copy()
        picture[60:460, 120:520] = cv2.resize(face, (400, 400))
        return picture

    return {"calm": at_desk(one), "two": both, "other": at_desk(other), "empty": room}


def _framed(picture: Picture, centre: float, width: float) -> Picture:
    """A square around a face."""
    high, wide = picture.shape[:2]
    side = min(high, wide, int(width * wide * 2.2))
    left = int(np.clip(centre * wide - side / 2, 0, wide - side))
    return picture[:side, left : left + side]


def acting() -> str:
    """The page's script with its pictures."""
    data = {
        name: "data:image/jpeg;base64," + base64.b64encode(cv2.imencode(".jpg", picture)[1]).decode()
        for name, picture in scenes().items()
    }
    pairs = ",".join(f"{name}: '{url}'" for name, url in data.items())
    return f"({ACTOR})({{{pairs}}})"


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """An X server; gives the name of its display."""
    display = f":{next(_displays)}"
    size = "{}x{}x24".format(*SCREEN)
    server = subprocess.Popen(
        ["Xvfb", display, "-screen", "0", size, "-nolisten", "tcp"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        socket = Path(f"/tmp/.X11-unix/X{display[1:]}")
        for _ in range(100):
            if socket.exists():
                break
            time.sleep(0.1)
        yield display
    finally:
        server.terminate()
        server.wait(5)


@contextlib.asynccontextmanager
async def examinee(
    login: str, url: str, script: str, *, executable: str = CHROMIUM, language: str = "en-GB"
) -> AsyncIterator[Person]:
    """A student at a desk."""
    quiet = [argument for argument in QUIET if "headless" not in argument]
    wide, high = SCREEN
    arguments = [
        *quiet,
        "--auto-select-desktop-capture-source=Entire screen",
        "--autoplay-policy=no-user-gesture-required",
        f"--unsafely-treat-insecure-origin-as-secure={url}",
        "--window-position=0,0",
        f"--window-size={wide},{high}",
        "--ozone-platform=x11",
    ]
    with screen() as display:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=executable,
                headless=False,
                args=arguments,
                env={**os.environ, "DISPLAY": display},
            )
            try:
                context = await browser.new_context(no_viewport=True, locale=language)
                await context.grant_permissions(["camera", "microphone"], origin=url)
                await context.add_init_script(WATCH)
                await context.add_init_script(script)
                context.set_default_timeout(30_000)
                yield Person(login, url, context, await context.new_page())
            finally:
                await browser.close()


async def act(someone: Person, scene: str) -> None:
    """What the camera shows from now on."""
    await someone.page.evaluate(f"window.__scene = '{scene}'")


async def way_in(someone: Person) -> None:
    """Through every step of the way in, as the page leads."""
    await someone.get("exam-rules-accept").click()
    await someone.get("exam-bio-yes").click()
    await someone.get("exam-equip-check").click()
    await someone.get("exam-equip-go").click()
    for kind in ("face", "document"):
        await someone.get(f"exam-photo-{kind}").click()
        following = "exam-photo-document" if kind == "face" else "exam-turn"
        passing = someone.get(f"exam-{kind}-pass")
        await passing.or_(someone.get(following)).first.wait_for()
        if await passing.count():
            await passing.click()
    await someone.get("exam-turn").click()
    baseline = someone.get("exam-baseline")
    await baseline.or_(someone.get("exam-share")).first.wait_for()
    if await baseline.count():
        await baseline.click()
    await someone.get("exam-share").click()
    await someone.get("exam-ready").click()


def put_models(data: Path, models: dict[str, Path]) -> None:
    """The model files, where `sabak models fetch` puts them."""
    folder = data / "models"
    folder.mkdir(parents=True, exist_ok=True)
    for path in models.values():
        target = folder / path.name
        if not target.exists():
            target.symlink_to(path)
