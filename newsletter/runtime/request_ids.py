"""A name for each request: in its answer, and in each line of the log that comes of it.

A trusted proxy may have given it one already, as `X-Request-ID`; then both logs name the same.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

#: The header, as nginx, Caddy and load balancers write it.
HEADER: Final = "X-Request-ID"
META: Final = "HTTP_X_REQUEST_ID"
#: What a proxy may call a request: it stands in log lines.
_NAME = re.compile(r"[A-Za-z0-9._-]{8,64}")

#: The name of the request that this thread answers; empty outside of one.
current_request: ContextVar[str] = ContextVar("current_request", default="")


def name_request(given: str) -> str:
    """Return the name that a trusted proxy gave a request, if it is one, else a new one."""
    return given if _NAME.fullmatch(given) else secrets.token_hex(8)


class RequestIds:
    """Middleware that stands after the one that knows which headers can be believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say what the request is called."""
        name = name_request(request.META.get(META, ""))
        token = current_request.set(name)
        try:
            response = self.get_response(request)
        finally:
            current_request.reset(token)
        response.headers[HEADER] = name
        return response
