"""The desk in figures: `python -m benchmarks.desk [RUNS]`.

A workspace of its own with a digest of five items: opening the composer, its preview, and the pages
on the way to the queue, by Django's test client, and the composer in Chromium.  Milliseconds are
medians; the processor's time is beside them, as other programs take part of a machine.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Place
from benchmarks.tables import print_table

if TYPE_CHECKING:
    from django.test import Client

    from newsletter.publishing.models import Issue

RUNS = 15
#: Pages without which nobody writes.
TOLD = ("composer", "preview", "check")
Row = tuple[str, str, str, str, str, str]
HEAD = ("page", "ms", "ms of processor", "statements", "KB", "goal")


def main(runs: int) -> None:
    """Measure, and print one table."""
    with tempfile.TemporaryDirectory(prefix="fortnight-benchmark-") as folder:
        issue = make_issue(Path(folder))
        client = log_in()
        rows = [measure(name, runs, ask, goal) for name, ask, goal in pages_of(client, issue)]
    for name, took, *_ in rows:
        if name in TOLD:
            Place().tell(name, float(took), "ms")
    print_table(HEAD, rows)


def make_issue(folder: Path) -> Issue:
    """Return a draft with five items in a new workspace."""
    from newsletter.conf.workspace import lay_out
    from newsletter.runtime.startup import create_database

    os.environ["NEWSLETTER_CONFIG"] = str(lay_out(folder / "work", site_name="Tideline"))
    create_database("Tideline Digest", "Tideline, 7 Quay Street, Harbour Town")
    from django.conf import settings

    from newsletter.demo.story import import_sample
    from newsletter.publishing.models import Publication

    settings.ALLOWED_HOSTS = ["*"]
    publication = Publication.objects.get()
    publication.needs_approval = True
    publication.save()
    return import_sample(publication)


def log_in() -> Client:
    """Return the browser of somebody who may do everything."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    chief = User.objects.filter(username="chief").first()
    client.force_login(chief or User.objects.create_superuser("chief", "c@tideline.example", "x"))
    return client


def pages_of(client: Client, issue: Issue) -> list[tuple[str, Callable[[], Any], str]]:
    """Return what is measured: its name, how it is asked for, and the goal."""
    from django.urls import reverse

    def get(name: str) -> Callable[[], Any]:
        return lambda: client.get(reverse(name, args=[issue.pk]))

    fields = form_fields(client.get(reverse("wagtailadmin_pages:edit", args=[issue.pk])).text)
    preview = reverse("desk_preview", args=[issue.pk])
    return [
        ("composer", get("wagtailadmin_pages:edit"), "300"),
        ("preview", lambda: client.post(preview, fields), "150"),
        ("findings while one types", get("desk_live_findings"), "–"),
        ("check", get("desk_check"), "100"),
        ("approval", get("desk_approval"), "100"),
        ("queue", get("desk_queue"), "100"),
        ("findings of a page", get("desk_findings"), "–"),
        ("home", lambda: client.get("/admin/"), "100"),
        ("calendar", lambda: client.get(reverse("desk_schedule")), "100"),
    ]


def form_fields(page: str) -> dict[str, str]:
    """Return what the form of the composer sends; blocks as the draft has them."""
    from lxml import html

    form = html.fromstring(page).get_element_by_id("page-edit-form")
    fields = {name: value or "" for name, value in form.form_values()}
    return fields | {
        "preview-window": "0123456789abcdef",
        "preview-mode": "mail",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "markdown",
        "body-0-id": "b1",
        "body-0-value": "## Reed beds\n\nA harbour that cleans itself. " * 60,
    }


def measure(name: str, runs: int, ask: Callable[[], Any], goal: str, status: int = 200) -> Row:
    """Return the row of a page; the first answer is not counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    took, processor = [], []
    for _ in range(runs):
        begun, used = time.perf_counter(), time.process_time()
        ask()
        took.append((time.perf_counter() - begun) * 1000)
        processor.append((time.process_time() - used) * 1000)
    with CaptureQueriesContext(connection) as statements:
        answer = ask()
    if answer.status_code != status:
        raise SystemExit(f"{name} answered {answer.status_code}")
    size = f"{len(answer.content) / 1000:.0f}"
    times = (f"{statistics.median(each):.1f}" for each in (took, processor))
    return (name, *times, str(len(statements)), size, goal)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
