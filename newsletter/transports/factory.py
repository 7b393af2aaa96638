"""Find the provider that the configuration names, and open what it offers."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from newsletter.conf.config import Config
from newsletter.transports.base import Transport
from newsletter.transports.cancellation import Cancellation
from newsletter.transports.email_log import EmailLog, SubmittedMails
from newsletter.transports.provider import Provider


def provider_of(config: Config) -> Provider:
    """Return the provider that mail is submitted to."""
    return find_provider(config.sending.transport)


@lru_cache
def find_provider(name: str) -> Provider:
    """Return the provider of a name: a folder beside this module."""
    found: Provider = import_module(f"newsletter.transports.{name}.provider").PROVIDER
    return found


def open_transport(config: Config) -> Transport:
    """Return the transport, or raise `ConfigError` when its key or password is missing."""
    return provider_of(config).open_transport(config)


def open_cancellation(config: Config) -> Cancellation | None:
    """Return what cancels waiting mail; None where the provider cannot."""
    opener = provider_of(config).open_cancellation
    return opener(config) if opener else None


def open_email_log(config: Config) -> EmailLog | None:
    """Return the provider's log; None where it keeps none."""
    opener = provider_of(config).open_email_log
    return opener(config) if opener else None


def open_submitted_mail(config: Config) -> SubmittedMails | None:
    """Return what can be asked about mail that has left; None where nothing can."""
    opener = provider_of(config).open_submitted_mail
    return opener(config) if opener else None
