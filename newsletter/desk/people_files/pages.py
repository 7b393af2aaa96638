"""The pages of imports: choose a file, see what would become of it, apply it, and take it back."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages

from newsletter.desk.error_sentences import explain_error, without_options
from newsletter.desk.people_files.answers import ENCODINGS, answers_of, column_rows, status_rows
from newsletter.desk.people_files.answers import STATES_OF_FILES as STATES_TOLD
from newsletter.desk.people_files.figures import list_outcomes, read_as
from newsletter.desk.permissions import require_permission
from newsletter.errors import ImportRejected, NewsletterError, NotFound
from newsletter.runtime.connection_limits import MAX_IMPORT_BYTES
from subscribers.exporting import FORMATS, STATES, export_list
from subscribers.importing import runs, storage
from subscribers.importing.models import WORKING, ImportRun
from subscribers.importing.reports import basis_words, list_undo_figures
from subscribers.models import List, Segment

#: Who may change lists may fill them; who may not, sees nothing of it.
PERMISSION: Final = "subscribers.change_list"
State = ImportRun.State
BUSY: Final = WORKING
PER_PAGE: Final = 50
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

#: The forms of an export by their names, which are the same in every language.
FORM_NAMES: Final = (("csv", "CSV"), ("xlsx", "Excel (XLSX)"), ("json", "JSON"))


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages."""
    return [
        path("imports/", list_page, name="desk_imports"),
        path("imports/new/", choose_page, name="desk_import_new"),
        path("imports/<int:pk>/", run_page, name="desk_import"),
        path("imports/<int:pk>/live/", live_part, name="desk_import_live"),
        path("imports/<int:pk>/refused.csv", refused_file, name="desk_import_refused"),
        path("lists/export/<int:pk>/", export_page, name="desk_list_export"),
    ]


def find_run(request: HttpRequest, pk: int) -> ImportRun:
    """Return a run, for somebody who may see it."""
    require_permission(request, PERMISSION)
    try:
        return runs.find_run(pk)
    except NotFound:
        raise Http404 from None


def list_page(request: HttpRequest) -> HttpResponse:
    """Show the imports there were, the newest first."""
    require_permission(request, PERMISSION)
    found = ImportRun.objects.select_related("list").defer("samples")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    return render(request, "desk/people_files/imports.html", {"page": page})


def choose_page(request: HttpRequest) -> HttpResponse:
    """Ask for a file and its list; on POST keep it, and lead to its check."""
    require_permission(request, PERMISSION)
    open_lists = list(List.objects.filter(archived_at=None))
    error = ""
    if request.method == "POST":
        try:
            return redirect("desk_import", begin_check(request, open_lists).pk)
        except NewsletterError as found:
            error = capfirst(explain_error(found))
    shown = {
        "error": error,
        "lists": open_lists,
        "wanted": request.POST.get("list") or request.GET.get("list", ""),
        "states": STATES_TOLD,
        "state": request.POST.get("state") or request.GET.get("state", ""),
        "most_mb": MAX_IMPORT_BYTES >> 20,
    }
    return render(request, "desk/people_files/choose.html", shown, status=422 if error else 200)


def begin_check(request: HttpRequest, open_lists: list[List]) -> ImportRun:
    """Keep what was chosen, and ask for its check; raise `BadInput` where something is missing."""
    wanted = request.POST.get("list", "")
    into = next((each for each in open_lists if str(each.pk) == wanted), None)
    upload: Any = request.FILES.get("file")
    if into is None or upload is None:
        raise ImportRejected(_("choose a file and a list"))
    state, by = request.POST.get("state", ""), request.user.get_username()
    if state not in ("", *dict(STATES_TOLD)):
        raise ImportRejected(_("choose what the people of the file are"))
    answers = {"state": state} if state else {}
    return runs.begin_run(into, upload.name, upload.chunks(), by=by, answers=answers)


