"""The emulator's API as the official client sees it, over a real socket."""

from __future__ import annotations

import json
from typing import Any

import pytest
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Mail, To

from sendgrid_emulator import Emulator
from sendgrid_emulator.state.settings import Settings
from tests.unit.sendgrid_emulator.samples import letter


def refused(call: Any, *arguments: Any, **named: Any) -> tuple[int, list[dict[str, Any]]]:
    """Make a call that must fail, and return its status and errors."""
    with pytest.raises(HTTPError) as raised:
        call(*arguments, **named)
    return raised.value.status_code, json.loads(raised.value.body)["errors"]


def message(errors: list[dict[str, Any]]) -> str:
    """Return the one message."""
    [error] = errors
    return str(error["message"])


def test_a_mail_is_accepted(sendgrid: Emulator) -> None:
    """A mail built by the client's helpers is answered with 202, no body, and an X-Message-Id."""
    mail = Mail("a@example.org", To("b@example.org", "Béa"), "Grüße", "Text", "<p>HTML</p>")

    answer = SendGridAPIClient("SG.trial", host=sendgrid.url).send(mail)

    assert (answer.status_code, answer.body) == (202, b"")
    [message] = sendgrid.mailbox
    assert answer.headers["X-Message-Id"] == message.request.id
    assert len(message.request.id) == 22
    assert (message.subject, message.html) == ("Grüße", "<p>HTML</p>")


def test_one_bad_address_refuses_all(sendgrid: Emulator, client: Any) -> None:
    """A 400 names the recipient by its path, with a help link, and nothing is kept."""
    payload = letter("a@example.org", "bad", "c@example.org")

    status, [error] = refused(client.mail.send.post, request_body=payload)

    assert status == 400
    assert error["field"] == "personalizations.1.to.0.email"
    assert error["message"] == "Does not contain a valid address."
    assert error["help"].startswith("http://sendgrid.com/docs/")
    assert len(sendgrid.mailbox) == 0


def test_the_sandbox_says_200(sendgrid: Emulator, client: Any) -> None:
    """In sandbox mode a valid request gets 200, and nothing is kept."""
    sandbox = {"sandbox_mode": {"enable": True}}

    answer = client.mail.send.post(request_body=letter(mail_settings=sandbox))

    assert (answer.status_code, len(sendgrid.mailbox)) == (200, 0)


def test_only_keys_are_let_in(sendgrid: Emulator) -> None:
    """A key that does not look like one is refused with the words of the API."""
    stranger = SendGridAPIClient("trial", host=sendgrid.url).client

    status, errors = refused(stranger.mail.send.post, request_body=letter())

    assert status == 401
    assert message(errors) == ("The provided authorization grant is invalid, expired, or revoked")


def test_one_key_may_be_demanded() -> None:
    """With keys set, only these are taken."""
    with Emulator(Settings(keys=frozenset({"SG.right"}))) as sendgrid:
        wrong = SendGridAPIClient("SG.wrong", host=sendgrid.url).client
        right = SendGridAPIClient("SG.right", host=sendgrid.url).client

        assert refused(wrong.scopes.get)[0] == 401
        assert right.scopes.get().status_code == 200


def test_a_key_without_the_scope_is_refused(sendgrid: Emulator, client: Any) -> None:
    """A key that may not send is refused with 403, and its scopes say so."""
    sendgrid.settings.scopes = ("mail.batch.create",)

    assert client.scopes.get().to_dict == {"scopes": ["mail.batch.create"]}
    assert refused(client.mail.send.post, request_body=letter())[0] == 403


def test_the_sender_must_be_verified(sendgrid: Emulator, client: Any) -> None:
    """Mail from a domain that is not the account's is refused with 403."""
    sendgrid.settings.senders = frozenset({"other.example.org"})

    status, [error] = refused(client.mail.send.post, request_body=letter())

    assert (status, error["field"]) == (403, "from")
    assert error["message"].startswith("The from address does not match a verified Sender")


def test_credits_are_told(sendgrid: Emulator, client: Any) -> None:
    """`GET /v3/user/credits` counts what was mailed; a key without its scope is refused."""
    sendgrid.settings.credits = 5
    client.mail.send.post(request_body=letter("a@example.org", "b@example.org"))

    told = json.loads(client.user.credits.get().body)

    assert (told["remain"], told["used"], told["total"]) == (3, 2, 5)
    assert told["reset_frequency"] == "monthly"
    scopes = sendgrid.settings.scopes
    sendgrid.settings.scopes = tuple(name for name in scopes if name != "user.credits.read")
    assert refused(client.user.credits.get)[0] == 403


