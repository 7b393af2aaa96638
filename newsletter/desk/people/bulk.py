"""Bulk actions: choose one for those who are found, see what would become, do it, undo it."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from wagtail import hooks
from wagtail.admin import messages

from newsletter import counted
from newsletter.desk.error_sentences import explain_error
from newsletter.desk.people.actions import CHANGE
from newsletter.desk.people.filters import as_query, describe_count, filter_of
from newsletter.desk.people.held import ERASE
from newsletter.desk.people_files.pages import TYPES
from newsletter.desk.permissions import require_permission
from newsletter.errors import NewsletterError, NotFound
from subscribers.bulk import previews, runs
from subscribers.bulk.models import BUSY, PREVIEWS, BulkRun
from subscribers.bulk.reports import (
    describe_action,
    describe_people,
    list_figures,
    list_undo_figures,
)
from subscribers.bulk.runs import Order
from subscribers.finding.exporting import FORMATS, export_people
from subscribers.finding.filters import PeopleFilter, explain_filter
from subscribers.finding.pages import Search
from subscribers.importing.models import ImportRun
from subscribers.lists import by_slug
from subscribers.models import List

#: Who may fill lists may write them to a file.
EXPORT: Final = "subscribers.change_list"
#: The numbers of people shown, of those counted at once, and of runs on the page.
SAMPLE, COUNTED_AT_ONCE, SHOWN_RUNS = 5, 5_000, 50
State, Action = BulkRun.State, BulkRun.Action


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages, behind those of the subscribers."""
    return [
        path("subscribers/bulk/", choose_page, name="desk_bulk"),
        path("subscribers/bulk/runs/", list_page, name="desk_bulk_runs"),
        path("subscribers/bulk/<int:pk>/", run_page, name="desk_bulk_run"),
        path("subscribers/bulk/<int:pk>/live/", live_part, name="desk_bulk_live"),
        path("subscribers/export/", export_file, name="desk_people_export"),
    ]


def order_of(request: HttpRequest, of: PeopleFilter) -> Order:
    """Return what a form asks for; raise `PermissionDenied` for who may not delete."""
    given = request.POST
    action, slug = given.get("action", ""), given.get("to", "")
    if action == Action.DELETE and not request.user.has_perm(ERASE):
        raise PermissionDenied
    if action == Action.UNSUBSCRIBE:
        slug = given.get("from", "")
    return Order(
        action=action,
        of=of,
        to=by_slug(slug) if slug else None,
        attribute=given.get("attribute", ""),
        value=given.get("value", ""),
        basis=given.get("basis", ""),
        reason=given.get("reason" if action == Action.UNSUBSCRIBE else "note", ""),
        by=request.user.get_username(),
    )


def choose_page(request: HttpRequest) -> HttpResponse:
    """Ask what to do with those who are found; on POST preview it, or begin."""
    require_permission(request, CHANGE)
    fault, shown = "", dict[str, Any]()
    of, search = PeopleFilter(), None
    try:
        of = filter_of(request.GET)
        search = Search(of)
        if request.method == "POST":
            order = order_of(request, of)
            if "apply" in request.POST:
                return redirect("desk_bulk_run", runs.begin_run(order).pk)
            if not is_counted_at_once(search):
                return redirect("desk_bulk_run", previews.ask_for_preview(order).pk)
            shown = preview_of(order)
    except NewsletterError as error:
        fault = capfirst(explain_error(error))
    search = search or Search(of)
    open_lists = List.objects.filter(archived_at=None)
    shown |= {
        "fault": fault,
        "asked": of,
        "query": as_query(of),
        "words": explain_filter(of),
        "found": describe_count(search.count()),
        "sample": search.page(size=SAMPLE).people,
        "given": request.POST,
        "lists": List.objects.all(),
        "open_lists": open_lists,
        "forms": [(form, form.upper()) for form in FORMATS],
        "may_delete": request.user.has_perm(ERASE),
        "may_export": request.user.has_perm(EXPORT),
        "bases": [(value, label) for value, label in ImportRun.Basis.choices if value],
    }
    return render(request, "desk/people/bulk.html", shown, status=422 if fault else 200)


