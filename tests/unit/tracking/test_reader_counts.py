"""Opens and clicks: counted once, only where the publication asks for it, and forgotten in time."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.publishing.models import Publication
from newsletter.sending.models import Attempt, Delivery, Send
from newsletter.tracking import reader_retention
from newsletter.tracking.models import (
    CountedClicks,
    CountedEvent,
    CountedOpens,
    DailyEventCount,
    Event,
)
from newsletter.tracking.reader_figures import LinkFigures, read_reader_figures
from newsletter.tracking.reader_words import describe_figures
from subscribers.models import Subscriber
from subscribers.preferences import counting
from subscribers.privacy.erasure import erase_person
from subscribers.privacy.held import describe_person, export_person
from subscribers.timeline.entries import list_entries
from tests.unit.tracking.conftest import SubmitMail, event, tell

pytestmark = pytest.mark.django_db

NOW = int(time.time())
STORY = "https://tideline.example/reed-beds"

SubmitCounted = Callable[[int], list[Delivery]]


@pytest.fixture
def submit_counted(publication: Publication, submit_mail: SubmitMail) -> SubmitCounted:
    """Send an issue of a publication that counts opens and clicks; return its deliveries."""

    def go(people: int) -> list[Delivery]:
        Publication.objects.update(count_opens=True, count_clicks=True)
        return list(submit_mail(people).deliveries.order_by("pk"))

    return go


def figures() -> tuple[int | None, int, int | None]:
    """Return what the report of the only send counts: opened, only by machines, clicked."""
    found = read_reader_figures(Send.objects.get())
    return found.opened, found.only_machines, found.clicked


def count_of(sort: str) -> int:
    """Return how many events there were of a sort."""
    found = DailyEventCount.objects.filter(sort=sort).first()
    return found.count if found else 0


def test_people_are_counted_once_however_often_they_open(submit_counted: SubmitCounted) -> None:
    """The report has people; how often each opened, and since when, is with the delivery."""
    often, machine, both, _nobody = submit_counted(4)

    tell(
        event(often, "open", timestamp=NOW + 9, sg_machine_open=False),
        event(often, "open", timestamp=NOW + 3),
        event(machine, "open", sg_machine_open=True),
        event(both, "open", sg_machine_open=True),
    )
    tell(event(both, "open", timestamp=NOW + 5, sg_machine_open=False))

    assert figures() == (3, 1, 0)
    found = CountedOpens.objects.get(delivery=often)
    assert (found.count, found.by_machines, found.only_machines) == (2, 0, False)
    assert (found.last_at - found.first_at).total_seconds() == 6
    assert CountedOpens.objects.get(delivery=both).by_machines == 1
    assert describe_figures(read_reader_figures(Send.objects.get())) == [
        "Opens counted: 3 people (of which 1 only by machines).",
        "Clicks counted: 0 people.",
    ]


def test_links_are_counted_by_people(submit_counted: SubmitCounted) -> None:
    """The link that most people followed stands first."""
    first, second, third = submit_counted(3)

    tell(
        *(event(first, "click", url=STORY, timestamp=NOW + n) for n in range(3)),
        event(second, "click", url=STORY),
        event(second, "click", url="https://tideline.example/a?to=reader2%40tideline.example&x=1"),
        event(third, "click", url="https://social.example/@tideline/1"),
    )

    assert figures() == (0, 0, 3)
    assert read_reader_figures(Send.objects.get()).links == (
        LinkFigures(STORY, 2, 4),
        LinkFigures("https://social.example/@tideline/1", 1, 1),
        LinkFigures("https://tideline.example/a?to=…&x=1", 1, 1),
    )


def test_what_is_reported_again_counts_once(submit_counted: SubmitCounted) -> None:
    """By its id, and by person, time and link where it came with another id."""
    [one] = submit_counted(1)
    opened = event(one, "open", timestamp=NOW)
    clicked = event(one, "click", url=STORY, timestamp=NOW)

    tell(opened, clicked, opened)
    tell({**clicked, "timestamp": NOW + 60}, {**opened, "sg_event_id": "another"})
    tell({**clicked, "sg_event_id": "third"}, event(one, "click", url=STORY + "#2", timestamp=NOW))

    assert CountedOpens.objects.get().count == 1
    assert sorted(CountedClicks.objects.values_list("link__url", "count")) == [
        (STORY, 1),
        (STORY + "#2", 1),
    ]
    assert (count_of("new"), count_of("repeated")) == (3, 4)
    assert not Event.objects.exists()


def test_nothing_is_kept_where_it_is_not_counted(submit_mail: SubmitMail) -> None:
    """A publication counts nothing by itself; such events still prove that the mail was taken."""
    one = submit_mail(1).deliveries.get()

    tell(event(one, "open"), event(one, "click", url=STORY))

    assert not CountedEvent.objects.exists()
    assert not CountedOpens.objects.exists()
    assert (count_of("ignored"), count_of("new")) == (2, 0)
    assert Attempt.objects.get().heard_at is not None
    assert read_reader_figures(one.send).is_counted is False
    assert describe_figures(read_reader_figures(one.send)) == []


def test_only_what_was_asked_for_is_counted(
    publication: Publication, submit_mail: SubmitMail
) -> None:
    """With clicks alone opens are dropped, and the report does not claim that nobody opened."""
    Publication.objects.update(count_clicks=True)
    one = submit_mail(1).deliveries.get()

    tell(event(one, "open"), event(one, "click", url=STORY))

    assert figures() == (None, 0, 1)
    assert not CountedOpens.objects.exists()


def test_counting_that_is_switched_off_ends_at_once(submit_counted: SubmitCounted) -> None:
    """What comes after that is dropped; what was counted stays in the report."""
    first, second = submit_counted(2)
    tell(event(first, "open"))
    Publication.objects.update(count_opens=False)

    tell(event(second, "open"))

    assert figures() == (1, 0, 0)
    assert count_of("ignored") == 1


def test_own_pages_of_a_person_are_never_kept(submit_counted: SubmitCounted) -> None:
    """A link with somebody's token names them: it is dropped, should it ever be reported."""
    [one] = submit_counted(1)
    base = settings.CONFIG.site.base_url

    tell(*(event(one, "click", url=f"{base}/{page}/TOKEN") for page in "up"))

    assert not CountedClicks.objects.exists()
    assert count_of("ignored") == 2
    assert not CountedEvent.objects.exists()


