"""Find the provider that the settings name, and open what it offers."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint

from newsletter.conf.config import Config
from newsletter.conf.transport_names import built_in_names, installed_entries
from newsletter.errors import ConfigError, NewsletterError
from newsletter.transports.account import ProviderAccount
from newsletter.transports.base import Transport
from newsletter.transports.cancellation import Cancellation
from newsletter.transports.email_log import EmailLog, SubmittedMails
from newsletter.transports.provider import Provider
from newsletter.transports.senders import SenderDirectory
from newsletter.transports.suppression_lists import SuppressionLists


def provider_of(config: Config) -> Provider:
    """Return the provider that mail is submitted to."""
    return find_provider(config.sending.transport)


@lru_cache
def find_provider(name: str) -> Provider:
    """Return the provider of a name: a folder beside this module, or from another package.

    Raises `ConfigError` if there is none, or more than one, or if it cannot be loaded.
    """
    if name in built_in_names():
        ours: Provider = import_module(f"newsletter.transports.{name}.provider").PROVIDER
        return ours
    entries = installed_entries(name)
    if len(entries) != 1:
        places = " and ".join(describe_entry(entry) for entry in entries) or "no package"
        raise ConfigError(
            f"[sending] transport: '{name}' is offered by {places}",
            setting="sending.transport",
            hint="Install one package that brings it, or name another transport.",
        )
    return load_provider(entries[0])


def load_provider(entry: EntryPoint) -> Provider:
    """Return the provider that another package brings; raises `ConfigError` for a broken one."""
    try:
        found = entry.load()
    except Exception as error:
        raise ConfigError(
            f"[sending] transport: {describe_entry(entry)} cannot be loaded:"
            f" {type(error).__name__}: {error}",
            setting="sending.transport",
            hint="Update that package, or ask those who wrote it.",
        ) from error
    if not isinstance(found, Provider):
        raise ConfigError(
            f"[sending] transport: {describe_entry(entry)} is not a"
            " newsletter.transports.provider.Provider",
            setting="sending.transport",
            hint="docs/contributing/extending.md says what a transport needs.",
        )
    return found


def describe_entry(entry: EntryPoint) -> str:
    """Return what an entry point leads to, and from which package."""
    return f"{entry.value} (of {entry.dist.name if entry.dist else 'no package'})"


def open_transport(config: Config) -> Transport:
    """Return the transport, or raise `ConfigError` when a setting, key or password is wrong."""
    provider = provider_of(config)
    try:
        return provider.open_transport(config)
    except NewsletterError:
        raise
    except Exception as error:
        name = config.sending.transport
        raise ConfigError(
            f"{config.path}: the transport '{name}' cannot be opened:"
            f" {type(error).__name__}: {error}",
            path=str(config.path),
            setting=f"transports.{name}",
            hint=f"Look at [transports.{name}], then ask those who wrote the transport.",
        ) from error


def open_cancellation(config: Config) -> Cancellation | None:
    """Return what cancels waiting mail; None if the provider cannot."""
    opener = provider_of(config).open_cancellation
    return opener(config) if opener else None


def open_email_log(config: Config) -> EmailLog | None:
    """Return the provider's log; None if there is none."""
    opener = provider_of(config).open_email_log
    return opener(config) if opener else None


def open_submitted_mail(config: Config) -> SubmittedMails | None:
    """Return what lists the mail that has left; None if nothing does."""
    opener = provider_of(config).open_submitted_mail
    return opener(config) if opener else None


def open_account(config: Config) -> ProviderAccount | None:
    """Return what tells of the account at the provider; None where nothing does."""
    opener = provider_of(config).open_account
    return opener(config) if opener else None


def open_senders(config: Config) -> SenderDirectory | None:
    """Return what tells which senders the provider knows; None where nothing does."""
    opener = provider_of(config).open_senders
    return opener(config) if opener else None


def open_suppression_lists(config: Config) -> SuppressionLists | None:
    """Return the provider's suppression lists; None where it has none."""
    opener = provider_of(config).open_suppression_lists
    return opener(config) if opener else None
