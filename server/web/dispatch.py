"""One HTTP request from the socket to its handler and back: who asks, may they, what did they send.

Flows in: aiohttp's request and the route's spec. Flows out: a response. The order is fixed: identity,
Origin and CSRF, the judge (with the object's standing), and only then the body; whoever is refused has
made us read nothing.
"""

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import hdrs, web

from server.errors import ApiError
from server.house import House
from server.permissions import ANYONE, NOWHERE, Actor, Standing, decide, decide_somewhere, standing_to
from server.permissions.table import TABLE
from server.web import answers, bodies, catalogue
from server.web.identity import CSRF_HEADER, Credential, Gate, Identity, credential, csrf_proven
from server.web.metrics import Metrics
from server.web.origin import Network, Source, is_own, source
from server.web.registry import RouteSpec
from server.web.request import UNKNOWN, Request, refuse

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_OBJECT_ID = 64

SOURCE = web.RequestKey("sabak_source", Source)
LANGUAGE = web.RequestKey("sabak_language", str)
SPEC = web.RequestKey("sabak_spec", RouteSpec)


class Dispatch:
    """Made once per application; `handler` makes an aiohttp handler of a spec."""

    def __init__(self, house: House, gate: Gate, metrics: Metrics, proxies: Sequence[Network]) -> None:
        self._house = house
        self._gate = gate
        self._metrics = metrics
        self._proxies = proxies
        self._patterns: list[re.Pattern[str]] = []

    def handler(self, spec: RouteSpec) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        if not spec.path.endswith(":.*}"):
            fixed = re.split(r"\{[a-z_]+\}", spec.path)
            self._patterns.append(re.compile("[^/]+".join(map(re.escape, fixed))))

        async def handle(http: web.Request) -> web.StreamResponse:
            http[SPEC] = spec
            return await self._serve(http, spec)

        return handle

    def middleware(self) -> Any:
        """The outermost layer: source and language of a request, errors into answers, counting."""

        @web.middleware
        async def around(
            http: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            start = time.perf_counter()
            http[SOURCE] = source(http.remote or "", http.secure, http.headers, self._proxies)
            http[LANGUAGE] = catalogue.preferred(http.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
            try:
                response = await handler(http)
            except web.HTTPException as error:
                if error.status < 400:
                    raise
                response = self._refusal(http, answers.as_http_error(error, http.path, self._is_known))
            except Exception as error:
                response = self._refusal(http, answers.as_api_error(error, _name(http)))
            self._metrics.requests.labels(_name(http), str(response.status)).inc()
            self._metrics.latency.labels(_name(http)).observe(time.perf_counter() - start)
            return response

        return around

    def _is_known(self, path: str) -> bool:
        return any(pattern.fullmatch(path) for pattern in self._patterns)

    async def prepare(self, http: web.BaseRequest, response: web.StreamResponse) -> None:
        """Signal of aiohttp before the headers of any response go out."""
        here = http.get(SOURCE)
        if here is None:
            here = source(http.remote or "", http.secure, http.headers, self._proxies)
        answers.protect(response, here.secure, here.host, self._house.settings.exam_pages)
        spec = http.get(SPEC)
        if spec is not None and spec.cors:
            answers.open_to_pages(response)

    def _refusal(self, http: web.Request, error: ApiError) -> web.Response:
        self._metrics.rejected.labels(error.code).inc()
        if error.status == 429:
            self._metrics.limited.labels(error.code).inc()
        response = answers.as_error(error, http[LANGUAGE])
        if http.can_read_body and not http.content.is_eof():
            response.force_close()  # the rest of a body nobody reads must not be taken for a request
        return response

    async def _serve(self, http: web.Request, spec: RouteSpec) -> web.StreamResponse:
        here = http[SOURCE]
        given = credential(http.headers, http.cookies)
        identity = await self._gate.identify(given.token) if given else None
        actor = identity.actor if identity else ANYONE
        if identity and identity.language:
            http[LANGUAGE] = identity.language
        self._check_page(http, spec, here, given, identity)
        standing = await self._judge(http, spec, actor, expired=given is not None)
        request = Request(
            http=http,
            house=self._house,
            spec=spec,
            actor=actor,
            session=identity.session if identity else "",
            name=identity.name if identity else "",
            language=http[LANGUAGE],
            source=here,
            standing=standing,
            token=given.token if given and identity else "",
            by_cookie=bool(given and given.cookie and identity),
        )
        arguments: dict[str, Any] = {}
        if spec.query is not None:
            if len(http.query_string) > bodies.MAX_QUERY:
                raise ApiError("query.invalid", 422, problem="too long")
            arguments["query"] = bodies.decode_query(http.query.items(), spec.query)
        if spec.body is not None:
            bodies.check_json(http.content_type)
            arguments["body"] = bodies.decode_json(await bodies.read_body(http, spec.limit), spec.body)
        answer = await spec.handler(request, **arguments)
        response = answer if isinstance(answer, web.StreamResponse) else _response(answer, spec)
        if not response.prepared:
            request.cookies.apply(response)
        return response

    def _check_page(
        self,
        http: web.Request,
        spec: RouteSpec,
        here: Source,
        given: Credential | None,
        identity: Identity | None,
    ) -> None:
        """Refuse what a foreign page makes a browser send in somebody's name.

        Raises:
            ApiError: 403 `origin.foreign`, 403 `csrf.missing`.
        """
        origin = http.headers.get(hdrs.ORIGIN)
        is_socket = spec.is_socket
        changes = http.method not in SAFE_METHODS
        if given is not None and not given.cookie and not is_socket:
            return
        if (
            origin is not None
            and (changes or is_socket)
            and not is_own(origin, here, self._house.settings.public_url)
        ):
            raise ApiError("origin.foreign", 403)
        if is_socket and origin is None and given is not None and given.cookie:
            raise ApiError("origin.foreign", 403)
        if (
            changes
            and spec.csrf
            and identity is not None
            and given is not None
            and given.cookie
            and not TABLE[spec.action].anyone
            and not csrf_proven(given.token, http.headers.get(CSRF_HEADER, ""))
        ):
            raise ApiError("csrf.missing", 403)

    async def _judge(self, http: web.Request, spec: RouteSpec, actor: Actor, expired: bool) -> Standing:
        if not spec.target:
            judge = decide_somewhere if spec.narrows else decide
            verdict = judge(actor, spec.action)
            standing: Standing | None = NOWHERE
        else:
            # whoever may not do it to anything need not learn whether the object exists
            verdict = decide_somewhere(actor, spec.action)
            standing = NOWHERE
            if verdict == "allowed":
                standing = await self._standing(http, spec, actor)
                if standing is not None:
                    verdict = decide(actor, spec.action, standing)
            elif verdict == "denied" and actor.kind == "account":
                own = await self._standing(http, spec, actor)
                if own is not None and own.lends:  # made for them: the object itself lends a role
                    standing, verdict = own, decide(actor, spec.action, own)
        if verdict == "login" and expired:
            raise ApiError("login.expired", 401)
        refuse(actor, verdict)
        if standing is None:
            raise ApiError(UNKNOWN, 404, kind=spec.target)
        return standing

    async def _standing(self, http: web.Request, spec: RouteSpec, actor: Actor) -> Standing | None:
        """How the actor stands to the object in the address; None when there is no such object."""
        key = http.match_info[spec.key]
        if len(key) > MAX_OBJECT_ID or not key.isprintable():
            return None
        return await standing_to(self._house, actor, spec.target, key)


def _response(answer: Any, spec: RouteSpec) -> web.Response:
    if answer is None:
        return web.Response(status=204)
    return answers.as_json(answer, spec.status)


def _name(http: web.Request) -> str:
    spec = http.get(SPEC)
    return spec.name if spec else "none"
