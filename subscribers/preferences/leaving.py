"""Why somebody left: a few reasons to choose from, or their own words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from subscribers.history.models import Actor, SubscriptionChange
from subscribers.importing.columns import clean_text

#: By what is kept in the history.
REASONS: dict[str, str | Promise] = {
    "=too_many": _("Too many mails"),
    "=not_interested": _("It is not what I am interested in"),
    "=other_address": _("I read it at another address"),
    "=never_asked": _("I never asked for it"),
}
#: For so long after leaving somebody may still say why.
ANSWER_TIME = timedelta(hours=1)


def read_reason(choice: str, words: str = "") -> str:
    """Return what a form says of why somebody left: words of their own, else the choice."""
    return " ".join(clean_text(words).split())[:300] or (choice if choice in REASONS else "")


def describe_reason(reason: str) -> str:
    """Return a reason in words, as it is kept in the history."""
    return str(REASONS.get(reason, reason))


def give_reason(subscriber_id: int, list_ids: Collection[int], reason: str) -> int:
    """Note why a person left just now; return to how many lists that applies."""
    left = SubscriptionChange.objects.filter(
        subscriber_id=subscriber_id,
        kind=SubscriptionChange.Kind.LEFT,
        by=Actor.PERSON,
        reason="",
        at__gte=timezone.now() - ANSWER_TIME,
    )
    chosen = left.filter(list_id__in=list_ids) if list_ids else left
    return chosen.update(reason=reason) if reason else 0
