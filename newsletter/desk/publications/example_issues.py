"""An issue to look at before there is one: in the language of whoever looks, or of its readers."""

from __future__ import annotations

import datetime as dt

from django.utils import translation
from django.utils.translation import gettext as _

from newsletter.publishing.languages import direction_of
from newsletter.publishing.models import Publication
from newsletter.rendering.content import Button, Callout, Content, Digest, Item, Publisher, Text
from newsletter.rendering.text.markdown import to_html


def example_issue(language: str) -> Content:
    """Return an issue of an invented publication, in a language of the desk, else in English."""
    with translation.override(language):
        name = _("The Harbour Letter")
        return _issue(
            language=translation.get_language() or "en",
            publication=name,
            publisher=Publisher(
                name=name,
                postal_address=_("1 Quay Street, Lowen"),
                email="editors@example.org",
                privacy_url="https://example.org/privacy",
            ),
        )


def example_for(publication: Publication) -> Content:
    """Return an issue with the name, the sender and the language of a publication."""
    with translation.override(publication.language):
        return _issue(
            language=publication.language,
            publication=publication.name,
            publisher=Publisher(
                name=publication.from_name,
                postal_address=publication.postal_address,
                email=publication.reply_to or publication.from_email,
                privacy_url=publication.privacy_url or "https://example.org/privacy",
            ),
        )


def _issue(*, language: str, publication: str, publisher: Publisher) -> Content:
    items = (
        (_("The reed beds are green again"), _("After two dry years the water is back.")),
        (_("A ferry on Sundays"), _("From May on it crosses every hour, with room for bicycles.")),
        (_("What the harbour costs"), _("The figures of the year, and what they leave out.")),
    )
    blocks = (
        Text(body=to_html(_("Good morning, and welcome to a new issue. This is an example."))),
        Digest(
            items=tuple(
                Item(id=f"item-{number}", headline=headline, body=to_html(text))
                for number, (headline, text) in enumerate(items, 1)
            )
        ),
        Callout(body=to_html(_("A box: [a link](https://example.org/) stands in it."))),
        Button(label=_("Read it on the web"), url="https://example.org/"),
    )
    return Content(
        publication=publication,
        title=f"{publication} Vol 1.1",
        subject=publication,
        preheader=_("The reed beds are green again"),
        volume=1,
        number=1,
        date=dt.date(2026, 5, 7),
        language=language,
        direction=direction_of(language),
        publisher=publisher,
        blocks=blocks,
        boilerplate=to_html(_("You get this letter because you asked for it.")),
        web_url="https://example.org/1-1/",
    )
