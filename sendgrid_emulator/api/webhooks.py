"""Where events go: /v3/user/webhooks/event/settings."""

from __future__ import annotations

from urllib.parse import urlsplit

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import Call, Route
from sendgrid_emulator.events.webhooks import MAX_WEBHOOKS, Webhook, sample_events
from sendgrid_emulator.rules import problems

_PATH = "/v3/user/webhooks/event/settings"
_READ, _UPDATE = "user.webhooks.event.settings.read", "user.webhooks.event.settings.update"
_TOO_MANY = problems.make_problem(
    "You have reached the maximum number of webhooks per your current billing plan."
)


def create(account: Account, call: Call) -> Answer:
    """Add a webhook; a separate call switches signing on."""
    document = call.document()
    url = str(document.get("url"))
    if not _is_url(url):
        return answers.refuse_request(
            400, problems.make_problem(f"'{url}' is not a valid url", "url")
        )
    if account.webhooks.at(url):
        message = f"Webhook at '{url}' already exists. Please provide a unique URL."
        return answers.refuse_request(400, problems.make_problem(message, "url"))
    if len(account.webhooks.all) >= MAX_WEBHOOKS:
        return answers.refuse_request(400, _TOO_MANY)
    webhook = Webhook(url, account.clock.now(), signed=False, wanted=set())
    if lacking := webhook.oauth.changed(document).missing:
        return _incomplete(lacking)
    webhook.change(document)
    account.webhooks.all.append(webhook)
    return answers.json_answer(webhook.as_json(), 201)


def list_webhooks(account: Account, _call: Call) -> Answer:
    """List all webhooks."""
    hooks = [webhook.as_json() for webhook in account.webhooks.all]
    return answers.json_answer({"max_allowed": MAX_WEBHOOKS, "webhooks": hooks})


def show_webhook(account: Account, call: Call) -> Answer:
    """Show one webhook; without an id the oldest."""
    webhook = _named(account, call)
    return answers.json_answer(webhook.as_json()) if webhook else _missing()


def update(account: Account, call: Call) -> Answer:
    """Change the settings that are given."""
    webhook, document = _named(account, call), call.document()
    if webhook is None:
        return _missing()
    if "url" in document and not _is_url(document["url"]):
        message = f"'{document['url']}' is not a valid url"
        return answers.refuse_request(400, problems.make_problem(message, "url"))
    if lacking := webhook.oauth.changed(document).missing:
        return _incomplete(lacking)
    webhook.change(document)
    return answers.json_answer(webhook.as_json())


def delete(account: Account, call: Call) -> Answer:
    """Remove a webhook."""
    webhook = _named(account, call)
    if webhook is None:
        return _missing()
    account.webhooks.all.remove(webhook)
    return answers.empty_answer()


def show_key(account: Account, call: Call) -> Answer:
    """Show the public key that verifies the signatures."""
    webhook = _named(account, call)
    if webhook is None:
        return _missing()
    return answers.json_answer({"public_key": webhook.signer.public_key if webhook.signed else ""})


def sign(account: Account, call: Call) -> Answer:
    """Switch signing on or off, and return the public key."""
    webhook, enabled = _named(account, call), call.document().get("enabled")
    if webhook is None:
        return _missing()
    if not isinstance(enabled, bool):
        return answers.refuse_request(
            400, problems.make_problem("enabled must be true or false", "enabled")
        )
    webhook.signed = enabled
    return show_key(account, call)


def test(account: Account, call: Call) -> Answer:
    """Post one event of each sort to `url`, as the webhook of that `id` would; none happened."""
    document = call.document()
    url, known = document.get("url"), account.webhooks.get(str(document.get("id") or "none"))
    if not _is_url(url):
        return answers.refuse_request(
            400, problems.make_problem(f"'{url}' is not a valid url", "url")
        )
    if document.get("id") and known is None:
        return _missing()
    now = account.clock.now()
    webhook = Webhook(str(url), now, signed=bool(known and known.signed))
    if known:
        webhook.signer, webhook.oauth = known.signer, known.oauth
    webhook.oauth = webhook.oauth.changed(document)
    if lacking := webhook.oauth.missing:
        return _incomplete(lacking)
    account.webhook_sender.post_test(webhook, sample_events(int(now)))
    return answers.empty_answer()


def _incomplete(lacking: str) -> Answer:
    message = f"{lacking} is required where other settings of OAuth are given"
    return answers.refuse_request(400, problems.make_problem(message, lacking))


def _named(account: Account, call: Call) -> Webhook | None:
    return account.webhooks.get(call.parts.get("id", ""))


def _missing() -> Answer:
    return answers.refuse_request(404, problems.NOT_FOUND)


def _is_url(url: object) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


ROUTES = (
    Route("POST", "/v3/user/webhooks/event/test", "user.webhooks.event.test.create", test),
    Route("POST", _PATH, _UPDATE, create),
    Route("GET", _PATH, _READ, show_webhook),
    Route("PATCH", _PATH, _UPDATE, update),
    Route("GET", _PATH + "/all", _READ, list_webhooks),
    Route("GET", _PATH + "/signed", _READ, show_key),
    Route("PATCH", _PATH + "/signed", _UPDATE, sign),
    Route("GET", _PATH + "/signed/{id}", _READ, show_key),
    Route("PATCH", _PATH + "/signed/{id}", _UPDATE, sign),
    Route("GET", _PATH + "/{id}", _READ, show_webhook),
    Route("PATCH", _PATH + "/{id}", _UPDATE, update),
    Route("DELETE", _PATH + "/{id}", _UPDATE, delete),
)
