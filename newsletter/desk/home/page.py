"""The first page of the desk: what comes next, what needs a person, how the last issues did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.admin.ui.components import Component

from newsletter.dates import format_time
from newsletter.desk.home import first_steps
from newsletter.desk.home.first_steps import Step, list_steps
from newsletter.desk.home.next_slot import NextSlot, add_url, show_next_slot
from newsletter.desk.home.progress import live_context
from newsletter.desk.home.rows import Row
from newsletter.desk.kept_figures import counts_of
from newsletter.desk.reports.figures import Figures, read_figures
from newsletter.desk.reports.periods import (
    SHOWN,
    Period,
    chart_of,
    growth_of,
    periods_of,
    usual_period,
)
from newsletter.desk.sends.pages import may_see
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.rhythm_fields import cadence_of
from newsletter.publishing.rights import QUEUE_ISSUE
from newsletter.scheduling.cadence_words import describe_cadence
from newsletter.sending.models import Send
from subscribers.growth import Growth

#: At most this many of each kind of issue are listed.
MAX_LISTED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """An issue that went out, with its figures."""

    send: Send
    title: str
    when: str
    figures: Figures


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """One publication as the first page shows it."""

    publication: Publication
    cadence: str
    slot: NextSlot
    steps: Sequence[Step]
    queued: Sequence[Row]
    further: int  #: queued sends that are not among the rows
    drafts: Sequence[Row]
    past: Sequence[Past]
    periods: Sequence[Period]
    chart: Mapping[str, Any]
    people: int
    add_url: str

    @property
    def chart_name(self) -> str:
        """The id under which the page has the figures of the chart."""
        return f"growth-chart-{self.publication.pk}"


class NextPanel(Component):
    """Shows what comes next, of each publication."""

    order = 10
    template_name = "desk/home.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Return an outlook for every publication, and what goes on now."""
        request = parent_context["request"]
        user, hidden = request.user, first_steps.find_hidden()
        publications = Publication.objects.select_related("archive")
        return {
            **live_context(request),
            "outlooks": [
                describe_outlook(each, user, hides_steps=each.pk in hidden) for each in publications
            ],
            "sees_sends": may_see(user),
            "csrf_token": get_token(request),
            "may_queue": user.has_perm(QUEUE_ISSUE),
            "may_change": user.has_perm(first_steps.CHANGE),
            "may_found": user.has_perm("publishing.add_publication"),
        }


def describe_outlook(publication: Publication, user: Any, *, hides_steps: bool = False) -> Outlook:
    """Return what there is to do; who does not see sends is led to their issues."""
    now, sees_sends = timezone.now(), may_see(user)
    waiting = list(find_drafts(publication))
    slot = show_next_slot(publication, waiting, user, now)
    queued = list(queued_sends(publication))
    growth = growth_of(publication) if sees_sends else None
    by = usual_period(growth, now.date()) if growth else ""
    periods = periods_of(growth, by, now.date())[-SHOWN[by] :] if growth else []
    may_add = publication.archive.permissions_for_user(user).can_add_subpage()
    rows = [describe_issue(issue, gettext("draft")) for issue in waiting[:MAX_LISTED]]
    return Outlook(
        publication=publication,
        cadence=describe_cadence(cadence_of(publication)),
        slot=slot,
        steps=() if hides_steps else list_steps(publication, user),
        queued=[send_row(send, sees_sends) for send in queued[:MAX_LISTED]],
        further=len(queued[MAX_LISTED:]),
        drafts=[each for each in rows if each.url != slot.url],
        past=past_sends(publication) if sees_sends else (),
        periods=periods,
        chart=chart_of(periods),
        people=count_people(publication, growth) if growth else 0,
        add_url=add_url(publication) if may_add else "",
    )


def count_people(publication: Publication, growth: Growth) -> int:
    """Return how many people a mail of a publication would go to now.

    Of one list they are kept; of several, who is on two counts once, as in the growth.
    """
    lists = list(publication.lists.all()[:2])
    if len(lists) != 1:
        return growth.people
    return counts_of(lists)[lists[0].pk].mailable


def queued_sends(publication: Publication) -> Any:
    """Return the sends that are queued, the first due first."""
    queued = Send.objects.filter(issue__publication=publication, state=Send.State.QUEUED)
    return queued.select_related("issue__publication").order_by("at")


def past_sends(publication: Publication) -> list[Past]:
    """Return the last sends that ended, each with its figures."""
    ended = Q(state__in=(Send.State.SENT, Send.State.UNRESOLVED))
    ended |= Q(state=Send.State.CANCELLED, started_at__isnull=False)
    sends = Send.objects.filter(ended, issue__publication=publication).select_related("issue")
    last = list(sends.order_by("-at", "-pk")[:MAX_LISTED])
    figures = read_figures([send.pk for send in last])
    zone = publication.time_zone
    return [
        Past(
            send=send,
            title=send.issue.draft_title or send.issue.title,
            when=format_time(send.started_at or send.at, zone),
            figures=figures[send.pk],
        )
        for send in last
    ]


def find_drafts(publication: Publication) -> Any:
    """Return the issues that are not queued, sent or on the web, the last edited first.

    One whose send was undone before it began is a draft like any other.
    """
    undone = Q(state=Send.State.CANCELLED, started_at=None)
    queued = Send.objects.filter(~undone, issue=OuterRef("pk"))
    waiting = publication.issues.filter(~Exists(queued), live=False)
    return waiting.select_related("publication", "planned_slot").order_by(
        "-latest_revision_created_at", "-pk"
    )[: 4 * MAX_LISTED]


def describe_issue(issue: Issue, words: str) -> Row:
    """Return an issue as a line."""
    title = issue.draft_title or issue.title
    return Row(title=title, url=reverse("wagtailadmin_pages:edit", args=[issue.pk]), status=words)


def send_row(send: Send, sees_sends: bool) -> Row:
    """Return a queued send as a line, which leads to its page for who may see it."""
    words = gettext("queued for {time}")
    line = describe_issue(
        send.issue, words.format(time=format_time(send.at, send.issue.publication.time_zone))
    )
    return replace(line, url=reverse("desk_send", args=[send.pk])) if sees_sends else line
