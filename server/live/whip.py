"""WHIP in (RFC 9725) and WHEP out (draft-ietf-wish-whep): one HTTP exchange instead of the class socket.

Flows in: an SDP offer with a bearer token, from OBS, ffmpeg, GStreamer, a player on a wall. Flows out:
the answer and the URL of a session that PATCH restarts and DELETE ends. What a feed is in the class is
said in feeds.py; here is only what HTTP wants. Errors are the house's own JSON, not problem details:
RFC 9725 section 4.1 leaves the body open, and the codes are those of every other route.
"""

from typing import Literal

import msgspec
from aiohttp import hdrs, web

from media.errors import Malformed
from media.wire import sdp
from server.errors import ApiError
from server.live import fragment, ice
from server.live.desk import LiveDesk
from server.live.feeds import Feed, Feeds, Kind, credential_of
from server.live.offer import MAX_SDP, bad
from server.live.words import IceServer
from server.web import bodies
from server.web.registry import route
from server.web.request import Request

SDP = "application/sdp"

PLAYER_SLOTS = {"audio": ("audio0", "audio1", "audio2"), "video": ("stage",)}
"""What the m-lines of a player show, in order: the stage, its own sound, and two more voices."""


class Source(msgspec.Struct):
    """What the picture of an encoder counts as. A `screen` goes before every camera on the stage."""

    video: Literal["cam", "screen"] = "cam"


# --- asking ------------------------------------------------------------------------------------------


@route("OPTIONS", "/whip/{id}", action="media.describe", cors=True)
async def whip_options(request: Request) -> web.Response:
    """CORS preflight, and what a POST takes."""
    return _options("POST")


@route("OPTIONS", "/whip/{id}/{feed}", action="media.describe", cors=True)
async def whip_session_options(request: Request) -> web.Response:
    """CORS preflight, and what a PATCH takes."""
    return _options("PATCH, DELETE")


@route("OPTIONS", "/whep/{id}", action="media.describe", cors=True)
async def whep_options(request: Request) -> web.Response:
    """CORS preflight, and what a POST takes."""
    return _options("POST")


@route("OPTIONS", "/whep/{id}/{feed}", action="media.describe", cors=True)
async def whep_session_options(request: Request) -> web.Response:
    """CORS preflight, and what a PATCH takes."""
    return _options("PATCH, DELETE")


@route("GET", "/whip/{id}", action="media.describe", cors=True)
async def whip_nothing(request: Request) -> None:
    """Nothing to see, as RFC 9725 section 4.1 wants it."""


@route("GET", "/whip/{id}/{feed}", action="media.describe", cors=True)
async def whip_session_nothing(request: Request) -> None:
    """Nothing to see."""


@route("GET", "/whep/{id}", action="media.describe", cors=True)
async def whep_nothing(request: Request) -> None:
    """Nothing to see."""


@route("GET", "/whep/{id}/{feed}", action="media.describe", cors=True)
async def whep_session_nothing(request: Request) -> None:
    """Nothing to see."""


# --- sending and receiving -----------------------------------------------------------------------------


@route("POST", "/whip/{id}", action="media.whip", target="lesson", raw=True, cors=True)
async def whip(request: Request, query: Source) -> web.Response:
    """Send one sound and one picture into an open class."""
    text = await _body(request, SDP, MAX_SDP)
    return await _open(request, "whip", text, sender_purposes(text, query.video))


@route("PATCH", "/whip/{id}/{feed}", action="media.whip", target="lesson", raw=True, cors=True)
async def whip_patch(request: Request) -> web.Response:
    """Trickle candidates or restart ICE."""
    return await _patch(request, "whip")


@route("DELETE", "/whip/{id}/{feed}", action="media.whip", target="lesson", cors=True)
async def whip_end(request: Request) -> web.Response:
    """Stop sending."""
    return await _end(request, "whip")


@route("POST", "/whep/{id}", action="media.whep", target="lesson", raw=True, cors=True)
async def whep(request: Request) -> web.Response:
    """Receive the stage of an open class and its sound."""
    text = await _body(request, SDP, MAX_SDP)
    return await _open(request, "whep", text, player_purposes(text))


@route("PATCH", "/whep/{id}/{feed}", action="media.whep", target="lesson", raw=True, cors=True)
async def whep_patch(request: Request) -> web.Response:
    """Trickle candidates or restart ICE."""
    return await _patch(request, "whep")


@route("DELETE", "/whep/{id}/{feed}", action="media.whep", target="lesson", cors=True)
async def whep_end(request: Request) -> web.Response:
    """Stop receiving."""
    return await _end(request, "whep")


# --- what both do --------------------------------------------------------------------------------------


