"""The desk's own mail, about passwords and approvals: it leaves by the configured transport."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from newsletter.errors import NewsletterError
from newsletter.hostnames import ascii_mailbox
from newsletter.publishing.models import Publication
from newsletter.transports.base import Message, Recipient
from newsletter.transports.factory import open_transport, provider_of
from newsletter.transports.own_mail_labels import label_message, label_recipient

#: The kind of these mails, in their labels and for the provider.
LABEL = "desk"
#: A paragraph that is an address.
ADDRESS = re.compile(r"https?://\S+")


class TransportBackend(BaseEmailBackend):
    """Sends what Django wants to send by our transport, one request for each mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Submit mails; return how many were accepted, or raise as the transport does."""
        mails = [each for each in email_messages if each.recipients()]
        if not mails:
            return 0
        submitted = 0
        try:
            transport = open_transport(settings.CONFIG)
            try:
                for mail in mails:
                    message, people = in_our_form(mail)
                    transport.submit(message, people)
                    submitted += 1
            finally:
                transport.close()
        except NewsletterError:
            if not self.fail_silently:
                raise
        return submitted


def in_our_form(mail: EmailMessage) -> tuple[Message, list[Recipient]]:
    """Return a mail of Django's as a transport takes it; each recipient sees only themselves."""
    labels = label_message(LABEL)
    name, address = sender_of(mail)
    text = str(mail.body)
    message = Message(
        from_email=ascii_mailbox(address),
        from_name=name,
        reply_to="",
        subject=str(mail.subject),
        html=html_of(mail, text),
        text=text,
        categories=(LABEL,),
        labels=labels,
    )
    people = [
        Recipient(address, {}, labels=label_recipient(labels, number))
        for number, address in enumerate(mail.recipients())
    ]
    return message, people


def html_of(mail: EmailMessage, text: str) -> str:
    """Return the text of a mail as HTML, in the language that the mail says it has.

    A line that is nothing but an address becomes a button, with the address below it.
    """
    language = mail.extra_headers.get("Content-Language") or get_language() or "en"
    paragraphs = [part.strip() for part in re.split(r"\n{2,}", text) if part.strip()]
    parts = [{"address" if ADDRESS.fullmatch(part) else "text": part} for part in paragraphs]
    with override(language):
        return render_to_string(
            "desk/accounts/own_mail.html",
            {
                "language": language,
                "subject": str(mail.subject),
                "parts": parts,
                "site": settings.CONFIG.site.name,
            },
        )


def sender_of(mail: EmailMessage) -> tuple[str, str]:
    """Return who a mail is from; a provider takes only senders that it knows."""
    name, address = parseaddr(mail.from_email)
    if address and address != settings.DEFAULT_FROM_EMAIL:
        return name, address
    publication: Any = Publication.objects.order_by("pk").first()
    if publication:
        return publication.from_name, publication.from_email
    host = urlsplit(settings.CONFIG.site.base_url).hostname or "localhost"
    return settings.CONFIG.site.name, f"newsletter@{host}"


def files_note() -> str:
    """Say that mail is only written to files, and where; empty where it is sent."""
    config = settings.CONFIG
    if not provider_of(config).keeps_files:
        return ""
    return _("This site sends no mail: it writes it to files, in %(folder)s of its workspace.") % {
        "folder": f"{config.maildir.folder}/new"
    }
