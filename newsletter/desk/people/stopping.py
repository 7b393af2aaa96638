"""Stop mail to one person, for all lists or for one, and allow it again; each page asks first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from wagtail import hooks

from newsletter.desk.people.actions import SUPPRESS, ask
from newsletter.desk.people.held import find_person
from subscribers.changing import allow_mail, stop_mail
from subscribers.list_suppressions import find_for_list, find_for_lists
from subscribers.lists import by_slug
from subscribers.models import List, SuppressedAddress
from subscribers.suppressions import OWN_ACTS, find_suppression, is_by_hand


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages, behind those of the subscribers."""
    return [
        path("subscribers/<int:pk>/suppress/", suppress_page, name="desk_person_suppress"),
        path("subscribers/<int:pk>/allow/", allow_page, name="desk_person_allow"),
    ]


def suppress_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Suppress the address of a person, for all mail or for one list."""
    person = find_person(request, pk, SUPPRESS)
    stopped = find_for_lists(person.key).values("list")

    def act() -> str:
        slug = request.POST.get("list", "")
        of, by = by_slug(slug) if slug else None, request.user.get_username()
        stop_mail(person, reason=request.POST.get("reason", ""), by=by, of=of)
        if of is None:
            return gettext("{address} is suppressed.").format(address=person.email)
        said = gettext("{address} is suppressed for the list {list}.")
        return said.format(address=person.email, list=of.name)

    shown = {
        "slug": request.POST.get("list", request.GET.get("list", "")),
        "lists": list(List.objects.filter(archived_at=None).exclude(pk__in=stopped)),
        "stopped": find_suppression(person.key) is not None,
    }
    return ask(request, "suppress", shown, person, act)


def allow_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the suppression of a person's address: for all mail, or for the list of the query."""
    person = find_person(request, pk, SUPPRESS)
    of = List.objects.filter(slug=slug).first() if (slug := request.GET.get("list", "")) else None
    suppression: SuppressedAddress | None = (
        (find_for_list(person.key, of) if of else None) if slug else find_suppression(person.key)
    )

    def act() -> str:
        allow_mail(
            person,
            reason=request.POST.get("reason", ""),
            by=request.user.get_username(),
            confirmed="confirmed" in request.POST,
            of=by_slug(slug) if slug else None,
        )
        if of is None:
            return gettext("{address} is not suppressed any more.").format(address=person.email)
        said = gettext("{address} is not suppressed for the list {list} any more.")
        return said.format(address=person.email, list=of.name)

    return ask(request, "allow", {"list": of, **describe_removal(suppression)}, person, act)


def describe_removal(suppression: SuppressedAddress | None) -> dict[str, object]:
    """Return what a page that asks about a removal shows of a suppression."""
    return {
        "suppression": suppression,
        "own_act": suppression is not None and suppression.reason in OWN_ACTS,
        "by_hand": suppression is not None and is_by_hand(suppression),
    }
