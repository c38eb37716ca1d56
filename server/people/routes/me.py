"""The own account: who am I, language, password, second factor, texts."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from server.errors import ApiError
from server.people import consents, otp
from server.people.logins import Logins, Next
from server.people.person import Person, Theme
from server.people.profiles import Profiles
from server.people.routes.login import LoginAnswer, agent, hand_over
from server.people.sessions import Sessions
from server.permissions import actions_for
from server.permissions.relations import scope_name
from server.web.registry import route
from server.web.request import Request

LONG = Annotated[str, Meta(max_length=1000)]
CODE = Annotated[str, Meta(max_length=20)]


class RoleView(Struct):
    role: str
    scope_kind: str
    scope: str
    scope_name: str


class MeView(Struct):
    """`actions` is what the client may offer; each call is judged again. `lesson`: a guest's only one."""

    id: str
    login: str
    name: str
    language: str
    theme: Theme
    kind: Literal["account", "guest"]
    roles: list[RoleView]
    next: Next
    two_factor: bool
    actions: list[str]
    lesson: str


class MeChange(Struct):
    language: Literal["ky", "ru", "en"] | None = None
    theme: Theme | None = None


class PasswordChange(Struct):
    old: LONG
    new: LONG


class OtpOffer(Struct):
    """`qr` is an SVG picture of `uri`."""

    secret: str
    uri: str
    qr: str


class OtpConfirm(Struct):
    code: CODE


class OtpConfirmed(Struct):
    """Recovery codes are shown once. The login was renewed: use this token from now on."""

    recovery: list[str]
    token: str
    csrf: str
    next: Next


class PasswordProof(Struct):
    password: LONG


class PendingTexts(Struct):
    pending: list[consents.PendingText]


class Acceptance(Struct):
    text: Annotated[str, Meta(max_length=32)]
    version: Annotated[str, Meta(max_length=16)]


class Settled(Struct):
    next: Next


async def person_of(request: Request) -> Person:
    known = await request.house.part(Sessions).find(request.token)
    if known is None:
        raise ApiError("login.expired", 401)
    return known.person


@route("GET", "/api/v1/me", action="me.read")
async def me(request: Request) -> MeView:
    """Who is logged in and what the client may offer."""
    person = await person_of(request)
    roles = [
        RoleView(
            held.grant.role,
            held.grant.scope.kind,
            held.grant.scope.id,
            await scope_name(request.house, held.grant.scope),
        )
        for held in person.roles
    ]
    return MeView(
        id=person.id,
        login=person.login,
        name=person.name,
        language=request.language,
        theme=person.theme,
        kind=person.kind,
        roles=roles,
        next=person.state,
        two_factor=person.two_factor,
        actions=actions_for(request.actor),
        lesson=person.lesson,
    )


@route("PATCH", "/api/v1/me", action="me.update")
async def update_me(request: Request, body: MeChange) -> MeView:
    """Choose language and theme."""
    profiles = request.house.part(Profiles)
    await profiles.choose(request.actor, body.language, body.theme)
    request.house.part(Sessions).forget(request.actor.id)
    return await me(request)


@route("POST", "/api/v1/me/password", action="me.password", limit=16 * 1024)
async def change_password(request: Request, body: PasswordChange) -> LoginAnswer:
    """Change the own password; every other login of the account ends and this one is renewed."""
    opened = await request.house.part(Logins).change_password(
        request.actor.id, body.old, body.new, request.address, agent(request)
    )
    return hand_over(request, opened, request.by_cookie)


@route("POST", "/api/v1/me/otp", action="me.otp")
async def offer_otp(request: Request) -> OtpOffer:
    """Begin two-factor login: a secret for an authenticator app."""
    person = await person_of(request)
    secret = await request.house.part(Logins).offer_otp(person.id)
    uri = otp.uri(secret, person.login)
    return OtpOffer(secret, uri, otp.picture(uri))


@route("POST", "/api/v1/me/otp/confirm", action="me.otp")
async def confirm_otp(request: Request, body: OtpConfirm) -> OtpConfirmed:
    """Switch two-factor login on by a code of the app; the login is renewed."""
    opened, recovery = await request.house.part(Logins).confirm_otp(
        request.actor.id, body.code, request.address, agent(request)
    )
    given = hand_over(request, opened, request.by_cookie)
    return OtpConfirmed(recovery, given.token, given.csrf, given.next)


@route("POST", "/api/v1/me/otp/remove", action="me.otp", limit=16 * 1024)
async def remove_otp(request: Request, body: PasswordProof) -> LoginAnswer:
    """Switch two-factor login off by the password; the login is renewed."""
    opened = await request.house.part(Logins).remove_otp(
        request.actor.id, body.password, request.address, agent(request)
    )
    return hand_over(request, opened, request.by_cookie)


@route("GET", "/api/v1/consents", action="me.consents")
async def pending_texts(request: Request) -> PendingTexts:
    """The texts that the account has not accepted yet."""
    return PendingTexts(await consents.pending(request.house, request.actor.id, request.language))


@route("POST", "/api/v1/consents", action="me.consents")
async def accept_text(request: Request, body: Acceptance) -> Settled:
    """Accept one version of one text."""
    consents.check(body.text, body.version)
    await request.house.part(Profiles).accept(request.actor.id, body.text, body.version, request.language)
    person = await person_of(request)
    return Settled(person.state)
