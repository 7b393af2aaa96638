"""Webhooks that ask for a token, are tried, forged and replayed: SendGrid's two ways to be safe."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from python_http_client.exceptions import BadRequestsError, NotFoundError
from sendgrid.helpers.eventwebhook import EventWebhook

from sendgrid_emulator import Emulator
from sendgrid_emulator.events.webhook_sender import PostOrigin
from sendgrid_emulator.events.webhooks import SETTINGS, Webhook
from tests.receiver import Receiver, receiver, wait_until
from tests.unit.sendgrid_emulator.samples import letter

__all__ = ["receiver"]

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


@pytest.fixture
def sendgrid() -> Iterator[Emulator]:
    """Run an emulator that does not wait long with its events."""
    with Emulator() as emulator:
        emulator.events.conditions.every = 0.02
        yield emulator


@pytest.fixture
def guarded(client: Any, receiver: Receiver) -> str:
    """A webhook with OAuth, made over the API; returns its id."""
    receiver.token = grant("first", expires_in=600)
    receiver.demands = "Bearer first"
    made = client.user.webhooks.event.settings.post(
        request_body={
            "url": receiver.url,
            "dropped": True,
            "oauth_client_id": "desk one",
            "oauth_client_secret": "s3:cret",
            "oauth_token_url": receiver.token_url,
        }
    )
    return str(made.to_dict["id"])


def grant(token: str, **more: object) -> bytes:
    """Return what a token server says when it agrees."""
    return orjson.dumps({"access_token": token, "token_type": "Bearer", **more})


def send(client: Any) -> None:
    """Send a mail of which one event tells."""
    client.mail.send.post(request_body=letter("invalid@example.org"))


def test_a_token_is_fetched_once_and_carried(
    sendgrid: Emulator, client: Any, receiver: Receiver, guarded: str
) -> None:
    """Events come with a bearer token; asked for with the credentials, once while it is good."""
    for number in (1, 2):
        send(client)
        wait_until(lambda number=number: sendgrid.events.taken == number)

    [(headers, body)] = receiver.asked
    assert body == b"grant_type=client_credentials"
    assert (
        base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"desk+one:s3%3Acret"
    )
    assert {posted["Authorization"] for posted, _ in receiver.posts} == {"Bearer first"}


def test_a_token_is_fetched_again_when_it_expires(
    sendgrid: Emulator, client: Any, receiver: Receiver, guarded: str
) -> None:
    """When the seconds of a token are over, by the emulator's clock, another one is asked for."""
    send(client)
    wait_until(lambda: sendgrid.events.taken == 1)
    sendgrid.clock.advance(600)
    receiver.token, receiver.demands = grant("second"), "Bearer second"

    send(client)

    wait_until(lambda: sendgrid.events.taken == 2)
    assert len(receiver.asked) == sendgrid.events.tokens.fetched == 2
    assert [post.status for post in sendgrid.events.posts] == [204, 204]


def test_a_token_that_is_not_taken_is_fetched_again(
    sendgrid: Emulator, client: Any, receiver: Receiver, guarded: str
) -> None:
    """A receiver that answers 401 gets the events again under another token; none is lost."""
    send(client)
    wait_until(lambda: sendgrid.events.taken == 1)
    receiver.token, receiver.demands = grant("second"), "Bearer second"
    send(client)

    def arrived() -> bool:
        sendgrid.clock.advance(5)
        return sendgrid.events.taken == 2

    wait_until(arrived)
    assert [post.status for post in sendgrid.events.posts] == [204, 401, 204]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="an-error"),
        pytest.param(b"<html>Please log in</html>", id="no-json"),
        pytest.param(b"[]", id="no-object"),
        pytest.param(b'{"token_type": "bearer"}', id="no-token"),
        pytest.param(grant("first").replace(b"Bearer", b"mac"), id="another-sort"),
        pytest.param(grant("first", expires_in="soon"), id="no-number"),
    ],
)
def test_without_a_token_nothing_is_posted(
    sendgrid: Emulator, client: Any, receiver: Receiver, guarded: str, answer: bytes
) -> None:
    """While the token server gives none the events wait, and the record of posts says why."""
    receiver.token = answer
    send(client)
    wait_until(lambda: bool(sendgrid.events.posts))

    [failed] = list(sendgrid.events.posts)[:1]
    assert (failed.status, bool(failed.error), receiver.posts) == (0, True, [])
    assert "s3" not in failed.error

    receiver.token = grant("first")

    def arrived() -> bool:
        sendgrid.clock.advance(5)
        return sendgrid.events.taken == 1

    wait_until(arrived)


