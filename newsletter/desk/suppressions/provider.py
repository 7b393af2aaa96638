"""The provider's suppression lists in the desk: when they were read, and to read or fill them."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.admin import messages

from newsletter.desk.error_sentences import explain_error
from newsletter.desk.people.actions import SUPPRESS
from newsletter.desk.people.held import READ
from newsletter.desk.permissions import require_permission
from newsletter.errors import NewsletterError
from newsletter.phrases import translate
from newsletter.tracking import list_runs
from newsletter.tracking.models import ProviderListRun, SuppressionPull

#: Below the page of suppressions: what each button asks for.
ACTIONS: Final = ProviderListRun.Action.values
PULL, PUSH = ProviderListRun.Action.PULL, ProviderListRun.Action.PUSH


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the buttons' addresses."""
    return [
        path("suppressions/provider/", begin_run, name="desk_provider_lists"),
        path("suppressions/provider/live/", live_part, name="desk_provider_lists_live"),
    ]


def begin_run(request: HttpRequest) -> HttpResponse:
    """Ask for the lists to be read, or to be given ours; the work is done in the background."""
    require_permission(request, SUPPRESS)
    action = request.POST.get("action", "")
    if request.method == "POST" and action in ACTIONS:
        try:
            list_runs.begin_run(settings.CONFIG, action, by=request.user.get_username())
        except NewsletterError as error:
            messages.error(request, explain_error(error))
    return redirect("desk_suppressions")


def live_part(request: HttpRequest) -> HttpResponse:
    """Return how far the work is, for a page that asks again and again."""
    require_permission(request, READ)
    shown = describe_lists()
    answer = render(request, "desk/suppressions/provider_live.html", {"provider": shown})
    answer["X-Import-Busy"] = "1" if shown and shown["busy"] else "0"
    return answer


def describe_lists() -> dict[str, Any] | None:
    """Return what the page of suppressions shows of the lists; None where there are none."""
    if not list_runs.has_lists(settings.CONFIG):
        return None
    name = settings.CONFIG.sending.transport
    runs = list_runs.latest(name)
    pull = SuppressionPull.objects.filter(provider=name).first()
    reading = runs.get(PULL)
    if pull and pull.read_at and reading and reading.done_at and reading.done_at < pull.read_at:
        reading = None  # The daily reading came after it.
    return {
        "pull": pull,
        "reading": describe_run(reading),
        "giving": describe_run(runs.get(PUSH)),
        "busy": any(run.done_at is None for run in runs.values()),
    }


def describe_run(run: ProviderListRun | None) -> dict[str, Any] | None:
    """Return a run, and in words what came of it; None where there was none."""
    if run is None:
        return None
    words = ""
    if run.fault:
        words = translate(run.fault)
    elif run.done_at and run.action == PULL:
        words = gettext("Entries read: {read}. New here: {new}.").format(**counts_of(run))
    elif run.done_at:
        words = gettext(
            "Suppressed here: {suppressed}. The provider did not have {pushed} of them."
        ).format(**counts_of(run))
    return {"run": run, "words": words, "failed": bool(run.fault)}


def counts_of(run: ProviderListRun) -> dict[str, str]:
    """Return the numbers of a run as they are shown."""
    return {name: f"{number:,}" for name, number in run.result.items()}
