"""What people do in a class and what their pages show of it, for the scenarios of the class."""

from typing import Any

from playwright.async_api import expect

from tests.e2e.browser import Person
from tests.e2e.house import House
from tests.patience import until

# By the page's own switch, also while a dialog lies over it.
SPEAK = """language => {
  const chosen = document.querySelector('[data-testid="language"]');
  if (!chosen) return;
  chosen.value = language;
  chosen.dispatchEvent(new Event('change', {bubbles: true}));
}"""

INK = """() => [...document.querySelectorAll('[data-testid="slides-ink"] [data-stroke]')].map(one =>
  [one.dataset.stroke, one.tagName, one.getAttribute('d') || one.textContent])"""


async def ink(person: Person) -> list[Any]:
    return list(await person.page.evaluate(INK))


async def drag(person: Person, *points: tuple[float, float]) -> None:
    """Draw from point to point; places as shares of the page."""
    box = await person.get("slides-page").bounding_box()
    mouse = person.page.mouse

    async def to(x: float, y: float) -> None:
        await mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)

    await to(*points[0])
    await mouse.down()
    for point in points[1:]:
        await to(*point)
    await mouse.up()


async def stands_in(house: House, lesson: str, second: Person) -> None:
    token = await house.token("dispatcher")
    body = {"substitutes": [await second.id()]}
    await house.api("PATCH", f"/api/v1/lessons/{lesson}", token, json=body)


async def hears_nobody(who: Person, seconds: float = 2.0) -> None:
    """Neither a frame nor a sound arrives for so long, and no slot shows anybody."""
    shown = f"{who.login}'s slots are empty"

    async def empty() -> bool:
        marked = who.page.locator('[data-testid="tile"][data-slot]')
        return await marked.count() == 0 and await who.get("stage").get_attribute("data-person") == ""

    await until(empty, shown, within=10)
    # What had arrived already is still drawn: a slow machine has some of it in its buffers.
    for _ in range(4):
        before = await who.stats()
        await who.page.wait_for_timeout(seconds * 1000)
        after = await who.stats()
        if after["decoded"] == before["decoded"] and after["energy"] - before["energy"] < 1e-4:
            return
    raise AssertionError(f"{who.login} still sees or hears somebody: {before}, {after}")


async def people_panel(who: Person) -> None:
    if not await who.get("people-list").count():
        await who.panel("people")


async def about(who: Person, someone: str) -> None:
    """Open the sheet of what may be done about somebody."""
    await people_panel(who)
    row = who.page.locator(f'[data-testid="person-row"][data-person="{someone}"]')
    await row.get_by_test_id("person-more").click()


async def rule(who: Person, name: str, on: bool) -> None:
    await people_panel(who)
    await who.get("people-rules").click()
    await who.get(f"rule-{name}").set_checked(on)
    await expect(who.get(f"rule-{name}")).to_be_checked(checked=on)
    await expect(who.get(f"rule-{name}")).not_to_have_attribute("aria-busy", "true")  # the server has it
    await who.page.keyboard.press("Escape")
    await expect(who.get("dialog-rules")).not_to_be_visible()


async def attributes(person: Person, testid: str, *names: str) -> list[tuple[str | None, ...]]:
    rows = await person.get(testid).all()
    return [tuple([await row.get_attribute(name) for name in names]) for row in rows]


async def remembered(person: Person) -> dict[str, Any]:
    """All that was said, asked, raised and voted, as this person's page shows it."""
    await person.panel("people")
    found: dict[str, Any] = {"hands": await attributes(person, "hand-row", "data-person")}
    await person.panel("chat")
    found["lines"] = await attributes(person, "chat-line", "data-n", "data-to", "data-removed")
    found["texts"] = await person.get("chat-text").all_inner_texts()
    await person.panel("ask")
    await person.page.wait_for_selector('[data-testid="poll"]')
    found["questions"] = await attributes(person, "question", "data-n", "data-answered", "data-votes")
    found["polls"] = await attributes(person, "poll", "data-n", "data-closed", "data-votes")
    found["bars"] = await attributes(person, "poll-bar", "data-count")
    return found


def replaced(house: House, old: int) -> bool:
    try:
        return house.pid("server") != old
    except (OSError, ValueError):
        return False
