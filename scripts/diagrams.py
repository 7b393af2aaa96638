#!/usr/bin/env python3
"""Draw the pictures of docs/contributing/architecture.md that follow from the code.

A test holds them together.

.venv/bin/python scripts/diagrams.py
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "contributing" / "architecture.md"

#: What a newcomer must know; the others keep notes for these.
TABLES = (
    "publishing.Publication",
    "publishing.Issue",
    "scheduling.Slot",
    "sending.Edition",
    "sending.Send",
    "sending.Batch",
    "sending.Attempt",
    "sending.Delivery",
    "sending.Evidence",
    "sending.Exclusion",
    "subscribers.Subscriber",
    "subscribers.List",
    "subscribers.Subscription",
)
#: Folders whose packages are listed.
FOLDERS = (
    "newsletter",
    "newsletter/sending",
    "newsletter/rendering",
    "newsletter/publishing",
    "newsletter/desk",
)


def main() -> None:
    """Write every picture into its place."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_pictures(text), encoding="utf-8")


def with_pictures(page: str) -> str:
    """Return the page with each picture as the code has it now."""
    pictures = {
        "tables": table_picture(),
        "states": "\n\n".join(state_pictures()),
        **{f"packages of {folder}": list_packages(folder) for folder in FOLDERS},
    }
    for name, picture in pictures.items():
        region = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not region.search(page):
            raise SystemExit(f"diagrams: {PAGE.name} has no place for: {name}")
        page = region.sub(lambda place, drawn=picture: f"{place[1]}{drawn}\n{place[2]}", page)
    return page


def mermaid(kind: str, lines: Iterator[str]) -> str:
    """Return a picture as GitHub and others draw it."""
    return "\n".join(["```mermaid", kind, *(f"    {line}" for line in lines), "```"])


# States


def state_pictures() -> Iterator[str]:
    """Yield the picture of every state machine of the ledger, under its name."""
    set_up()
    from newsletter.sending.ledger.states import TABLES as MACHINES

    for kind, transitions in MACHINES.items():
        heading = f"### {kind.__name__}"
        yield f"{heading}\n\n{mermaid('stateDiagram-v2', machine(kind, transitions))}"


def machine(kind: Any, transitions: Any) -> Iterator[str]:
    """Yield the lines of one state machine: where it begins, each transition, and its ends."""
    yield f"[*] --> {kind._meta.get_field('state').default}"
    for start in kind.State.values:
        for end in kind.State.values:
            if end in transitions[start]:
                yield f"{start} --> {end}"
        if not transitions[start]:
            yield f"{start} --> [*]"


# Tables


def table_picture() -> str:
    """Return the picture of the main tables, with who refers to whom."""
    set_up()
    return mermaid("erDiagram", relations())


def relations() -> Iterator[str]:
    """Yield a line for each reference from one of the main tables to another."""
    from django.apps import apps

    models = [apps.get_model(name) for name in TABLES]
    for model in models:
        for field in model._meta.get_fields():
            other = field.related_model
            if other not in models or field.auto_created or not isinstance(field.name, str):
                continue
            few = "o|" if getattr(field, "null", False) else "||"
            ends = "}o--o{" if field.many_to_many else f"}}o--{few}"
            yield f"{model.__name__} {ends} {other.__name__} : {field.name}"


def set_up() -> None:
    """Make the models ready."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.conf.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


# Packages


def list_packages(folder: str) -> str:
    """Return the packages in a folder, each with the first sentences of its docstring."""
    rows = [
        f"| `{path.parent.name}/` | {summary(path)} |"
        for path in sorted((ROOT / folder).glob("*/__init__.py"))
        if summary(path)
    ]
    return "\n".join(["| package | what belongs in it |", "|---|---|", *rows])


def summary(path: Path) -> str:
    """Return the first paragraph of a module's docstring as one line."""
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(words.partition("\n\n")[0].split())


if __name__ == "__main__":
    main()
