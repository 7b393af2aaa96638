"""The page of a send: where everybody stands, and what can be done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.desk.sends import pages
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import (
    Attempt,
    AuditEntry,
    Batch,
    Delivery,
    Edition,
    Evidence,
    Exclusion,
    Send,
)
from newsletter.sending.reporting import people
from subscribers.addresses import key_of
from subscribers.models import Subscriber
from subscribers.suppressions import suppress
from tests import desks
from tests.unit.desk.conftest import LogIn

MakeSend = Callable[..., Send]


@pytest.fixture
def make(publication: Publication) -> MakeSend:
    """Make a send in a state, with batches of people: `make("sending", accepted=3, planned=2)`."""
    issue = desks.draft(publication)
    edition = Edition.objects.create(issue=issue, subject="S", document="{}", hash="h")

    def build(state: str, **standings: int) -> Send:
        planned = sum(standings.values())
        send = Send.objects.create(
            issue=issue,
            edition=edition,
            state=state,
            at=timezone.now() + dt.timedelta(seconds=42),
            started_at=timezone.now() if standings else None,
            planned=planned,
            candidates=planned,
        )
        send.lists.set(publication.lists.all())
        for number, (stands, count) in enumerate(standings.items(), start=1):
            fill(send, number, stands, count)
        return send

    return build


def fill(send: Send, number: int, stands: str, count: int) -> None:
    """Give a send a batch of people who stand there."""
    own = stands in Delivery.Outcome.values and stands not in Batch.State.values
    state = Batch.State.ACCEPTED if own else stands
    batch = Batch.objects.create(send=send, number=number, state=state)
    for place in range(count):
        email = f"reader{place}@{stands}.example"
        person = Subscriber.objects.create(email=email, key=key_of(email))
        outcome = stands if own else None
        Delivery.objects.create(
            send=send, subscriber=person, batch=batch, address=email, outcome=outcome
        )


def read(client: Client, send: Send, place: str = "") -> str:
    """Return what a page of a send says, without its line breaks."""
    answer = client.get(f"/admin/sends/{send.pk}/{place}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def press(client: Client, send: Send, name: str, **chosen: str) -> str:
    """Press a button and return what the desk says then."""
    answer = client.post(f"/admin/sends/{send.pk}/{name}/", chosen, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_stands_somewhere(make: MakeSend, log_in: LogIn) -> None:
    """The page counts the people by where they stand, in words, and says the sum."""
    send = make("sending", delivered=4, accepted=3, unknown=2, planned=1)

    said = read(log_in("Senders"), send)

    for words, count in (("delivered", 4), ("accepted, no news yet", 3), ("no answer", 2)):
        assert f"{words}</a> <b>{count}</b>" in said
    assert "10 candidates = 10 planned" in said
    assert "Of 2 people nobody knows" in said


def test_left_out_is_in_the_sum(make: MakeSend, log_in: LogIn) -> None:
    """Who was left out when the audience was counted is named with the reason."""
    send = make("sending", planned=1)
    person = Subscriber.objects.create(email="gone@tideline.example", key="gone@tideline.example")
    Exclusion.objects.create(send=send, subscriber=person, reason="unsubscribed")
    Send.objects.filter(pk=send.pk).update(candidates=2, excluded=1)

    said = read(log_in("Senders"), send)

    assert "2 candidates = 1 planned + 1 left out: unsubscribed" in said


def test_about_to_leave(make: MakeSend, log_in: LogIn) -> None:
    """A send that is held back is counted down, and one press undoes it with nobody mailed."""
    send, client = make("queued"), log_in("Senders")

    assert 'data-seconds="4' in read(client, send)
    assert "Nobody has been mailed" in press(client, send, "undo")

    send.refresh_from_db()
    assert send.state == Send.State.CANCELLED
    assert send.audit_entries.get().by == "senders"


def test_paused_and_let_go_on(make: MakeSend, log_in: LogIn) -> None:
    """A press pauses, with the number of those who have it; another lets it go on."""
    send, client = make("sending", accepted=3, planned=2), log_in("Senders")

    assert "3 people have it" in press(client, send, "pause")
    send.refresh_from_db()
    assert send.state == Send.State.PAUSED
    press(client, send, "resume")

    send.refresh_from_db()
    assert send.state == Send.State.SENDING


def test_grave_actions_are_asked_about(make: MakeSend, log_in: LogIn) -> None:
    """To cancel is confirmed on a page that says how many have it; looking changes nothing."""
    send, client = make("sending", accepted=3, unknown=1, planned=2), log_in("Senders")

    said = read(client, send, "cancel/")

    assert "<strong>4</strong> of 6 people have it already" in said
    send.refresh_from_db()
    assert send.state == Send.State.SENDING
    assert "4 people may have it" in press(client, send, "cancel")
    send.refresh_from_db()
    assert send.state == Send.State.CANCELLED


def test_held_by_an_automatic_pause(make: MakeSend, log_in: LogIn) -> None:
    """Why a send was paused stands on the page and in the question; going on is on the record."""
    send, client = make("held", bounced=6, planned=4), log_in("Senders")
    Send.objects.filter(pk=send.pk).update(held_by="bounces", note="6 of the 6 bounced.")

    assert "6 of the 6 bounced." in read(client, send)
    assert "against this automatic pause" in read(client, send, "resume/")
    press(client, send, "resume")

    assert send.audit_entries.get().kind == AuditEntry.Kind.OVERRULED
    assert "resumed against an automatic pause by senders" in read(client, send)


def test_canary(make: MakeSend, log_in: LogIn) -> None:
    """While the canary is out the page says what the rest waits for, and lets it go when told."""
    send, client = make("sending", accepted=2, waiting=8), log_in("Senders")
    Send.objects.filter(pk=send.pk).update(canary="first")
    Batch.objects.filter(state="accepted").update(canary=True)

    said = read(client, send)
    assert "First 2 people; the rest" in said
    assert "8 people wait" in read(client, send, "release/")
    press(client, send, "release")

    assert set(send.batches.values_list("state", flat=True)) == {"accepted", "planned"}


def test_to_the_others(make: MakeSend, log_in: LogIn) -> None:
    """After a cancellation the others are one press away, with a count of who is left out."""
    send, client = make("cancelled", accepted=3, unknown=2, planned=5), log_in("Senders")

    said = read(client, send, "resend/")
    assert "<strong>5</strong> people did not get it" in said
    assert "<strong>5</strong> who have it, or may have it; of 2 of them nobody knows" in said
    press(client, send, "resend", newcomers="1")

    new = Send.objects.get(resend_of=send)
    assert new.newcomers
    assert "Send to those who did not get it" not in read(client, send)
    assert f"send {new.pk}" in read(client, send)


def test_discarded_mail_is_for_the_others(make: MakeSend, log_in: LogIn) -> None:
    """Whose mail the provider dropped can have it after all, unless they are suppressed by now."""
    send, client = make("sent", accepted=3, dropped=2), log_in("Senders")
    suppress("reader0@dropped.example")

    said = read(client, send, "resend/")
    assert "<strong>1</strong> person did not get it" in said
    assert "<strong>3</strong> who have it" in said
    suppress("reader1@dropped.example")
    assert "Send to those who did not get it" not in read(client, send)


def test_who_may_have_it_twice(make: MakeSend, log_in: LogIn) -> None:
    """People of a batch that was cancelled and went out all the same are listed."""
    send, client = make("sending", accepted=2, delivered=60), log_in("Senders")
    assert "may have it twice" not in read(client, send)
    batch = send.batches.get(number=2)
    for key, state in (("first", "cancelled"), ("second", "accepted")):
        Attempt.objects.create(key=key, batch=batch, state=state, lease_until=timezone.now())
    Evidence.objects.create(
        attempt=Attempt.objects.get(key="first"),
        kind=Evidence.Kind.CONTRADICTION,
        at=timezone.now(),
    )

    assert "60 people may have it twice" in read(client, send)
    listed = read(client, send, "people/?state=twice")
    assert "may have it twice (60)" in listed
    assert listed.count("<tr><td>") == people.PAGE_SIZE
    assert "reader1@accepted.example" not in listed
    assert "reader7@delivered.example" in read(client, send, "people/?state=twice&q=reader7")


NOBODY_LEFT = [
    pytest.param("sent", {"accepted": 3}, id="all-have-it"),
    pytest.param("sending", {"accepted": 3, "planned": 2}, id="not-ended"),
    pytest.param("cancelled", {"planned": 5}, id="queue-it-again-instead"),
]


@pytest.mark.parametrize(("state", "standings"), NOBODY_LEFT)
def test_no_others(make: MakeSend, log_in: LogIn, state: str, standings: dict[str, int]) -> None:
    """Where there are no others nothing is offered, and to ask all the same changes nothing."""
    send, client = make(state, **standings), log_in("Senders")

    assert "Send to those who did not get it" not in read(client, send)
    press(client, send, "resend")

    assert Send.objects.count() == 1


def test_batches_in_progress(make: MakeSend, log_in: LogIn) -> None:
    """A batch in a sender's hands is named with its size, and those that wait are counted."""
    send = make("sending", accepted=3, claimed=4, planned=2)
    Attempt.objects.create(
        key="k",
        batch=send.batches.get(state="claimed"),
        state=Attempt.State.IN_FLIGHT,
        size=4,
        lease_until=timezone.now(),
        posted_at=timezone.now(),
    )
    send.batches.filter(state="planned").update(not_before=timezone.now() + dt.timedelta(hours=1))

    said = read(log_in("Senders"), send)

    assert "1 of 3 done; 1 waits for a later time" in said
    assert "Batch 2: 4 people, being submitted" in said


