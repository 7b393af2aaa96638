"""The way to the page that sets a newsletter up: a link that only the log of `serve` has.

A stranger who comes first cannot take the newsletter: the link is signed with the key of this
workspace, holds for three days, and is of no use once anything is set up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail import hooks
from wagtail.models import Page

from newsletter.conf.config import load
from newsletter.desk.accounts.links import welcome_link
from newsletter.desk.founding.making import is_empty

VALID_FOR = dt.timedelta(days=3)
#: What is signed; the time follows.
SUBJECT = "setup"


def make_signer() -> TimestampSigner:
    """Return what signs links: the time stands between dots, as in no other link of ours."""
    return TimestampSigner(sep=".", salt="newsletter.desk.founding")


def setup_link() -> str:
    """Return a new link to the page."""
    path = reverse("desk_setup", args=[make_signer().sign(SUBJECT)])
    return f"{load().site.origin}{path}"


def is_valid(token: str) -> bool:
    """Say whether a token is one of ours, and not too old."""
    try:
        return make_signer().unsign(token, max_age=VALID_FOR) == SUBJECT
    except BadSignature:
        return False


def first_links() -> tuple[str, str]:
    """Return a link to set up a newsletter, or one to the first password; each may be empty."""
    if is_empty():
        return setup_link(), ""
    return "", welcome_link() or ""


def lead_to_setup(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return the page where people log in; as long as nobody can, it leads to the set-up."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("desk_setup_needed") if is_empty() else view(request, *args, **kwargs)

    return answer


@hooks.register("before_serve_page")
def replace_welcome(
    page: Page, request: HttpRequest, _args: list[Any], _kwargs: dict[str, Any]
) -> HttpResponse | None:
    """Lead from the empty page that Wagtail comes with to the set-up; all others are shown."""
    del request
    return redirect("desk_setup_needed") if type(page) is Page and is_empty() else None