def test_credits_run_out(sendgrid: Emulator, client: Any) -> None:
    """Credits count recipients; a request beyond them is refused whole, with 401."""
    sendgrid.settings.credits = 3

    client.mail.send.post(request_body=letter(people=2))
    status, errors = refused(client.mail.send.post, request_body=letter(people=2))
    client.mail.send.post(request_body=letter(people=1))

    assert (status, message(errors)) == (401, "Maximum credits exceeded")
    assert len(sendgrid.mailbox) == 3


def test_unknown_paths_and_methods(client: Any) -> None:
    """What does not exist is 404, what cannot be done 405, both in the API's shape."""
    assert refused(client.nothing.get) == (
        404,
        [{"field": None, "message": "resource not found", "help": None}],
    )
    assert refused(client.mail.send.delete)[0] == 405


def test_batches_are_issued_and_known(client: Any) -> None:
    """A batch id is issued with 201 and known afterwards; others are not."""
    answer = client.mail.batch.post()
    batch_id = answer.to_dict["batch_id"]

    assert answer.status_code == 201
    assert client.mail.batch._(batch_id).get().to_dict == {"batch_id": batch_id}
    assert refused(client.mail.batch._("made-up").get)[0] == 404


def test_batch_ids_grow_old(sendgrid: Emulator, client: Any) -> None:
    """After ten days a batch id can no longer be used."""
    batch_id = client.mail.batch.post().to_dict["batch_id"]
    sendgrid.clock.advance(864_001)

    status, [error] = refused(client.mail.send.post, request_body=letter(batch_id=batch_id))

    assert (status, error["field"]) == (400, "batch_id")


def test_a_status_is_set_changed_and_removed(client: Any) -> None:
    """POST sets a status once, PATCH changes it, DELETE removes it, GET shows it."""
    batch_id = client.mail.batch.post().to_dict["batch_id"]
    sends = client.user.scheduled_sends
    shown = {"batch_id": batch_id, "status": "pause"}

    created = sends.post(request_body=shown)
    again, errors = refused(sends.post, request_body=shown)
    assert (created.status_code, created.to_dict) == (201, shown)
    assert (again, errors[0]["field"]) == (400, "batch_id")
    assert sends._(batch_id).patch(request_body={"status": "cancel"}).status_code == 204
    assert sends._(batch_id).get().to_dict == [{"batch_id": batch_id, "status": "cancel"}]
    assert sends.get().to_dict == [{"batch_id": batch_id, "status": "cancel"}]
    assert sends._(batch_id).delete().status_code == 204
    assert sends._(batch_id).get().to_dict == []
    assert refused(sends._(batch_id).delete)[0] == 404
    assert refused(sends._(batch_id).patch, request_body={"status": "cancel"})[0] == 404


def test_statuses_are_limited_to_ten(client: Any) -> None:
    """The eleventh pause or cancellation is refused."""
    sends = client.user.scheduled_sends
    ids = [client.mail.batch.post().to_dict["batch_id"] for _ in range(11)]
    for batch_id in ids[:10]:
        sends.post(request_body={"batch_id": batch_id, "status": "cancel"})

    status, errors = refused(sends.post, request_body={"batch_id": ids[10], "status": "cancel"})

    assert (status, message(errors)) == (400, "maximum number of cancellations/pauses reached")


@pytest.mark.parametrize(
    "body", [{"batch_id": "made-up", "status": "pause"}, {"status": "pause"}, {}]
)
def test_only_issued_batches_have_a_status(client: Any, body: dict[str, str]) -> None:
    """A status for an id that was not issued is refused."""
    assert refused(client.user.scheduled_sends.post, request_body=body)[0] == 400


def test_only_two_statuses_exist(client: Any) -> None:
    """Anything but pause and cancel is refused, when set and when changed."""
    batch_id = client.mail.batch.post().to_dict["batch_id"]
    sends = client.user.scheduled_sends
    body = {"batch_id": batch_id, "status": "stop"}

    assert refused(sends.post, request_body=body)[1][0]["field"] == "status"
    assert refused(sends._(batch_id).patch, request_body=body)[1][0]["field"] == "status"


@pytest.mark.parametrize("allowed", [True, False])
def test_an_empty_batch_may_or_may_not_be_paused(
    sendgrid: Emulator, client: Any, allowed: bool
) -> None:
    """A1: whether an id without mail can be paused is open, and a switch."""
    sendgrid.undocumented.empty_batches = allowed
    batch_id = client.mail.batch.post().to_dict["batch_id"]
    body = {"batch_id": batch_id, "status": "pause"}

    if allowed:
        assert client.user.scheduled_sends.post(request_body=body).status_code == 201
    else:
        assert refused(client.user.scheduled_sends.post, request_body=body)[0] == 400
        client.mail.send.post(request_body=letter(batch_id=batch_id))
        assert client.user.scheduled_sends.post(request_body=body).status_code == 201