def test_part_that_changes(make: MakeSend, log_in: LogIn) -> None:
    """The part that is asked for again and again is no whole page, and says when to ask again."""
    client, going = log_in("Senders"), make("sending", planned=1)

    said = read(client, going, "live/")
    assert "<html" not in said
    assert again(said) >= pages.OFTEN
    Send.objects.update(state=Send.State.SENT)
    assert again(read(client, going, "live/")) >= pages.SELDOM


def again(said: str) -> int:
    """Return after how many milliseconds a page asks again; a slow machine is asked less often."""
    return int(said.partition('data-again="')[2].partition('"')[0])


def test_who(make: MakeSend, log_in: LogIn) -> None:
    """People are listed by address, a page at a time, of one state or by the beginning."""
    send, client = make("sending", accepted=60, bounced=2), log_in("Senders")

    first = read(client, send, "people/")
    assert first.count("<tr><td>") == people.PAGE_SIZE
    assert "Next page" in first
    bounced = read(client, send, "people/?state=bounced")
    assert bounced.count("<tr><td>") == 2
    found = read(client, send, "people/?q=reader1")
    assert "reader10@accepted.example" in found
    assert "reader2@" not in found
    assert "Nobody." in read(client, send, "people/?q=nobody")


@pytest.mark.parametrize("few", [people.MAX_SORTED, 0])
@pytest.mark.parametrize("search", ["", "READER"])
@pytest.mark.parametrize("state", ["", "accepted", "delivered"])
def test_pages_hold_everybody_once(
    make: MakeSend, monkeypatch: pytest.MonkeyPatch, state: str, search: str, few: int
) -> None:
    """From page to page nobody is left out or named twice, by whichever way they are sought."""
    monkeypatch.setattr(people, "MAX_SORTED", few)
    monkeypatch.setattr(people, "MAX_SUBSCRIBERS", 7)
    send = make("sending", accepted=120, delivered=70)
    seen, after = [], ""
    while True:
        page = people.list_page(send, state=state, search=search, after=after)
        seen += [person.address for person in page.people]
        if not (after := page.next):
            break

    expected = {"": 190, "accepted": 120, "delivered": 70}[state]
    assert len(seen) == len(set(seen)) == expected


