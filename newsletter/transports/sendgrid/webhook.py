"""How SendGrid posts events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from newsletter.conf.config import Config
from newsletter.transports.events import Counted, ParsedPost
from newsletter.transports.sendgrid import event_parser, event_signature
from newsletter.transports.sendgrid.webhook_setup import set_up_webhook


class SendGridWebhook:
    """The Event Webhook, whose posts are signed."""

    def keys_variable(self, config: Config) -> str:
        """Return the environment variable that holds the keys by which posts are believed."""
        return config.sendgrid.webhook_keys_env

    def has_keys(self, config: Config, environ: Mapping[str, str]) -> bool:
        """Return whether posts are accepted; raise `ConfigError` for an invalid key."""
        return bool(event_signature.public_keys(config, environ))

    def find_fault(
        self,
        body: bytes,
        headers: Mapping[str, str],
        config: Config,
        environ: Mapping[str, str],
        now: dt.datetime,
    ) -> str:
        """Return why a post is not trusted; empty if it is SendGrid's."""
        post = event_signature.Signed(
            body,
            headers.get(event_signature.TIMESTAMP_HEADER, ""),
            headers.get(event_signature.SIGNATURE_HEADER, ""),
        )
        keys = event_signature.public_keys(config, environ)
        tolerance = config.events.max_age_hours * 3600
        return event_signature.find_fault(post, keys, now=now.timestamp(), tolerance=tolerance)

    def read(self, body: bytes) -> ParsedPost:
        """Return the content of a post; never fail."""
        return event_parser.parse_post(body)

    def set_up(self, config: Config, url: str, counts: Collection[Counted] = ()) -> str:
        """Let SendGrid post to an address; return the public key of its posts."""
        return set_up_webhook(config, url, counts)
