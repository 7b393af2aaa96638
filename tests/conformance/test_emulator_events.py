"""Events as a receiver gets them, over a real socket, checked with the official helper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sendgrid import SendGridAPIClient
from sendgrid.helpers.eventwebhook import EventWebhook

from sendgrid_emulator import Emulator
from tests.receiver import Receiver, receiver, wait_until
from tests.unit.sendgrid_emulator.samples import letter

__all__ = ["receiver"]


@pytest.fixture
def sendgrid() -> Iterator[Emulator]:
    """Run an emulator that does not wait long with its events."""
    with Emulator() as emulator:
        emulator.events.conditions.every = 0.02
        yield emulator


def send(sendgrid: Emulator, *addresses: str, **changes: Any) -> None:
    """Send a request with the official client."""
    client = SendGridAPIClient("SG.trial", host=sendgrid.url).client
    assert client.mail.send.post(request_body=letter(*addresses, **changes)).status_code == 202


def test_events_arrive_signed(sendgrid: Emulator, receiver: Receiver) -> None:
    """Every post carries a signature that the official helper verifies with the public key."""
    webhook = sendgrid.post_events_to(receiver.url)
    send(sendgrid, "a@example.org", "bounce@example.org")

    wait_until(lambda: len(receiver.events) == 4)

    verifier = EventWebhook(webhook.signer.public_key)
    for headers, body in receiver.posts:
        signature = headers["X-Twilio-Email-Event-Webhook-Signature"]
        timestamp = headers["X-Twilio-Email-Event-Webhook-Timestamp"]
        assert verifier.verify_signature(body.decode(), signature, timestamp)
        assert body.endswith(b"]\r\n")
    assert receiver.names() == {"processed": 2, "delivered": 1, "bounce": 1}


def test_arguments_come_back_flat(sendgrid: Emulator, receiver: Receiver) -> None:
    """The custom arguments of the recipient stand at the top of each event."""
    sendgrid.post_events_to(receiver.url)
    send(sendgrid, "a@example.org", "b@example.org")

    wait_until(lambda: len(receiver.events) == 4)

    told = {(event["email"], event["nl_i"], event["nl_d"]) for event in receiver.events}
    assert told == {("a@example.org", "issue-1", "d0"), ("b@example.org", "issue-1", "d1")}


def test_only_wanted_events_are_posted(sendgrid: Emulator, receiver: Receiver) -> None:
    """A webhook made over the API gets the events it asked for, unsigned unless it asks."""
    client = SendGridAPIClient("SG.trial", host=sendgrid.url).client
    body = {"url": receiver.url, "enabled": True, "bounce": True, "spam_report": True}
    client.user.webhooks.event.settings.post(request_body=body)

    send(sendgrid, "a@example.org", "bounce@example.org", "spam@example.org")
    sendgrid.clock.advance(10)

    wait_until(lambda: len(receiver.events) == 2)
    assert receiver.names() == {"bounce": 1, "spamreport": 1}
    assert "X-Twilio-Email-Event-Webhook-Signature" not in receiver.posts[0][0]


def test_a_refused_post_is_repeated(sendgrid: Emulator, receiver: Receiver) -> None:
    """What is not answered with 2xx comes again, unchanged; a redirect is not followed."""
    sendgrid.post_events_to(receiver.url)
    receiver.statuses = [500, 302]
    send(sendgrid, "invalid@example.org")

    def accepted() -> bool:
        sendgrid.clock.advance(5)
        return sendgrid.events.taken == 1

    wait_until(accepted)
    bodies = {body for _, body in receiver.posts}
    assert (len(receiver.posts), len(bodies)) == (3, 1)
    assert [post.status for post in sendgrid.events.posts] == [500, 302, 204]
    assert [post.attempt for post in sendgrid.events.posts] == [1, 2, 3]


def test_a_receiver_may_be_away(sendgrid: Emulator, receiver: Receiver) -> None:
    """Events wait for a receiver that cannot be reached, up to a day."""
    webhook = sendgrid.post_events_to("http://127.0.0.1:9/events")
    send(sendgrid, "invalid@example.org")
    wait_until(lambda: bool(sendgrid.events.posts))
    assert sendgrid.events.posts[0].error

    webhook.url = receiver.url

    def arrived() -> bool:
        sendgrid.clock.advance(60)
        return len(receiver.events) == 1

    wait_until(arrived)


def test_after_a_day_events_are_given_up(sendgrid: Emulator, receiver: Receiver) -> None:
    """Events that nobody took for a day are not posted any more."""
    sendgrid.post_events_to(receiver.url)
    receiver.statuses = [500] * 10_000
    send(sendgrid, "invalid@example.org")

    def over() -> bool:
        sendgrid.clock.advance(3600)
        return sendgrid.account.timeline.next_due is None and not sendgrid.events.pending

    wait_until(over)
    assert len(receiver.posts) > 10
    assert sendgrid.events.taken == 0


def test_events_can_be_held_back(sendgrid: Emulator, receiver: Receiver) -> None:
    """Paused events are kept and come later."""
    sendgrid.post_events_to(receiver.url)
    sendgrid.events.pause()
    send(sendgrid, "a@example.org")
    sendgrid.clock.advance(30)
    assert receiver.posts == []

    sendgrid.events.resume()

    wait_until(lambda: len(receiver.events) == 2)


def test_many_events_come_in_several_posts(sendgrid: Emulator, receiver: Receiver) -> None:
    """No post is much larger than 768 KB; all events arrive once."""
    sendgrid.post_events_to(receiver.url)
    for start in range(0, 3000, 1000):
        people = [f"reader{number}@example.org" for number in range(start, start + 1000)]
        send(sendgrid, *people)
    sendgrid.clock.advance(5)

    wait_until(lambda: len(receiver.events) == 6000)

    assert max(len(body) for _, body in receiver.posts) < 770_000
    assert len({event["sg_event_id"] for event in receiver.events}) == 6000


def test_weather_can_be_bad(sendgrid: Emulator, receiver: Receiver) -> None:
    """Events may be missing, doubled, late and in disorder, and always the same ones."""
    conditions = sendgrid.events.conditions
    conditions.duplicates, conditions.missing = 0.2, 0.2
    conditions.late, conditions.shuffled = 0.1, True
    sendgrid.post_events_to(receiver.url)
    send(sendgrid, *(f"open+{number}@example.org" for number in range(300)))
    sendgrid.clock.advance(10)
    wait_until(lambda: receiver.names()["open"] > 200 and not sendgrid.events.pending)
    early = len(receiver.events)

    sendgrid.clock.advance(6 * 3600)
    wait_until(lambda: len(receiver.events) > early and not sendgrid.events.pending)

    counts = Counter(event["sg_event_id"] for event in receiver.events)
    seen = {
        name: {e["email"] for e in receiver.events if e["event"] == name}
        for name in ("processed", "delivered", "open")
    }
    assert 200 < len(seen["processed"]) < 280
    assert len(seen["delivered"]) == len(seen["open"]) == 300
    assert 60 < sum(count - 1 for count in counts.values()) < 160
    assert receiver.names()["open"] > 300
    order = [event["timestamp"] for event in receiver.events]
    assert order != sorted(order)


def test_a_good_sender_breaks_no_rule(sendgrid: Emulator, receiver: Receiver) -> None:
    """A good sender, good conditions: all arrives, nothing is broken, and a reset forgets it."""
    sendgrid.post_events_to(receiver.url)
    send(sendgrid, *(f"reader{number}@example.org" for number in range(50)))
    sendgrid.clock.advance(5)
    wait_until(lambda: sendgrid.events.taken == 100)

    assert sendgrid.violations() == []
    sendgrid.reset()
    assert (len(sendgrid.mailbox), sendgrid.requests.total, sendgrid.events.taken) == (0, 0, 0)
