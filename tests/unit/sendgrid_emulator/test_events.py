"""Events as SendGrid posts them."""

from __future__ import annotations

import base64

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from sendgrid_emulator.events.event import Event, body_of
from sendgrid_emulator.events.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, Signer
from tests.unit.sendgrid_emulator.conftest import Trial
from tests.unit.sendgrid_emulator.samples import letter


def events(trial: Trial, address: str, **changes: object) -> dict[str, Event]:
    """Return all events of a mail to `address`, by their names."""
    trial.accept(address, **changes)
    trial.wait(60)
    return {event["event"]: event for event in trial.events}


def decoded(event_id: str) -> str:
    """Return what an event id is made of."""
    return base64.urlsafe_b64decode(event_id + "=" * (-len(event_id) % 4)).decode()


def test_delivery_events_tell_what_sendgrid_tells(trial: Trial) -> None:
    """A delivered event has the id of the message, the server's answer, and our arguments."""
    delivered = events(trial, "a@example.org")["delivered"]
    [message] = trial.account.mailbox

    assert delivered["email"] == "a@example.org"
    assert delivered["response"] == "250 2.0.0 OK"
    assert delivered["smtp-id"] == f"<{message.request.id}@geopod-ismtpd-1>"
    assert delivered["sg_message_id"].startswith(f"{message.request.id}.recvd-")
    assert delivered["sg_message_id"].endswith(".0")
    assert (delivered["nl_i"], delivered["nl_d"], delivered["nl_a"]) == ("issue-1", "d0", "a1")


def test_processed_tells_the_time_asked_for(trial: Trial) -> None:
    """The processed event carries send_at, 0 if there was none."""
    assert events(trial, "a@example.org")["processed"]["send_at"] == 0


@pytest.mark.parametrize(
    ("address", "name", "start"),
    [
        ("a@example.org", "processed", "processed-"),
        ("a@example.org", "delivered", "delivered-0-"),
        ("bounce@example.org", "bounce", "bounce-4-"),
        ("invalid@example.org", "dropped", "drop-"),
        ("defer2@example.org", "deferred", "deferred-2-"),
    ],
)
def test_ids_of_delivery_events_are_made_of_the_mail(
    trial: Trial, address: str, name: str, start: str
) -> None:
    """The id of a delivery event names event, account, request and recipient, and so repeats."""
    event = events(trial, address)[name]
    [message] = trial.account.mailbox

    assert decoded(event["sg_event_id"]).startswith(start)
    assert decoded(event["sg_event_id"]).endswith(f"-{message.request.id}-0")


def test_ids_are_all_different(trial: Trial) -> None:
    """No two events of a request share an id."""
    trial.accept("click@example.org", "b@example.org", "defer3@example.org")
    trial.wait(60)

    ids = [event["sg_event_id"] for event in trial.events]
    assert len(ids) == len(set(ids)) == 11


def test_bounces_say_why(trial: Trial) -> None:
    """A bounce has type, status, reason and classification."""
    bounce = events(trial, "bounce@example.org")["bounce"]

    assert (bounce["type"], bounce["status"]) == ("bounce", "5.1.1")
    assert bounce["bounce_classification"] == "Invalid Address"
    assert bounce["reason"].startswith("550 5.1.1 ")


def test_blocks_are_bounces_of_another_type(trial: Trial) -> None:
    """A block is a bounce whose type is blocked."""
    assert events(trial, "block@example.org")["bounce"]["type"] == "blocked"


def test_some_bounces_lack_a_status(trial: Trial) -> None:
    """A bounce without status, as it happens in real life."""
    assert "status" not in events(trial, "nostatus@example.org")["bounce"]


def test_late_bounces_do_not_know_their_mail(trial: Trial) -> None:
    """A bounce reported after delivery has neither message id nor custom arguments."""
    bounce = events(trial, "asyncbounce@example.org")["bounce"]

    assert bounce["email"] == "asyncbounce@example.org"
    assert not {"sg_message_id", "nl_a", "nl_d", "nl_i"} & set(bounce)


def test_opens_of_machines_are_marked(trial: Trial) -> None:
    """An open by a mail program on its own is marked as such; neither kind has an smtp-id."""
    opened = events(trial, "machineopen@example.org")["open"]

    assert opened["sg_machine_open"] is True
    assert "smtp-id" not in opened


@pytest.mark.parametrize(
    ("categories", "shown"), [(["a"], "a"), (["a", "b"], ["a", "b"]), (None, None)]
)
def test_one_category_is_a_string(trial: Trial, categories: object, shown: object) -> None:
    """One category comes back as a string, several as a list, none not at all."""
    event = events(trial, "a@example.org", categories=categories)["processed"]

    assert event.get("category") == shown


def test_arguments_do_not_hide_reserved_fields(trial: Trial) -> None:
    """A custom argument named like one of SendGrid's fields loses."""
    payload = letter("a@example.org")
    arguments = {**payload["personalizations"][0]["custom_args"], "event": "mine", "email": "x"}
    payload["personalizations"][0]["custom_args"] = arguments

    event = events(trial, "a@example.org", personalizations=payload["personalizations"])

    assert event["delivered"]["email"] == "a@example.org"


def test_the_official_client_verifies_our_signature() -> None:
    """The signature over timestamp and raw body, CRLF included, satisfies sendgrid's own helper."""
    signer, body = Signer(), body_of([b'{"event":"processed"}', b'{"event":"delivered"}'])
    headers = signer.headers(body, 1_800_000_000)

    verifier = EventWebhook(signer.public_key)
    proof = (headers[SIGNATURE_HEADER], headers[TIMESTAMP_HEADER])

    assert verifier.verify_signature(body.decode(), *proof)
    assert not verifier.verify_signature(body.decode().strip(), *proof)
    assert not EventWebhook(Signer().public_key).verify_signature(body.decode(), *proof)