def test_cancelled_mail_never_leaves(sendgrid: Emulator, client: Any) -> None:
    """A batch cancelled half an hour ahead is discarded at its time."""
    batch_id = client.mail.batch.post().to_dict["batch_id"]
    at = int(sendgrid.clock.now()) + 1800
    client.mail.send.post(request_body=letter(batch_id=batch_id, send_at=at))
    body = {"batch_id": batch_id, "status": "cancel"}
    client.user.scheduled_sends.post(request_body=body)

    sendgrid.clock.advance(1801)

    [request] = sendgrid.mailbox.requests
    assert request.phase == "cancelled"


def test_suppressions_are_listed_and_removed(sendgrid: Emulator, client: Any) -> None:
    """Whoever bounced is listed with reason and status, can be looked up, and taken off."""
    client.mail.send.post(request_body=letter("bounce+1@e.org", "bounce+2@e.org", "block@e.org"))
    sendgrid.clock.advance(5)
    bounces = client.suppression.bounces

    listed = bounces.get().to_dict
    assert {entry["email"] for entry in listed} == {"bounce+1@e.org", "bounce+2@e.org"}
    assert listed[0]["status"] == "5.1.1"
    assert listed[0]["reason"].startswith("550")
    assert [e["email"] for e in client.suppression.blocks.get().to_dict] == ["block@e.org"]
    assert bounces._("bounce+1@e.org").get().to_dict[0]["email"] == "bounce+1@e.org"
    assert bounces._("bounce+1@e.org").delete().status_code == 204
    assert bounces._("bounce+1@e.org").get().to_dict == []
    assert refused(bounces._("bounce+1@e.org").delete)[0] == 404
    assert bounces.delete(request_body={"delete_all": True}).status_code == 204
    assert bounces.get().to_dict == []


def test_suppressions_are_paged_and_windowed(sendgrid: Emulator, client: Any) -> None:
    """Lists come in pages of at most 500, and can be cut to a time and an address."""
    people = [f"spam+{number}@e.org" for number in range(700)]
    client.mail.send.post(request_body=letter(*people))
    sendgrid.clock.advance(10)
    reports = client.suppression.spam_reports
    now = int(sendgrid.clock.now())

    assert len(reports.get().to_dict) == 500
    assert len(reports.get(query_params={"offset": 500}).to_dict) == 200
    assert len(reports.get(query_params={"limit": 3}).to_dict) == 3
    assert len(reports.get(query_params={"start_time": now + 60}).to_dict) == 0
    assert len(reports.get(query_params={"end_time": now - 60}).to_dict) == 0
    assert len(reports.get(query_params={"email": "SPAM+7@e.org"}).to_dict) == 1
    assert refused(reports.get, query_params={"limit": "many"})[0] == 400


def test_several_are_taken_off_at_once(sendgrid: Emulator, client: Any) -> None:
    """A list of addresses is taken off together; without one nothing is."""
    client.mail.send.post(request_body=letter("invalid+1@e.org", "invalid+2@e.org"))
    sendgrid.clock.advance(5)
    invalid = client.suppression.invalid_emails

    assert refused(invalid.delete, request_body={})[0] == 400
    assert invalid.delete(request_body={"emails": ["invalid+1@e.org"]}).status_code == 204
    assert [entry["email"] for entry in invalid.get().to_dict] == ["invalid+2@e.org"]


def test_people_can_be_unsubscribed_for_good(sendgrid: Emulator, client: Any) -> None:
    """The global list can be added to, looked at and shortened; who is on it gets nothing."""
    everywhere = getattr(client.asm.suppressions, "global")
    body = {"recipient_emails": ["gone@e.org"]}

    assert everywhere.post(request_body=body).to_dict == body
    assert everywhere._("gone@e.org").get().to_dict == {"recipient_email": "gone@e.org"}
    assert [e["email"] for e in client.suppression.unsubscribes.get().to_dict] == ["gone@e.org"]
    client.mail.send.post(request_body=letter("gone@e.org"))
    sendgrid.clock.advance(1)
    assert sendgrid.mailbox.requests[0].dropped == {0: "Unsubscribed Address"}
    assert everywhere._("gone@e.org").delete().status_code == 204
    assert everywhere._("gone@e.org").get().to_dict == {}
    assert refused(everywhere._("gone@e.org").delete)[0] == 404
    assert refused(everywhere.post, request_body={"recipient_emails": "x"})[0] == 400


