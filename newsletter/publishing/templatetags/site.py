"""What stands at the head and foot of every public page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from newsletter.conf.config import load
from newsletter.errors import NewsletterError
from newsletter.publishing.content.looks import template_of
from newsletter.publishing.content.sign_up import sign_up_form_of, sign_up_path
from newsletter.publishing.languages import direction_of
from newsletter.publishing.models import Publication
from newsletter.publishing.web.feeds import FEEDS, feed_path
from newsletter.publishing.web.kept_parts import keep_part
from newsletter.publishing.web.looks import look_path
from newsletter.publishing.web.visitors import all_languages, list_publications, spoken_language
from newsletter.statements import ModelStatement

PUBLICATION = ModelStatement(
    lambda pk: Publication.objects.select_related("archive", "logo").filter(pk=pk), int
)

register = template.Library()


@dataclass(frozen=True, kw_only=True, slots=True)
class Masthead:
    """Name and addresses of the publication that a page belongs to, or of the whole site."""

    name: str
    publisher: str = ""
    postal_address: str = ""
    email: str = ""
    #: That of the words of the page, which are there in few languages.
    spoken: str = "en"
    home: str = ""
    #: `kind` (a media type) and `address` of each feed, RSS first.
    feeds: Sequence[Mapping[str, str]] = ()
    signup: str = ""
    #: The form to sign up to the publication, where people can.
    form: Any = None
    privacy: str = ""
    look: str = ""
    #: `src`, `width`, `height` of the logo, and whether it needs a light `plate` in the dark.
    logo: Mapping[str, Any] = field(default_factory=dict)

    @property
    def spoken_direction(self) -> str:
        """`ltr` or `rtl`: which way the words of the page are written."""
        return direction_of(self.spoken)


@register.simple_tag(takes_context=True)
def masthead(context: Context, publication: Publication | str = "", visitor: Any = "") -> Masthead:
    """Return what the head and foot of a page say.

    It belongs to its publication, else to that of the lists which a visitor's link is about; a
    site with one publication is that one.
    """
    request, kept_for = context.get("request"), request_of_reader(context)
    found = (
        publication if isinstance(publication, Publication) else find_publication(visitor, kept_for)
    )
    chosen = getattr(visitor, "language", "")
    spoken = chosen or language_of_words(found, request)
    if found is None:
        name = settings.WAGTAIL_SITE_NAME
        return Masthead(
            name=name,
            spoken=spoken,
            home=reverse("wagtail_serve", args=[""]),
            signup=sign_up_path(),
            privacy=reverse("privacy"),
        )
    kept = ("masthead", found.pk, spoken)
    return keep_part(kept_for, kept, lambda: masthead_of(found, spoken))


def find_publication(visitor: Any, request: HttpRequest | None) -> Publication | None:
    """Return the publication of the lists that a visitor came from, or the only one there is."""
    lists, known = getattr(visitor, "list_ids", ()), list_publications(request)
    theirs = {pk for pk, _language, one in known if one in lists}
    if len(theirs) != 1:
        theirs = {pk for pk, *_ in known}
    if len(theirs) != 1:
        return None
    [pk] = theirs
    return keep_part(request, ("publication", pk), lambda: PUBLICATION.first(pk))


def language_of_words(publication: Publication | None, request: HttpRequest | None) -> str:
    """Return the language in which a page speaks: that of its publication, if there are words.

    Where publications of several languages share a site, it is the reader's.
    """
    wanted = {publication.language} if publication else set(all_languages())
    if len(wanted) == 1:
        return spoken_language(wanted.pop())
    return translation.get_language_from_request(request) if request else settings.LANGUAGE_CODE


def masthead_of(publication: Publication, spoken: str) -> Masthead:
    """Return what the head and foot of the pages of a publication say."""
    # Pages of subscribers stand on the host of the site, whatever that of the publication is.
    form = sign_up_form_of(publication)
    host, home = load().site.addresses.get(publication.slug, ""), publication.home
    return Masthead(
        name=publication.name,
        publisher=publication.from_name,
        postal_address=publication.postal_address,
        email=publication.contact,
        spoken=spoken,
        home=f"{host}{home}",
        feeds=[
            {"kind": kind, "address": f"{host}{feed_path(publication, name, home)}"}
            for name, kind in FEEDS.items()
        ],
        signup=reverse("sign_up", args=[form.list.slug]) if form else "",
        form=form,
        privacy=publication.privacy_url or reverse("privacy"),
        look=look_path(publication),
        logo=logo_for(publication),
    )


def logo_for(publication: Publication) -> Mapping[str, Any]:
    """Return the logo as the theme has it; nothing where there is none that can be shown."""
    if publication.logo_id is None:
        return {}
    try:
        found: Mapping[str, Any] = template_of(publication).theme.get("logo", {})
    except NewsletterError:
        return {}
    return found


def request_of_reader(context: Context) -> HttpRequest | None:
    """Return the request of a known reader, whose page keeps what is the same for all; else None.

    To look whether that still holds may wait for the database, as whoever reads of a person has
    done by now, and a link that leads nowhere must not.
    """
    known = getattr(context.get("visitor"), "person", None) is not None
    return context.get("request") if known else None


class KeptNode(template.Node):
    """A part of a page that is the same for all readers, rendered once while nothing changes."""

    def __init__(self, name: str, varies: Sequence[FilterExpression], nodes: NodeList) -> None:
        self.name, self.varies, self.nodelist = name, varies, nodes

    def render(self, context: Context) -> SafeString:
        """Return the part as it was rendered for the same values, in the same language."""
        values = tuple(str(each.resolve(context)) for each in self.varies)
        name = (self.name, translation.get_language(), values)
        return keep_part(request_of_reader(context), name, lambda: self.nodelist.render(context))


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Keep what stands between `{% kept "name" value… %}` and `{% endkept %}`, for these values."""
    _tag, name, *values = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(name, [parser.compile_filter(each) for each in values], nodes)


@register.inclusion_tag("web/sign_up_small.html", takes_context=True)
def sign_up(context: Context, _publication: Publication | None, source: str) -> dict[str, Any]:
    """Show a small form to sign up, where people can; `source` is kept with it.

    The form is that of the masthead, which stands on every page.  A page of several publications
    has a link to all forms in its place.
    """
    site = context.get("site") or Masthead(name="")
    return {"form": site.form, "name": site.name, "signup": site.signup, "source": source}
