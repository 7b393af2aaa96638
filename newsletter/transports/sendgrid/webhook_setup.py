"""Set up where SendGrid posts events, and get the public key for their signatures.

Source: the OpenAPI description of Twilio SendGrid's Event Webhook settings.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from newsletter.conf.config import Config
from newsletter.transports.events import Counted
from newsletter.transports.sendgrid.client import Limits, SendGridClient
from newsletter.transports.sendgrid.email_log import read_document
from newsletter.transports.sendgrid.response_json import identifier_in, objects_in, text_in

#: In place of an id: all webhooks of the account.
EVERY = "all"
#: The events to post, by their names in the settings; opens and clicks only where they count.
WANTED = (
    "processed",
    "dropped",
    "delivered",
    "deferred",
    "bounce",
    "spam_report",
    "unsubscribe",
    "group_unsubscribe",
)


def set_up_webhook(config: Config, url: str, counts: Collection[Counted] = ()) -> str:
    """Let signed events be posted to an address; return the public key, in base64.

    Of opens and clicks only those in `counts` are posted.  An existing webhook for this address
    keeps its key.  Raises a `newsletter.errors.TransportError` if SendGrid refuses.
    """
    limits = Limits(
        connect=config.sendgrid.connect_timeout_seconds, answer=config.sendgrid.read_timeout_seconds
    )
    account = SendGridClient(
        base_url=config.sendgrid.base_url, api_key=config.sendgrid_key(), limits=limits, size=1
    )
    settings = account.client.user.webhooks.event.settings
    return text_in(read_document(lambda: set_up_signed(settings, url, counts)), "public_key")


def set_up_signed(settings: Any, url: str, counts: Collection[Counted]) -> Any:
    """Create or change the webhook, and switch its signature on; return the last answer."""
    counted = {str(kind): kind in counts for kind in Counted}
    wanted = {"url": url, "enabled": True, **dict.fromkeys(WANTED, True), **counted}
    there = objects_in(read_document(settings._(EVERY).get), "webhooks")
    mine = next((hook for hook in there if hook.get("url") == url), None)
    if mine is None:
        mine = read_document(lambda: settings.post(request_body=wanted))
    else:
        known = identifier_in(mine, "id")
        read_document(lambda: settings._(known).patch(request_body=wanted))
    return settings.signed._(identifier_in(mine, "id")).patch(request_body={"enabled": True})