def test_who_refuses_is_not_counted_and_forgotten(submit_counted: SubmitCounted) -> None:
    """A refusal deletes what was counted; mail that is out already is not counted any more."""
    first, second = submit_counted(2)
    tell(event(first, "open"), event(first, "click", url=STORY), event(second, "open"))

    assert counting.refuse(Subscriber.objects.get(pk=first.subscriber_id))
    tell(event(first, "open", timestamp=NOW + 99), event(first, "click", url=STORY))

    assert figures() == (1, 0, 0)
    assert not CountedEvent.objects.filter(delivery=first).exists()
    assert count_of("ignored") == 2


def test_person_sees_what_was_counted_and_takes_it_along(submit_counted: SubmitCounted) -> None:
    """The page, the export and the timeline have it, as what was counted; erasure deletes it."""
    [one] = submit_counted(1)
    tell(
        event(one, "open", sg_machine_open=True),
        event(one, "open", timestamp=NOW + 5),
        event(one, "click", url=STORY),
    )
    person = Subscriber.objects.get()

    [held] = [each for each in describe_person(person) if "Opens and clicks" in each.title]
    exported = export_person(person)

    said = ["2 opens counted, of these 1 by machines", f"1 click counted: {STORY}"]
    assert [fact.text.split(": ", 1)[1] for fact in held.facts] == said
    assert exported["tracking.countedopens"][0]["count"] == 2
    assert exported["tracking.countedclicks"][0]["count"] == 1
    told = {entry.text.rpartition("Vol 1.1: ")[2] for entry in list_entries(person).entries}
    assert {*said} <= told

    erase_person(person)

    tell(event(one, "open", timestamp=NOW + 99), event(one, "click", url=STORY))
    assert not CountedOpens.objects.exists()
    assert not CountedClicks.objects.exists()
    assert not CountedEvent.objects.exists()


def test_what_was_counted_during_a_refusal_goes_at_night(submit_counted: SubmitCounted) -> None:
    """A report that was being read while somebody refused leaves nothing for long."""
    first, second = submit_counted(2)
    counting.refuse(Subscriber.objects.get(pk=first.subscriber_id))
    times = {"first_at": timezone.now(), "last_at": timezone.now()}
    for each in (first, second):
        CountedOpens.objects.create(
            delivery=each, send=each.send, count=1, by_machines=0, only_machines=False, **times
        )

    reader_retention.remove_counts(timezone.now() - dt.timedelta(days=180))

    assert list(CountedOpens.objects.values_list("delivery", flat=True)) == [second.pk]


def test_old_counts_of_people_go_and_the_sums_stay(submit_counted: SubmitCounted) -> None:
    """The report says the same as before; what comes after that is dropped."""
    first, second = submit_counted(2)
    tell(
        event(first, "open", sg_machine_open=True),
        event(second, "open"),
        event(second, "click", url=STORY),
    )
    before = read_reader_figures(first.send)
    later = timezone.now() + dt.timedelta(minutes=1)

    assert reader_retention.remove_counts(timezone.now() - dt.timedelta(days=1)) == 0
    assert reader_retention.remove_counts(later) == 3

    tell(event(first, "open", timestamp=NOW + 99))
    assert not CountedOpens.objects.exists()
    assert not CountedClicks.objects.exists()
    assert read_reader_figures(first.send) == before
    assert (before.opened, before.only_machines, before.clicked) == (2, 1, 1)
    assert before.links == (LinkFigures(STORY, 1, 1),)


def test_ids_of_reports_go_after_a_week(submit_counted: SubmitCounted) -> None:
    """They are kept for as long as a provider may report the same again."""
    [one] = submit_counted(1)
    tell(event(one, "open"))
    soon = timezone.now() + dt.timedelta(days=6)

    assert reader_retention.forget_reports(soon) == 0
    assert reader_retention.forget_reports(soon + dt.timedelta(days=2)) == 1
    assert figures()[0] == 1


def test_other_events_ask_no_more_of_the_database(submit_counted: SubmitCounted) -> None:
    """A post without opens and clicks never looks at what is counted."""
    [one] = submit_counted(1)

    with CaptureQueriesContext(connection) as asked:
        tell(event(one, "delivered"))

    assert len(asked)
    assert not [each for each in asked if "tracking_counted" in each["sql"]]
