"""MJML to HTML by either renderer, and the samples that both are given."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from newsletter.rendering import load_template, template_names
from newsletter.rendering.pipeline import mail, mjml
from newsletter.rendering.pipeline.sample_issues import FULL
from tests.unit.rendering.samples import ANN, TEMPLATES

HERE = Path(__file__).resolve().parent

#: What the official MJML made of the samples when somebody last ran `make mjml-reference`.
OFFICIAL = HERE / "official"


@cache
def load_samples() -> Mapping[str, str]:
    """Return the source of each sample by its name."""
    return {path.stem: path.read_text("utf-8") for path in sorted(HERE.glob("samples/*.mjml"))}


def templates() -> dict[str, str]:
    """Return the MJML that each email template makes of the trial issue."""
    return {
        name: mail.render(FULL, load_template(TEMPLATES, name), ANN).mjml
        for name in template_names(TEMPLATES)
    }


def render_ours(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the HTML of MJML documents by their names, as mail is made of them."""
    return {name: mjml.to_html(source) for name, source in sources.items()}


def render_official(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the same by the official MJML, which npm has to have installed; 10 ms each.

    Raises `FileNotFoundError` where there is no Node, `CalledProcessError` where it fails.
    """
    answer = subprocess.run(
        ["node", "render.mjs"],
        cwd=HERE,
        input=json.dumps(sources),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    documents: dict[str, str] = json.loads(answer.stdout)
    return documents


def read_official(name: str) -> str:
    """Return what the official MJML made of a sample."""
    return (OFFICIAL / f"{name}.html").read_text("utf-8")


def version() -> str:
    """Return which version of the official MJML is the reference."""
    package = json.loads((HERE / "package.json").read_text("utf-8"))
    return str(package["dependencies"]["mjml"])
