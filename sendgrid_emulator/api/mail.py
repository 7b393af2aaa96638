"""Sending: POST /v3/mail/send, the ids of batches, and what a key may do."""

from __future__ import annotations

import orjson

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import Call, Route
from sendgrid_emulator.rules import problems
from sendgrid_emulator.rules.schema import PEOPLE, Json
from sendgrid_emulator.rules.validation import validate_request


def accept_mail(account: Account, call: Call) -> Answer:
    """Check a request and, if it has no error, accept it: all of it or nothing.

    202 says that the mail is on its way; 200 is for the sandbox: valid, and nothing is sent.
    """
    if not call.is_json:
        return answers.refuse_request(415, problems.UNSUPPORTED_TYPE)
    try:
        payload = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        return answers.refuse_request(400, problems.BAD_REQUEST)
    if found := validate_request(payload, account.validation_context()):
        return answers.refuse_request(400, *found)
    return _admit(account, call.body, payload)


def _admit(account: Account, body: bytes, payload: Json) -> Answer:
    """Check with the account, after the request itself was found valid."""
    if not account.takes_sender(payload["from"]["email"]):
        return answers.refuse_request(403, problems.UNVERIFIED_SENDER)
    left = account.settings.credits
    if left is not None and _recipients(payload) > left:
        return answers.refuse_request(401, problems.NO_CREDITS)
    if payload.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
        return Answer(200)
    request = account.accept(body, payload)
    headers = {"X-Message-Id": request.id}
    return Answer(202, headers=headers, message_id=request.id, recipients=len(request))


def _recipients(payload: Json) -> int:
    blocks = payload["personalizations"]
    return sum(len(block.get(key, ())) for block in blocks for key in PEOPLE)


def create_batch(account: Account, _call: Call) -> Answer:
    """Issue a batch id."""
    return answers.json_answer({"batch_id": account.create_batch_id()}, 201)


def get_batch(account: Account, call: Call) -> Answer:
    """Say that a batch id exists; nothing more is known of it here."""
    batch_id = call.parts["batch_id"]
    if not account.batches.knows(batch_id):
        return answers.refuse_request(404, problems.NOT_FOUND)
    return answers.json_answer({"batch_id": batch_id})


def scopes(account: Account, _call: Call) -> Answer:
    """List what the key may do."""
    return answers.json_answer({"scopes": list(account.settings.scopes)})


ROUTES = (
    Route("POST", "/v3/mail/send", "mail.send", accept_mail),
    Route("POST", "/v3/mail/batch", "mail.batch.create", create_batch),
    Route("GET", "/v3/mail/batch/{batch_id}", "mail.batch.read", get_batch),
    Route("GET", "/v3/scopes", "", scopes),
)