def test_the_secret_is_never_shown(client: Any, guarded: str, receiver: Receiver) -> None:
    """The API shows who asks, and where, not the secret; it outlasts a change of the others."""
    settings = client.user.webhooks.event.settings._(guarded)

    shown = settings.patch(request_body={"oauth_client_id": "desk two"}).to_dict

    assert (shown["oauth_client_id"], shown["oauth_token_url"]) == ("desk two", receiver.token_url)
    assert "s3:cret" not in json.dumps([shown, settings.get().to_dict])


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"oauth_client_id": "a"}, "oauth_token_url"),
        ({"oauth_client_secret": "b"}, "oauth_client_id"),
        ({"oauth_client_secret": "b", "oauth_client_id": "a"}, "oauth_token_url"),
        ({"oauth_token_url": "http://127.0.0.1:9/token"}, "oauth_client_id"),
    ],
)
def test_the_settings_of_a_token_belong_together(
    client: Any, given: dict[str, str], lacking: str
) -> None:
    """Who gives one of them is told which other one is missing."""
    with pytest.raises(BadRequestsError) as raised:
        client.user.webhooks.event.settings.post(
            request_body={"url": "http://127.0.0.1:9/events", **given}
        )

    [error] = json.loads(raised.value.body)["errors"]
    assert error["field"] == lacking


def test_a_token_can_be_done_without_again(
    sendgrid: Emulator, client: Any, receiver: Receiver, guarded: str
) -> None:
    """Emptied settings end it: the next events come without a token."""
    empty = {"oauth_client_id": "", "oauth_client_secret": "", "oauth_token_url": ""}
    client.user.webhooks.event.settings._(guarded).patch(request_body=empty)
    receiver.demands = ""

    send(client)

    wait_until(lambda: sendgrid.events.taken == 1)
    assert "Authorization" not in receiver.posts[0][0]
    assert receiver.asked == []


def test_a_webhook_can_be_tried(
    sendgrid: Emulator, client: Any, receiver: Receiver, guarded: str
) -> None:
    """A test posts one event of each sort, signed and with the token of the webhook it names."""
    key = client.user.webhooks.event.settings.signed._(guarded).patch(
        request_body={"enabled": True}
    )
    trial = client.user.webhooks.event.test

    answer = trial.post(request_body={"id": guarded, "url": receiver.url})

    assert answer.status_code == 204
    wait_until(lambda: len(receiver.posts) == 1)
    [(headers, body)] = receiver.posts
    verifier = EventWebhook(key.to_dict["public_key"])
    assert verifier.verify_signature(body.decode(), headers[SIGNATURE], headers[TIMESTAMP])
    assert set(receiver.names()) == set(SETTINGS.values())


def test_a_test_is_made_once(sendgrid: Emulator, client: Any, receiver: Receiver) -> None:
    """What is only a test is not repeated when it fails; nor does it need a webhook."""
    receiver.usual = 500
    client.user.webhooks.event.test.post(request_body={"url": receiver.url})
    wait_until(lambda: bool(sendgrid.events.posts))

    sendgrid.clock.advance(24 * 3600)

    assert sendgrid.account.timeline.next_due is None
    assert [(post.origin, post.status) for post in sendgrid.events.posts] == [
        (PostOrigin.TEST, 500)
    ]
    assert SIGNATURE not in receiver.posts[0][0]


def test_tests_have_rules(client: Any) -> None:
    """A test needs an address, and the webhook it names must be there."""
    trial = client.user.webhooks.event.test

    with pytest.raises(BadRequestsError):
        trial.post(request_body={"url": "events"})
    with pytest.raises(BadRequestsError):
        trial.post(request_body={"url": "http://127.0.0.1:9/", "oauth_client_id": "a"})
    with pytest.raises(NotFoundError):
        trial.post(request_body={"id": "x", "url": "http://127.0.0.1:9/"})


def test_others_may_post_too(sendgrid: Emulator, client: Any, receiver: Receiver) -> None:
    """In bad conditions each post comes forged as well, and again with the signature it had."""
    sendgrid.events.conditions.forged = sendgrid.events.conditions.replayed = 1.0
    webhook: Webhook = sendgrid.post_events_to(receiver.url)
    send(client)
    wait_until(lambda: sendgrid.events.taken == 1)

    sendgrid.clock.advance(60)

    wait_until(lambda: len(sendgrid.events.posts) == 3)
    verifier = EventWebhook(webhook.signer.public_key)
    good = [
        verifier.verify_signature(body.decode(), headers[SIGNATURE], headers[TIMESTAMP])
        for headers, body in receiver.posts
    ]
    assert sorted(good) == [False, True, True]
    assert {post.origin for post in sendgrid.events.posts} == {
        PostOrigin.FORGED,
        PostOrigin.OWN,
        PostOrigin.REPLAYED,
    }
    assert len({body for _, body in receiver.posts}) == 1
    assert len({headers[SIGNATURE] for headers, _ in receiver.posts}) == 2
    assert sendgrid.events.taken == 1