def is_counted_at_once(search: Search) -> bool:
    """Whether those found are few enough to be counted while the page is waited for."""
    found = search.count()
    return found.exact and found.people <= COUNTED_AT_ONCE


def preview_of(order: Order) -> dict[str, Any]:
    """Return what would become of everybody found."""
    return {
        "previewed": True,
        "does": describe_action(runs.prepare(order)),
        "figures": list_figures(order.action, runs.preview(order)),
        "undoable": order.action != Action.DELETE,
    }


def list_page(request: HttpRequest) -> HttpResponse:
    """Show the bulk actions there were, the newest first."""
    require_permission(request, CHANGE)
    found = BulkRun.objects.select_related("list")[:SHOWN_RUNS]
    rows = [
        {"run": run, "does": describe_action(run), "whom": describe_people(run)} for run in found
    ]
    return render(request, "desk/people/bulk_runs.html", {"rows": rows})


def find_run(request: HttpRequest, pk: int) -> BulkRun:
    """Return a run, for somebody who may see it."""
    require_permission(request, CHANGE)
    try:
        return runs.find_run(pk)
    except NotFound:
        raise Http404 from None


def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where a bulk action stands; on POST begin what was counted, or undo what was done."""
    run = find_run(request, pk)
    if request.method == "POST":
        try:
            pk = act_on(request, run).pk
        except NewsletterError as error:
            messages.error(request, capfirst(explain_error(error)))
        return redirect("desk_bulk_run", pk)
    if run.state in PREVIEWS:
        return preview_page(request, run)
    shown = {
        "run": run,
        "busy": run.state in BUSY,
        "does": describe_action(run),
        "whom": describe_people(run),
        "figures": list_figures(run.action, run.result),
        "undone": list_undo_figures(run),
        "undoable": run.state in (State.APPLIED, State.FAILED) and run.action != Action.DELETE,
    }
    return render(request, "desk/people/bulk_run.html", shown)


def act_on(request: HttpRequest, run: BulkRun) -> BulkRun:
    """Begin a counted run, or undo one; return the run to look at."""
    if "apply" not in request.POST:
        runs.ask_to_undo(run)
        return run
    if run.action == Action.DELETE and not request.user.has_perm(ERASE):
        raise PermissionDenied
    return previews.begin_counted(run, by=request.user.get_username())


def preview_page(request: HttpRequest, run: BulkRun) -> HttpResponse:
    """Show what would become of everybody found, or how far the count is."""
    shown = {
        "run": run,
        "busy": run.state == State.COUNTING,
        "does": describe_action(run),
        "whom": describe_people(run),
        "looked": counted.people(run.rows_done),
        "figures": list_figures(run.action, run.result),
        "undoable": run.action != Action.DELETE,
        "may_do": run.action != Action.DELETE or request.user.has_perm(ERASE),
        "query": as_query(PeopleFilter(**run.filter)),
    }
    return render(request, "desk/people/bulk_preview.html", shown)


def live_part(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the progress of a bulk action, for a page that asks again and again."""
    run = find_run(request, pk)
    answer = render(request, "desk/people/bulk_live.html", {"run": run})
    answer["X-Import-Busy"] = "1" if run.state in BUSY else "0"
    return answer


def export_file(request: HttpRequest) -> HttpResponseBase:
    """Return those who are found as a file."""
    require_permission(request, EXPORT)
    form = request.GET.get("format", "csv")
    try:
        blocks = export_people(filter_of(request.GET), form)
    except NewsletterError as error:
        messages.error(request, explain_error(error))
        return redirect(reverse("desk_people"))
    answer = StreamingHttpResponse(blocks, content_type=TYPES[form if form in FORMATS else "csv"])
    answer["Content-Disposition"] = f'attachment; filename="subscribers.{form}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
