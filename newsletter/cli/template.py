"""`newsletter template`: list the email templates, copy one, try one."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli.output import Json, emit

app = typer.Typer(help="List, copy and check the email templates.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A folder in templates/email/.")]


@app.command("list")
def list_templates(*, json: Json = False) -> None:
    """List the email templates of this workspace."""
    from newsletter.config import load
    from newsletter.rendering import template_names

    names = template_names(load().email_templates)
    emit(names, as_json=json, text="\n".join(names) or "There are none.")


@app.command()
def new(
    name: Name,
    source: Annotated[str, typer.Option("--from", help="The template to copy.")] = "digest",
    *,
    json: Json = False,
) -> None:
    """Make a template of your own as a copy of another."""
    from newsletter.config import load
    from newsletter.rendering.copying import copy_template

    folder = copy_template(load().email_templates, name, source)
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    text = f"{name} is a copy of {source}; check it: newsletter template check {name}"
    result = {"name": name, "from": source, "folder": str(folder), "files": files}
    emit(result, as_json=json, text="\n".join([text, *files]))


@app.command()
def check(name: Name, *, json: Json = False) -> None:
    """Compile a template with a sample of every block; report mistakes with file and line."""
    from newsletter.config import load
    from newsletter.rendering import load_template
    from newsletter.rendering.linting import lint_template
    from newsletter.rendering.trial import try_template

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
    emit(result, as_json=json, text=text)
    raise typer.Exit(1 if findings else 0)
