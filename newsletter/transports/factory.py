"""Open the transport that the configuration names."""

from __future__ import annotations

from urllib.parse import urlsplit

from newsletter.conf.config import Config
from newsletter.errors import ConfigError
from newsletter.hostnames import greeting_name
from newsletter.transports.base import Transport
from newsletter.transports.maildir.submission import OutboxTransport
from newsletter.transports.sendgrid.cancellation import Recall, SendGridRecall
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from newsletter.transports.smtp.connection import Server
from newsletter.transports.smtp.login import saslprep
from newsletter.transports.smtp.submission import SmtpTransport


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
    password = config.smtp_password()
    check_login(config, password)
    server = Server(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        user=smtp.user,
        password=password,
        hello=hello(config),
        variable=smtp.password_env,
        ca_file=str(ca_file or ""),
        connect=smtp.connect_seconds,
        answer=smtp.answer_seconds,
    )
    return SmtpTransport(server, connections=smtp.connections)


def hello(config: Config) -> str:
    """Return the name we greet a mail server with; empty where only this machine has one.

    Servers look it up: it should be a name that the world knows, not this machine's own.
    """
    if config.smtp.hello:
        return config.smtp.hello
    name = greeting_name(urlsplit(config.site.base_url).hostname or "")
    return name if "." in name and name != "[127.0.0.1]" else ""


def check_login(config: Config, password: str) -> None:
    """Raise `ConfigError` where user or password hold what no login may hold (RFC 4013)."""
    named = {
        "[smtp] user": config.smtp.user,
        f"[smtp] password_env: the variable {config.smtp.password_env}": password,
    }
    for name, text in named.items():
        try:
            saslprep(text)
        except ValueError as error:
            raise ConfigError(
                f"{config.path}: {name}: {error}",
                hint="Use another password, or correct it.",
            ) from None


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
