"""Pictures of every page, to be looked at: three languages, light and dark, desktop and phone.

Flows in: the address of a running Sabak with the demo university and its password. Flows out: PNG files
`<out>/<page>-<language>-<scheme>-<size>.png`. Rare states (first change of password, slow, failed, no
network) are made by answering single calls in the browser; nothing is changed on the account. Run::

    SABAK_DEMO_PASSWORD=... python -m tests.e2e.screens --url http://127.0.0.1:8080
"""

import argparse
import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Locator, Page, Route, async_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LANGUAGES = ("ky", "ru", "en")
SCHEMES = ("light", "dark")
SIZES = {"desktop": (1280, 800), "phone": (360, 740)}
PATIENCE = 10_000  # ms for anything to appear
OUT = Path(__file__).resolve().parent / "screens"

Step = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class Shot:
    """One page in one state. `who` is a demo login, empty for nobody; `waits` a testid that must show."""

    name: str
    who: str
    path: str
    waits: str
    step: Step | None = None
    me: tuple[tuple[str, object], ...] = ()
    calls: tuple[tuple[str, str], ...] = ()


def click(*testids: str) -> Step:
    async def run(page: Page) -> None:
        for testid in testids:
            await page.get_by_test_id(testid).first.click(timeout=PATIENCE)

    return run


async def alarmed(page: Page) -> None:
    """As in a browser that kept a head which the server no longer has."""
    kept = json.dumps({"seq": 4711, "hash": "0123456789abcdef" * 4, "key": "ab" * 32})
    await page.evaluate("kept => localStorage.setItem('sabak.trace.head', kept)", kept)
    await page.reload()
    await page.get_by_test_id("trace-alarm").wait_for(timeout=PATIENCE)


async def wrong_password(page: Page) -> None:
    await page.get_by_test_id("login-name").fill("nobody.here")
    await page.get_by_test_id("login-password").fill("not-the-password")
    await page.get_by_test_id("login-submit").click()
    await page.get_by_test_id("login-error").wait_for(timeout=PATIENCE)


async def type_password(page: Page) -> None:
    await page.get_by_test_id("password-old").fill("one-time")
    await page.get_by_test_id("password-new").fill("Талас-2026 кышы")


def coming(page: Page) -> Locator:
    """Today's first lesson that is not over: which one that is depends on the hour."""
    entrance = page.locator('[data-testid="lesson-open"], [data-testid="lesson-join"]')
    return page.get_by_test_id("lesson-card").filter(has=entrance).first


async def first_card(page: Page) -> None:
    await coming(page).get_by_test_id("lesson-details").click(timeout=PATIENCE)
    await page.get_by_test_id("lesson").wait_for(timeout=PATIENCE)
    await page.get_by_test_id("lesson-state").wait_for(timeout=PATIENCE)


async def guest_form(page: Page) -> None:
    await first_card(page)
    await click("guest-new")(page)


async def students(page: Page) -> None:
    await click("group-students")(page)
    await page.get_by_test_id("students").wait_for(timeout=PATIENCE)


SLIP = {
    "id": "0123456789abcdef",
    "login": "asanova.n",
    "name": "Асанова Нурай Бакытовна",
    "password": "k7m-x2p-qa4-w9t",
}


async def slip(page: Page) -> None:
    """The slip without resetting anybody: the answer is made here."""

    async def answer(route: Route) -> None:
        await route.fulfill(status=200, content_type="application/json", body=json.dumps(SLIP))

    await page.route("**/api/v1/users/*/reset", answer)
    await page.get_by_test_id("person-open").nth(1).click(timeout=PATIENCE)
    await click("person-reset", "confirm-yes")(page)
    await page.get_by_test_id("slip-password").wait_for(timeout=PATIENCE)


