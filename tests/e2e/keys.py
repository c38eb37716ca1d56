"""A person who has a keyboard and nothing else: moves by Tab, presses what has the focus, types.

Every stop on the way is looked at: it must show that it has the focus. The mouse is never used.
"""

from dataclasses import dataclass
from typing import Any

from tests.e2e.browser import Person

MOST = 80
"""Stops to what is looked for: more is too far for a person."""

FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const ringed = element => {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    return outlined || style.boxShadow !== 'none';
  };
  const box = one.getBoundingClientRect();
  return {
    testid: one.dataset.testid || '',
    words: (one.getAttribute('aria-label') || one.innerText || one.tagName).slice(0, 60),
    ringed: [one, one.parentElement, one.parentElement?.parentElement].some(each => each && ringed(each)),
    dialog: one.closest('dialog[open]') !== null,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@dataclass(frozen=True)
class Stop:
    """Where the focus is. `ringed`: the page shows it; `seen`: it is on the screen."""

    testid: str
    words: str
    ringed: bool
    dialog: bool
    seen: bool


async def stop(person: Person) -> Stop | None:
    """What has the focus; None when nothing has."""
    found: dict[str, Any] | None = await person.page.evaluate(FOCUS)
    return Stop(**found) if found else None


async def press(person: Person, *keys: str) -> None:
    for key in keys:
        await person.page.keyboard.press(key)


async def go(person: Person, testid: str, *, back: bool = False) -> None:
    """Tab (or with Shift) until something has the focus.

    Raises:
        AssertionError: it is never reached, or a stop on the way does not show itself.
    """
    way: list[str] = []
    for _ in range(MOST):
        here = await stop(person)
        if here and here.testid == testid:
            return
        await press(person, "Shift+Tab" if back else "Tab")
        here = await stop(person)
        if here:
            way.append(here.testid or here.words)
            assert here.ringed, f"{here} does not show that it has the focus"
            assert here.seen, f"{here} has the focus out of sight"
    raise AssertionError(f"{person.login} does not come to {testid} by Tab: {way}")


async def take(person: Person, testid: str, key: str = "Enter") -> None:
    """Go to it and press it; waits until it is there."""
    await person.get(testid).first.wait_for()
    await go(person, testid)
    await press(person, key)


async def fill(person: Person, testid: str, words: str) -> None:
    await person.get(testid).first.wait_for()
    await go(person, testid)
    await person.page.keyboard.type(words)


async def stays_inside(person: Person) -> None:
    """Tab goes round in the dialog that is open, or is about to be, and leaves it neither way."""
    await person.page.locator("dialog[open]").first.wait_for()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(25):
            await press(person, key)
            here = await stop(person)
            assert here is None or here.dialog, f"{here} has the focus behind the dialog"
