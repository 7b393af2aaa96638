"""The page on which people are found, and the page of one person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsletter.desk.listings.lists import import_buttons
from newsletter.desk.people.actions import ADD, CHANGE, SUPPRESS
from newsletter.desk.people.filters import as_query, describe_count, filter_of
from newsletter.desk.people.held import READ, find_person
from newsletter.desk.people.person_lists import merge_lists
from newsletter.desk.people.stopping import ended_suppressions, may_be_listed
from newsletter.desk.permissions import require_permission
from newsletter.desk.sends.pages import may_see
from newsletter.errors import NewsletterError
from newsletter.joint_reading import read_together
from subscribers.finding.filters import STATES, PeopleFilter
from subscribers.finding.pages import Search
from subscribers.list_suppressions import find_for_lists
from subscribers.models import (
    List,
    ListSuppression,
    Segment,
    Subscriber,
    Subscription,
    Suppression,
)
from subscribers.sign_up.models import Consent
from subscribers.suppressions import OWN_ACTS
from subscribers.timeline.entries import list_entries, read_place


class PeopleItem(MenuItem):
    """The way to the people, for those who may see them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to people with the right to see subscribers."""
        return bool(request.user.has_perm(READ))


@hooks.register("register_admin_menu_item")
def people_item() -> PeopleItem:
    """Add the way to the people."""
    url = reverse("desk_people")
    return PeopleItem(_("Subscribers"), url, name="subscribers", icon_name="user")


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages."""
    return [
        path("subscribers/", find_page, name="desk_people"),
        path("subscribers/<int:pk>/", person_page, name="desk_person"),
    ]


def find_page(request: HttpRequest) -> HttpResponse:
    """Show the people whom a filter finds."""
    require_permission(request, READ)
    fault, of = "", PeopleFilter()
    try:
        of = filter_of(request.GET)
    except NewsletterError as error:
        fault = error.sentences
    before = request.GET.get("before", "")
    search = Search(of)
    page = search.page(int(before) if before.isdecimal() and len(before) < 19 else 0)
    lists, segments = List.objects.all(), Segment.objects.all()
    read_together(lists, segments)
    shown = {
        "fault": fault,
        "asked": of,
        "found": describe_count(search.count()),
        "rows": describe_people(page.people),
        "page": page,
        "next": as_query(of, before=page.next) if page.next else "",
        "first": as_query(of) if before else "",
        "lists": lists,
        "segments": segments,
        "states": STATES.items(),
        "may_add": request.user.has_perm(ADD),
        "may_change": request.user.has_perm(CHANGE),
        "query": as_query(of),
        "header_buttons": import_buttons(request.user),
    }
    return render(request, "desk/people/find.html", shown, status=422 if fault else 200)


def describe_people(people: Iterable[Subscriber]) -> list[dict[str, Any]]:
    """Return the rows of a table of people: each with the lists, and whether mail is stopped."""
    by_number = {person.pk: person for person in people}
    lists: dict[int, list[str]] = {number: [] for number in by_number}
    rows = Subscription.objects.filter(subscriber__in=by_number).select_related("list")
    rows = rows.order_by("list__name")
    keys = [person.key for person in by_number.values()]
    everywhere = Suppression.objects.filter(key__in=keys).values_list("key", flat=True)
    for_lists = ListSuppression.objects.filter(key__in=keys).values_list("key", "list")
    read_together(rows, everywhere, for_lists)
    stopped, stopped_here = set(everywhere), set(for_lists)
    for each in rows:
        person = by_number[each.subscriber_id]
        here = (person.key, each.list_id) in stopped_here
        lists[person.pk].append(describe_subscription(each, stopped=here))
    return [
        {"person": person, "lists": lists[number], "stopped": person.key in stopped}
        for number, person in by_number.items()
    ]


def describe_subscription(each: Subscription, *, stopped: bool) -> str:
    """Return a list in words; with the state, unless the list mails the person."""
    said = []
    if each.state != Subscription.State.ACTIVE:
        said.append(str(each.get_state_display()))
    if stopped:
        said.append(gettext("suppressed"))
    if not said:
        return each.list.name
    return gettext("{list} ({state})").format(list=each.list.name, state=gettext(", ").join(said))


def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person: what is known, the lists, and what happened."""
    person = find_person(request, pk, READ)
    try:
        place = read_place(request.GET.get("from", ""))
    except NewsletterError:
        place = None
    subscriptions = person.subscriptions.select_related("list")
    stopped_here = find_for_lists(person.key)
    consents = Consent.objects.filter(subscriber=person).select_related("list")
    suppressions = Suppression.objects.filter(key=person.key)
    ended = ended_suppressions(person)
    besides = [subscriptions, stopped_here, consents, suppressions, ended]
    timeline = list_entries(person, place, besides=besides)
    suppression = next(iter(suppressions), None)
    shown = {
        "person": person,
        "attributes": sorted(person.attributes.items()),
        "lists": merge_lists(subscriptions, stopped_here),
        "consents": consents,
        "suppression": suppression,
        "timeline": timeline,
        "later": place is not None,
        "may_see_sends": may_see(request.user),
        "may_change": request.user.has_perm(CHANGE) and not person.erased,
        "may_suppress": request.user.has_perm(SUPPRESS) and not person.erased,
        "own_acts": OWN_ACTS,
        "ways": list_ways(
            request.user,
            person,
            stopped=suppression is not None,
            listed=may_be_listed(ended),
        ),
    }
    return render(request, "desk/people/person.html", shown)


def list_ways(
    user: Any, person: Subscriber, *, stopped: bool, listed: bool
) -> list[tuple[str, str, str]]:
    """Return what somebody may do with a person: words, address, and a name for the button.

    `stopped` says whether the person is suppressed, `listed` whether the provider may still do so.
    """
    ways = []
    if not person.erased and user.has_perm(CHANGE):
        ways += [
            (gettext("Change…"), "desk_person_change", "person-change"),
            (gettext("Add to a list…"), "desk_person_join", "person-join"),
            (gettext("Unsubscribe…"), "desk_person_leave", "person-leave"),
        ]
    if not person.erased and user.has_perm(SUPPRESS):
        ways.append(
            (gettext("Remove the suppression…"), "desk_person_allow", "person-allow")
            if stopped
            else (gettext("Suppress…"), "desk_person_suppress", "person-suppress")
        )
        if not stopped and listed:
            there = gettext("Allow at the mail provider…")
            ways.append((there, "desk_person_allow", "person-allow"))
    ways.append((gettext("All data"), "desk_held", "person-held"))
    return [(words, reverse(name, args=[person.pk]), label) for words, name, label in ways]
