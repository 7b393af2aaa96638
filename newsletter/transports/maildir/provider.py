"""What a Maildir offers: it takes mail, and lists what it contains."""

from __future__ import annotations

from pathlib import Path

from newsletter.conf.config import Config
from newsletter.transports.maildir.submission import MaildirTransport
from newsletter.transports.maildir.submitted_mail import MaildirFiles
from newsletter.transports.provider import Provider


def open_transport(config: Config) -> MaildirTransport:
    """Return what writes mail into the folder of the settings."""
    return MaildirTransport(folder_of(config))


def open_submitted_mail(config: Config) -> MaildirFiles:
    """Return what lists the mail in the folder."""
    return MaildirFiles(folder_of(config))


def folder_of(config: Config) -> Path:
    """Return the folder of the settings, which need not exist yet."""
    return config.root / config.maildir.folder


def stays_here(config: Config) -> bool:
    """Return true: files stay on this machine."""
    del config
    return True


PROVIDER = Provider(
    keeps_files=True,
    open_transport=open_transport,
    open_submitted_mail=open_submitted_mail,
    stays_here=stays_here,
)
