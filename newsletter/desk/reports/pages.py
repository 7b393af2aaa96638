"""The pages of the reports: all issues, one issue, and the growth of a publication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsletter.dates import format_time
from newsletter.desk.reports import curve, periods
from newsletter.desk.reports.figures import WORDS, Figures, read_figures
from newsletter.desk.reports.files import Cell, stream_csv
from newsletter.desk.sends.pages import WORDS as STANDINGS
from newsletter.desk.sends.pages import may_see
from newsletter.desk.sends.reader_figures import describe_readers, read_readers
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import Delivery, Exclusion, Send
from newsletter.sending.reporting.people import standing_in
from subscribers.growth import count_sources

#: This many sends of each publication are on the page; the file has all of them.
MAX_LISTED = 50
#: This many sources are shown; the file has all of them.
MAX_SOURCES = 20
#: The figures of the table of all issues.
COLUMNS = (
    "planned",
    "accepted",
    "delivered",
    "bounced",
    "blocked",
    "complained",
    "unknown",
    "left",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A send as a line of a report."""

    send: Send
    title: str
    when: str
    figures: Figures

    @property
    def columns(self) -> list[int]:
        """The figures of the table, in its order."""
        return [getattr(self.figures, name) for name in COLUMNS]


class ReportsItem(MenuItem):
    """Leads to the reports, for those who may see sends."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether somebody may see them."""
        return may_see(request.user)


@hooks.register("register_admin_menu_item")
def reports_item() -> ReportsItem:
    """Add the reports to the menu."""
    return ReportsItem(_("Reports"), reverse("desk_reports"), name="reports", icon_name="table")


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Add the pages and the files."""
    return [
        path("report/", reports_page, name="desk_reports"),
        path("report/issues/<int:pk>/", issue_page, name="desk_issue_report"),
        path("report/growth/<int:pk>/", growth_page, name="desk_growth"),
        path("report/<int:pk>/issues.csv", issues_file, name="desk_issues_file"),
        path("report/sends/<int:pk>/people.csv", people_file, name="desk_people_file"),
        path("report/sends/<int:pk>/curve.csv", curve_file, name="desk_curve_file"),
        path("report/growth/<int:pk>/sources.csv", sources_file, name="desk_sources_file"),
        path("report/growth/<int:pk>/<str:by>.csv", growth_file, name="desk_growth_file"),
    ]


def require_viewer(request: HttpRequest) -> None:
    """Raise `PermissionDenied` for somebody who may not see sends."""
    if not may_see(request.user):
        raise PermissionDenied


# All issues


def reports_page(request: HttpRequest) -> HttpResponse:
    """List the last sends of each publication with their figures."""
    require_viewer(request)
    shown = []
    for publication in Publication.objects.all():
        sends = list(find_begun(publication)[: MAX_LISTED + 1])
        listed = lines_of(sends[:MAX_LISTED])
        shown.append({"publication": publication, "lines": listed, "more": len(sends) > MAX_LISTED})
    heads = [WORDS[name] for name in COLUMNS]
    return render(request, "desk/reports.html", {"publications": shown, "heads": heads})


def find_begun(publication: Publication) -> QuerySet[Send]:
    """Return the sends whose audience was counted, the last first."""
    sends = Send.objects.filter(issue__publication=publication, started_at__isnull=False)
    return sends.select_related("issue__publication").order_by("-at", "-pk")


def lines_of(sends: Sequence[Send]) -> list[Line]:
    """Return sends with their figures."""
    figures = read_figures([send.pk for send in sends])
    return [line_of(send, figures) for send in sends]


def line_of(send: Send, figures: Mapping[int, Figures]) -> Line:
    """Return one of them."""
    zone = send.issue.publication.time_zone
    return Line(
        send=send,
        title=send.issue.draft_title or send.issue.title,
        when=format_time(send.started_at or send.at, zone),
        figures=figures[send.pk],
    )


def issues_file(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Return the figures of all sends of a publication."""
    require_viewer(request)
    publication = get_object_or_404(Publication, pk=pk)
    header = [gettext("Issue"), gettext("Send"), gettext("Went out"), *map(str, WORDS.values())]
    header += [gettext("Opens counted"), gettext("Only by machines"), gettext("Clicks counted")]
    return stream_csv(f"issues-{publication.slug}", header, issue_rows(publication))


def issue_rows(publication: Publication) -> Iterator[Sequence[Cell]]:
    """Yield a row for each send, in portions of as many as a page has."""
    keys = list(find_begun(publication).values_list("pk", flat=True))
    for start in range(0, len(keys), MAX_LISTED):
        sends = find_begun(publication).filter(pk__in=keys[start : start + MAX_LISTED])
        for line in lines_of(list(sends)):
            at = (line.send.started_at or line.send.at).isoformat(timespec="seconds")
            figures = [getattr(line.figures, name) for name in WORDS]
            yield [line.title, line.send.pk, at, *figures, *reader_cells(line.send)]


def reader_cells(send: Send) -> Sequence[Cell]:
    """Return the people of whom opens and clicks were counted; blank where it is not counted."""
    figures = read_readers(send)
    opened, clicked = figures.opened, figures.clicked
    return [
        "" if opened is None else opened,
        "" if opened is None else figures.only_machines,
        "" if clicked is None else clicked,
    ]


# One issue


