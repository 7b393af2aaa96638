"""Open the transport that the configuration names."""

from __future__ import annotations

from newsletter.config import Config
from newsletter.errors import ConfigError
from newsletter.transports.base import Transport
from newsletter.transports.outbox import OutboxTransport
from newsletter.transports.pooled import Limits
from newsletter.transports.recall import Recall, SendGridRecall
from newsletter.transports.sendgrid import SendGridTransport
from newsletter.transports.smtp import SmtpTransport
from newsletter.transports.smtp_connection import Server


def open_transport(config: Config) -> Transport:
    """Return the way out, or raise `ConfigError` when its key or password is missing."""
    match config.sending.transport:
        case "smtp":
            return open_smtp(config)
        case "outbox":
            return OutboxTransport(config.root / config.outbox.folder)
        case _:
            return open_sendgrid(config)


def open_sendgrid(config: Config) -> SendGridTransport:
    """Return the way to SendGrid."""
    return SendGridTransport(
        base_url=config.sendgrid.base_url,
        api_key=config.sendgrid_key(),
        limits=Limits(
            connect=config.sendgrid.connect_seconds, answer=config.sendgrid.answer_seconds
        ),
        connections=max(config.sending.senders, 1),
    )


def open_smtp(config: Config) -> SmtpTransport:
    """Return the way to a mail server."""
    smtp = config.smtp
    ca_file = config.root / smtp.ca_file if smtp.ca_file else None
    if ca_file and not ca_file.is_file():
        raise ConfigError(f"{config.path}: [smtp] ca_file: there is no file {ca_file}")
    server = Server(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        user=smtp.user,
        password=config.smtp_password(),
        ca_file=str(ca_file or ""),
        connect=smtp.connect_seconds,
        answer=smtp.answer_seconds,
    )
    return SmtpTransport(server, connections=smtp.connections)


def open_recall(config: Config) -> Recall | None:
    """Return what calls mail back; nothing where the transport cannot."""
    if config.sending.transport != "sendgrid":
        return None
    return SendGridRecall(
        base_url=config.sendgrid.base_url,
        api_key=config.sendgrid_key(),
        limits=Limits(
            connect=config.sendgrid.connect_seconds, answer=config.sendgrid.answer_seconds
        ),
    )