WANTED = [
    pytest.param("ann", ["Ann@quay.example", "ann-b@quay.example"], id="any-case"),
    pytest.param("ANN@", ["Ann@quay.example"], id="up-to-the-sign"),
    pytest.param("a_n", [], id="no-wildcard"),
    pytest.param("a%", ["a%b@quay.example"], id="a-sign-like-any-other"),
    pytest.param("nn", [], id="not-in-the-middle"),
]


@pytest.mark.parametrize("few", [people.MAX_SORTED, 0])
@pytest.mark.parametrize(("search", "expected"), WANTED)
def test_search(
    make: MakeSend, monkeypatch: pytest.MonkeyPatch, few: int, search: str, expected: list[str]
) -> None:
    """People of this send are found by the beginning of their address, however it is spelt."""
    monkeypatch.setattr(people, "MAX_SORTED", few)
    send = make("sending", accepted=1)
    for address in ("Ann@quay.example", "ann-b@quay.example", "a%b@quay.example"):
        person = Subscriber.objects.create(email=address)
        Delivery.objects.create(
            send=send, subscriber=person, batch=send.batches.get(), address=address
        )
    Subscriber.objects.create(email="anna@elsewhere.example")

    found = people.list_page(send, search=search).people

    assert sorted(person.address for person in found) == expected


def test_left_out_are_listed(make: MakeSend, log_in: LogIn) -> None:
    """Who was left out can be looked up with the reason."""
    send = make("sending", planned=1)
    person = Subscriber.objects.create(email="gone@tideline.example", key="gone@tideline.example")
    Exclusion.objects.create(send=send, subscriber=person, reason="suppressed")

    client, place = log_in("Senders"), f"people/?state={people.LEFT_OUT}"
    said = read(client, send, place)

    assert "gone@tideline.example</td><td>left out</td><td>suppressed" in said
    assert "gone@tideline.example" in read(client, send, f"{place}&q=GONE")
    assert "Nobody." in read(client, send, f"{place}&q=b")


def test_editor_may_not(make: MakeSend, log_in: LogIn) -> None:
    """Who may not queue sees no send and stops none."""
    send, client = make("sending", planned=1), log_in("Writers")

    for place in ("", "live/", "people/", "cancel/"):
        assert client.get(f"/admin/sends/{send.pk}/{place}").status_code == 302
    client.post(f"/admin/sends/{send.pk}/cancel/")

    send.refresh_from_db()
    assert send.state == Send.State.SENDING


def test_no_such_action(make: MakeSend, log_in: LogIn) -> None:
    """An unknown action is not found; one that needs no question leads back to the page."""
    send, client = make("sending", planned=1), log_in("Senders")

    assert client.get(f"/admin/sends/{send.pk}/explode/").status_code == 404
    assert client.get(f"/admin/sends/{send.pk}/pause/").status_code == 302


def test_queued_for_now(publication: Publication, log_in: LogIn) -> None:
    """Queued for now from the desk, it can be undone on the page that opens."""
    issue: Issue = desks.draft(publication)

    answer = log_in("Senders").post(
        f"/admin/issues/{issue.pk}/queue/", {"when": "now"}, follow=True
    )

    assert "Undo: do not send it" in answer.content.decode()
    assert Send.objects.get().at > timezone.now() + dt.timedelta(seconds=30)
