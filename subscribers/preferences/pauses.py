"""Leave a person out of the next issues, at their own wish; it ends by itself."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from newsletter.errors import BadInput
from newsletter.statements import Statement
from subscribers.history.models import Actor, SubscriptionChange
from subscribers.history.recording import Change, record
from subscribers.models import Subscriber
from subscribers.preferences.models import Pause, PausedIssue

#: The most issues that one pause leaves out.
MAX_ISSUES = 12
#: Of a person, how many issues the pause leaves out, and how many it has left out.
PAUSE = Statement(
    lambda pk: Pause.objects.filter(subscriber=pk).values_list("issues", Count("used")), int
)
#: What the page offers.
OFFERED = (1, 2, 3, 6, 12)


def remaining(subscriber: Subscriber) -> int:
    """Return how many more issues leave the person out; 0 if they are not paused."""
    left = [issues - used for issues, used in PAUSE.rows(subscriber.pk)]
    return max(0, *left) if left else 0


@transaction.atomic
def pause(subscriber: Subscriber, issues: int, *, by: str = Actor.PERSON) -> None:
    """Leave the person out of the next issues, counted from now; raises `BadInput`."""
    if not 1 <= issues <= MAX_ISSUES:
        raise BadInput(
            _("a pause is for 1 to {most} issues, not {issues}").format(
                most=MAX_ISSUES, issues=issues
            )
        )
    Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if remaining(subscriber) == issues:
        return
    Pause.objects.filter(subscriber=subscriber).delete()
    Pause.objects.create(subscriber=subscriber, issues=issues)
    record(
        Change(
            subscriber_id=subscriber.pk,
            kind=SubscriptionChange.Kind.PAUSED,
            by=by,
            detail={"issues": issues},
        )
    )


@transaction.atomic
def resume(subscriber: Subscriber, *, by: str = Actor.PERSON) -> bool:
    """End a pause; return whether there was one."""
    Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    was_paused = remaining(subscriber) > 0
    Pause.objects.filter(subscriber=subscriber).delete()
    if was_paused:
        record(
            Change(subscriber_id=subscriber.pk, kind=SubscriptionChange.Kind.RESUMED, by=by),
        )
    return was_paused


def give_back(send_id: int) -> None:
    """Have the issue of a send that reached nobody not count for any pause."""
    PausedIssue.objects.filter(send=send_id).delete()
