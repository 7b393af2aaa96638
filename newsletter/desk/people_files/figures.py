"""What became, or would become, of the rows of a file, in words and with some people of each."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from subscribers.importing.models import ImportRun
from subscribers.importing.reports import list_run_figures, separator_words

#: The names under which figures have samples, in the order of `list_run_figures`.
NAMES = (
    "added",
    "pending",
    "updated",
    "unchanged",
    "newly_unsubscribed",
    "newly_suppressed",
    "suppressed",
    "unsubscribed",
    "folded",
    "bad",
)


def list_outcomes(run: ImportRun) -> list[dict[str, Any]]:
    """Return every outcome that has rows: its words, how many, and the first of them."""
    figures = zip(NAMES, list_run_figures(run.result), strict=True)
    lines = {"bad": run.result.get("bad_lines", ())[:20]}
    return [
        {
            "name": name,
            "words": words,
            "count": count,
            "people": run.samples.get(name) or lines.get(name, ()),
        }
        for name, (words, count) in figures
        if count
    ]


def read_as(run: ImportRun) -> str:
    """Say as what a file was read; blank before that."""
    result = run.result
    if not result.get("encoding"):
        return ""
    if result.get("sheet"):
        return _("Read as {kind}, sheet {sheet}").format(
            kind=result["encoding"].upper(), sheet=result["sheet"]
        )
    said = _("Read as {encoding}, cells separated by {separator}").format(
        encoding=result["encoding"].removesuffix("-sig").upper(),
        separator=separator_words(result.get("separator", "")),
    )
    return f"{said} ({_('guessed')})" if result.get("encoding_guessed") else said
