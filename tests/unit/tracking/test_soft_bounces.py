"""Addresses that turn every issue away are suppressed, by a policy, and only by what is known."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import Delivery, Edition, Send
from newsletter.tracking.models import Event
from newsletter.tracking.soft_bounces import Mail, Policy, Run, decide
from subscribers.models import Subscriber, Suppression
from subscribers.suppressions import remove
from tests.unit.sending.conftest import Configure, configure
from tests.unit.tracking.conftest import SubmitMail, event, tell

__all__ = ["configure"]

NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
POLICY = Policy(issues=3, within=30 * DAY, spread=7 * DAY)


def mails(*told: tuple[int, float, str]) -> list[Mail]:
    """Return mails by issue, days ago, and whether they were turned away (`-`) or not (`+`)."""
    return [
        Mail(issue=issue, at=NOW - days * DAY, turned_away=sign == "-")
        for issue, days, sign in told
    ]


@pytest.mark.parametrize(
    ("told", "issues"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([(1, 14, "-"), (2, 7, "-"), (3, 0, "-")], 3, id="three-in-a-row"),
        pytest.param([(3, 0, "-"), (1, 14, "-"), (2, 7, "-")], 3, id="in-any-order"),
        pytest.param([(1, 14, "-"), (2, 0, "-")], 0, id="two"),
        pytest.param([(1, 14, "-"), (1, 7, "-"), (2, 0, "-")], 0, id="one-issue-twice"),
        pytest.param([(1, 14, "-"), (2, 7, "+"), (3, 1, "-"), (4, 0, "-")], 0, id="delivered"),
        pytest.param(
            [(0, 20, "+"), (1, 14, "-"), (2, 7, "-"), (3, 0, "-")], 3, id="delivered-before"
        ),
        pytest.param([(1, 14, "-"), (2, 7, "-"), (3, 1, "-"), (4, 0, "+")], 0, id="works-again"),
        pytest.param([(1, 6.9, "-"), (2, 3, "-"), (3, 0, "-")], 0, id="within-a-week"),
        pytest.param([(1, 7, "-"), (2, 3, "-"), (3, 0, "-")], 3, id="just-a-week"),
        pytest.param([(1, 31, "-"), (2, 7, "-"), (3, 0, "-")], 0, id="too-long-ago"),
        pytest.param([(1, 30, "-"), (2, 7, "-"), (3, 0, "-")], 3, id="just-within"),
    ],
)
def test_policy_decides_by_what_is_known(told: list[tuple[int, float, str]], issues: int) -> None:
    """Issues in a row, within a time, spread over a week, with no delivery in between."""
    found = decide(mails(*told), POLICY, NOW)

    assert (found.issues if found else 0) == issues


def test_run_says_since_when() -> None:
    """Its first issue is the first after the last delivery; without a policy there is none."""
    told = mails((0, 20, "-"), (1, 15, "+"), (2, 14, "-"), (3, 7, "-"), (4, 0, "-"))

    assert decide(told, POLICY, NOW) == Run(issues=3, first=NOW - 14 * DAY)
    assert decide(told, Policy(issues=0, within=DAY, spread=DAY), NOW) is None


def tell_earlier(publication: Publication, person: Subscriber, days: int, kind: Event.Kind) -> None:
    """Write what became of an issue some days ago, for one person."""
    issue = Issue(title=f"{days} days ago", publication=publication, date=NOW.date(), live=False)
    publication.archive.add_child(instance=issue)
    edition = Edition.objects.create(issue=issue, hash="x", document="{}")
    at = timezone.now() - days * DAY
    send = Send.objects.create(issue=issue, edition=edition, at=at, state=Send.State.SENT)
    delivery = Delivery.objects.create(
        send=send,
        subscriber=person,
        batch=send.batches.create(number=1, state="accepted"),
        address=person.email,
    )
    Event.objects.create(key=f"{person.pk}-{days}", delivery=delivery, kind=kind, at=at)


@pytest.mark.django_db
def test_events_suppress_whom_nothing_reaches(
    submit_mail: SubmitMail, publication: Publication, configure: Configure
) -> None:
    """The last event makes it so for one; a delivery or another address in between, for nobody."""
    configure(suppression={"soft_bounces": 3})
    send = submit_mail(3)
    failing, reached, moved = (
        each.subscriber for each in send.deliveries.select_related("subscriber").order_by("pk")
    )
    for days in (20, 10):
        for person in (failing, reached, moved):
            tell_earlier(publication, person, days, Event.Kind.BLOCKED)
    tell_earlier(publication, reached, 5, Event.Kind.DELIVERED)
    Delivery.objects.filter(subscriber=moved).exclude(send=send).update(address="old@e.example")

    tell(*(event(each, "bounce", type="blocked") for each in send.deliveries.all()))

    entry = Suppression.objects.get()
    assert (entry.key, entry.reason, entry.source) == (failing.key, "blocked", "program")
    assert entry.note.startswith("3 issues turned away since ")
    change = failing.changes.get()
    assert (change.kind, change.by) == ("suppressed", "=program")


@pytest.mark.django_db
def test_counting_begins_again_after_a_removal(
    submit_mail: SubmitMail, publication: Publication, configure: Configure
) -> None:
    """What led to a suppression that somebody took back does not lead to it twice."""
    configure(suppression={"soft_bounces": 2})
    send = submit_mail(1)
    delivery = send.deliveries.get()
    tell_earlier(publication, delivery.subscriber, 10, Event.Kind.BLOCKED)
    tell(event(delivery, "bounce", type="blocked"))
    remove(delivery.address, why="the mailbox works again", confirmed=True)

    tell(event(delivery, "bounce", type="blocked", timestamp=int(timezone.now().timestamp()) + 5))

    assert not Suppression.objects.exists()


@pytest.mark.django_db
def test_policy_can_be_off(
    submit_mail: SubmitMail, publication: Publication, configure: Configure
) -> None:
    """With 0 nobody is suppressed for soft bounces."""
    configure(suppression={"soft_bounces": 0})
    send = submit_mail(1)
    for days in (30, 20, 10):
        tell_earlier(publication, send.deliveries.get().subscriber, days, Event.Kind.BLOCKED)

    tell(event(send.deliveries.get(), "bounce", type="blocked"))

    assert not Suppression.objects.exists()
