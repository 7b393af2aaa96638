"""Tells an open page whether its person is still logged in, and what its forms must send then."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from wagtail import hooks


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the address that pages ask; whoever is logged out is sent to the login instead."""
    return [path("issues/session/", answer_session, name="desk_session")]


@require_GET
@never_cache
def answer_session(request: HttpRequest) -> JsonResponse:
    """Return the token that forms of this session send."""
    return JsonResponse({"token": get_token(request)})