def sender_purposes(text: str, video: str) -> dict[str, str]:
    """Mid to slot for an encoder's offer: one sound, one picture or both, and nothing else.

    Raises:
        ApiError: 422 `media.bad_offer` (RFC 9725 section 4.4.2).
    """
    named: dict[str, str] = {}
    for media in _sections(text):
        slot = {"audio": "mic", "video": video}.get(media.kind)
        if slot is None or slot in named.values():
            raise bad("one audio and one video m-line at most, and no other")
        named[media.mid] = slot
    return named


def player_purposes(text: str) -> dict[str, str]:
    """Mid to slot for a player's offer.

    Raises:
        ApiError: 422 `media.bad_offer`.
    """
    named: dict[str, str] = {}
    left = {kind: iter(slots) for kind, slots in PLAYER_SLOTS.items()}
    for media in _sections(text):
        slot = next(left.get(media.kind, iter(())), None)
        if slot is None:
            raise bad("three audio and one video m-line at most, and no other")
        named[media.mid] = slot
    return named


def _sections(text: str) -> list[sdp.MediaSection]:
    try:
        sections = sdp.parse(text).media
    except Malformed as error:
        raise bad(str(error)) from None
    if any(not media.mid for media in sections):
        raise bad("an m-line without a mid")
    return sections


async def _body(request: Request, wanted: str, limit: int) -> str:
    if request.http.content_type != wanted:
        raise ApiError("whip.type", 415, expected=wanted)
    try:
        return (await bodies.read_body(request.http, limit)).decode()
    except UnicodeDecodeError:
        raise bad("not UTF-8") from None


async def _open(request: Request, kind: Kind, text: str, purposes: dict[str, str]) -> web.Response:
    house = request.house
    credential = await credential_of(house, request.session, request.token)
    if credential is None:
        raise ApiError("login.expired", 401)
    lesson = request.object_id
    feed, answer = await house.part(Feeds).open(kind, lesson, credential, text, purposes)
    response = web.Response(text=answer, status=201, content_type=SDP)
    response.charset = None
    response.headers["Location"] = f"/{kind}/{lesson}/{feed.resource}"
    response.headers["ETag"] = _tag(feed)
    response.headers["Accept-Patch"] = fragment.SDPFRAG
    for link in links(ice.servers(house.settings, feed.person, house.clock.now())):
        response.headers.add("Link", link)
    return response


def links(servers: list[IceServer]) -> list[str]:
    """STUN and TURN servers as Link headers (RFC 9725 section 4.6)."""
    found = []
    for server in servers:
        for url in server.urls:
            credential = (
                f'; username="{server.username}"; credential="{server.credential}"' if server.username else ""
            )
            found.append(f'<{url}>; rel="ice-server"{credential}')
    return found


async def _patch(request: Request, kind: Kind) -> web.Response:
    """RFC 9725 section 4.3: 204 for candidates, 200 with new credentials for a restart."""
    feed = await _find(request, kind)
    if request.http.content_type != fragment.SDPFRAG:
        raise ApiError("whip.type", 415, expected=fragment.SDPFRAG)
    asked = fragment.read(await bodies.read_body(request.http, fragment.MAX_FRAGMENT))
    matched = request.http.headers.get(hdrs.IF_MATCH)
    if matched is None:
        raise ApiError("whip.if_match", 428)
    async with feed.media_lock:
        any_session = matched.strip() in ("*", '"*"')
        # A feed that was seated again after a restart of the server remembers neither tag nor ufrag.
        if not any_session and feed.remote_ufrag and matched.strip() != _tag(feed):
            raise ApiError("whip.outdated", 412)
        is_new = asked.ufrag != feed.remote_ufrag if feed.remote_ufrag else any_session
        if not asked.ufrag or not is_new:
            return web.Response(status=204)
        desk = request.house.part(LiveDesk)
        local = await desk.media.restart_ice(feed, asked.ufrag, asked.password)
        feed.restarted(asked.ufrag)
    response = web.Response(body=fragment.write(asked, local), content_type=fragment.SDPFRAG)
    response.headers["ETag"] = _tag(feed)
    return response


async def _end(request: Request, kind: Kind) -> web.Response:
    await request.house.part(Feeds).close(await _find(request, kind))
    return web.Response(status=200)


async def _find(request: Request, kind: Kind) -> Feed:
    return await request.house.part(Feeds).find(
        kind, request.object_id, request.actor.id, request.path["feed"][:64]
    )


def _tag(feed: Feed) -> str:
    return f'"{feed.ice}"'


def _options(methods: str) -> web.Response:
    response = web.Response(status=200)
    headers = response.headers
    headers["Allow"] = f"GET, HEAD, OPTIONS, {methods}"
    headers["Access-Control-Allow-Methods"] = f"OPTIONS, {methods}"
    headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, If-Match"
    headers["Access-Control-Max-Age"] = "7200"
    headers["Accept-Post" if "POST" in methods else "Accept-Patch"] = (
        SDP if "POST" in methods else fragment.SDPFRAG
    )
    return response
