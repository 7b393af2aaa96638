"""From the socket to an endpoint and back: the only part of the API that speaks HTTP."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from email.utils import formatdate

from aiohttp import web

from newsletter.standin import answers, problems
from newsletter.standin.account import Account
from newsletter.standin.answers import Answer
from newsletter.standin.api import ROUTES
from newsletter.standin.api.calls import LARGEST_BODY, Call, Route, answer
from newsletter.standin.traffic import Exchange

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SEND = "/v3/mail/send"


class Gateway:
    """Serves the API of one account."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def add_to(self, app: web.Application) -> None:
        """Register all endpoints, and SendGrid's way of saying 404 and 405."""
        by_path: dict[str, list[Route]] = defaultdict(list)
        for route in ROUTES:
            by_path[route.path].append(route)
        for path, routes in by_path.items():
            resource = app.router.add_resource(path)
            for route in routes:
                resource.add_route(route.method, self._handler(route))
            resource.add_route("*", self._handler(_always("*", 405, problems.NOT_ALLOWED)))
        missing = self._handler(_always("*", 404, problems.NOT_FOUND))
        app.router.add_route("*", "/v3/{rest:.*}", missing)

    def _handler(self, route: Route) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            traffic, started = self.account.traffic, time.perf_counter()
            exchange = traffic.begin(self.account.clock.now(), request.method, request.path)
            try:
                return await self._serve(route, request, exchange)
            finally:
                traffic.end(exchange, time.perf_counter() - started)

        return handle

    async def _serve(
        self, route: Route, request: web.Request, exchange: Exchange
    ) -> web.StreamResponse:
        call = await read(request)
        exchange.size = len(call.body)
        return self._respond(answer(self.account, route, call), exchange)

    def _respond(self, given: Answer, exchange: Exchange) -> web.Response:
        exchange.status, exchange.error = given.status, given.error
        exchange.message_id, exchange.recipients = given.message_id, given.recipients
        return response(given, now=self.account.clock.now())


async def read(request: web.Request) -> Call:
    """Read a request to its end, or to the point where it is certainly too large."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY:
            break
    return Call(
        body=bytes(body),
        headers={key.lower(): value for key, value in request.headers.items()},
        query=dict(request.query),
        parts=dict(request.match_info),
    )


def response(given: Answer, *, now: float) -> web.Response:
    """Turn an answer into a response; `now` is the stand-in's time, for the Date header."""
    headers = {"Server": "nginx", "Date": formatdate(now, usegmt=True), **given.headers}
    kind = given.content_type if given.body else None
    return web.Response(status=given.status, body=given.body, headers=headers, content_type=kind)


def _always(method: str, status: int, problem: problems.Problem) -> Route:
    return Route(method, "", "", lambda _account, _call: answers.refusal(status, problem))
