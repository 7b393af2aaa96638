"""Rendering in figures: `python -m benchmarks.rendering [PEOPLE]`.

One digest with five merge fields and two conditions.  The baseline of each row is the naive
way with the same libraries, measured in the same run: everything again for every person.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from mjml import mjml2html
from premailer import transform

from benchmarks.figures import Place
from benchmarks.samples import PICTURE, issue, people
from benchmarks.tables import median_seconds, print_table
from newsletter import rendering
from newsletter.rendering import CompiledEdition, RecipientData, Template
from newsletter.rendering.pdf.document import load_design, render_pdf
from newsletter.rendering.preflight.checking import check_edition
from newsletter.rendering.preflight.context import PreflightContext

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 20_000
#: The naive way is slow; its cost for one person does not depend on how many there are.
BASELINE_PEOPLE = 20
HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post")
#: Put into the closing of the mail: who reads what depends on the person.
CONDITIONS = """
{% if subscriber.attributes.plan == 'free' %}
<mj-section><mj-column><mj-text>You read the free edition.</mj-text></mj-column></mj-section>
{% endif %}
{% if subscriber.attributes.lang == 'ja' %}
<mj-section><mj-column><mj-text>日本語版もあります。</mj-text></mj-column></mj-section>
{% endif %}
"""

Row = tuple[str, str, str, str]


def main(count: int) -> None:
    """Measure, and print one table."""
    with tempfile.TemporaryDirectory(prefix="fortnight-benchmark-") as folder:
        conditional = with_conditions(Path(folder))
        rows = [
            compiling_row(),
            *personal_rows(conditional, count),
            mime_row(conditional, count),
            pdf_row(),
            preflight_row(),
            memory_row(count),
        ]
    print_table(("what", "measured", "goal", "the naive way"), rows)


def with_conditions(folder: Path) -> Template:
    """Return the digest template with two conditions in it."""
    templates = folder / "email"
    shutil.copytree(ROOT / "templates" / "email", templates)
    with (templates / "_shared" / "closing.mjml").open("a", encoding="utf-8") as closing:
        closing.write(CONDITIONS)
    return rendering.load_template(templates, "digest")


def compiling_row() -> Row:
    """Measure a draft to an edition; the naive way has no guards and breaks dark mode."""
    content = issue()
    template = rendering.load_template(ROOT / "templates" / "email", "digest")
    source = rendering.render(content, template, next(people(1))).mjml
    took = median_seconds(lambda: rendering.compile(content, template), 60)
    fast = median_seconds(lambda: rendering.compile(content, template, inliner="css-inline"), 60)

    def naive() -> None:
        transform(mjml2html(source, fonts={}), cssutils_logging_level=50, allow_network=False)

    plain = median_seconds(naive, 20) * 1000
    Place().tell("draft to edition", took * 1000, "ms", plain)
    Place().tell("draft to edition, css-inline", fast * 1000, "ms", plain)
    return (
        "draft to edition, warm",
        f"{took * 1000:.1f} ms (css-inline: {fast * 1000:.1f} ms)",
        "≤ 8 ms",
        f"MJML and Premailer as they come: {plain:.1f} ms",
    )


def personal_rows(template: Template, count: int) -> list[Row]:
    """Measure the ways to one person's mail against rendering it from the beginning."""
    content = issue()
    edition = rendering.compile(content, template)
    fields, tests = len(edition.merge_fields), len(edition.tests)
    naive = rate(people(BASELINE_PEOPLE), lambda each: rendering.render(content, template, each))
    finished = rate(people(count), lambda each: edition.variant(each).parts(each))
    values = rate(people(count), lambda each: edition.variant(each).values(each))
    from_scratch = f"{naive:,.0f}/s"
    Place().tell("finished mails", finished, "mails/s", naive)
    Place().tell("substitutions for SendGrid", values, "people/s", naive)
    return [
        (
            f"finished mails, {fields} fields, {tests} conditions",
            f"{finished:,.0f}/s ({finished / naive:,.0f} ×)",
            "≥ 60 ×",
            from_scratch,
        ),
        ("substitutions for SendGrid", f"{values:,.0f}/s", "≥ 25,000/s", from_scratch),
    ]


