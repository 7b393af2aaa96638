"""From the socket to an endpoint and back: the only part of the API that speaks HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from functools import partial

from aiohttp import web

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import LARGEST_BODY, Call, Route, answer_call
from sendgrid_emulator.api.routes import ROUTES
from sendgrid_emulator.checks.accounting import check_announced
from sendgrid_emulator.faults.fault import Fault
from sendgrid_emulator.faults.injection import Case, has_left, inject_fault
from sendgrid_emulator.rules import problems
from sendgrid_emulator.state.request_log import SEND, Exchange

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gateway:
    """Serves the API of one account, with whatever faults are due."""

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
            resource.add_route("*", self._handler(_always(405, problems.NOT_ALLOWED)))
        missing = self._handler(_always(404, problems.NOT_FOUND))
        app.router.add_route("*", "/v3/{rest:.*}", missing)

    def _handler(self, route: Route) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            account, started = self.account, time.perf_counter()
            exchange = account.request_log.begin(account.clock.now(), request.method, request.path)
            try:
                given = await self._answer(route, request, exchange)
                exchange.status = given.status if given and not has_left(request) else 0
                whole = build_response(given or Answer(500), now=self._date())
                return await drip(request, whole, given.seconds) if given else whole
            except ConnectionError:
                # The client left in the middle of its request: nobody reads this.
                return web.Response(status=400)
            finally:
                account.request_log.end(exchange, time.perf_counter() - started)

        return handle

    def _date(self) -> float:
        return self.account.clock.now() + self.account.settings.date_skew

    async def _answer(
        self, route: Route, request: web.Request, exchange: Exchange
    ) -> Answer | None:
        exchange.size = request.content_length or 0
        serve = partial(self._serve, route, request, exchange)
        fault = self.account.faults.take(request.path)
        if fault is None:
            given = await serve()
            exchange.error = given.error
            return given
        exchange.fault = fault.kind
        injected = await inject_fault(self._case(fault, request, serve))
        exchange.error = injected.error if injected else ""
        return injected

    async def _serve(self, route: Route, request: web.Request, exchange: Exchange) -> Answer:
        call = await read(request)
        if request.path == SEND and self.account.checks.oracle:
            # In another thread: a ledger may take its time.
            await asyncio.to_thread(check_announced, self.account.checks, call.body)
        exchange.size = max(len(call.body), call.size)
        given = answer_call(self.account, route, call)
        exchange.message_id, exchange.recipients = given.message_id, given.recipients
        return given

    def _case(
        self, fault: Fault, request: web.Request, serve: Callable[[], Awaitable[Answer]]
    ) -> Case:
        now = self.account.clock.now

        def later(seconds: float, action: Callable[[], None]) -> None:
            self.account.timeline.at(now() + seconds, action)

        return Case(fault, request, serve, later, now())


async def read(request: web.Request) -> Call:
    """Read a request to its end, unless its headers say that it is too large."""
    announced = request.content_length or 0
    return Call(
        body=b"" if announced > LARGEST_BODY else await request.read(),
        size=announced,
        headers={key.lower(): value for key, value in request.headers.items()},
        query=dict(request.query),
        parts=dict(request.match_info),
    )


def build_response(given: Answer, *, now: float) -> web.Response:
    """Turn an answer into a response; `now` is the emulator's time, for the Date header."""
    headers = {"Server": "nginx", "Date": formatdate(now, usegmt=True), **given.headers}
    kind = given.content_type if given.body else None
    return web.Response(status=given.status, body=given.body, headers=headers, content_type=kind)


async def drip(request: web.Request, whole: web.Response, seconds: float) -> web.StreamResponse:
    """Write the head of a response at once and its body byte by byte, over some seconds.

    Each byte restarts a client's read timeout.  Without seconds the response is unchanged.
    """
    body = bytes(whole.body) if seconds and isinstance(whole.body, bytes) else b""
    if not body:
        return whole
    slow = web.StreamResponse(status=whole.status, headers=whole.headers)
    slow.content_length = len(body)
    with contextlib.suppress(ConnectionError):
        await slow.prepare(request)
        for number in range(len(body)):
            await asyncio.sleep(seconds / len(body))
            await slow.write(body[number : number + 1])
    return slow


def _always(status: int, problem: problems.Problem) -> Route:
    return Route("*", "", "", lambda _account, _call: answers.refuse_request(status, problem))
