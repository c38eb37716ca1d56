"""Asks axe-core whether a page can be used by everybody: what is wrong with it, in words.

Flows in: a page as it stands, in light or dark, wide or as narrow as a phone. Flows out: one line for each
fault of impact serious or critical. The rules are axe-core's own, from static/node_modules; the script is
put into the page by the browser's debugger, so that the content security policy stays as it is.
"""

import functools
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.conftest import SOAK
from tests.e2e.browser import DESKTOP, PHONE

SCRIPT = Path(__file__).resolve().parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"

RUN = """async () => {
  const found = (await axe.run(document, {resultTypes: ['violations']})).violations;
  const words = node => (node.any[0] || node.all[0] || node.none[0] || {}).message || '';
  // What lies under the bar at the thumb is scrolled out from under it.
  const real = node => !words(node).includes('partially obscured');
  return found.filter(one => ['serious', 'critical'].includes(one.impact)).map(one => ({
    id: one.id,
    nodes: one.nodes.filter(real).map(node => `${node.html.slice(0, 200)} (${words(node)})`),
  }));
}"""

SHOTS = os.environ.get("SABAK_SHOTS", "")
"""A folder for pictures of what is asked about, to be looked at."""

LOOKS = (("light", DESKTOP), ("dark", PHONE))
"""Both colours and both widths; SOAK asks in each of the four."""

if SOAK:
    LOOKS = (*LOOKS, ("dark", DESKTOP), ("light", PHONE))


@functools.cache
def _script() -> str:
    return SCRIPT.read_text()


@dataclass
class Faults:
    """`lines`: a rule, where it was broken first, and the place in the page."""

    lines: dict[tuple[str, str], str] = field(default_factory=dict)
    looked: int = 0

    async def look(self, page: Page, name: str, *, narrow: bool = True) -> None:
        """Ask in light and dark, wide and as on a phone; ends light and wide. A page that is not meant for
        phones is asked wide in both."""
        for scheme, wanted in LOOKS:
            size = wanted if narrow else DESKTOP
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            if page.viewport_size != size:
                await page.set_viewport_size(size)  # type: ignore[arg-type]
            await page.wait_for_timeout(120)  # the new colours come a moment later
            await self._ask(page, f"{name}, {scheme}, {size['width']} px")
            if SHOTS:
                Path(SHOTS).mkdir(parents=True, exist_ok=True)
                await page.screenshot(path=Path(SHOTS, f"axe-{name}-{scheme}-{size['width']}.png"))
        await page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        await page.emulate_media(color_scheme="light", reduced_motion="reduce")

    async def _ask(self, page: Page, where: str) -> None:
        if not await page.evaluate("typeof axe === 'object'"):
            await page.evaluate(f"{_script()}; undefined")
        found: list[dict[str, Any]] = await page.evaluate(RUN)
        self.looked += 1
        for rule in found:
            for node in rule["nodes"]:
                self.lines.setdefault((rule["id"], node), f"{where}: {rule['id']}: {node}")

    def __str__(self) -> str:
        return "\n".join([f"{len(self.lines)} faults", *self.lines.values()])
