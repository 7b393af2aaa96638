"""What SendGrid offers: submission, cancellation, its log and its webhook."""

from __future__ import annotations

from typing import TypedDict

from newsletter.conf.config import Config
from newsletter.hostnames import is_loopback
from newsletter.transports.provider import Provider
from newsletter.transports.sendgrid.account import SendGridAccount
from newsletter.transports.sendgrid.cancellation import SendGridCancellation
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.email_log import SendGridEmailLog
from newsletter.transports.sendgrid.senders import SendGridSenders
from newsletter.transports.sendgrid.submission import SendGridTransport
from newsletter.transports.sendgrid.suppressions import SendGridSuppressionLists
from newsletter.transports.sendgrid.webhook import SendGridWebhook


class Access(TypedDict):
    """What each request to the account needs: where, with which key, and how long it may take."""

    base_url: str
    api_key: str
    limits: Limits


def open_transport(config: Config) -> SendGridTransport:
    """Return what submits batches, with a connection for each sender thread."""
    return SendGridTransport(
        **access_of(config),
        connections=max(config.sending.concurrency, 1),
    )


def open_cancellation(config: Config) -> SendGridCancellation:
    """Return what cancels scheduled mail."""
    return SendGridCancellation(**access_of(config))


def open_email_log(config: Config) -> SendGridEmailLog:
    """Return the log of the account."""
    return SendGridEmailLog(**access_of(config))


def open_senders(config: Config) -> SendGridSenders:
    """Return the senders of the account."""
    return SendGridSenders(**access_of(config))


def open_account(config: Config) -> SendGridAccount:
    """Return what tells of the account."""
    return SendGridAccount(**access_of(config))


def open_suppression_lists(config: Config) -> SendGridSuppressionLists:
    """Return the suppression lists of the account."""
    return SendGridSuppressionLists(**access_of(config))


def access_of(config: Config) -> Access:
    """Return how the account of the settings is reached."""
    return Access(
        base_url=config.sendgrid.base_url,
        api_key=config.sendgrid_key(),
        limits=limits_of(config),
    )


def limits_of(config: Config) -> Limits:
    """Return the time limits for one request."""
    return Limits(
        connect=config.sendgrid.connect_timeout_seconds, answer=config.sendgrid.read_timeout_seconds
    )


def stays_here(config: Config) -> bool:
    """Return whether an emulator on this machine gets the mail."""
    return is_loopback(config.sendgrid.base_url)


PROVIDER = Provider(
    open_transport=open_transport,
    open_cancellation=open_cancellation,
    open_email_log=open_email_log,
    open_submitted_mail=open_email_log,
    open_senders=open_senders,
    open_account=open_account,
    open_suppression_lists=open_suppression_lists,
    webhook=SendGridWebhook(),
    counts_readers=True,
    accepts_whole_requests=True,
    stays_here=stays_here,
)
