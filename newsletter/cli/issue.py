"""`newsletter issue`: bring issues in, look at them, write them out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import checking
from newsletter.cli.output import Json, print_result, print_table
from newsletter.errors import BadInput, NewsletterError
from newsletter.runtime.startup import open_workspace

if TYPE_CHECKING:
    from newsletter.publishing.checks.acceptances import Judged
    from newsletter.publishing.importing.saving import Imported
    from newsletter.publishing.models import Issue

app = typer.Typer(help="Import, check, approve and queue issues.", no_args_is_help=True)

Reference = Annotated[
    str, typer.Argument(metavar="REF", help="A number such as 3.11, or the short name of an issue.")
]
Publication = Annotated[
    str,
    typer.Option(
        "--publication", help="The short name of the publication; required if there are several."
    ),
]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Word, Markdown, HTML or text.")],
    publication: Publication = "",
    update: Annotated[
        str, typer.Option("--update", metavar="REF", help="Replace the draft of this issue.")
    ] = "",
    site_root: Annotated[
        Path | None,
        typer.Option(
            "--site-root",
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="The folder of a static site, for pictures such as /img/quay.jpg.",
        ),
    ] = None,
    site_url: Annotated[
        str,
        typer.Option(
            "--site-url",
            metavar="URL",
            help="The site to which links such as /about/ in the file lead.",
        ),
    ] = "",
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not look up the size of pictures on the web.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a draft from a file. If the issue was imported before, update its draft."""
    open_workspace()
    from newsletter.publishing.importing.saving import import_issue
    from newsletter.publishing.numbering import find_issue, find_publication
    from newsletter.rendering.preflight.addresses import Web

    owner = find_publication(publication)
    replaced = find_issue(update, owner.slug) if update else None
    web = None if offline else Web()
    imported = import_issue(
        file, owner, replaced, web=web, site_root=site_root, site_url=web_address(site_url)
    )
    tell_import(imported, file.name, as_json=json)


def tell_import(imported: Imported, file: str, *, as_json: bool) -> None:
    """Say what became of a file, and what the check finds in the draft."""
    lines = [f"{imported.issue.title} is {imported.outcome} ({imported.issue.ref})."]
    if imported.unknown_keys:
        lines.append(f"Kept, but not used: {', '.join(imported.unknown_keys)}")
    held: tuple[Judged, ...] = ()
    try:
        held = checking.look_at_import(imported, file)
    except NewsletterError as error:
        lines.append(f"It was not checked: {error}")
    shown = [each for each in held if each.finding.severity != "info"]
    result = {
        **summary(imported.issue),
        "outcome": imported.outcome,
        "unknown_keys": list(imported.unknown_keys),
        "notes": list(imported.notes),
        "findings": [checking.as_data(each) for each in held],
    }
    lines += [*imported.notes, *map(checking.describe_finding, shown)]
    lines += [checking.summed_up(held)] if held else []
    print_result(result, as_json=as_json, text="\n".join(lines))


def web_address(given: str) -> str:
    """Return an address that links can be relative to, or raise `BadInput`."""
    if given and not given.lower().startswith(("https://", "http://")):
        hint = "Give the whole address, such as https://www.example.org/news/"
        raise BadInput(f"{given!r} is not the address of a site", hint=hint)
    return given


@app.command()
def new(publication: Publication = "", *, json: Json = False) -> None:
    """Create an empty draft with the next number."""
    open_workspace()
    from newsletter.publishing.numbering import find_publication
    from newsletter.publishing.starting import start_issue

    issue = start_issue(find_publication(publication))
    print_result(summary(issue), as_json=json, text=f"{issue.title} is a new draft ({issue.ref}).")


@app.command("list")
def list_issues(publication: Publication = "", *, json: Json = False) -> None:
    """List the issues of a publication, newest first."""
    open_workspace()
    from newsletter.publishing.numbering import find_publication

    owner = find_publication(publication)
    found = [summary(issue) for issue in owner.issues.order_by("-volume", "-number", "-pk")]
    if json:
        print_result(found, as_json=True, text="")
        return
    rows = [(one["ref"], one["title"], one["date"] or "", one["state"]) for one in found]
    print_table(("Ref", "Title", "Date", "State"), rows)


@app.command()
def show(ref: Reference, publication: Publication = "", *, json: Json = False) -> None:
    """Show an issue as its editors see it."""
    open_workspace()
    from newsletter.publishing import numbering
    from newsletter.publishing.content.drafts import draft_of
    from newsletter.publishing.web.previews import for_sample

    draft = draft_of(numbering.find_issue(ref, publication))
    parts = for_sample(draft)
    result = {**summary(draft), "subject": parts.subject, "text": parts.text}
    print_result(result, as_json=json, text=f"Subject: {parts.subject}\n\n{parts.text}")


@app.command()
def render(
    ref: Reference,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the files.")],
    publication: Publication = "",
    *,
    json: Json = False,
) -> None:
    """Write an issue as .mjml, .html, .txt, .pdf and .eml, for an invented subscriber."""
    open_workspace()
    from newsletter.publishing import numbering
    from newsletter.publishing.content.issue_files import write_files

    issue = numbering.find_issue(ref, publication)
    files = [str(path) for path in write_files(issue, out)]
    print_result({**summary(issue), "files": files}, as_json=json, text="\n".join(files))


def summary(issue: Issue) -> dict[str, Any]:
    """Return what programs want to know of an issue."""
    send = issue.sends.exclude(state="cancelled").first()
    return {
        "ref": issue.ref,
        "slug": issue.slug,
        "title": issue.title,
        "publication": issue.publication.slug,
        "volume": issue.volume,
        "number": issue.number,
        "date": issue.day.isoformat() if issue.day else None,
        "state": send.state if send else "draft",
    }
