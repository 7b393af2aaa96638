"""What providers reported about a person, in words, and when it is forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy

from newsletter.tracking import webhook_intake
from newsletter.tracking.models import CountedClicks, CountedOpens, Event
from newsletter.tracking.reader_words import describe_clicks, describe_opens
from subscribers.models import Subscriber
from subscribers.privacy.retention import Rule, register_rule
from subscribers.privacy.sections import Fact, Section, register_section


def about_events(person: Subscriber) -> Iterator[Fact]:
    """Yield what the provider reported about each mail to the person."""
    rows = Event.objects.filter(delivery__subscriber=person).select_related("delivery__send__issue")
    for each in rows.order_by("at", "pk"):
        reason = f" ({each.reason})" if each.reason else ""
        yield Fact(text=f"{each.delivery.send.issue.title}: {each.kind}{reason}", at=each.at)


def about_counts(person: Subscriber) -> Iterator[Fact]:
    """Yield what was counted of each mail to the person: opens, and clicks by link."""
    opens = CountedOpens.objects.filter(delivery__subscriber=person)
    for each in opens.select_related("send__issue").order_by("first_at", "pk"):
        yield Fact(
            text=f"{each.send.issue.title}: {describe_opens(each)}",
            at=each.first_at,
        )
    clicks = CountedClicks.objects.filter(delivery__subscriber=person)
    for click in clicks.select_related("link__send__issue").order_by("first_at", "pk"):
        yield Fact(
            text=f"{click.link.send.issue.title}: {describe_clicks(click)}",
            at=click.first_at,
        )


def register() -> None:
    """Register the sections and the rule; called once, when the app starts."""
    register_section(
        "71",
        Section(
            title=gettext_lazy("Opens and clicks that the mail provider counted"),
            models=(
                "tracking.countedopens",
                "tracking.countedclicks",
                # The ids of the same reports, kept for some days.
                "tracking.countedevent",
            ),
            list_facts=about_counts,
        ),
    )
    register_section(
        "70",
        Section(
            title=gettext_lazy("What the mail provider reported"),
            models=("tracking.event",),
            list_facts=about_events,
        ),
    )
    register_rule(
        Rule(
            name="events",
            days=lambda: settings.CONFIG.events.retention_days,
            count=lambda before: Event.objects.filter(at__lt=before).count(),
            remove=remove_events,
        )
    )


def remove_events(before: dt.datetime) -> int:
    """Delete the events that are older; return how many."""
    now = timezone.now()
    return webhook_intake.prune(now, keep=now - before)
