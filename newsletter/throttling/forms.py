"""Anonymous forms: what is posted too often is answered in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING

from django.shortcuts import render

from newsletter.runtime.proxies import visitor_of
from newsletter.throttling.counting import Limit, account_name, count_attempt

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    View = Callable[..., HttpResponseBase]

HOUR = 3600


def limit_posts(view: View, limits_of: Callable[[HttpRequest], Sequence[Limit]]) -> View:
    """Return a view that takes a post only within the limits; reading is never limited."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "POST" and (wait := count_attempt(limits_of(request))):
            return too_often(request, wait)
        return view(request, *args, **kwargs)

    return answer


def too_often(
    request: HttpRequest, wait: int, values: Mapping[str, object] | None = None
) -> HttpResponse:
    """Return the page that says when to come again; `values` are for what is around it."""
    request.retry_after = wait  # type: ignore[attr-defined]
    said = {**(values or {}), "minutes": as_minutes(wait)}
    return render(request, "web/too_often.html", said, status=429)


def as_minutes(seconds: int) -> int:
    """Return seconds as minutes, one at least."""
    return max(1, -(-seconds // 60))


def of_reset(request: HttpRequest) -> list[Limit]:
    """Return the limits of asking for a new password: each sends a mail to who is named."""
    account = account_name(request.POST.get("email", ""))
    limits = [
        Limit(kind="reset-account", tries=3, seconds=HOUR, subject=(account,), account=account),
        Limit(kind="reset", tries=60, seconds=HOUR),
    ]
    return [*limits, *of_address(request, "reset-address", tries=10)]


def of_address(request: HttpRequest, kind: str, *, tries: int) -> list[Limit]:
    """Return a limit an hour for the address of a visitor, if that is known."""
    address = visitor_of(request)
    return [Limit(kind=kind, tries=tries, seconds=HOUR, subject=(address,))] if address else []
