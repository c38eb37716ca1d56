"""Logging in and out, for browsers (cookie) and programs (token in the answer)."""

from typing import Annotated

from msgspec import Meta, Struct

from server.people.consents import PendingText, for_guests
from server.people.guests import Guests
from server.people.logins import Logins, Next, Opened
from server.web.identity import csrf_of
from server.web.registry import route
from server.web.request import Request

SHORT = Annotated[str, Meta(max_length=200)]


class LoginTry(Struct):
    """`otp`: a code of the authenticator app, or a recovery code. `cookie`: a browser, not a program."""

    login: SHORT
    password: Annotated[str, Meta(max_length=1000)]
    otp: Annotated[str, Meta(max_length=20)] = ""
    cookie: bool = False


class LoginAnswer(Struct):
    """`token` is empty when a cookie was set; `next` is what the account must settle first."""

    token: str
    csrf: str
    next: Next


class GuestTry(Struct):
    token: SHORT
    name: SHORT
    agreed: dict[SHORT, SHORT] = {}
    """Versions of the texts agreed to, by name, as `GET /api/v1/guest/texts` gave them."""
    cookie: bool = True


class GuestTexts(Struct):
    texts: list[PendingText]


class GuestAnswer(Struct):
    token: str
    csrf: str
    next: Next
    lesson: str


def agent(request: Request) -> str:
    """The browser's name of itself, for the list of sessions."""
    return "".join(c for c in request.http.headers.get("User-Agent", "")[:200] if c.isprintable())


def hand_over(request: Request, opened: Opened, cookie: bool) -> LoginAnswer:
    """Give a new session to the browser as cookies, or to a program in the answer."""
    if cookie:
        request.cookies.log_in(opened.token, opened.seconds)
    return LoginAnswer("" if cookie else opened.token, csrf_of(opened.token), opened.next)


@route("POST", "/api/v1/login", action="login.try", limit=16 * 1024)
async def log_in(request: Request, body: LoginTry) -> LoginAnswer:
    """Log in."""
    opened = await request.house.part(Logins).log_in(
        body.login, body.password, body.otp, request.address, agent(request)
    )
    return hand_over(request, opened, body.cookie)


@route("POST", "/api/v1/logout", action="me.logout")
async def log_out(request: Request) -> None:
    """End this login. For a program's token nothing is to be done: revoke it instead."""
    if request.session:
        await request.house.part(Logins).log_out(request.actor.id, request.session)
    request.cookies.log_out()


@route("GET", "/api/v1/guest/texts", action="guest.enter")
async def guest_texts(request: Request) -> GuestTexts:
    """What a guest agrees to before entering."""
    return GuestTexts(for_guests(request.language))


@route("POST", "/api/v1/guest", action="guest.enter", limit=16 * 1024)
async def enter(request: Request, body: GuestTry) -> GuestAnswer:
    """Enter one lesson by a guest link, under a name."""
    opened, lesson = await request.house.part(Guests).enter(
        body.token, body.name, body.agreed, request.language, request.address, agent(request)
    )
    given = hand_over(request, opened, body.cookie)
    return GuestAnswer(given.token, given.csrf, given.next, lesson)