SHOTS = (
    Shot("login", "", "/", "login-name"),
    Shot("login-wrong", "", "/", "login-name", wrong_password),
    Shot("guest", "", "/guest/a-link-that-ended", "guest-name"),
    Shot("password", "student1", "/", "password-old", type_password, me=(("next", "change_password"),)),
    Shot("otp", "teacher", "/", "otp-secret", me=(("next", "enrol_otp"),), calls=(("me/otp", "otp"),)),
    Shot(
        "consents",
        "student1",
        "/",
        "consent-accept",
        me=(("next", "consent"),),
        calls=(("consents", "consents"),),
    ),
    Shot("today-student", "student1", "/", "lesson-card"),
    Shot("today-teacher", "teacher", "/", "lesson-card"),
    Shot("week", "teacher", "/?view=week", "week-day"),
    Shot("today-empty", "student1", "/?date=2031-01-01", "today-empty"),
    Shot("today-loading", "student1", "/", "loading", calls=(("today", "never"),)),
    Shot("today-failed", "student1", "/", "failed", calls=(("today", "failed"),)),
    Shot("today-offline", "student1", "/", "offline", calls=(("today", "offline"),)),
    Shot("lesson", "teacher", "/", "lesson-card", first_card),
    Shot("lesson-guest", "teacher", "/", "lesson-card", guest_form),
    Shot("profile", "teacher", "/profile", "session"),
    Shot("written", "student1", "/profile/written", "written-group", click("written-group")),
    Shot("trace-alarm", "admin", "/system", "system-check", alarmed),
    Shot("forbidden", "student1", "/people", "forbidden"),
    Shot("not-found", "student1", "/no/such/page", "not-found"),
    Shot("people", "admin", "/people", "people-table"),
    Shot("person-new", "admin", "/people", "people-table", click("person-new")),
    Shot("person", "admin", "/people", "people-table", click("person-open")),
    Shot("slip", "admin", "/people", "people-table", slip),
    Shot("faculties", "admin", "/structure", "unit-table"),
    Shot("groups", "admin", "/structure?tab=group", "unit-table"),
    Shot("disciplines", "admin", "/structure?tab=discipline", "unit-table"),
    Shot("unit", "admin", "/structure?tab=discipline", "unit-table", click("unit-edit")),
    Shot("students", "admin", "/structure?tab=group", "unit-table", students),
    Shot("timetable", "dispatcher", "/timetable", "week-grid"),
    Shot("lesson-new", "dispatcher", "/timetable", "week-grid", click("lesson-new")),
    Shot("lesson-edit", "dispatcher", "/timetable", "slot", click("slot")),
    Shot("series", "dispatcher", "/timetable", "week-grid", click("series-new")),
    Shot("system", "admin", "/system", "system-check"),
)

