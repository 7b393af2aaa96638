"""What a mail server offers: it accepts mail, and keeps nothing that can be queried."""

from __future__ import annotations

from urllib.parse import urlsplit

from newsletter.conf.config import Config
from newsletter.errors import ConfigError
from newsletter.hostnames import greeting_name, is_loopback
from newsletter.transports.provider import Provider
from newsletter.transports.smtp.login import saslprep
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport

#: Ports at which mail servers listen.
MAIL_PORTS = frozenset({25, 465, 587})


def open_transport(config: Config) -> SmtpTransport:
    """Return what submits mail to a mail server."""
    smtp = config.smtp
    ca_file = config.root / smtp.ca_file if smtp.ca_file else None
    if ca_file and not ca_file.is_file():
        raise ConfigError(
            f"{config.place('smtp', 'ca_file')}: there is no file {ca_file}",
            **config.source("smtp", "ca_file"),
            hint="Correct the path, or leave it empty to trust the machine's own certificates.",
        )
    password = config.smtp_password()
    check_login(config, password)
    server = Server(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        user=smtp.user,
        password=password,
        hello=greeting_for(config),
        variable=smtp.password_env,
        ca_file=str(ca_file or ""),
        connect=smtp.connect_timeout_seconds,
        answer=smtp.read_timeout_seconds,
    )
    return SmtpTransport(server, connections=smtp.connections)


def greeting_for(config: Config) -> str:
    """Return the name for the greeting; empty if only this machine has one.

    Servers look it up, so it should be a public name, not this machine's own.
    """
    if config.smtp.hello:
        return config.smtp.hello
    name = greeting_name(urlsplit(config.site.base_url).hostname or "")
    return name if "." in name and name != "[127.0.0.1]" else ""


def check_login(config: Config, password: str) -> None:
    """Raise `ConfigError` if user or password contain what no login may contain (RFC 4013)."""
    variable = config.smtp.password_env
    named = (
        (config.place("smtp", "user"), config.source("smtp", "user"), config.smtp.user),
        (
            f"{config.place('smtp', 'password_env')}: the variable {variable}",
            config.source("smtp", "password_env", variable=variable),
            password,
        ),
    )
    for place, source, text in named:
        try:
            saslprep(text)
        except ValueError as error:
            raise ConfigError(
                f"{place}: {error}",
                **source,
                hint="Use another password, or correct it.",
            ) from None


def stays_here(config: Config) -> bool:
    """Return whether a server on this machine only collects the mail.

    A server on a usual port of mail servers passes mail on.
    """
    server = config.smtp
    return is_loopback(f"smtp://{server.host}") and server.port not in MAIL_PORTS


PROVIDER = Provider(open_transport=open_transport, stays_here=stays_here)
