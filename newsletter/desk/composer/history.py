"""The history of an issue: who did what with it, filtered on a page and exported as CSV."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.log_actions import registry as log_registry
from wagtail.models import PageLogEntry

from newsletter.dates import format_time
from newsletter.formulas import harmless
from newsletter.phrases import translate
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue
from newsletter.publishing.rights import APPROVE_ISSUE
from newsletter.sending.ledger import issue_log
from newsletter.sending.ledger.editions import HASH_CHARACTERS
from newsletter.sending.models import AuditEntry

#: How many lines the page shows; the file has all of them.
LINES_SHOWN = 300

#: What stands in the history for each action, and its label in the filter.
ACTIONS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    issue_log.ASKED: (gettext_lazy("Ask for approval"), gettext_lazy("Asked for approval")),
    issue_log.APPROVED: (gettext_lazy("Approve"), gettext_lazy("Approved")),
    issue_log.SENT_BACK: (gettext_lazy("Send back"), gettext_lazy("Sent back")),
    issue_log.QUEUED: (gettext_lazy("Queue"), gettext_lazy("Queued")),
    issue_log.UNQUEUED: (gettext_lazy("Take out of the queue"), gettext_lazy("Taken out")),
    issue_log.PUT_ON_WEB: (gettext_lazy("Put on the web"), gettext_lazy("Put on the web")),
    issue_log.TAKEN_OFF_WEB: (
        gettext_lazy("Take off the web"),
        gettext_lazy("Taken off the web"),
    ),
    issue_log.OPENED: (gettext_lazy("Open the draft"), gettext_lazy("Draft opened for its slot")),
    issue_log.TESTED: (gettext_lazy("Send a test"), gettext_lazy("Test sent")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Something that was done."""

    at: dt.datetime
    who: str
    kind: str
    text: str


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    """Have each line that we write say what was done."""
    for action, (label, done) in ACTIONS.items():
        actions.register_action(action)(find_formatter(label, done))


def find_formatter(label: str | Promise, done: str | Promise) -> type[LogFormatter]:
    """Return what words a line of one kind."""

    def format_message(_self: LogFormatter, entry: Any) -> str:
        return describe_entry(str(done), entry.data)

    members = {"label": label, "format_message": format_message}
    return type("IssueAction", (LogFormatter,), members)


def describe_entry(done: str, data: Mapping[str, str]) -> str:
    """Return what was done with its facts: to whom, for when, of which content, and why."""
    facts = [data[name] for name in ("to", "reader") if data.get(name)]
    if data.get("at"):
        facts.append(format_time(dt.datetime.fromisoformat(data["at"]), data["zone"]))
    if data.get("hash"):
        facts.append(data["hash"][:HASH_CHARACTERS])
    note = f": {data['note']}" if data.get("note") else ""
    return f"{done} ({', '.join(facts)}){note}" if facts else f"{done}{note}"


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the page."""
    return [path("issues/<int:pk>/history/", history_page, name="desk_history")]


class FilterForm(forms.Form):
    """Which lines are wanted."""

    kind = forms.ChoiceField(required=False, label=gettext_lazy("What"))
    who = forms.ChoiceField(required=False, label=gettext_lazy("Who"))
    since = forms.DateField(
        required=False,
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        required=False,
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, data: Mapping[str, Any], lines: Iterable[Line]) -> None:
        super().__init__(data)
        kept = list(lines)
        self.offer("kind", {line.kind for line in kept})
        self.offer("who", {line.who for line in kept})

    def offer(self, name: str, values: set[str]) -> None:
        """Let one of some values be chosen, or all of them."""
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [("", _("All")), *((value, value) for value in sorted(values - {""}))]

    def wants(self, line: Line, zone: ZoneInfo) -> bool:
        """Whether a line is among them; what cannot be read asks for nothing."""
        asked, day = self.cleaned_data, line.at.astimezone(zone).date()
        return (
            asked.get("kind") in {"", None, line.kind}
            and asked.get("who") in {"", None, line.who}
            and (not asked.get("since") or day >= asked["since"])
            and (not asked.get("until") or day <= asked["until"])
        )


def history_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was done with an issue, or return it as a file."""
    issue = get_object_or_404(Issue.objects.select_related("publication"), pk=pk)
    may_edit = issue.permissions_for_user(request.user).can_edit()
    if not may_edit and not request.user.has_perm(APPROVE_ISSUE):
        raise PermissionDenied
    zone = issue.publication.time_zone
    lines = lines_of(issue)
    form = FilterForm(request.GET, lines)
    form.is_valid()
    wanted = [line for line in lines if form.wants(line, ZoneInfo(zone))]
    if request.GET.get("format") == "csv":
        return as_file(issue, wanted)
    rows = [(format_time(line.at, zone), line) for line in wanted[:LINES_SHOWN]]
    query = request.GET.copy()
    query["format"] = "csv"
    shown = {"issue": draft_of(issue), "form": form, "rows": rows, "export": query.urlencode()}
    return render(request, "desk/history.html", shown | {"more": len(wanted) - len(rows)})


def lines_of(issue: Issue) -> list[Line]:
    """Return everything that was done with an issue and its sends, the last first."""
    entries = PageLogEntry.objects.filter(page=issue.pk).select_related("user")
    kept = [line_of_entry(entry) for entry in entries]
    acts = AuditEntry.objects.filter(send__issue=issue)
    kept += [line_of_act(act) for act in acts]
    return sorted(kept, key=lambda line: line.at, reverse=True)


def line_of_entry(entry: PageLogEntry) -> Line:
    """Return what the desk or a command wrote down about the issue."""
    log_registry.scan_for_actions()
    label: Callable[[str], Any] = log_registry.get_action_label
    who = issue_log.name_of(entry.user) if entry.user else str(entry.data.get("by", ""))
    return Line(at=entry.timestamp, who=who, kind=str(label(entry.action)), text=str(entry.message))


def line_of_act(act: AuditEntry) -> Line:
    """Return what was done with a send."""
    what = act.get_kind_display()
    text = _("Send %(number)s: %(what)s") % {"number": act.send_id, "what": what}
    note = f": {translate(act.note)}" if act.note else ""
    return Line(at=act.at, who=act.by, kind=what, text=f"{text}{note}")


def as_file(issue: Issue, lines: Iterable[Line]) -> HttpResponse:
    """Return lines as CSV, with a mark by which spreadsheets know the encoding."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="history-{issue.pk}.csv"'
    writer = csv.writer(answer)
    writer.writerow([_("Time"), _("Who"), _("What"), _("Details")])
    for line in lines:
        at = line.at.astimezone(dt.UTC).isoformat(timespec="seconds")
        writer.writerow([at, *map(harmless, (line.who, line.kind, line.text))])
    return answer
