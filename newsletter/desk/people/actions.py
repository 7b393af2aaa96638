"""What one may do with one person: each page asks on GET, and acts on POST."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.admin import messages

from newsletter.desk.error_sentences import explain_error
from newsletter.desk.people.held import find_person
from newsletter.desk.permissions import require_permission
from newsletter.errors import AddressInDoubt, BadInput, NewsletterError
from subscribers.adding import NewPerson, NotedConsent, add_person, add_to_lists
from subscribers.changing import change_person, leave_lists
from subscribers.lists import by_slug
from subscribers.models import List, Subscriber, Subscription

ADD: Final = "subscribers.add_subscriber"
CHANGE: Final = "subscribers.change_subscriber"
#: To suppress an address, and to take that back.
SUPPRESS: Final = "subscribers.change_suppression"
#: Blank rows for attributes that are new.
NEW_ROWS = 2
Act = Callable[[], str]


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages, behind those of the subscribers."""
    return [
        path("subscribers/new/", new_page, name="desk_person_new"),
        path("subscribers/<int:pk>/change/", change_page, name="desk_person_change"),
        path("subscribers/<int:pk>/join/", join_page, name="desk_person_join"),
        path("subscribers/<int:pk>/leave/", leave_page, name="desk_person_leave"),
    ]


def ask_first(
    request: HttpRequest, name: str, shown: dict[str, Any], person: Subscriber, act: Act
) -> HttpResponse:
    """Show a page that asks; on POST act, and lead back to the person, or say what is wrong."""
    fault = ""
    if request.method == "POST":
        try:
            messages.success(request, act())
        except NewsletterError as error:
            fault = explain_error(error)
        else:
            return redirect("desk_person", person.pk)
    shown |= {"person": person, "fault": fault, "given": request.POST}
    return render(request, f"desk/people/{name}.html", shown, status=422 if fault else 200)


def chosen_lists(request: HttpRequest) -> list[List]:
    """Return the lists that a form names."""
    return [by_slug(slug) for slug in request.POST.getlist("list")]


def consent_of(request: HttpRequest) -> NotedConsent:
    """Return the consent that a form tells of, or raise `BadInput` for a day that is none."""
    day = request.POST.get("given_on", "")
    try:
        given_on = dt.date.fromisoformat(day) if day else None
    except ValueError:
        raise BadInput(gettext("the day of the consent is no date")) from None
    return NotedConsent(
        text=request.POST.get("text", ""),
        source=request.POST.get("source", ""),
        given_on=given_on,
    )


def new_page(request: HttpRequest) -> HttpResponse:
    """Add one person."""
    require_permission(request, ADD)
    shown: dict[str, Any] = {"lists": list(List.objects.filter(archived_at=None))}
    status = 200
    if request.method == "POST":
        try:
            return add_from_form(request)
        except AddressInDoubt as doubt:
            shown |= {"meant": doubt.meant, "typed": doubt.address}
        except NewsletterError as error:
            shown["fault"] = explain_error(error)
        status = 422
    shown |= {"given": request.POST, "wanted": request.POST.getlist("list")}
    return render(request, "desk/people/new.html", shown, status=status)


def add_from_form(request: HttpRequest) -> HttpResponse:
    """Add who a form tells of, and lead to their page."""
    given = request.POST
    new = NewPerson(
        email=given.get("meant") or given.get("email", ""),
        name=given.get("name", ""),
        language=given.get("language", ""),
        sure=given.get("sure") == given.get("email", "").strip(),
    )
    by = request.user.get_username()
    added = add_person(new, chosen_lists(request), consent_of(request), by=by)
    said = gettext("{address} is added.") if added.made else gettext("{address} was known already.")
    messages.success(request, said.format(address=added.person.email))
    return redirect("desk_person", added.person.pk)


def change_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, language and attributes."""
    person = find_person(request, pk, CHANGE)

    def act() -> str:
        names, values = request.POST.getlist("attribute"), request.POST.getlist("value")
        changed = change_person(
            person,
            name=request.POST.get("name", ""),
            language=request.POST.get("language", ""),
            attributes={name: value for name, value in zip(names, values, strict=False) if name},
            by=request.user.get_username(),
        )
        return gettext("The changes are saved.") if changed else gettext("Nothing was changed.")

    rows = sorted(person.attributes.items())
    if request.method == "POST":
        given = zip(request.POST.getlist("attribute"), request.POST.getlist("value"), strict=False)
        rows = [(name, value) for name, value in given if name or value]
    shown = {"rows": [*rows, *[("", "")] * NEW_ROWS]}
    return ask_first(request, "change", shown, person, act)


def join_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a person to lists, with the consent noted."""
    person = find_person(request, pk, CHANGE)

    def act() -> str:
        by = request.user.get_username()
        add_to_lists(person, chosen_lists(request), consent_of(request), by=by)
        return gettext("{address} is added.").format(address=person.email)

    active = person.subscriptions.filter(state=Subscription.State.ACTIVE).values("list")
    lists = List.objects.filter(archived_at=None).exclude(pk__in=active)
    shown = {"lists": list(lists), "wanted": request.POST.getlist("list")}
    return ask_first(request, "join", shown, person, act)


def leave_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Unsubscribe a person from one list, or from all."""
    person = find_person(request, pk, CHANGE)
    slug = request.GET.get("list", "")
    rows = person.subscriptions.exclude(state=Subscription.State.UNSUBSCRIBED)
    lists = [each.list for each in rows.select_related("list").order_by("list__name")]

    def act() -> str:
        wanted = request.POST.get("list", "")
        only = [by_slug(wanted)] if wanted else []
        by, reason = request.user.get_username(), request.POST.get("reason", "")
        leave_lists(person, only, reason=reason, by=by)
        return gettext("{address} is unsubscribed.").format(address=person.email)

    return ask_first(request, "leave", {"lists": lists, "slug": slug}, person, act)
