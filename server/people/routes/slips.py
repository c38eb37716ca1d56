"""Printing slips for a first login."""

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from server.people.slips import STYLE_PATH, Slip, SlipLanguage, page, style
from server.web.registry import route
from server.web.request import Request

TEXT = Annotated[str, Meta(max_length=254)]


class SlipItem(Struct):
    login: TEXT
    name: TEXT
    password: TEXT


class SlipSheet(Struct):
    items: Annotated[list[SlipItem], Meta(min_length=1, max_length=2000)]
    language: SlipLanguage = "ky"


@route("POST", "/api/v1/slips", action="user.reset", narrows=True)
async def print_slips(request: Request, body: SlipSheet) -> web.Response:
    """A printable HTML page of slips, from what making or resetting accounts answered."""
    slips = [Slip(item.login, item.name, item.password) for item in body.items]
    response = web.Response(
        text=page(slips, body.language, request.house.settings.url), content_type="text/html"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@route("GET", STYLE_PATH, action="house.client")
async def slip_style(request: Request) -> web.Response:
    """The style sheet of the slips."""
    return web.Response(text=style(), content_type="text/css")
