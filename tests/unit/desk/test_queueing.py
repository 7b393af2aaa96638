"""A sender queues an issue from the desk, and takes it back."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import slots
from newsletter.sending.models import Send
from subscribers.models import List, Subscriber, Subscription
from tests import desks
from tests.unit.desk.conftest import LogIn


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft."""
    return desks.draft(publication)


def page(issue: Issue) -> str:
    """Return the address of the page."""
    return reverse("desk_queue", args=[issue.pk])


def test_next_slot(issue: Issue, log_in: LogIn) -> None:
    """Queued for the next slot, the issue fills it, and the page says when, with the zone."""
    answer = log_in("Senders").post(page(issue), {"when": "slot"}, follow=True)

    send = Send.objects.get()
    assert send.state == Send.State.QUEUED
    assert slots.state_of(send.slot) == "filled"
    assert "is queued for" in answer.content.decode()


def test_another_time(issue: Issue, log_in: LogIn) -> None:
    """A time is read in the zone of the publication."""
    tomorrow = timezone.now() + dt.timedelta(days=1)
    text = f"{tomorrow:%Y-%m-%d}T09:30"
    log_in("Senders").post(page(issue), {"when": "at", "at": text})

    at = Send.objects.get().at.astimezone(ZoneInfo(issue.publication.time_zone))
    assert f"{at:%Y-%m-%dT%H:%M}" == text


@pytest.mark.parametrize("at", ["", "2020-01-01T09:00", "soon"])
def test_bad_time_queues_nothing(issue: Issue, log_in: LogIn, at: str) -> None:
    """A time that is missing, past or unreadable is refused in words."""
    answer = log_in("Senders").post(page(issue), {"when": "at", "at": at})

    assert answer.status_code == 200
    assert not Send.objects.exists()
    words = answer.content.decode()
    assert any(text in words for text in ("Say when", "has passed", "is not a time"))


def test_taken_back(issue: Issue, log_in: LogIn) -> None:
    """Taken out of the queue, the issue is free and its slot is open."""
    browser = log_in("Senders")
    browser.post(page(issue), {"when": "slot"})
    browser.post(page(issue), {"take_back": "1"})

    assert Send.objects.get().state == Send.State.CANCELLED
    assert [slot.state for slot in issue.publication.slots.all()] == ["open"]


def test_second_time_is_refused(issue: Issue, log_in: LogIn) -> None:
    """An issue that is queued already is not queued again."""
    browser = log_in("Senders")
    browser.post(page(issue), {"when": "slot"})
    answer = browser.post(page(issue), {"when": "slot"})

    assert Send.objects.count() == 1
    assert "is queued" in answer.content.decode()


def test_editor_without_the_permission(issue: Issue, log_in: LogIn) -> None:
    """Who may not queue neither reaches the page nor sees the way to it."""
    browser = log_in("Writers")
    answer = browser.post(page(issue), {"when": "slot"})
    edit = browser.get(reverse("wagtailadmin_pages:edit", args=[issue.pk]))

    assert answer.status_code in (302, 403)
    assert not Send.objects.exists()
    assert page(issue) not in edit.content.decode()


def test_way_from_the_editor(issue: Issue, log_in: LogIn) -> None:
    """Who may queue finds the way beside the other actions."""
    edit = log_in("Senders").get(reverse("wagtailadmin_pages:edit", args=[issue.pk]))

    assert page(issue) in edit.content.decode()


def test_audience_by_list(issue: Issue, log_in: LogIn) -> None:
    """With several lists, the queue and the check say how many people of each would get it."""
    lists = [issue.publication.lists.get(), List.objects.create(name="Friends", slug="friends")]
    issue.publication.lists.add(lists[1])
    people = [Subscriber.objects.create(email=f"r{number}@tideline.example") for number in (1, 2)]
    for person in people:
        Subscription.objects.create(subscriber=person, list=lists[0])
    Subscription.objects.create(subscriber=people[0], list=lists[1])
    client = log_in("Senders")

    for address in (page(issue), reverse("desk_check", args=[issue.pk])):
        shown = client.get(address).content.decode()
        assert "It goes to 2 people." in shown
        assert f"<dt>{lists[0].name}</dt><dd>2 people</dd>" in shown
        assert "<dt>Friends</dt><dd>1 person</dd>" in shown
