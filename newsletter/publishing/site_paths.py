"""Which names cannot be the address of an issue or a publication, and which are free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext

from newsletter.publishing.naming import free_slug

if TYPE_CHECKING:
    from wagtail.models import Page

#: The names of the addresses below which pages of the archive stand.
OF_PAGES = frozenset({"wagtail_serve", "card", "pdf"})


def belongs_to_site(slug: str) -> bool:
    """Say whether a name at the root of the site leads to a page of the program, as `admin` does.

    Asked of the addresses themselves (`newsletter.urls`), so that a new one counts at once.
    """
    below = f"{settings.PREFIX}/{slug}"
    if f"{below}/" == settings.STATIC_URL:
        return True
    return any(map(_leads_elsewhere, (below, f"{below}/", f"{below}/card.png")))


def _leads_elsewhere(path: str) -> bool:
    try:
        return resolve(path).url_name not in OF_PAGES
    except Resolver404:
        return False


def free_address(slug: str, taken: set[str]) -> str:
    """Return the name, with a number behind it where others or the site have it."""
    return free_slug(slug, taken | {slug} if belongs_to_site(slug) else taken)


def reserved_problem(slug: str) -> str:
    """Say that a name belongs to the site, and name a free one; nothing where it does not."""
    if not slug or not belongs_to_site(slug):
        return ""
    words = gettext(
        "The web address {slug} belongs to a page of the site itself. Choose another one, such as"
        " {free}."
    )
    return words.format(slug=slug, free=free_address(slug, set()))


def taken_problem(slug: str, archive: Page, page: Page | None = None) -> str:
    """Say which other page of an archive has an address, and name a free one; or nothing."""
    others = archive.get_children()
    if page is not None and page.pk:
        others = others.exclude(pk=page.pk)
    holder = others.filter(slug=slug).first()
    if not slug or holder is None:
        return ""
    taken = set(others.values_list("slug", flat=True))
    words = gettext(
        "The web address {slug} belongs to “{title}”. Choose another one, such as {free}."
    )
    title = holder.draft_title or holder.title
    return words.format(slug=slug, title=title, free=free_address(slug, taken))
