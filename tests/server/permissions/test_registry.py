"""What is not declared does not start."""

import pytest
from aiohttp import web

from server.permissions import Undeclared, slot_action, tap_action
from server.permissions import registry as permission_registry
from server.permissions.relations import standing_to
from server.settings import Settings
from server.web import registry as web_registry
from server.web.registry import message, route
from server.web.request import Request
from server.web.site import check_declarations
from tests.server.kit import running


@pytest.fixture(autouse=True)
def keep_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permission_registry, "_declared", dict(permission_registry._declared))
    monkeypatch.setattr(web_registry, "_routes", dict(web_registry._routes))
    monkeypatch.setattr(web_registry, "_messages", dict(web_registry._messages))


async def handler(request: Request) -> None: ...


def test_an_unknown_action_raises_at_import() -> None:
    with pytest.raises(Undeclared, match="no action"):
        route("GET", "/api/v1/x", action="no.such")(handler)
    with pytest.raises(Undeclared, match="no action"):
        message("x.y", action="no.such")(handler)
    with pytest.raises(Undeclared, match="no action"):
        permission_registry.slot("x", "no.such")
    with pytest.raises(Undeclared, match="no action"):
        permission_registry.tap("x", "no.such")


def test_twice_raises() -> None:
    route("GET", "/api/v1/x", action="me.read")(handler)
    with pytest.raises(Undeclared, match="twice"):
        route("GET", "/api/v1/x", action="me.read")(handler)


def test_an_object_needs_its_id_in_the_path() -> None:
    with pytest.raises(Undeclared, match="to find the lesson by"):
        route("GET", "/api/v1/x", action="lesson.read", target="lesson")(handler)


def test_unknown_slots_and_taps() -> None:
    import server.live.slots  # noqa: F401 - declares them

    assert slot_action("tile7") == slot_action("tile0") == "media.receive"
    with pytest.raises(Undeclared):
        slot_action("window")
    assert tap_action("recorder") == "tap.record"
    with pytest.raises(Undeclared):
        tap_action("passer-by")


async def test_a_route_past_the_registry_does_not_start(settings: Settings) -> None:
    async def stray(_request: web.Request) -> web.Response:
        return web.Response()

    async with running(settings) as found:
        served = web_registry.routes()
        check_declarations(found.site, served)
        site = web.Application()
        site.router.add_get("/stray", stray)
        with pytest.raises(Undeclared, match="without an action"):
            check_declarations(site, served)


async def test_an_object_nobody_resolves_does_not_start(settings: Settings) -> None:
    async with running(settings) as found:
        route("GET", "/api/v1/dragons/{id}", action="me.read", target="dragon")(handler)
        with pytest.raises(Undeclared, match="dragon"):
            check_declarations(found.site, web_registry.routes())
        with pytest.raises(Undeclared):
            await standing_to(found.house, None, "dragon", "x")  # type: ignore[arg-type]
