"""Open the transport that the configuration names."""

from __future__ import annotations

from newsletter.config import Config
from newsletter.transports.base import Transport
from newsletter.transports.pooled import Limits
from newsletter.transports.sendgrid import SendGridTransport


def open_transport(config: Config) -> Transport:
    """Return the way out, or raise `ConfigError` when its key is missing."""
    return SendGridTransport(
        base_url=config.sendgrid.base_url,
        api_key=config.sendgrid_key(),
        limits=Limits(
            connect=config.sendgrid.connect_seconds, answer=config.sendgrid.answer_seconds
        ),
        connections=max(config.sending.senders, 1),
    )