def mime_row(template: Template, count: int) -> Row:
    """Measure whole messages for SMTP against the standard library's way of making one."""
    edition = rendering.compile(issue(), template)
    head = {"From": "Quay and Crane <desk@example.org>"}
    joined = rate(
        people(count), lambda each: edition.variant(each).mime(each, {**head, "To": each.email})
    )
    library = rate(people(BASELINE_PEOPLE * 20), lambda each: built(edition, each, head))
    Place().tell("MIME messages", joined, "mails/s", library)
    return (
        "MIME messages for SMTP",
        f"{joined:,.0f}/s",
        "≥ 8,000/s",
        f"email.message from finished parts: {library:,.0f}/s",
    )


def built(edition: CompiledEdition, person: RecipientData, head: dict[str, str]) -> bytes:
    """Return one message as the standard library makes it."""
    parts = edition.variant(person).parts(person)
    message = EmailMessage(policy=SMTP)
    for name, value in {**head, "To": person.email, "Subject": parts.subject}.items():
        message[name] = value
    message.set_content(parts.text, cte="quoted-printable")
    message.add_alternative(parts.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def pdf_row() -> Row:
    """Measure the PDF edition, picture and all."""
    design = load_design(ROOT / "templates")
    picture = ROOT / "newsletter" / "demo" / "samples" / "lead.png"
    pictures = {PICTURE: picture.read_bytes()}
    content = issue()
    took = median_seconds(lambda: render_pdf(content, design, pictures), 9)
    Place().tell("PDF/UA-1", took * 1000, "ms")
    return ("PDF/UA-1", f"{took * 1000:.0f} ms", "≤ 250 ms", "")


def preflight_row() -> Row:
    """Measure all checks that need no network."""
    template = rendering.load_template(ROOT / "templates" / "email", "digest")
    content = issue()
    edition = rendering.compile(content, template)
    took = median_seconds(
        lambda: check_edition(
            content, edition, template, PreflightContext(headers=HEADERS, audience=1000)
        ),
        20,
    )
    Place().tell("preflight without network", took * 1000, "ms")
    return ("preflight without network", f"{took * 1000:.1f} ms", "≤ 30 ms", "")


def memory_row(count: int) -> Row:
    """Measure the most memory a fresh process holds for few people and for many."""
    few, many = (grown(number) for number in (count // 20, count))
    return (
        f"memory for {count:,} people over {count // 20:,}",
        f"{many - few:+.1f} MB",
        "none",
        f"kept in a list: {grown(count, keep=True) - few:+.1f} MB",
    )


def grown(count: int, *, keep: bool = False) -> float:
    """Return the peak memory in MB of a process that makes N mails."""
    command = [sys.executable, "-m", "benchmarks.rendering", "--make", str(count), str(int(keep))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return float(done.stdout)


def make(count: int, keep: bool) -> None:
    """Make mails, one after the other, and print the peak memory in MB."""
    template = rendering.load_template(ROOT / "templates" / "email", "digest")
    edition = rendering.compile(issue(), template)
    finished = (edition.variant(each).parts(each) for each in people(count))
    if keep:
        _ = list(finished)
    else:
        for _ in finished:
            pass
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def rate(recipients: Iterable[RecipientData], work: Callable[[RecipientData], object]) -> float:
    """Return how many people a second some work takes on, after one that is not counted."""
    everybody = list(recipients)
    work(everybody[0])
    started = time.perf_counter()
    for each in everybody:
        work(each)
    return len(everybody) / (time.perf_counter() - started)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make(int(sys.argv[2]), keep=sys.argv[3] == "1")
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE)
