"""Segments in the desk: see them, make one, change one, delete one, count while one writes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from newsletter import counted
from newsletter.dates import format_time
from newsletter.desk.permissions import require_permission
from newsletter.desk.segments.builder import build_rows
from newsletter.errors import BadInput, NewsletterError
from subscribers.models import Segment
from subscribers.segments import saved
from subscribers.segments.counting import count_people
from subscribers.segments.explaining import explain
from subscribers.segments.parsing import parse_filter

#: Segments go with the lists: who may see or change those may see or change these.
VIEW = "subscribers.view_list"
CHANGE = "subscribers.change_list"
#: A filter as one writes it.
EXAMPLE = "language is ja and joined within 90 days"


class SegmentsItem(MenuItem):
    """The way to the segments, for those who may see them."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to people with the right to see segments."""
        return bool(request.user.has_perm(VIEW))


@hooks.register("register_admin_menu_item")
def segments_item() -> SegmentsItem:
    """Add the way to the segments."""
    url = reverse("desk_segments")
    return SegmentsItem(_("Segments"), url, name="segments", icon_name="sliders")


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages."""
    return [
        path("segments/", list_page, name="desk_segments"),
        path("segments/new/", new_page, name="desk_segment_new"),
        path("segments/count/", count_answer, name="desk_segment_count"),
        path("segments/<int:pk>/", edit_page, name="desk_segment"),
        path("segments/<int:pk>/delete/", delete_page, name="desk_segment_delete"),
    ]


def list_page(request: HttpRequest) -> HttpResponse:
    """Show the segments, each in words, with its last count."""
    require_permission(request, VIEW)
    rows = [describe_segment(each) for each in Segment.objects.all()]
    context = {"rows": rows, "may_change": request.user.has_perm(CHANGE)}
    return render(request, "desk/segments/list.html", context)


def describe_segment(segment: Segment) -> dict[str, Any]:
    """Return a row of the list."""
    try:
        words, fault = explain(parse_filter(segment.filter)), ""
    except BadInput as error:
        words, fault = segment.filter, error.sentences
    zone = timezone.get_current_timezone_name()
    people = "" if segment.people is None else counted.people(segment.people)
    at = format_time(segment.counted_at, zone) if segment.counted_at else ""
    return {"segment": segment, "words": words, "fault": fault, "people": people, "at": at}


def new_page(request: HttpRequest) -> HttpResponse:
    """Make a segment."""
    require_permission(request, CHANGE)
    return form_page(request, None)


def edit_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a segment."""
    require_permission(request, CHANGE)
    return form_page(request, get_object_or_404(Segment, pk=pk))


def form_page(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    """Show the form of a segment; on POST keep it, or say what is wrong beside what was typed."""
    name = request.POST.get("name", segment.name if segment else "")
    source = request.POST.get("filter", segment.filter if segment else "")
    fault = ""
    if request.method == "POST":
        try:
            kept = save_segment(segment, name, source)
        except NewsletterError as error:
            fault = error.sentences
        else:
            messages.success(request, gettext("{name} is saved.").format(name=kept.name))
            return redirect("desk_segments")
    context = {
        "segment": segment,
        "name": name,
        "filter": source,
        "fault": fault,
        "example": EXAMPLE,
        "builder": build_rows(source),
    }
    return render(request, "desk/segments/form.html", context)


def save_segment(segment: Segment | None, name: str, source: str) -> Segment:
    """Make or change a segment, and count it."""
    if segment is None:
        segment = saved.create_segment(name, source, saved.free_slug(name))
    else:
        saved.change_segment(segment, name=name, source=source)
    found = count_people(parse_filter(segment.filter))
    if found.exact:
        saved.keep_count(segment, found.people)
    return segment


def delete_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before a segment is deleted; on POST delete it."""
    require_permission(request, CHANGE)
    segment = get_object_or_404(Segment, pk=pk)
    if request.method == "POST":
        try:
            saved.delete_segment(segment)
        except NewsletterError as error:
            messages.error(request, error.sentences)
        else:
            messages.success(request, gettext("{name} is deleted.").format(name=segment.name))
        return redirect("desk_segments")
    return render(request, "desk/segments/delete.html", {"segment": segment})


def count_answer(request: HttpRequest) -> JsonResponse:
    """Answer with what a filter says in words and how many it finds, or with what is wrong."""
    require_permission(request, CHANGE)
    try:
        expression = parse_filter(request.GET.get("filter", ""))
    except BadInput as error:
        return JsonResponse({"fault": error.sentences})
    found = count_people(expression)
    people = counted.people(found.people)
    shown = people if found.exact else gettext("about {people}").format(people=people)
    return JsonResponse({"words": explain(expression), "people": shown})
