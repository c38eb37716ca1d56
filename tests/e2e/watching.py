"""What a page shows and when: a log kept inside the page, read by scenarios.

`watch(person)` starts it in a page that is in the class; times are Unix milliseconds, so that pages of
one machine compare. The page itself is not changed: its offers are counted on the way, its stage is
looked at before each drawing of the screen, its frames are noted as they are presented.
"""

import itertools
import time
from dataclasses import dataclass
from typing import Any

from tests.e2e.browser import Person
from tests.patience import until

LOG = """(() => {
  if (window.__log) return;
  const log = window.__log = {offers: 0, shared: 0, stage: [], frames: []};
  const now = () => performance.timeOrigin + performance.now();

  const describe = RTCPeerConnection.prototype.setLocalDescription;
  RTCPeerConnection.prototype.setLocalDescription = function (...args) {
    log.offers += 1;
    return describe.apply(this, args);
  };

  const ask = navigator.mediaDevices && navigator.mediaDevices.getDisplayMedia;
  if (ask) navigator.mediaDevices.getDisplayMedia = async function (...args) {
    const stream = await ask.apply(this, args);
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream(stream.getVideoTracks());
    video.requestVideoFrameCallback(() => { log.shared = now(); video.srcObject = null; });
    video.play();
    return stream;
  };

  let watched = null;
  const frame = video => () => {
    if (video !== watched) return;
    log.frames.push(Math.round(now()));
    video.requestVideoFrameCallback(frame(video));
  };
  let last = '';
  const look = () => {
    const stage = document.querySelector('[data-testid="stage"]');
    const video = stage && stage.querySelector('video');
    if (video && video !== watched) {
      watched = video;
      video.requestVideoFrameCallback(frame(video));
    }
    const seen = {
      person: stage ? stage.dataset.person || '' : '',
      source: stage ? stage.dataset.source || '' : '',
      covered: !stage || stage.querySelector('.face') !== null,
      size: video ? `${video.videoWidth}x${video.videoHeight}` : '',
    };
    const words = JSON.stringify(seen);
    if (words !== last) log.stage.push({at: now(), ...seen});
    last = words;
    requestAnimationFrame(look);
  };
  look();
})()"""


@dataclass(frozen=True)
class StageState:
    at: float
    """Unix seconds from which the stage looked so."""
    person: str
    source: str
    covered: bool
    """A plate lies over the picture, or there is none."""
    size: str
    """Of the frames, `640x360`."""


async def watch(someone: Person) -> None:
    await someone.page.evaluate(LOG)


async def offers(someone: Person) -> int:
    """Descriptions the page has set since `watch`."""
    return int(await someone.page.evaluate("window.__log.offers"))


async def shared_at(someone: Person) -> float:
    """When the first frame of the shared screen came out of the browser's capture; 0 before, else Unix s."""
    return float(await someone.page.evaluate("window.__log.shared")) / 1000


async def stage_states(someone: Person) -> list[StageState]:
    """All the stage has looked like since `watch`, oldest first."""
    states: list[dict[str, Any]] = await someone.page.evaluate("window.__log.stage")
    return [StageState(**{**state, "at": state["at"] / 1000}) for state in states]


async def stage_frames(someone: Person) -> list[float]:
    """When each frame of the stage was presented, Unix s."""
    times: list[float] = await someone.page.evaluate("window.__log.frames")
    return [at / 1000 for at in times]


async def stage_shows(someone: Person, source: str, since: float, within: float) -> float:
    """Wait until the stage shows frames of `source` uncovered; the Unix second at which that began.

    Raises:
        AssertionError: it did not; with all the stage has shown since `since`.
    """

    async def found() -> float:
        states = [s for s in await stage_states(someone) if s.at >= since]
        last = states[-1] if states else None
        return last.at if last and last.source == source and not last.covered else 0.0

    try:
        return float(await until(found, f"{someone.login} sees a {source} on the stage", within=within))
    except AssertionError as error:
        seen = "\n".join(str(s) for s in await stage_states(someone) if s.at >= since)
        raise AssertionError(f"{error}; the stage since then:\n{seen or 'no change'}") from None


def longest_gap(times: list[float], since: float, until_: float | None = None) -> float:
    """Seconds of the longest stretch without a frame from `since` to `until_` (now)."""
    end = time.time() if until_ is None else until_
    marks = [since, *(at for at in times if since < at < end), end]
    return max(b - a for a, b in itertools.pairwise(marks))
