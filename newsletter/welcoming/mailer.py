"""Makes the mails of the sign-up for one person, and submits them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from newsletter.conf.config import load
from newsletter.errors import NotFound
from newsletter.hostnames import ascii_mailbox
from newsletter.publishing.content.looks import template_of
from newsletter.publishing.messages import list_headers, unsubscribe_headers
from newsletter.publishing.models import Publication
from newsletter.rendering import Parts, RecipientData
from newsletter.rendering.content import Content
from newsletter.transports.base import Message, Recipient, Transport
from newsletter.transports.own_mail_labels import label_message, label_recipient
from newsletter.welcoming import composing
from subscribers import links
from subscribers.models import List, Subscriber, first_name
from subscribers.sign_up.forms import text_in
from subscribers.sign_up.models import SignUp, SignUpForm

#: The kind of these mails, in their labels and for the provider.
LABEL = "sign-up"


@dataclass(frozen=True, slots=True)
class SignUpMail:
    """A mail that is made, and what submits it."""

    transport: Transport
    message: Message
    recipient: Recipient

    def submit(self) -> None:
        """Submit it once; raises as the transport does."""
        self.transport.submit(self.message, [self.recipient])


class TransportMailer:
    """Makes the mails about sign-ups for a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def confirmation(self, sign_up: SignUp, url: str, ends_at: dt.datetime) -> SignUpMail:
        """Return the mail that asks to confirm."""
        publication = publication_of(sign_up.list)
        ends_on = ends_at.astimezone(ZoneInfo(publication.time_zone)).date()
        template = template_of(publication)
        content = composing.confirmation(publication, template, ends_on)
        home = publication.home_url
        stranger = RecipientData(sign_up.email, home, home)
        token = url.rpartition("/")[2]
        parts = fill(publication, content, stranger, {composing.TOKEN_KEY: quote(token)})
        return self._mail(publication, parts, sign_up.email, {})

    def already(self, sign_up: SignUp, person: Subscriber) -> SignUpMail:
        """Return the mail to somebody who is subscribed and signed up again."""
        publication = publication_of(sign_up.list)
        content = composing.already(publication, template_of(publication))
        return self._to_subscriber(publication, content, person, sign_up.list)

    def welcome(self, sign_up: SignUp, person: Subscriber) -> SignUpMail:
        """Return the mail to somebody who has just been subscribed."""
        publication = publication_of(sign_up.list)
        form = SignUpForm.objects.filter(list=sign_up.list).first() or SignUpForm()
        content = composing.welcome(
            publication,
            template_of(publication),
            text_in(form.welcome_texts, publication.language),
            has_issue=form.welcome_has_issue,
        )
        return self._to_subscriber(publication, content, person, sign_up.list)

    def _to_subscriber(
        self, publication: Publication, content: Content, person: Subscriber, to: List
    ) -> SignUpMail:
        """Return a mail with the way to leave, as every issue has."""
        data = data_of(person, to)
        parts = fill(publication, content, data, {})
        headers = list_headers(publication, LABEL) | unsubscribe_headers(data.unsubscribe_url)
        return self._mail(publication, parts, person.email, headers)

    def _mail(
        self, publication: Publication, parts: Parts, address: str, headers: Mapping[str, str]
    ) -> SignUpMail:
        labels = label_message(LABEL)
        message = Message(
            from_email=ascii_mailbox(publication.from_email),
            from_name=publication.from_name,
            reply_to=ascii_mailbox(publication.reply_to),
            subject=parts.subject,
            html=parts.html,
            text=parts.text,
            headers={**headers, "X-Auto-Response-Suppress": "OOF, AutoReply"},
            categories=(LABEL,),
            labels=labels,
        )
        recipient = Recipient(address, {}, labels=label_recipient(labels, 0))
        return SignUpMail(self._transport, message, recipient)


def fill(
    publication: Publication,
    content: Content,
    data: RecipientData,
    values: Mapping[str, str],
) -> Parts:
    """Return the parts of a mail for one person; `values` are safe in HTML as they stand."""
    edition = composing.compiled(publication, content)
    parts = edition.variant(data).parts(data)
    page, text = parts.html, parts.text
    for key, value in {**values, composing.ADDRESS_KEY: data.email}.items():
        page, text = page.replace(key, html.escape(value)), text.replace(key, value)
    return dataclasses.replace(parts, html=page, text=text)


def data_of(person: Subscriber, to: List) -> RecipientData:
    """Return what a mail to a subscriber may show, with the links to leave a list."""
    base_url = load().site.base_url
    return RecipientData(
        person.email,
        links.unsubscribe_url(base_url, person.pk, [to.pk]),
        links.preferences_url(base_url, person.pk, [to.pk]),
        person.name,
        first_name(person.name, person.attributes),
        person.attributes,
    )


def publication_of(one: List) -> Publication:
    """Return the publication that speaks for a list, or raise `NotFound`."""
    found = Publication.objects.filter(lists=one).order_by("pk").first()
    if found is None:
        raise NotFound(_("no publication goes to the list {slug}").format(slug=repr(one.slug)))
    return found
