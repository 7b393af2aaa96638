"""Two versions of an issue beside each other, word by word, and the way to bring one back."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.views.pages.revisions import RevisionsCompare
from wagtail.models import Page, Revision

from newsletter.dates import format_time
from newsletter.desk.composer.checks import find_editable
from newsletter.desk.composer.coediting import name_of
from newsletter.desk.composer.places import name_place, words_of
from newsletter.desk.composer.snapshots import snapshot_in
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.merging import Content, Path, is_blocks
from newsletter.publishing.models import Issue

#: How many versions can be chosen from.
VERSIONS_SHOWN = 100
#: A word, or one letter of a script that puts no spaces between words; then spaces and the rest.
_WORDS = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]|[^\W぀-ヿ㐀-鿿豈-﫿]+|\s+|.", re.DOTALL)


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("issues/<int:pk>/compare/", compare_page, name="desk_compare")]


def compare_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what changed from one version to another."""
    issue = find_editable(request, pk)
    versions = list(
        issue.revisions.select_related("user").order_by("-created_at", "-pk")[:VERSIONS_SHOWN]
    )
    if not versions:
        raise Http404
    later = choose_version(issue, request.GET.get("b", ""), versions[0])
    before = [each for each in versions if each.created_at < later.created_at]
    earlier = choose_version(issue, request.GET.get("a", ""), before[0] if before else later)
    zone = issue.publication.time_zone
    shown = {
        "issue": draft_of(issue),
        "versions": [(each.pk, title_of(each, zone)) for each in versions],
        "earlier": (earlier.pk, title_of(earlier, zone)),
        "later": (later.pk, title_of(later, zone)),
        "newest": versions[0].pk,
        "changes": list(list_changes(snapshot_in(earlier.content), snapshot_in(later.content))),
    }
    return render(request, "desk/compare.html", shown)


def choose_version(issue: Issue, wanted: str, other: Revision) -> Revision:
    """Return the version that was asked for, or another."""
    found = issue.revisions.filter(pk=int(wanted)).first() if wanted.isdigit() else None
    return found or other


def title_of(revision: Revision, zone: str) -> str:
    """Return when a version was made, and by whom."""
    return f"{format_time(revision.created_at, zone)}, {name_of(revision)}"


def list_changes(earlier: Content, later: Content) -> Iterator[tuple[str, SafeString]]:
    """Yield each place whose words changed, with the words that came and went."""
    old, new = dict(list_words(earlier)), dict(list_words(later))
    for place in [*new, *(each for each in old if each not in new)]:
        before, after = old.get(place, ""), new.get(place, "")
        if before != after:
            side = later if place in new else earlier
            yield name_place(place, side), mark_words(before, after)


def list_words(value: Any, place: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the words of each field, by its place."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from list_words(each, (*place, name))
    elif is_blocks(value):
        for each in value:
            yield from list_words(each.get("value"), (*place, each["id"]))
    elif words := words_of(value):
        yield place, words


def mark_words(before: str, after: str) -> SafeString:
    """Return a text with what was left out and what was added marked as such."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    parts: list[tuple[str, str]] = []
    for kind, start, end, first, last in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            parts.append(("", "".join(new[first:last])))
        else:
            parts += [("del", "".join(old[start:end])), ("ins", "".join(new[first:last]))]
    return format_html_join("", "{}", [(wrap_words(tag, words),) for tag, words in parts if words])


def wrap_words(tag: str, words: str) -> SafeString | str:
    """Return words in their element."""
    if not tag:
        return words
    return format_html("<{0}>{1}</{0}>", tag, words)


def lead_to_ours(view: type) -> None:
    """Have Wagtail's comparison of issues lead to this page."""
    given = view.dispatch  # type: ignore[attr-defined]

    def dispatch(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(self.object, Page) or not issubclass(self.object.specific_class, Issue):
            response: HttpResponse = given(self, request, *args, **kwargs)
            return response
        query = f"?a={self.revision_id_a}&b={self.revision_id_b}"
        leading = redirect("desk_compare", self.object.pk)
        leading.headers["Location"] += query
        return leading

    view.dispatch = dispatch  # type: ignore[attr-defined]


lead_to_ours(RevisionsCompare)
