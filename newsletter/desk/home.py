"""The first page of the desk: for each publication, what there is to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.moments import in_words
from newsletter.scheduling.slots import cadence_of, upcoming
from newsletter.sending.models import Send
from subscribers.models import Subscription

#: Of each kind of issue at most so many are listed.
MOST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """An issue, where it stands, and where to go on with it."""

    title: str
    url: str
    standing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """One publication as the first page shows it."""

    publication: Publication
    cadence: str
    next_slot: str
    rows: tuple[Row, ...]
    subscribers: int
    add_url: str


class NextPanel(Component):
    """Lists drafts, queued issues and the last one sent."""

    order = 10
    template_name = "desk/next.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Return an outlook for every publication."""
        user = parent_context["request"].user
        return {
            "outlooks": [outlook(each) for each in Publication.objects.select_related("archive")],
            "may_found": user.has_perm("publishing.add_publication"),
        }


def outlook(publication: Publication) -> Outlook:
    """Return what there is to do for a publication."""
    active = Subscription.objects.filter(
        list__publications=publication, state=Subscription.State.ACTIVE
    )
    return Outlook(
        publication=publication,
        cadence=str(cadence_of(publication)),
        next_slot=next_slot(publication),
        rows=(*sends(publication), *drafts(publication)),
        subscribers=active.values("subscriber").distinct().count(),
        add_url=reverse(
            "wagtailadmin_pages:add", args=["publishing", "issue", publication.archive.pk]
        ),
    )


def next_slot(publication: Publication) -> str:
    """Return when the next slot opens, and how it stands."""
    slot = upcoming(publication, timezone.now(), 1)[0]
    return f"{in_words(slot.at, publication.time_zone)}, {slot.get_state_display()}"


def sends(publication: Publication) -> list[Row]:
    """Return what is under way, and the last send that is done."""
    all_of_it = Send.objects.filter(issue__publication=publication).select_related("issue")
    done = (Send.State.SENT, Send.State.CANCELLED)
    under_way = list(all_of_it.exclude(state__in=done).order_by("at")[:MOST])
    last = list(all_of_it.filter(state=Send.State.SENT).order_by("-finished_at")[:1])
    return [row(send.issue, standing(send)) for send in [*under_way, *last]]


def standing(send: Send) -> str:
    """Return the state of a send in words, with its time while that is to come."""
    zone = send.issue.publication.time_zone
    if send.state == Send.State.QUEUED:
        return f"queued for {in_words(send.at, zone)}"
    if send.finished_at:
        return f"{send.get_state_display()} {in_words(send.finished_at, zone)}"
    return str(send.get_state_display())


def drafts(publication: Publication) -> list[Row]:
    """Return the issues that nobody has queued or put on the web, the last edited first."""
    waiting = publication.issues.filter(live=False, sends=None)
    newest = waiting.order_by("-latest_revision_created_at")[:MOST]
    return [row(issue, "draft") for issue in newest]


def row(issue: Issue, words: str) -> Row:
    """Return an issue as a line."""
    title = issue.draft_title or issue.title
    return Row(title=title, url=reverse("wagtailadmin_pages:edit", args=[issue.pk]), standing=words)
