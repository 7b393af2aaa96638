"""Apply a fault to one request."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from aiohttp import web

from sendgrid_emulator import answers
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.faults.fault import Fault, Kind
from sendgrid_emulator.rules import problems

#: Seconds between two checks whether a client has left.
_LOOK = 0.01
#: Bytes of an answer that has none, when it is to come slowly.
_DRIPS = 40

_HTML = "text/html"
_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_LOGIN = (
    b"<html><head><title>Welcome</title></head><body>Please log in to this network</body></html>"
)


@dataclass(frozen=True, slots=True)
class Case:
    """A request that a fault has hit.

    `serve` reads and answers it as if there were no fault; `later` runs something at the
    emulator's own time, some seconds from now; `now` is that time.
    """

    fault: Fault
    request: web.Request
    serve: Callable[[], Awaitable[Answer]]
    later: Callable[[float, Callable[[], None]], None]
    now: float


async def inject_fault(case: Case) -> Answer | None:
    """Apply the fault; return the answer to the client, or None if there is none."""
    act = _ACTS.get(case.fault.kind)
    if act is not None:
        return await act(case)
    await case.request.read()
    return _canned(case.fault, case.now)


def reset(request: web.Request) -> None:
    """Break the connection so that the client sees a reset, not an orderly end."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def has_left(request: web.Request) -> bool:
    """Return whether the client has closed the connection."""
    return request.transport is None or request.transport.is_closing()


async def wait_for_departure(request: web.Request, seconds: float) -> None:
    """Wait until the client has left, but no longer than `seconds` (real time)."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not has_left(request) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(_LOOK)


async def _reset_before(case: Case) -> None:
    reset(case.request)


async def _read_then_reset(case: Case) -> None:
    left = case.fault.size
    while left > 0 and (chunk := await case.request.content.read(left)):
        left -= len(chunk)
    reset(case.request)


async def _accept_then_reset(case: Case) -> None:
    await case.serve()
    reset(case.request)


async def _accept_then_answer(case: Case) -> Answer:
    await case.serve()
    return _canned(case.fault, case.now)


async def _accept_then_hang(case: Case) -> None:
    await case.serve()
    await wait_for_departure(case.request, case.fault.seconds)
    reset(case.request)


async def _accept_twice(case: Case) -> Answer:
    await case.serve()
    return await case.serve()


async def _delay(case: Case) -> Answer:
    answer = await case.serve()
    await asyncio.sleep(case.fault.seconds)
    return answer


async def _slow_body(case: Case) -> Answer:
    answer = await case.serve()
    return replace(answer, body=answer.body or b" " * _DRIPS, seconds=case.fault.seconds)


async def _close_idle(case: Case) -> Answer:
    answer = await case.serve()
    transport = case.request.transport
    if transport is not None:
        asyncio.get_running_loop().call_later(_LOOK, transport.close)
    return answer


async def _zombie(case: Case) -> None:
    await case.request.read()
    await wait_for_departure(case.request, case.fault.max_wait_seconds)
    reset(case.request)
    arrived = asyncio.Event()
    case.later(case.fault.seconds, arrived.set)
    await arrived.wait()
    await case.serve()


_ACTS: dict[Kind, Callable[[Case], Awaitable[Answer | None]]] = {
    Kind.RESET_BEFORE: _reset_before,
    Kind.READ_THEN_RESET: _read_then_reset,
    Kind.ACCEPT_THEN_RESET: _accept_then_reset,
    Kind.ACCEPT_THEN_500: _accept_then_answer,
    Kind.ACCEPT_THEN_HTML_502: _accept_then_answer,
    Kind.ACCEPT_THEN_503: _accept_then_answer,
    Kind.ACCEPT_THEN_504: _accept_then_answer,
    Kind.ACCEPT_THEN_HANG: _accept_then_hang,
    Kind.ACCEPT_TWICE: _accept_twice,
    Kind.DELAY: _delay,
    Kind.SLOW_BODY: _slow_body,
    Kind.CLOSE_IDLE: _close_idle,
    Kind.ZOMBIE: _zombie,
}


def _canned(fault: Fault, now: float) -> Answer:
    if fault.kind is Kind.TOO_MANY:
        return _too_many(now + fault.seconds)
    return _CANNED[fault.kind]


def _too_many(reset_at: float) -> Answer:
    limits = {
        "X-RateLimit-Limit": "600",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(reset_at)),
    }
    refused = answers.refuse_request(429, problems.TOO_MANY)
    return Answer(refused.status, refused.body, headers=limits)


_CANNED = {
    Kind.ACCEPT_THEN_500: answers.refuse_request(500, problems.UNAVAILABLE),
    Kind.ACCEPT_THEN_HTML_502: Answer(502, _BAD_GATEWAY, _HTML),
    Kind.ACCEPT_THEN_503: answers.refuse_request(503, problems.UNAVAILABLE),
    Kind.ACCEPT_THEN_504: Answer(504, _BAD_GATEWAY.replace(b"502 Bad", b"504 Slow"), _HTML),
    Kind.REJECT_500: answers.refuse_request(500, problems.UNAVAILABLE),
    Kind.TOO_LARGE: answers.too_large(),
    Kind.NO_CREDITS: answers.refuse_request(401, problems.NO_CREDITS),
    Kind.BAD_KEY: answers.refuse_request(401, problems.BAD_KEY),
    Kind.UNVERIFIED: answers.refuse_request(403, problems.UNVERIFIED_SENDER),
    Kind.REDIRECT: Answer(302, headers={"Location": "/login"}),
    Kind.CAPTIVE_PORTAL: Answer(200, _LOGIN, _HTML),
}
