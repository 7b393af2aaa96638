"""Make a publication ready: a list, an archive on the web, the desk's groups."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict, Unpack
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Collection, Locale, Page, Site

from newsletter.conf.config import load
from newsletter.conf.schema import LOOPBACK
from newsletter.publishing.models import ArchivePage, Publication
from newsletter.publishing.rhythm_fields import build_cadence
from newsletter.publishing.rights import give_rights
from newsletter.publishing.site_paths import free_address
from subscribers.models import List


class Details(TypedDict, total=False):
    """What may be said of a new publication besides its name: the fields of the model."""

    slug: str
    language: str
    template: str
    from_name: str
    from_email: str
    reply_to: str
    postal_address: str
    privacy_url: str
    boilerplate: str
    needs_approval: bool
    second_person: bool
    reviewers: str
    delivery_mode: str
    preschedule_minutes: int
    pattern: str
    every_weeks: int
    weekday: int
    more_weekdays: list[int]
    ordinals: list[int]
    month_days: list[int]
    time: dt.time
    time_zone: str
    starts_on: dt.date
    first_volume: int
    first_number: int


@transaction.atomic
def create_publication(
    name: str, *, list_name: str = "", **details: Unpack[Details]
) -> Publication:
    """Return the publication of that name, made ready to be written, read and sent.

    One that exists keeps its fields and only gets what it lacks, so that this may be called
    again.  Its list is called as it is, unless `list_name` says otherwise.
    """
    slug = details.get("slug") or free_address(slugify(name) or "newsletter", set())
    publication = Publication.objects.filter(slug=slug).first()
    if publication is None:
        publication = Publication(name=name, **(default_details(name) | details | {"slug": slug}))
        if "starts_on" not in details:
            publication.starts_on = next_date(publication)
        publication.save()
    make_ready(publication, list_name)
    return publication


def default_details(name: str) -> Details:
    """Return what a publication is when nothing else is said."""
    host = urlsplit(load().site.base_url).hostname or ""
    domain = "example.org" if host in LOOPBACK else host
    return {"from_name": name, "from_email": f"newsletter@{domain}"}


def next_date(publication: Publication) -> dt.date:
    """Return the first date from today on that the publication's cadence has."""
    zone = ZoneInfo(publication.time_zone)
    publication.starts_on = dt.datetime.now(zone).date()
    return build_cadence(publication, zone).aligned().starts_on


def make_ready(publication: Publication, list_name: str = "") -> None:
    """Give a publication what it lacks: a list, an archive page, a site, the groups."""
    if not publication.lists.exists():
        own, _ = List.objects.get_or_create(
            slug=slugify(list_name) or publication.slug,
            defaults={"name": list_name or publication.name},
        )
        publication.lists.add(own)
    root = get_or_add_root()
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    archive = ArchivePage.objects.filter(publication=publication).first()
    if archive is None:
        archive = add_archive(publication, site, root)
    place_site(site, archive)
    give_rights(root)
    # The groups that Wagtail comes with; ours have other names.
    Group.objects.filter(name__in=("Editors", "Moderators"), user=None).delete()


def get_or_add_root() -> Page:
    """Return the root of all pages, planting it in a database without one."""
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    Collection.get_first_root_node() or Collection.add_root(name="Root")
    return Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))


def add_archive(publication: Publication, site: Site, root: Page) -> ArchivePage:
    """Return a new archive: the front of the site, or below the one that is."""
    front = site.root_page.specific if site.root_page_id else None
    parent = front if isinstance(front, ArchivePage) else root
    archive = ArchivePage(
        title=publication.name, slug=publication.slug, publication=publication, live=True
    )
    parent.add_child(instance=archive)
    archive.save_revision(clean=False).publish()
    return archive


def place_site(site: Site, archive: ArchivePage) -> None:
    """Make an archive the front page of the site, unless it has one."""
    welcome = site.root_page if site.root_page_id else None
    if welcome is None or not isinstance(welcome.specific, ArchivePage):
        site.root_page = archive
    if not site.pk:
        site.hostname, site.port = address_of(load().site.base_url)
    site.save()
    place_sites()
    # The empty page that Wagtail comes with.
    if welcome is not None and welcome.specific_class is Page and not welcome.get_children():
        welcome.delete()


def read_fronts() -> dict[tuple[str, int], ArchivePage]:
    """Return the archives with a host of their own by the settings, by its address."""
    addresses = load().site.addresses
    named = ArchivePage.objects.filter(publication__slug__in=addresses)
    return {
        address_of(addresses[archive.publication.slug]): archive
        for archive in named.select_related("publication")
        if archive.publication
    }


def sites_in_place() -> bool:
    """Say whether Wagtail's rows of sites are what `place_sites` would make of them."""
    settings = load().site
    wanted = {address: (front.pk, front.title) for address, front in read_fronts().items()}
    others = Site.objects.filter(is_default_site=False)
    found = {(each.hostname, each.port): (each.root_page_id, each.site_name) for each in others}
    default = Site.objects.filter(is_default_site=True).first()
    if found != wanted or default is None:
        return found == wanted
    at = default.hostname, default.port
    return (at, default.site_name) == (address_of(settings.base_url), settings.name)


@transaction.atomic
def place_sites() -> None:
    """Bring Wagtail's rows of sites in line with the settings, which may have changed since.

    The default one is at `base_url`; each publication with a host of its own has one more.
    """
    settings = load().site
    wanted = read_fronts()
    known = {
        (site.hostname, site.port): site for site in Site.objects.filter(is_default_site=False)
    }
    for address, site in known.items():
        if address not in wanted:
            site.delete()
    default = Site.objects.filter(is_default_site=True).first()
    if default:
        move_site(default, address_of(settings.base_url), default.root_page, settings.name)
    for address, front in wanted.items():
        move_site(known.get(address) or Site(), address, front, front.title)


def unknown_addresses() -> list[str]:
    """Return the short names in `[site] addresses` that no publication has: they change nothing."""
    given = load().site.addresses
    known = set(Publication.objects.filter(slug__in=given).values_list("slug", flat=True))
    return [name for name in given if name not in known]


def move_site(site: Site, address: tuple[str, int], front: Page, name: str) -> None:
    """Write a site, if anything about it is new."""
    new = {"hostname": address[0], "port": address[1], "root_page_id": front.pk, "site_name": name}
    if any(getattr(site, field) != value for field, value in new.items()):
        for field, value in new.items():
            setattr(site, field, value)
        site.save()


def address_of(url: str) -> tuple[str, int]:
    """Return the host and the port of an address."""
    parts = urlsplit(url)
    return parts.hostname or "localhost", parts.port or (443 if parts.scheme == "https" else 80)