QR = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path fill="#fff" d="M0 0h29v29H0z"/>'
    '<path d="M4 4h7v7H4zM18 4h7v7h-7zM4 18h7v7H4zM13 4h2v3h-2zM12 12h5v5h-5zM19 13h2v4h-2zM13 20h3v5h-3z'
    'M18 19h4v2h-4zM23 22h2v3h-2z"/></svg>'
)
TEXT = (
    "# Эмне үчүн\nУниверситет сабакка **катышууну** каттоо үчүн маалыматты иштетет.\n\n"
    "- аты-жөнү жана топ\n- сабакка кирген жана чыккан убакыт\n- чаттагы билдирүүлөр\n\n"
    "Маалымат университеттин серверинде гана сакталат."
)
ANSWERS = {
    "otp": {"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "uri": "otpauth://totp/Sabak:teacher", "qr": QR},
    "consents": {
        "pending": [
            {
                "text": "personal_data",
                "version": "2026-09",
                "title": "Жеке маалыматтарды иштетүү",
                "body": TEXT,
            },
            {"text": "rules", "version": "2026-09", "title": "Онлайн окуунун эрежелери", "body": TEXT},
        ]
    },
}


async def answer_call(page: Page, call: str, how: str) -> None:
    async def handle(route: Route) -> None:
        if how == "offline":
            await route.abort("internetdisconnected")
        elif how == "failed":
            error = {"error": {"code": "server.failed", "message": "", "details": {}}}
            await route.fulfill(status=500, content_type="application/json", body=json.dumps(error))
        elif how != "never":
            await route.fulfill(status=200, content_type="application/json", body=json.dumps(ANSWERS[how]))

    await page.route(f"**/api/v1/{call}*", handle)


async def personal(page: Page, language: str, changes: tuple[tuple[str, object], ...]) -> None:
    """Show the account in another language or standing, without changing it on the server."""

    async def handle(route: Route) -> None:
        if route.request.method != "GET":
            await route.continue_()
            return
        answer = await route.fetch()
        if answer.status != 200:
            await route.fulfill(response=answer)
            return
        view = {**await answer.json(), "language": language, "theme": "system", **dict(changes)}
        await route.fulfill(response=answer, json=view)

    await page.route("**/api/v1/me", handle)


async def log_in(context: BrowserContext, url: str, login: str, password: str) -> None:
    """A session by cookie, with every waiting text accepted."""
    body = {"login": login, "password": password, "cookie": True}
    answer = await context.request.post(f"{url}/api/v1/login", data=body)
    if not answer.ok:
        raise SystemExit(f"{login} cannot log in: {answer.status} {await answer.text()}")
    csrf = next(cookie["value"] for cookie in await context.cookies() if cookie["name"] == "sabak_csrf")
    if (await answer.json())["next"] == "consent":
        pending = await (await context.request.get(f"{url}/api/v1/consents")).json()
        for text in pending["pending"]:
            await context.request.post(
                f"{url}/api/v1/consents",
                data={"text": text["text"], "version": text["version"]},
                headers={"X-Sabak-CSRF": csrf, "Origin": url},
            )


async def take(context: BrowserContext, shot: Shot, url: str, language: str, file: Path) -> str:
    """One picture; the fault in words, or nothing."""
    page = await context.new_page()
    try:
        await page.add_init_script(f"localStorage.setItem('sabak.language', '{language}')")
        await personal(page, language, shot.me)
        for call, how in shot.calls:
            await answer_call(page, call, how)
        await page.goto(f"{url}{shot.path}")
        await page.get_by_test_id(shot.waits).first.wait_for(timeout=PATIENCE)
        if shot.step:
            await shot.step(page)
        await page.wait_for_timeout(350)
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        dialog = await page.locator("dialog[open]").count()
        await page.screenshot(path=file, full_page=not dialog)
        return f"{file.name}: {wide} px wider than the screen" if wide > 0 else ""
    except Exception as error:
        await page.screenshot(path=file)
        return f"{file.name}: {str(error).splitlines()[0]}"
    finally:
        await page.close()


async def rounds(browser: Browser, options: argparse.Namespace) -> list[str]:
    faults = []
    chosen = [shot for shot in SHOTS if not options.only or any(part in shot.name for part in options.only)]
    for size in options.sizes:
        width, height = SIZES[size]
        for scheme in options.schemes:
            for who in dict.fromkeys(shot.who for shot in chosen):
                context = await browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    has_touch=size == "phone",
                    ignore_https_errors=True,
                    reduced_motion="reduce",
                )
                if who:
                    await log_in(context, options.url, who, options.password)
                for shot in chosen:
                    if shot.who != who:
                        continue
                    for language in options.languages:
                        file = options.out / f"{shot.name}-{language}-{scheme}-{size}.png"
                        fault = await take(context, shot, options.url, language, file)
                        if fault:
                            print(fault)
                            faults.append(fault)
                await context.close()
    return faults


async def run(options: argparse.Namespace) -> int:
    options.out.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            faults = await rounds(browser, options)
        finally:
            await browser.close()
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out}, {len(faults)} faults")
    return 1 if faults else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--password", default=os.environ.get("SABAK_DEMO_PASSWORD", ""))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", nargs="*", default=[], help="parts of page names")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--schemes", nargs="*", default=SCHEMES, choices=SCHEMES)
    parser.add_argument("--sizes", nargs="*", default=tuple(SIZES), choices=tuple(SIZES))
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    raise SystemExit(main())
