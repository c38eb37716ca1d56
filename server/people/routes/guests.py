"""Guest links of a lesson (R30): list, make, withdraw."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from server.people.guests import GuestLink, GuestRole, Guests
from server.web.registry import route
from server.web.request import Request


class NewGuest(Struct):
    """`expires` is ISO 8601 with an offset; `name` says whom the link is for."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    expires: datetime
    role: GuestRole = "guest"


class MadeGuest(Struct):
    """`url` holds the secret and is shown once."""

    id: str
    url: str


class GuestLinks(Struct):
    items: list[GuestLink]


@route("GET", "/api/v1/lessons/{id}/guests", action="lesson.invite", target="lesson")
async def list_guests(request: Request) -> GuestLinks:
    """The lesson's links that still hold."""
    return GuestLinks(await request.house.part(Guests).links(request.object_id))


@route("POST", "/api/v1/lessons/{id}/guests", action="lesson.invite", target="lesson", status=201)
async def invite_guest(request: Request, body: NewGuest) -> MadeGuest:
    """Make a guest link."""
    link, secret = await request.house.part(Guests).invite(
        request.actor.id, request.object_id, body.name, body.role, body.expires
    )
    # the secret stands behind the hash: browsers send it to no server and no proxy writes it down
    return MadeGuest(link, f"{request.house.settings.url}/guest#{secret}")


@route("DELETE", "/api/v1/guests/{id}", action="lesson.invite", target="guest")
async def withdraw_guest(request: Request) -> None:
    """Withdraw a link; whoever came by it is out."""
    await request.house.part(Guests).withdraw(request.actor.id, request.object_id)
