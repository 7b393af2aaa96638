"""The search of the menu: people, words inside of issues, and sends; for each what they may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.search import SearchArea

from newsletter.dates import format_time
from newsletter.desk.listings.issue_words import find_excerpt, find_issues, refresh_words
from newsletter.desk.sends.pages import may_see
from newsletter.sending.models import Send
from subscribers.addresses import start_of_key
from subscribers.finding.filters import PeopleFilter
from subscribers.finding.pages import Search
from subscribers.finding.texts import begins_with, column_holds
from subscribers.models import ERASED_DOMAIN, Subscriber

#: At most this many of each kind are shown.
MAX_FOUND = 10
#: Longer texts are searched for by their beginning.
MAX_LENGTH = 200
VIEW_SUBSCRIBER = "subscribers.view_subscriber"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Something that was found."""

    title: str
    words: str
    url: str


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("search/", search_page, name="desk_search")]


@hooks.register("register_admin_search_area")
def search_area() -> SearchArea:
    """Have the menu search here: it takes the first area there is."""
    return SearchArea(
        _("Everything"), reverse("desk_search"), name="desk", icon_name="search", order=0
    )


@hooks.register("construct_search")
def without_pages(_request: HttpRequest, areas: list[SearchArea]) -> None:
    """Leave out the tree of pages, and documents."""
    areas[:] = [area for area in areas if area.name not in {"pages", "documents"}]


def search_page(request: HttpRequest) -> HttpResponse:
    """Show what is found of each kind that a person may see."""
    text = request.GET.get("q", "").strip()[:MAX_LENGTH]
    groups = list(find_groups(request.user, text)) if text else []
    shown = {
        "text": text,
        "groups": groups,
        "found": any(rows for _label, rows in groups),
        "kinds": list_kinds(request.user),
    }
    return render(request, "desk/search.html", shown)


def list_kinds(user: Any) -> str:
    """Say what can be found by somebody."""
    if user.has_perm(VIEW_SUBSCRIBER):
        return gettext("Finds words inside of issues, people by address or name, and sends.")
    if may_see(user):
        return gettext("Finds words inside of issues, and sends.")
    return gettext("Finds words inside of issues.")


def find_groups(user: Any, text: str) -> Iterable[tuple[str, list[Found]]]:
    """Yield each kind with what was found of it."""
    yield gettext("Issues"), issues_with(text)
    if user.has_perm(VIEW_SUBSCRIBER):
        yield gettext("Subscribers"), people_called(text)
    if may_see(user):
        yield gettext("Sends"), sends_of(text)


def issues_with(text: str) -> list[Found]:
    """Return the issues in which the words stand, each with the place."""
    refresh_words()
    return [
        Found(
            title=words.issue.draft_title or words.issue.title,
            words=find_excerpt(words, text),
            url=reverse("wagtailadmin_pages:edit", args=[words.issue_id]),
        )
        for words in find_issues(text)[:MAX_FOUND]
    ]


def people_called(text: str) -> list[Found]:
    """Return the people whose address begins so; if these are few, who else has it in them."""
    people = Subscriber.objects.exclude(key__endswith=f"@{ERASED_DOMAIN}")
    found = list(people.filter(begins_with(start_of_key(text))).order_by("key")[:MAX_FOUND])
    if len(found) < MAX_FOUND:
        known = {each.pk for each in found}
        others = Search(PeopleFilter(text=text)).page(size=MAX_FOUND).people
        found += [each for each in others if each.pk not in known][: MAX_FOUND - len(found)]
    return [
        Found(title=each.email, words=each.name, url=reverse("desk_person", args=[each.pk]))
        for each in found
    ]


def title_holds(word: str) -> Q:
    """Return the condition for a send whose issue has a word in its title, in any case."""
    return column_holds("issue__draft_title", word) | column_holds("issue__title", word)


def sends_of(text: str) -> list[Found]:
    """Return the sends of issues with these words in the title, and the send of this number."""
    wanted = reduce(and_, map(title_holds, text.split()))
    if text.isdecimal() and len(text) < MAX_FOUND:
        wanted |= Q(pk=int(text))
    sends = Send.objects.filter(wanted).select_related("issue__publication")
    return [
        Found(
            title=gettext("Send {number}: {issue}").format(
                number=send.pk, issue=send.issue.draft_title or send.issue.title
            ),
            words=f"{send.get_state_display()}, "
            f"{format_time(send.at, send.issue.publication.time_zone)}",
            url=reverse("desk_send", args=[send.pk]),
        )
        for send in sends[:MAX_FOUND]
    ]