def issue_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what became of an issue: of each of its sends the figures and the curve."""
    require_viewer(request)
    issue = get_object_or_404(Issue.objects.select_related("publication"), pk=pk)
    sends = list(find_begun(issue.publication).filter(issue=issue).order_by("pk"))
    shown = {
        "issue": issue,
        "title": issue.draft_title or issue.title,
        "sends": [send_part(line) for line in lines_of(sends)],
    }
    return render(request, "desk/issue_report.html", shown)


def send_part(line: Line) -> dict[str, Any]:
    """Return what the page of an issue says of one send."""
    points = curve.read_curve(line.send)
    return {
        "line": line,
        "rows": figure_rows(line.figures),
        "readers": describe_readers(line.send),
        "points": points,
        "chart": curve.chart_of(points),
        "chart_name": f"curve-{line.send.pk}",
        "heads": [words for words, _ in curve.DRAWN.values()],
    }


def figure_rows(figures: Figures) -> list[tuple[str, int, str]]:
    """Return each figure with its name and its share of those who were planned."""
    counted = [(str(words), getattr(figures, name)) for name, words in WORDS.items()]
    return [
        (words, people, f"{people / figures.planned:.1%}" if figures.planned else "")
        for words, people in counted
        if people or words in (str(WORDS["accepted"]), str(WORDS["delivered"]))
    ]


def find_send(request: HttpRequest, pk: int) -> Send:
    """Return a send, for somebody who may see it."""
    require_viewer(request)
    return get_object_or_404(Send.objects.select_related("issue__publication"), pk=pk)


def people_file(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Return who was a candidate of a send, and where each stands."""
    send = find_send(request, pk)
    header = [gettext("Address"), gettext("Where they stand"), gettext("Reason")]
    # The words are looked up now: the language is another one when the lines leave.
    standings = {state: str(words) for state, words in STANDINGS.items()}
    reasons = {value: str(label) for value, label in Exclusion.Reason.choices}
    rows = people_rows(send, standings, reasons, gettext("left out when counted"))
    return stream_csv(f"people-{send.pk}", header, rows)


def people_rows(
    send: Send, standings: Mapping[str, str], reasons: Mapping[str, str], left_out: str
) -> Iterator[Sequence[Cell]]:
    """Yield everybody of a send, first those who were planned."""
    planned = standing_in(Delivery.objects.filter(send=send), "").order_by("pk")
    for address, stands, why in planned.values_list("address", "stands", "reason").iterator():
        yield [address, standings.get(stands, stands), why]
    excluded = Exclusion.objects.filter(send=send).order_by("pk")
    for address, reason in excluded.values_list("subscriber__email", "reason").iterator():
        yield [address, left_out, reasons[reason]]


def curve_file(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Return the points of a send's curve."""
    send = find_send(request, pk)
    drawn = [str(words) for words, _ in curve.DRAWN.values()]
    header = [gettext("Hours since it went out"), *drawn]
    rows = [[point.hour, *point.people] for point in curve.read_curve(send)]
    return stream_csv(f"curve-{send.pk}", header, rows)


# Growth


def growth_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a publication grew, by weeks or months, and where its people came from."""
    require_viewer(request)
    publication = get_object_or_404(Publication, pk=pk)
    growth, today = periods.growth_of(publication), timezone.now().date()
    by = request.GET.get("by", "")
    by = by if by in periods.SHOWN else periods.usual_period(growth, today)
    shown = periods.periods_of(growth, by, today)[-periods.SHOWN[by] :]
    sources = count_sources(list(publication.lists.values_list("pk", flat=True)))
    context = {
        "publication": publication,
        "growth": growth,
        "by": by,
        "ways": [(periods.WEEK, gettext("By week")), (periods.MONTH, gettext("By month"))],
        "periods": shown,
        "chart": periods.chart_of(shown),
        "sources": list(sources.items())[:MAX_SOURCES],
        "more_sources": max(0, len(sources) - MAX_SOURCES),
    }
    return render(request, "desk/growth.html", context)


def growth_file(request: HttpRequest, pk: int, by: str) -> StreamingHttpResponse:
    """Return all weeks or months."""
    require_viewer(request)
    publication = get_object_or_404(Publication, pk=pk)
    by = by if by in periods.SHOWN else periods.MONTH
    header = [
        gettext("From"),
        gettext("Joined"),
        gettext("Left"),
        gettext("Bounced away"),
        gettext("Suppressed"),
        gettext("Subscribers at the end"),
    ]
    every = periods.periods_of(periods.growth_of(publication), by, timezone.now().date())
    rows = [growth_row(each) for each in every]
    return stream_csv(f"growth-{publication.slug}", header, rows)


def growth_row(period: periods.Period) -> Sequence[Cell]:
    """Return a week or a month as a row."""
    change = period.change
    return [
        change.day.isoformat(),
        change.joined,
        change.left,
        change.bounced,
        change.suppressed,
        period.people,
    ]


def sources_file(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Return where the people of a publication came from."""
    require_viewer(request)
    publication = get_object_or_404(Publication, pk=pk)
    sources = count_sources(list(publication.lists.values_list("pk", flat=True)))
    header = [gettext("Source"), gettext("Subscribers")]
    unknown = gettext("not known")
    rows: list[Sequence[Cell]] = [(source or unknown, n) for source, n in sources.items()]
    return stream_csv(f"sources-{publication.slug}", header, rows)
