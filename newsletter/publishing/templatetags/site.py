"""What stands at the head and foot of every public page."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.urls import reverse

from newsletter.conf.config import load
from newsletter.publishing.content.issue_content import path_of
from newsletter.publishing.languages import direction_of
from newsletter.publishing.models import Publication
from newsletter.publishing.web.feeds import feed_path
from newsletter.publishing.web.looks import look_path

register = template.Library()


@dataclass(frozen=True, kw_only=True, slots=True)
class Masthead:
    """Name and addresses of the publication that a page belongs to, or of the whole site."""

    name: str
    publisher: str = ""
    postal_address: str = ""
    email: str = ""
    language: str = "en"
    home: str = "/"
    feed: str = ""
    signup: str = ""
    privacy: str = ""
    look: str = ""

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return direction_of(self.language)


@register.simple_tag
def masthead(publication: Publication | str | None = None) -> Masthead:
    """Return what the head and foot of a page say; a site with one publication is that one."""
    if not isinstance(publication, Publication):
        several = list(Publication.objects.all()[:2])
        publication = several[0] if len(several) == 1 else None
    if publication is None:
        name = settings.WAGTAIL_SITE_NAME
        return Masthead(name=name, signup=path_of("signup"), privacy=reverse("privacy"))
    home = publication.home
    return Masthead(
        name=publication.name,
        publisher=publication.from_name,
        postal_address=publication.postal_address,
        email=publication.reply_to or publication.from_email,
        language=publication.language,
        home=home,
        feed=feed_path(publication),
        signup=path_of("signup"),
        privacy=publication.privacy_url or reverse("privacy"),
        look=look_path(publication),
    )


@register.simple_tag
def absolute(name: str) -> str:
    """Return the full address of a page by its name; never taken from the request."""
    return f"{load().site.base_url}{reverse(name)}"