def test_there_are_five_lists(client: Any) -> None:
    """A list that does not exist is 404, whatever is asked of it."""
    strange = client.suppression.strangers

    assert refused(strange.get)[0] == 404
    assert refused(strange.delete, request_body={"delete_all": True})[0] == 404
    assert refused(strange._("a@e.org").get)[0] == 404


def test_mail_can_be_looked_up(sendgrid: Emulator, client: Any) -> None:
    """A query by address finds the mail; its details carry the custom arguments."""
    client.mail.send.post(request_body=letter("a@e.org", "b@e.org"))
    sendgrid.clock.advance(5)

    found = client.logs.post(request_body={"query": "to_email = 'b@e.org'"}).to_dict["messages"]
    details = client.logs._(found[0]["sg_message_id"]).get().to_dict

    assert [mail["to_email"] for mail in found] == ["b@e.org"]
    assert found[0]["status"] == "delivered"
    assert details["custom_args"]["nl_a"] == "a1"
    assert [event["event"] for event in details["events"]] == [
        "received",
        "processed",
        "delivered",
    ]


def test_look_ups_have_limits(sendgrid: Emulator, client: Any) -> None:
    """Ten mails are returned unless more are asked for, 1,000 at most; bad queries are refused."""
    client.mail.send.post(request_body=letter(people=20))

    assert len(client.logs.post(request_body={}).to_dict["messages"]) == 10
    assert len(client.logs.post(request_body={"limit": 15}).to_dict["messages"]) == 15
    assert refused(client.logs.post, request_body={"limit": 1001})[1][0]["field"] == "limit"
    assert refused(client.logs.post, request_body={"query": "x"})[1][0]["field"] == "query"
    assert refused(client.logs._("unknown").get)[0] == 404


def test_logs_may_lag(sendgrid: Emulator, client: Any) -> None:
    """The logs can be made to know only what happened some time ago."""
    sendgrid.settings.logs_lag = 60
    client.mail.send.post(request_body=letter())

    assert client.logs.post(request_body={}).to_dict["messages"] == []
    sendgrid.clock.advance(61)
    assert len(client.logs.post(request_body={}).to_dict["messages"]) == 1


def test_a_webhook_is_set_up(client: Any) -> None:
    """A webhook is made, changed, signed, listed and removed; its key is shown."""
    settings = client.user.webhooks.event.settings
    made = settings.post(request_body={"url": "http://127.0.0.1:1/events", "bounce": True})
    hook = made.to_dict

    assert made.status_code == 201
    assert (hook["bounce"], hook["open"], hook["enabled"]) == (True, False, True)
    assert "public_key" not in hook
    assert settings._(hook["id"]).patch(request_body={"open": True}).to_dict["open"] is True
    key = settings.signed._(hook["id"]).patch(request_body={"enabled": True}).to_dict
    assert len(key["public_key"]) == 124
    assert settings.signed._(hook["id"]).get().to_dict == key
    assert settings.signed.get().to_dict == key
    assert settings._("all").get().to_dict["webhooks"][0]["public_key"] == key["public_key"]
    assert settings._(hook["id"]).get().to_dict["url"] == "http://127.0.0.1:1/events"
    assert settings._(hook["id"]).delete().status_code == 204
    assert settings._("all").get().to_dict["webhooks"] == []


def test_webhooks_have_rules(client: Any) -> None:
    """A webhook needs an address nobody else has, and there are five at most."""
    settings = client.user.webhooks.event.settings
    for number in range(5):
        settings.post(request_body={"url": f"http://127.0.0.1:1/{number}"})
    hook = settings.get().to_dict["id"]

    for url in ("events", "ftp://e.org/x", None):
        status, errors = refused(settings.post, request_body={"url": url})
        assert (status, "is not a valid url" in message(errors)) == (400, True)
    assert "already exists" in message(
        refused(settings.post, request_body={"url": "http://127.0.0.1:1/0"})[1]
    )
    assert "maximum number" in message(
        refused(settings.post, request_body={"url": "http://127.0.0.1:1/6"})[1]
    )
    assert refused(settings._(hook).patch, request_body={"url": "x"})[0] == 400
    assert refused(settings.signed._(hook).patch, request_body={"enabled": "yes"})[0] == 400


def test_missing_webhooks_are_404(client: Any) -> None:
    """Every question about a webhook that does not exist is 404."""
    settings = client.user.webhooks.event.settings

    assert refused(settings.get)[0] == 404
    assert refused(settings._("x").patch, request_body={})[0] == 404
    assert refused(settings._("x").delete)[0] == 404
    assert refused(settings.signed.get)[0] == 404
    assert refused(settings.signed._("x").patch, request_body={"enabled": True})[0] == 404
