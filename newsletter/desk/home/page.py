"""The first page of the desk: for each publication, what there is to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.admin.ui.components import Component

from newsletter.desk.home import approvals
from newsletter.desk.home.rows import Row
from newsletter.desk.sends import restores
from newsletter.desk.sends.pages import may_see
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.cadence_words import describe_cadence
from newsletter.scheduling.slots import cadence_of, upcoming_slots
from newsletter.scheduling.times import format_time
from newsletter.sending.models import Send
from subscribers.models import Subscription

#: At most this many of each kind of issue are listed.
MAX_LISTED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """One publication as the first page shows it."""

    publication: Publication
    cadence: str
    next_slot: str
    rows: tuple[Row, ...]
    further: int  #: sends in progress that are not among the rows
    subscribers: int
    add_url: str


class NextPanel(Component):
    """Lists drafts, queued issues and the last one sent."""

    order = 10
    template_name = "desk/next.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Return an outlook for every publication."""
        user = parent_context["request"].user
        publications = Publication.objects.select_related("archive")
        sees_sends = may_see(user)
        return {
            "outlooks": [outlook(each, sees_sends=sees_sends) for each in publications],
            "sees_sends": sees_sends,
            "approvals": approvals.rows_for(user),
            "suspended": restores.describe_suspension(parent_context["request"])
            if sees_sends
            else None,
            "csrf_token": get_token(parent_context["request"]),
            "may_queue": user.has_perm("publishing.queue_issue"),
            "may_found": user.has_perm("publishing.add_publication"),
        }


def outlook(publication: Publication, *, sees_sends: bool = True) -> Outlook:
    """Return what there is to do; who does not see sends is led to their issues."""
    active = Subscription.objects.filter(
        list__publications=publication, state=Subscription.State.ACTIVE
    )
    in_progress, last = sends(publication)
    named = [*in_progress[:MAX_LISTED], *last]
    return Outlook(
        publication=publication,
        cadence=describe_cadence(cadence_of(publication)),
        next_slot=next_slot(publication),
        rows=(*(send_row(each, sees_sends) for each in named), *drafts(publication)),
        further=len(in_progress[MAX_LISTED:]),
        subscribers=active.values("subscriber").distinct().count(),
        add_url=reverse(
            "wagtailadmin_pages:add", args=["publishing", "issue", publication.archive.pk]
        ),
    )


def next_slot(publication: Publication) -> str:
    """Return when the next slot opens, and how it stands."""
    slot = upcoming_slots(publication, timezone.now(), 1)[0]
    return gettext("{time}, {state}").format(
        time=format_time(slot.at, publication.time_zone), state=slot.get_state_display()
    )


def sends(publication: Publication) -> tuple[list[Send], list[Send]]:
    """Return what is in progress, first what waits for a person, and the last send that is done."""
    all_of_it = Send.objects.filter(issue__publication=publication)
    all_of_it = all_of_it.select_related("issue__publication")
    done = (Send.State.SENT, Send.State.CANCELLED)
    in_progress = all_of_it.exclude(state__in=done).order_by("at")
    last = all_of_it.filter(state=Send.State.SENT).order_by("-finished_at")[:1]
    return sorted(in_progress, key=lambda send: send.state != Send.State.HELD), list(last)


def describe_status(send: Send) -> str:
    """Return the state of a send in words, with its time while that is to come."""
    zone = send.issue.publication.time_zone
    if send.state == Send.State.QUEUED:
        return gettext("queued for {time}").format(time=format_time(send.at, zone))
    if send.finished_at is None:
        return str(send.get_state_display())
    when = format_time(send.finished_at, zone)
    if send.state == Send.State.UNRESOLVED:
        return gettext("submitted {time}; some answers are unknown").format(time=when)
    return f"{send.get_state_display()} {when}"


def drafts(publication: Publication) -> list[Row]:
    """Return the issues that are not queued, sent or on the web, the last edited first.

    One whose send was undone before it began is a draft like any other.
    """
    undone = Q(state=Send.State.CANCELLED, started_at=None)
    queued = Send.objects.filter(~undone, issue=OuterRef("pk"))
    waiting = publication.issues.filter(~Exists(queued), live=False)
    newest = waiting.order_by("-latest_revision_created_at")[:MAX_LISTED]
    return [row(issue, gettext("draft")) for issue in newest]


def row(issue: Issue, words: str) -> Row:
    """Return an issue as a line."""
    title = issue.draft_title or issue.title
    return Row(title=title, url=reverse("wagtailadmin_pages:edit", args=[issue.pk]), status=words)


def send_row(send: Send, sees_sends: bool) -> Row:
    """Return a send as a line, which leads to its page for who may see it."""
    line = replace(row(send.issue, describe_status(send)), urgent=send.state == Send.State.HELD)
    return replace(line, url=reverse("desk_send", args=[send.pk])) if sees_sends else line
