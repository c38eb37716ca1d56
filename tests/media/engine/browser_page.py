"""A bare page in a real Chromium that speaks WebRTC with a media worker: no server, no client of ours.

Offers come out of the page, answers are made by the server's own `live.offer` and `live.answer`, so
what is tried here is what browsers get in the house.
"""

import contextlib
import os
import secrets
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import BrowserContext, Page, async_playwright

from media.messages import RestartIce, Rights
from server.live import answer as answers
from server.live import offer as offers
from tests.bench.load.worker import Steering

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required", "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding", "--allow-loopback-in-peer-connection",
]  # fmt: skip

PAGE = """<!doctype html><title>peer</title><body><script>
const pc = new RTCPeerConnection({bundlePolicy: 'max-bundle'});
const purposes = {}, tracks = [];
pc.ontrack = (e) => {
  tracks.push(e.transceiver);
  const element = document.createElement(e.track.kind);
  element.autoplay = true; element.srcObject = new MediaStream([e.track]);
  document.body.append(element);
};
async function send(width, height, rate) {
  const stream = await navigator.mediaDevices.getUserMedia(
    {audio: true, video: {width, height, frameRate: rate}});
  window.mic = pc.addTransceiver(stream.getAudioTracks()[0], {direction: 'sendonly'});
  window.cam = pc.addTransceiver(stream.getVideoTracks()[0], {direction: 'sendonly', sendEncodings: [
    {rid: 'q', scaleResolutionDownBy: 4}, {rid: 'h', scaleResolutionDownBy: 2}, {rid: 'f'}]});
  window.screen_ = pc.addTransceiver('video', {direction: 'sendonly'});
}
async function offer(sends, slots) {
  if (sends) await send(sends[0], sends[1], sends[2]);
  const made = slots.map((name) =>
    [pc.addTransceiver(name.startsWith('audio') ? 'audio' : 'video', {direction: 'recvonly'}), name]);
  await pc.setLocalDescription(await pc.createOffer());
  if (sends) { purposes[mic.mid] = 'mic'; purposes[cam.mid] = 'cam'; purposes[screen_.mid] = 'screen'; }
  for (const [t, name] of made) purposes[t.mid] = name;
  return {sdp: pc.localDescription.sdp, purposes};
}
async function answer(sdp) {
  window.answered = performance.now();
  const connected = new Promise((done) => {
    const look = () => { if (pc.connectionState === 'connected') done(performance.now() - answered); };
    pc.onconnectionstatechange = look; look();
  });
  await pc.setRemoteDescription({type: 'answer', sdp});
  return await connected;
}
async function restart() {
  await pc.setLocalDescription(await pc.createOffer({iceRestart: true}));
  return {sdp: pc.localDescription.sdp, purposes};
}
async function stats() {
  const out = {}, by = {};
  for (const t of pc.getTransceivers()) by[t.mid] = purposes[t.mid];
  for (const s of (await pc.getStats()).values()) {
    if (s.type === 'inbound-rtp') out[by[s.mid]] = s;
    if (s.type === 'outbound-rtp') out[by[s.mid] + (s.rid ? '/' + s.rid : '')] = s;
    if (s.type === 'transport') out.transport = s;
    if (s.type === 'candidate-pair' && s.nominated) out.pair = s;
  }
  return out;
}
</script>"""


class BrowserPeer:
    """One page with one peer connection."""

    def __init__(self, page: Page, steering: Steering, name: str) -> None:
        self.page = page
        self.steering = steering
        self.name = name
        self.connect_ms = -1.0

    async def join(
        self,
        rights: Rights,
        *,
        sends: tuple[int, int, int] | None = None,
        slots: tuple[str, ...] = (),
        tcp: bool = False,
    ) -> None:
        """Offer, answer, connect. `sends`: width, height and rate of the camera."""
        made = await self.page.evaluate("([s, r]) => offer(s, r)", [sends, list(slots)])
        agreed = offers.agree(made["sdp"], made["purposes"], lambda _: True, self.name)
        server = await self.steering.open(
            self.name, (agreed.ufrag, agreed.password), agreed.fingerprints[0], list(agreed.sections), rights
        )
        text = self._answer(agreed, server)
        if tcp:
            text = "\r\n".join(line for line in text.split("\r\n") if " udp " not in line)
        self.connect_ms = await self.page.evaluate("(sdp) => answer(sdp)", text)

    def _answer(self, agreed: offers.Agreement, server: tuple[str, str]) -> str:
        state = self.steering.state
        assert state is not None
        local = answers.Local(
            *server, state.fingerprint, tuple(state.addresses), state.port, state.tcp, self.name
        )
        return answers.write(agreed, local)

    async def restart(self) -> None:
        """An ICE restart, answered with fresh credentials."""
        made = await self.page.evaluate("() => restart()")
        agreed = offers.agree(made["sdp"], made["purposes"], lambda _: True, self.name)
        server = secrets.token_hex(4), secrets.token_hex(12)
        assert self.steering.link is not None
        await self.steering.link.call(RestartIce(self.name, *server, agreed.ufrag, agreed.password))
        await self.page.evaluate("(sdp) => answer(sdp)", self._answer(agreed, server))

    async def stats(self) -> dict[str, Any]:
        """`getStats`, by purpose (``cam/f``, ``stage``), and ``transport``."""
        return await self.page.evaluate("() => stats()")


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            context = await browser.new_context()
            await context.route(
                "http://localhost/**",
                lambda route: route.fulfill(content_type="text/html", body=PAGE),
            )
            yield context
        finally:
            await browser.close()


async def open_page(context: BrowserContext, steering: Steering, name: str) -> BrowserPeer:
    page = await context.new_page()
    page.on("pageerror", lambda error: print(f"{name}: {error}"))
    await page.goto("http://localhost/")
    return BrowserPeer(page, steering, name)
