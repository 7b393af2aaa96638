"""What became, or would become, of the people of a bulk action, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from newsletter.errors import NewsletterError
from subscribers.bulk.models import BulkRun
from subscribers.bulk.outcomes import Action, Outcome
from subscribers.finding.filters import explain_filter, read_filter

#: By what is done to them.
CHANGED: Mapping[BulkRun.Action, Callable[[], str]] = {
    Action.ADD: lambda: _("added to the list"),
    Action.UNSUBSCRIBE: lambda: _("unsubscribed"),
    Action.SET: lambda: _("attribute set"),
    Action.DELETE: lambda: _("deleted"),
}
OTHERS: Mapping[Outcome, Callable[[], str]] = {
    Outcome.SAME: lambda: _("left as they are: it is so already, or does not apply"),
    Outcome.LEFT: lambda: _("kept out: they left the list, or every list"),
    Outcome.UNCONFIRMED: lambda: _("kept out: they have not confirmed any list yet"),
    Outcome.SUPPRESSED: lambda: _("kept out: suppressed"),
}
UNDONE: Mapping[str, Callable[[], str]] = {
    "undone": lambda: _("as before again"),
    "waiting": lambda: _("not mailed until they confirm: they were in a send since"),
    "kept": lambda: _("left as they are: changed since"),
}


def list_figures(action: str, figures: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return the outcomes that have people: words and number."""
    words = {Outcome.CHANGED: CHANGED[Action(action)], **OTHERS}
    return [(words[each](), figures[each]) for each in Outcome if figures.get(each)]


def list_undo_figures(run: BulkRun) -> list[tuple[str, int]]:
    """Return what became of what a run had changed, when it was undone."""
    figures = run.result.get("undo", {})
    return [(words(), figures[name]) for name, words in UNDONE.items() if figures.get(name)]


def describe_action(run: BulkRun) -> str:
    """Return what a run does, in words."""
    if run.action == Action.ADD and run.list:
        return _("Add to {list}").format(list=run.list.name)
    if run.action == Action.UNSUBSCRIBE:
        if run.list is None:
            return _("Unsubscribe from all lists")
        return _("Unsubscribe from {list}").format(list=run.list.name)
    if run.action == Action.SET:
        if not run.value:
            return _("Remove the attribute {name}").format(name=run.attribute)
        return _("Set {name} to “{value}”").format(name=run.attribute, value=run.value)
    return _("Delete who never confirmed")


def describe_people(run: BulkRun) -> str:
    """Return whom a run is about, in words; what is not there any more stands by its short name."""
    try:
        return explain_filter(read_filter(run.filter))
    except NewsletterError:
        return ", ".join(f"{name}: {value}" for name, value in run.filter.items())


def describe_run(run: BulkRun) -> str:
    """Return what a run did, line by line."""
    figures = [*list_figures(run.action, run.result), *list_undo_figures(run)]
    lines = [f"  {number:,} {words}" for words, number in figures]
    head = f"{run.pk}: {describe_action(run)} ({describe_people(run)}): {run.get_state_display()}"
    return "\n".join([head, *lines, *([run.problem] if run.problem else [])])
