"""Tell SendGrid where to post events, and get the key that it signs them with.

Source: the OpenAPI description of Twilio SendGrid's Event Webhook settings.
"""

from __future__ import annotations

from typing import Any

from sendgrid import SendGridAPIClient

from newsletter.conf.config import Config
from newsletter.transports.sendgrid.client import Limits, pooled_client
from newsletter.transports.sendgrid.email_log import read_document
from newsletter.transports.sendgrid.response_json import identifier_in, objects_in, text_in

#: In the place of a name: all webhooks of the account.
EVERY = "all"
#: What is asked for, by its name in the settings.  Opens and clicks are not tracked.
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


def set_up_webhook(config: Config, url: str) -> str:
    """Have signed events posted to an address from now on; return the public key, in base64.

    A webhook that is there for this address already keeps its key.  Raises a
    `newsletter.errors.TransportError` where SendGrid does not do it.
    """
    client = SendGridAPIClient(api_key=config.sendgrid_key(), host=config.sendgrid.base_url)
    limits = Limits(
        connect=config.sendgrid.connect_timeout_seconds, answer=config.sendgrid.read_timeout_seconds
    )
    settings = pooled_client(client, limits, 1).client.user.webhooks.event.settings
    return text_in(read_document(lambda: set_up_signed(settings, url)), "public_key")


def set_up_signed(settings: Any, url: str) -> Any:
    """Make or change the webhook, and switch its signature on; return the last answer."""
    wanted = {"url": url, "enabled": True, **dict.fromkeys(WANTED, True)}
    there = objects_in(read_document(settings._(EVERY).get), "webhooks")
    mine = next((hook for hook in there if hook.get("url") == url), None)
    if mine is None:
        mine = read_document(lambda: settings.post(request_body=wanted))
    else:
        known = identifier_in(mine, "id")
        read_document(lambda: settings._(known).patch(request_body=wanted))
    return settings.signed._(identifier_in(mine, "id")).patch(request_body={"enabled": True})
