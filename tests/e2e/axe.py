"""Asks axe-core whether a page can be used by everybody: what is wrong with it, in words.

Flows in: a page as it stands, in light or dark, wide or as narrow as a phone. Flows out: one line for each
fault of impact serious or critical. The rules are axe-core's own, from static/node_modules; the script is
put into the page by the browser's debugger, so that the content security policy stays as it is.
"""

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.e2e.browser import DESKTOP, PHONE

SCRIPT = Path(__file__).resolve().parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"

RUN = """async rules => {
  const options = {resultTypes: ['violations'], ...(rules.length ? {runOnly: rules} : {})};
  const found = (await axe.run(document, options)).violations;
  const words = node => (node.any[0] || node.all[0] || node.none[0] || {}).message || '';
  // What lies under the bar at the thumb is scrolled out from under it.
  const real = node => !words(node).includes('partially obscured');
  return found.filter(one => ['serious', 'critical'].includes(one.impact)).map(one => ({
    id: one.id,
    nodes: one.nodes.filter(real).map(node => `${node.html.slice(0, 200)} (${words(node)})`),
  }));
}"""

CHANGING = ["color-contrast", "target-size", "scrollable-region-focusable"]
"""The rules whose answer depends on colours and width; the others are asked in two of the four looks."""

LOOKS = (
    ("light", DESKTOP, False),
    ("light", PHONE, True),
    ("dark", PHONE, False),
    ("dark", DESKTOP, True),
)


@functools.cache
def _script() -> str:
    return SCRIPT.read_text()


@dataclass
class Faults:
    """`lines`: a rule, where it was broken first, and the place in the page."""

    lines: dict[tuple[str, str], str] = field(default_factory=dict)
    looked: int = 0

    async def look(self, page: Page, name: str, *, narrow: bool = True) -> None:
        """Ask in light and dark, wide and (`narrow`) as on a phone; ends as it began: light and wide."""
        for scheme, size, part in LOOKS:
            if size is PHONE and not narrow:
                continue
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            if page.viewport_size != size:
                await page.set_viewport_size(size)  # type: ignore[arg-type]
            await page.wait_for_timeout(120)  # the new colours come a moment later
            await self._ask(page, f"{name}, {scheme}, {size['width']} px", CHANGING if part else [])
        await page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        await page.emulate_media(color_scheme="light", reduced_motion="reduce")

    async def _ask(self, page: Page, where: str, rules: list[str]) -> None:
        if not await page.evaluate("typeof axe === 'object'"):
            await page.evaluate(f"{_script()}; undefined")
        found: list[dict[str, Any]] = await page.evaluate(RUN, rules)
        self.looked += 1
        for rule in found:
            for node in rule["nodes"]:
                self.lines.setdefault((rule["id"], node), f"{where}: {rule['id']}: {node}")

    def __str__(self) -> str:
        return "\n".join([f"{len(self.lines)} faults", *self.lines.values()])
