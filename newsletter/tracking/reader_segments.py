"""What segments can ask about opens and clicks: only what was counted, and never "read".

The last issues are those of each publication that counts, of which the rows of people are still
kept.  An open by a machine counts as one: else those whose program loads every picture would
seem to open nothing.  Whoever was not counted, or was sent none of these issues, is in neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from newsletter.publishing.models import Publication
from newsletter.sending.models import Batch, Delivery, Send
from newsletter.sending.planning.reader_counting import can_count
from newsletter.tracking.models import CountedClicks, CountedOpens
from subscribers.preferences.models import CountingRefusal
from subscribers.segments.comparisons import Builder
from subscribers.segments.expressions import Operator
from subscribers.segments.fields import Field, Kind, add_field

OPENS, CLICKS = "count_opens", "count_clicks"


def add_fields() -> None:
    """Let segments ask about opens and clicks."""
    for field in (
        Field(
            name="opened",
            kind=Kind.ISSUES,
            label=lambda: _("opened"),
            build=ask_about(OPENS, CountedOpens.objects.all()),
            unknown=opens_unknown,
        ),
        Field(
            name="clicked",
            kind=Kind.ISSUES,
            label=lambda: _("followed a link in"),
            build=ask_about(CLICKS, CountedClicks.objects.all()),
            unknown=clicks_unknown,
        ),
    ):
        add_field(field)


def opens_unknown() -> str:
    """Say that nobody's opens are counted; empty if a publication counts them."""
    if can_count() and Publication.objects.filter(count_opens=True).exists():
        return ""
    return _("opens are not counted: no publication asks for it, or the transport cannot count")


def clicks_unknown() -> str:
    """Say that nobody's clicks are counted; empty if a publication counts them."""
    if can_count() and Publication.objects.filter(count_clicks=True).exists():
        return ""
    return _("clicks are not counted: no publication asks for it, or the transport cannot count")


def ask_about(flag: str, counts: QuerySet[Any]) -> Builder:
    """Return what asks for people with counts in the last issues; `flag` says what is counted."""

    def build(operator: Operator, values: Sequence[str]) -> Q:
        sends = last_sends(flag, int(values[0]))
        # By person and send, which an index of deliveries has; then the counts by delivery.
        mine = counts.filter(
            delivery__subscriber=OuterRef("pk"), delivery__send__in=[send.pk for send in sends]
        )
        if operator == Operator.ONE_OF:
            return Q(Exists(mine))
        return was_counted(sends) & ~Q(Exists(mine))

    return build


def was_counted(sends: Sequence[Send]) -> Q:
    """Return the condition that a provider accepted mail to a person that was to be counted."""
    got = Delivery.objects.filter(
        subscriber=OuterRef("pk"),
        send__in=[send.pk for send in sends],
        batch__state=Batch.State.ACCEPTED,
    ).with_mail()
    began = [send.started_at for send in sends if send.started_at]
    refusals = CountingRefusal.objects.filter(subscriber=OuterRef("pk"))
    refused = refusals.filter(Q(ended_at=None) | Q(ended_at__gte=min(began))) if began else refusals
    return Q(Exists(got)) & ~Q(Exists(refused))


def last_sends(flag: str, issues: int) -> list[Send]:
    """Return the sends of the last issues of each publication that counts, and that went out.

    A send that asks for its own audience has begun: it must not count as one of the last.
    """
    found: list[Send] = []
    went_out = Batch.objects.filter(send=OuterRef("pk"), state=Batch.State.ACCEPTED)
    for publication in Publication.objects.filter(**{flag: True}):
        counted = Send.objects.filter(
            Exists(went_out),
            issue__publication=publication,
            started_at__isnull=False,
            counted_sum=None,
            **{flag: True},
        )
        began = counted.values("issue").annotate(began=Min("started_at")).order_by("-began")
        last = list(began.values_list("issue", flat=True)[:issues])
        found += counted.filter(issue__in=last)
    return found
