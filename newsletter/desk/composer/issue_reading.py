"""An issue as its pages read it: in three statements, with what they all ask of it.

What a page has read lives as long as its request. What decides (to queue, to approve) reads again.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.shortcuts import get_object_or_404

from newsletter.publishing.checks.checking import TWIN_TITLE, select_twin_titles
from newsletter.publishing.checks.readers import remember_readers
from newsletter.publishing.content.drafts import with_drafts
from newsletter.publishing.models import Issue
from newsletter.sending.models import Edition, Send
from newsletter.sending.planning.approvals import is_approved

#: Whether the latest draft is approved, as an attribute of an issue.
APPROVED = "draft_is_approved"


def read_issue(pk: int) -> Issue:
    """Return an issue with its draft, sends and readers, or raise `Http404`."""
    issue = get_object_or_404(with_band(with_drafts(Issue.objects.all())), pk=pk)
    remember_readers(issue.publication)
    return issue


def with_band(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    """Have issues come with what `band_of` and the check ask of each."""
    approved = Edition.objects.filter(issue=OuterRef("pk"), revision=OuterRef("latest_revision"))
    marks = {APPROVED: Exists(approved.exclude(approved_at=None)), TWIN_TITLE: select_twin_titles()}
    sends = Prefetch("sends", Send.objects.select_related("edition"))
    found: QuerySet[Issue] = issues.annotate(**marks).prefetch_related(sends)
    return found


def is_draft_approved(issue: Issue) -> bool:
    """Say whether the latest draft is approved; as it was read, if it was."""
    known: bool | None = issue.__dict__.get(APPROVED)
    return is_approved(issue) if known is None else known
