"""The page of a fleet's jobs: who is alive, what is in progress, what comes next.  To read only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsletter.dates import format_time
from newsletter.sending.ledger import job_queue
from newsletter.sending.reporting import jobs

PERMISSION = "sending.view_send"

#: What is counted, in words, and what it means; the last two ask for a look when there are any.
MEANINGS = {
    "waiting": (_("Waiting"), _("the next free sender takes them")),
    "later": (_("Later"), _("their scheduled time is to come")),
    "in_progress": (_("In progress"), _("a sender is working on them")),
    "stalled": (_("Stalled"), _("their worker gives no sign of life")),
    "failed": (_("Failed"), _("in the last week, by an error or with their worker")),
}
WORRYING = frozenset({"stalled", "failed"})


class JobsItem(MenuItem):
    """Leads to the page, where there is a fleet and the person may see the sends."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether the page is of use to somebody."""
        return job_queue.is_used() and request.user.has_perm(PERMISSION)


@hooks.register("register_settings_menu_item")
def jobs_item() -> JobsItem:
    """Add the page to the settings (`newsletter.desk.menu` names it)."""
    return JobsItem(_("Workers and jobs"), reverse("desk_jobs"), name="jobs", icon_name="tasks")


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("jobs/", jobs_page, name="desk_jobs")]


def jobs_page(request: HttpRequest) -> HttpResponse:
    """Show the fleet as it is now."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if not job_queue.is_used():
        raise Http404(gettext("There are no jobs: newsletter serve sends by itself."))
    return render(request, "desk/jobs.html", build_context(jobs.read_overview(), timezone.now()))


def build_context(seen: jobs.Overview, now: dt.datetime) -> dict[str, Any]:
    """Return what the page shows."""
    return {
        "now": format_time(now, settings.TIME_ZONE),
        "counts": [describe_count(name, getattr(seen.counts, name)) for name in MEANINGS],
        # The process that `serve` starts is there only while something is sent.
        "nobody": not (
            settings.CONFIG.sending.has_sender_process
            or any(worker.alive for worker in seen.workers)
        ),
        "workers": [worker_row(worker, now) for worker in seen.workers],
        "in_progress": [job_row(job, format_ago(job.at, now)) for job in seen.in_progress],
        "coming": [
            job_row(job, format_time(job.at, settings.TIME_ZONE) if job.at else "")
            for job in seen.coming
        ],
        "most": jobs.MAX_ROWS,
    }


def describe_count(name: str, number: int) -> dict[str, Any]:
    """Return one number with its words."""
    title, meaning = MEANINGS[name]
    return {
        "title": title,
        "meaning": meaning,
        "number": number,
        "worrying": bool(number) and name in WORRYING,
    }


def worker_row(worker: jobs.Worker, now: dt.datetime) -> dict[str, Any]:
    """Return one worker as the page shows it."""
    return {
        "number": worker.number,
        "machine": worker.machine,
        "jobs": worker.jobs,
        "heard": format_ago(worker.heartbeat, now),
        "alive": worker.alive,
    }


def job_row(job: jobs.Job, when: str) -> dict[str, Any]:
    """Return one job as the page shows it, with the way to its send."""
    return {
        "title": job.title,
        "url": reverse("desk_send", args=[job.send]),
        "batch": job.batch,
        "when": when,
        "worker": job.worker,
        "sender": job.sender,
    }


def format_ago(when: dt.datetime | None, now: dt.datetime) -> str:
    """Return how long ago something was, in words.

    >>> ago(dt.datetime(2026, 11, 26, 9, 0), dt.datetime(2026, 11, 26, 9, 2))
    '2 min ago'
    """
    if when is None:
        return ""
    seconds = max(0, round((now - when).total_seconds()))
    if seconds < 60:
        return gettext("{number} s ago").format(number=seconds)
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return gettext("{number} h ago").format(number=hours)
    return gettext("{number} min ago").format(number=minutes)