def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where an import stands; on POST do what was pressed."""
    run = find_run(request, pk)
    if request.method == "POST":
        try:
            apply_action(request, run)
        except NewsletterError as error:
            messages.error(request, capfirst(explain_error(error)))
        return redirect("desk_import", pk)
    return render(request, "desk/people_files/run.html", shown_of(run))


def apply_action(request: HttpRequest, run: ImportRun) -> None:
    """Do what was pressed, or raise what stands against it."""
    if "check" in request.POST:
        runs.answer(run, answers_of(request.POST, run))
    elif "apply" in request.POST:
        runs.ask_to_apply(
            run,
            runs.Reason(
                basis=request.POST.get("basis", ""),
                note=request.POST.get("note", ""),
                by=request.user.get_username(),
            ),
        )
    elif "undo" in request.POST:
        runs.ask_to_undo(run)
    elif "discard" in request.POST:
        runs.discard(run)


def shown_of(run: ImportRun) -> dict[str, Any]:
    """Return what the page of a run shows."""
    may_answer = run.state in (State.ASKING, State.CHECKED, State.FAILED)
    kept = storage.find_file(run.pk, run.file_name) is not None
    return {
        "run": run,
        "busy": run.state in BUSY,
        "hint": without_options(run.hint),
        "questions": [capfirst(text) for text in run.samples.get("questions", ())],
        "remarks": [capfirst(text) for text in run.result.get("remarks", ())],
        "read_as": read_as(run),
        "outcomes": list_outcomes(run),
        "columns": column_rows(run) if may_answer and kept else [],
        "statuses": status_rows(run),
        "may_answer": may_answer and kept,
        "asks": run.state == State.ASKING,
        "states": STATES_TOLD,
        "encodings": ENCODINGS,
        "refused": storage.find_refused(run.pk) is not None,
        "mails_nobody": runs.mails_nobody(run.answers.get("state", "")),
        "bases": [(value, label) for value, label in ImportRun.Basis.choices if value],
        "basis": basis_words(run),
        "undone": [capfirst(text) for text in list_undo_figures(run.result["undo"])]
        if "undo" in run.result
        else [],
        **progress_of(run),
    }


def progress_of(run: ImportRun) -> dict[str, Any]:
    """Return how far the work on a run is; without a total it is not known."""
    return {"done": run.rows_done, "total": run.rows_total}


def live_part(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the progress of a run, for a page that asks again and again."""
    run = find_run(request, pk)
    answer = render(request, "desk/people_files/live.html", {"run": run, **progress_of(run)})
    answer["X-Import-Busy"] = "1" if run.state in BUSY else "0"
    return answer


def refused_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the rows that could not be used, as a file to correct."""
    run = find_run(request, pk)
    refused = storage.find_refused(run.pk)
    if refused is None:
        raise Http404
    return FileResponse(
        refused.open("rb"),
        as_attachment=True,
        filename=f"import-{run.pk}-refused.csv",
        content_type=TYPES["csv"],
    )


def export_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask which people of a list, and as what; with an answer, return the file."""
    require_permission(request, PERMISSION)
    of = get_object_or_404(List, pk=pk)
    form, state = request.GET.get("format", ""), request.GET.get("state", "")
    asked = request.GET.get("segment", "")
    segment = get_object_or_404(Segment, slug=asked) if asked else None
    if form in FORMATS and (not state or state in STATES):
        try:
            blocks = export_list(of, form, state, segment)
        except NewsletterError as error:
            messages.error(request, capfirst(explain_error(error)))
            return redirect("desk_list_export", pk)
        answer = StreamingHttpResponse(blocks, content_type=TYPES[form])
        name = "-".join(part for part in (of.slug, asked, state) if part)
        answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        answer["Cache-Control"] = "private, no-store"
        return answer
    context = {"list": of, "forms": FORM_NAMES, "segments": list(Segment.objects.all())}
    return render(request, "desk/people_files/export.html", context)
