"""The main job in figures: `python -m benchmarks.first [PEOPLE]`.

Draft to edition, the command line, and a whole send through the emulator, which runs as a
process of its own.  The baseline of the send is a plain loop over the official client's own
helpers, one request per person, against the same emulator in the same run.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Place
from benchmarks.tables import median_seconds, print_table

PEOPLE = 100_000
#: The baseline is slow; its rate does not depend on how many there are.
BASELINE_PEOPLE = 300


def main(people: int) -> None:
    """Measure, and print one table."""
    folder = Path(tempfile.mkdtemp(prefix="fortnight-benchmark-"))
    from newsletter.demo import processes
    from newsletter.runtime.listening import find_free_port

    port = find_free_port(0)
    emulator = processes.start_emulator(folder / "emulator", port)
    try:
        rows = [help_row(), *send_rows(folder, port, people)]
    finally:
        processes.stop_process(emulator)
    print_table(("what", "measured", "goal", "baseline"), rows)


def help_row() -> tuple[str, str, str, str]:
    """Measure how long the command takes to say what it can do."""

    def run(*arguments: str) -> float:
        command = [sys.executable, *arguments]
        return median_seconds(lambda: subprocess.run(command, check=True, capture_output=True), 7)

    bare, took = run("-c", "pass"), run("-m", "newsletter", "--help")
    Place().tell("newsletter --help", took, "s", bare)
    return (
        "newsletter --help",
        f"{took:.2f} s",
        "≤ 0.4 s",
        f"python -c pass: {bare:.2f} s",
    )


def send_rows(folder: Path, port: int, people: int) -> list[tuple[str, str, str, str]]:
    """Measure import, rendering, planning and submitting in a workspace of their own."""
    from newsletter.conf.workspace import lay_out

    os.environ["NEWSLETTER_CONFIG"] = str(lay_out(folder / "work", site_name="Benchmark"))
    os.environ["NEWSLETTER_SENDGRID_BASE_URL"] = f"http://127.0.0.1:{port}"
    from newsletter.runtime.startup import create_database

    config = create_database(name="Tideline Digest", postal_address="7 Quay Street")
    from newsletter.demo import story
    from newsletter.publishing.content.drafts import render_draft
    from newsletter.publishing.models import Publication

    publication = Publication.objects.get()
    issue = story.import_sample(publication)
    rendering = median_seconds(lambda: render_draft(issue), 30)
    started = time.perf_counter()
    story.import_crowd(publication, folder, people)
    imported = time.perf_counter() - started
    rate = loop_rate(config.sendgrid.base_url)
    planned, submit_seconds, memory, accepted = send(issue)
    place = Place("SQLite, emulator", people)
    place.tell("import by the command", people / imported, "rows/s")
    place.tell("plan", planned, "s")
    place.tell("submit", accepted / submit_seconds, "people/s", rate)
    return [
        ("draft to edition, warm", f"{rendering * 1000:.1f} ms", "≤ 25 ms", naive_rendering(issue)),
        (f"import {people:,} people", f"{imported:.1f} s", "", ""),
        (f"plan {accepted:,} deliveries", f"{planned:.1f} s", "", ""),
        (
            f"hand {accepted:,} over",
            f"{submit_seconds:.1f} s ({accepted / submit_seconds:,.0f}/s)",
            "≤ 60 s with planning",
            f"one request each: {rate:,.0f}/s",
        ),
        ("memory the sender grew by", f"{memory:.0f} MB", "< 60 MB", ""),
    ]


def naive_rendering(issue: object) -> str:
    """Time a baseline: the same MJML through the same libraries as they come, without guards."""
    from mjml import mjml2html
    from premailer import transform

    from newsletter import rendering
    from newsletter.conf.config import load
    from newsletter.publishing.content.drafts import sample_reader
    from newsletter.publishing.content.issue_content import content_of

    template = rendering.load_template(load().email_templates, "digest")
    source = rendering.render(content_of(issue), template, sample_reader()).mjml  # type: ignore[arg-type]

    def render() -> str:
        html = mjml2html(source, fonts={})
        return str(transform(html, cssutils_logging_level=50, allow_network=False))

    return f"mjml2html and Premailer's defaults: {median_seconds(render, 30) * 1000:.1f} ms"


def send(issue: object) -> tuple[float, float, float, int]:
    """Send to everybody; return seconds to plan and to submit, MB grown, and the count."""
    from django.utils import timezone

    from newsletter.conf.config import load
    from newsletter.sending.delivery import recovery
    from newsletter.sending.models import Send
    from newsletter.sending.planning import audience, starting
    from newsletter.sending.planning.queue import queue
    from newsletter.sending.reporting.totals import count_send
    from newsletter.sending.workers.embedded import EmbeddedEngine
    from newsletter.transports.factory import open_transport

    config = load()
    now = timezone.now()
    queued = queue(issue, at=now, batch_size=config.sending.batch_size)  # type: ignore[arg-type]
    before = resident()
    started = time.perf_counter()
    starting.begin_planning(queued.pk, now, late=dt.timedelta(hours=1))
    audience.plan_audience(queued.pk)
    planned = time.perf_counter() - started

    transport = open_transport(config)
    lease = dt.timedelta(seconds=config.sending.lease_seconds)
    engine = EmbeddedEngine(transport, senders=config.sending.concurrency, lease=lease)
    started = time.perf_counter()
    engine.start()
    while queued.state != Send.State.SENT:
        time.sleep(0.05)
        recovery.close_finished_sends()
        queued.refresh_from_db()
    submit_seconds = time.perf_counter() - started
    engine.stop(10)
    transport.close()
    counted = count_send(queued)
    counted.check()
    return planned, submit_seconds, resident() - before, counted.deliveries["accepted"]


def resident() -> float:
    """Return the most memory this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def loop_rate(base_url: str) -> float:
    """Return people per second of a plain loop over the official client's helpers."""
    from sendgrid import SendGridAPIClient
    from sendgrid.helpers.mail import Mail

    client = SendGridAPIClient("SG.benchmark", host=base_url)
    started = time.perf_counter()
    for number in range(BASELINE_PEOPLE):
        mail = Mail(
            from_email="desk@tideline.example",
            to_emails=f"loop{number}@tideline.example",
            subject="Tideline Digest",
            plain_text_content="Good morning " * 300,
            html_content="<p>Good morning</p>" * 1500,
        )
        client.send(mail)
    return BASELINE_PEOPLE / (time.perf_counter() - started)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
