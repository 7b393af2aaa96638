"""What one provider offers: each folder has a `provider` module with a `PROVIDER`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newsletter.conf.config import Config
from newsletter.transports.account import ProviderAccount
from newsletter.transports.base import Transport
from newsletter.transports.cancellation import Cancellation
from newsletter.transports.email_log import EmailLog, SubmittedMails
from newsletter.transports.events import Webhook
from newsletter.transports.senders import SenderDirectory
from newsletter.transports.suppression_lists import SuppressionLists


def goes_out(config: Config) -> bool:
    """Return false: mail leaves this machine."""
    del config
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """How to open what a provider offers; None means that it does not offer it.

    Each of these raises a `newsletter.errors.ConfigError` where a setting or a key is missing.
    """

    open_transport: Callable[[Config], Transport]
    #: Mail can wait there for its time, and be cancelled.
    open_cancellation: Callable[[Config], Cancellation] | None = None
    #: One mail can be looked for in its log.
    open_email_log: Callable[[Config], EmailLog] | None = None
    #: It lists the mail that has left since a time.
    open_submitted_mail: Callable[[Config], SubmittedMails] | None = None
    #: It tells which senders it knows.
    open_senders: Callable[[Config], SenderDirectory] | None = None
    #: It tells of the account: what the key may do, what is left.
    open_account: Callable[[Config], ProviderAccount] | None = None
    #: It lists the addresses to which it does not deliver.
    open_suppression_lists: Callable[[Config], SuppressionLists] | None = None
    #: It posts events about the mail.
    webhook: Webhook | None = None
    #: It counts opens and clicks where a message asks for it, and posts events about them.
    counts_readers: bool = False
    #: Its mail is in files of this machine, and nowhere else.
    keeps_files: bool = False
    #: A request is accepted as a whole or not at all; else person by person.
    accepts_whole_requests: bool = False
    #: Returns whether mail stays on this machine.
    stays_here: Callable[[Config], bool] = goes_out
