"""Stop mail to one person, for all lists or for one, and allow it again; each page asks first."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from wagtail import hooks

from newsletter.desk.people.actions import SUPPRESS, ask_first
from newsletter.desk.people.held import find_person
from newsletter.tracking.provider_removal import offers_lists, remove_everywhere
from subscribers.changing import allow_mail, must_say_why, stop_mail
from subscribers.list_suppressions import find_for_list, find_for_lists
from subscribers.lists import by_slug
from subscribers.models import List, Subscriber, SuppressedAddress, SuppressionRemoval
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
    return ask_first(request, "suppress", shown, person, act)


def allow_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the suppression of a person's address: for all mail, or for the list of the query."""
    person = find_person(request, pk, SUPPRESS)
    of = List.objects.filter(slug=slug).first() if (slug := request.GET.get("list", "")) else None
    suppression: SuppressedAddress | None = (
        (find_for_list(person.key, of) if of else None) if slug else find_suppression(person.key)
    )

    def act() -> str:
        reason, confirmed = request.POST.get("reason", ""), "confirmed" in request.POST
        by = request.user.get_username()
        if not slug and "at_provider" in request.POST:
            return allow_everywhere(person.email, reason=reason, by=by, confirmed=confirmed)
        to = by_slug(slug) if slug else None
        allow_mail(person, reason=reason, by=by, confirmed=confirmed, of=to)
        if of is None:
            return gettext("{address} is not suppressed any more.").format(address=person.email)
        said = gettext("{address} is not suppressed for the list {list} any more.")
        return said.format(address=person.email, list=of.name)

    shown = {
        "list": of,
        "only_there": not slug
        and suppression is None
        and may_be_listed(ended_suppressions(person)),
        **describe_removal(suppression, for_list=bool(slug)),
    }
    return ask_first(request, "allow", shown, person, act)


def ended_suppressions(person: Subscriber) -> QuerySet[SuppressionRemoval]:
    """Return when a person was suppressed for all lists and is not any more: once, if at all."""
    return SuppressionRemoval.objects.filter(key=person.key, list=None)[:1]


def may_be_listed(ended: QuerySet[SuppressionRemoval]) -> bool:
    """Whether the provider may still drop mail to somebody who is not suppressed here any more."""
    return offers_lists(settings.CONFIG) and bool(ended)


def allow_everywhere(address: str, *, reason: str, by: str, confirmed: bool) -> str:
    """Remove a suppression here and at the provider, and say off which lists it is there."""
    why = must_say_why(reason)
    done = remove_everywhere(settings.CONFIG, address, why=why, by=by, confirmed=confirmed)
    said = gettext("{address} is not suppressed any more.").format(address=address)
    if not done.lists:
        return f"{said} {gettext('No list of the mail provider has it.')}"
    lists = gettext(", ").join(done.lists)
    taken = gettext("It is off these lists of the mail provider: {lists}.").format(lists=lists)
    return f"{said} {taken}"


def describe_removal(
    suppression: SuppressedAddress | None, *, for_list: bool = False
) -> dict[str, object]:
    """Return what a page that asks about a removal shows of a suppression."""
    return {
        "provider_lists": not for_list and offers_lists(settings.CONFIG),
        "suppression": suppression,
        "own_act": suppression is not None and suppression.reason in OWN_ACTS,
        "by_hand": suppression is not None and is_by_hand(suppression),
    }
