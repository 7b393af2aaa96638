"""How many people a send to the lists of a publication would be planned for, were it counted now.

It is an answer for a page: nothing is written, and the audience is counted again, exactly, when
the send begins.  The reasons are those of `audience`, in the same order.  With many people it is
an estimate from a sample, so that it takes no longer for a million.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from newsletter.publishing.checks.readers import ListOfReaders, readers_of
from newsletter.publishing.models import Issue
from newsletter.sending.models import Batch, Delivery, Exclusion
from subscribers.importing.unfinished import leave_out
from subscribers.list_suppressions import not_suppressed, suppressed_here
from subscribers.models import List, Segment, Subscription, Suppression
from subscribers.preferences.models import Pause
from subscribers.segments.counting import count_by_reason
from subscribers.segments.parsing import parse_filter
from subscribers.segments.queries import build_query

Reason = Exclusion.Reason
State = Subscription.State
PLANNED = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """People who would be mailed, and those left out by the first reason that applies.

    `by_list` has those who would be mailed for each list, by its name; people on several lists
    stand there several times.  It is empty for a single list.  `exact` is false for an estimate.
    """

    planned: int
    left_out: tuple[tuple[Exclusion.Reason, int], ...]
    exact: bool = True
    by_list: tuple[tuple[str, int], ...] = ()

    @property
    def candidates(self) -> int:
        """All people on the lists, or those of them in the segment."""
        return self.planned + sum(people for _, people in self.left_out)


def forecast_audience(issue: Issue, segment: Segment | None = None) -> Forecast:
    """Count those on the lists of an issue's publication, or those of them in a segment.

    Raises `BadInput` where the filter of the segment cannot be read any more.
    """
    known = readers_of(issue.publication).lists
    lists = [each.list for each in known]
    rows = leave_out(Subscription.objects.filter(subscriber=OuterRef("pk"), list__in=lists))
    candidates = Q(Exists(rows))
    if segment:
        candidates &= build_query(parse_filter(segment.filter))
    mailed = on_each(lists)
    reasons = {str(reason): applies for reason, applies in reasons_of(issue, rows)}
    estimated, exact = count_by_reason(candidates, reasons, rest=PLANNED, marks=mailed)
    people = estimated if exact or segment else fit_to_list(estimated, known)
    left_out = [(reason, people[reason]) for reason in Reason if people.get(reason)]
    return Forecast(
        planned=people[PLANNED],
        left_out=tuple(left_out),
        exact=exact,
        by_list=tuple((each.name, people[key]) for each, key in zip(lists, mailed, strict=False)),
    )


def on_each(lists: list[List]) -> dict[str, Q]:
    """Return the condition of being mailed by each of several lists, in their order."""
    if not lists[1:]:
        return {}
    rows = Subscription.objects.filter(subscriber=OuterRef("pk"), state=State.ACTIVE)
    free = not_suppressed(leave_out(rows))
    return {f"list {each.pk}": Q(Exists(free.filter(list=each))) for each in lists}


def fit_to_list(people: Mapping[str, int], lists: Sequence[ListOfReaders]) -> Mapping[str, int]:
    """Let an estimate add up to the people of the list, whose number is kept, if it is one."""
    estimated = sum(people.values())
    if len(lists) != 1 or not estimated:
        return people
    everybody = lists[0].everybody
    fitted = {name: round(each * everybody / estimated) for name, each in people.items()}
    # What is left after rounding are fewer people than there are groups.
    return fitted | {PLANNED: fitted[PLANNED] + everybody - sum(fitted.values())}


def reasons_of(issue: Issue, rows: QuerySet[Subscription]) -> list[tuple[Exclusion.Reason, Q]]:
    """Return the reasons to leave somebody out with their conditions, the first ones first."""
    free = not_suppressed(rows)
    active = Q(Exists(free.filter(state=State.ACTIVE)))
    pending = Q(Exists(free.filter(state=State.PENDING)))
    barred = Q(Exists(Suppression.objects.filter(key=OuterRef("key"))))
    barred_here = ~active & ~pending & Q(Exists(suppressed_here(rows)))
    return [
        (Reason.SUPPRESSED, barred | barred_here),
        (Reason.UNSUBSCRIBED, ~active & ~pending),
        (Reason.PENDING, ~active),
        (Reason.ALREADY, has_issue(issue)),
        (Reason.PAUSED, is_paused(issue)),
    ]


def has_issue(issue: Issue) -> Q:
    """Return the condition that somebody has an issue, or may have it."""
    sent = Delivery.objects.filter(subscriber=OuterRef("pk"), send__issue=issue)
    sent = sent.filter(
        batch__state__in=(Batch.State.CLAIMED, Batch.State.ACCEPTED, Batch.State.UNKNOWN)
    )
    return Q(Exists(sent.with_mail()))


def is_paused(issue: Issue) -> Q:
    """Return the condition that somebody pauses: for issues to come, or for this one."""
    pauses = Pause.objects.filter(subscriber=OuterRef("pk")).annotate(gone=Count("used"))
    return Q(Exists(pauses.filter(issues__gt=F("gone")))) | Q(
        Exists(Pause.objects.filter(subscriber=OuterRef("pk"), used__issue=issue.pk))
    )
