"""`newsletter template`: list the email templates, copy one, try one, look at one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.output import Json, print_result

if TYPE_CHECKING:
    from newsletter.rendering.content import Content

app = typer.Typer(help="List, copy, check and preview the email templates.", no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The name of a folder in templates/email/.")
]


@app.command("list")
def list_templates(*, json: Json = False) -> None:
    """List the email templates of this workspace."""
    from newsletter.conf.config import load
    from newsletter.rendering import template_names

    own, shipped = load().email_templates
    names = template_names((own, shipped))
    text = f"\nThose of the program: {shipped}\nA file by the same path wins in:  {own}"
    print_result(names, as_json=json, text="\n".join(names) + "\n" + text)


@app.command()
def new(
    name: Name,
    source: Annotated[str, typer.Option("--from", help="The template to copy.")] = "digest",
    *,
    json: Json = False,
) -> None:
    """Create a template of your own as a copy of another one."""
    from newsletter.conf.config import load
    from newsletter.rendering.pipeline.copying import copy_template

    folder = copy_template(load().email_templates, name, source)
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    text = f"{name} is a copy of {source}; check it: newsletter template check {name}"
    result = {"name": name, "from": source, "folder": str(folder), "files": files}
    print_result(result, as_json=json, text="\n".join([text, *files]))


@app.command()
def check(name: Name, *, json: Json = False) -> None:
    """Compile a template with a sample of every block, and report mistakes with file and line."""
    from newsletter.conf.config import load
    from newsletter.rendering import load_template
    from newsletter.rendering.linting.linter import lint_template
    from newsletter.rendering.pipeline.sample_issues import try_template

    template = load_template(load().email_templates, name)
    edition = try_template(template)
    findings = lint_template(template)
    lines = [f"{each.where}: {each.message}" for each in findings]
    result = {
        "name": name,
        "hash": template.hash,
        "variants": len(edition.variants),
        "findings": [
            {"where": each.where, "severity": each.severity, "message": each.message}
            for each in findings
        ],
    }
    text = "\n".join(lines) or f"{name} is sound: every kind of block compiles."
    print_result(result, as_json=json, text=text)
    raise typer.Exit(1 if findings else 0)


@app.command()
def preview(
    name: Name,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes any free one.")
    ] = 8027,
    issue: Annotated[str, typer.Option("--issue", help="Also show this draft.")] = "",
    publication: Annotated[
        str, typer.Option("--publication", help="The short name of the publication of that issue.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Show the mail of a template on a page that updates with every change, until Ctrl-C."""
    from newsletter.conf.config import load
    from newsletter.errors import BadInput
    from newsletter.rendering.pipeline.sample_issues import SAMPLE_ISSUES
    from newsletter.template_preview.server import Server

    issues = {**(draft(issue, publication) if issue else {}), **SAMPLE_ISSUES}
    try:
        server = Server(load().email_templates, name, issues, port=port)
    except OSError as error:
        raise BadInput(
            f"cannot listen on port {port}: {error.strerror}", hint="Choose another --port."
        ) from None
    server.handle_signals()
    with server:
        text = f"Preview of {name}: {server.url} (Ctrl-C ends it)"
        print_result({"template": name, "address": server.url}, as_json=json, text=text)
        # Whoever reads this through a pipe would wait for it until the end.
        sys.stdout.flush()
        server.wait()


def draft(ref: str, publication: str) -> dict[str, Content]:
    """Return an issue as its editors see it now, by its title."""
    from newsletter.runtime.startup import open_workspace

    open_workspace()
    from newsletter.publishing.content.drafts import draft_of
    from newsletter.publishing.content.issue_content import content_of
    from newsletter.publishing.numbering import find_issue

    content = content_of(draft_of(find_issue(ref, publication)))
    return {content.title: content}
