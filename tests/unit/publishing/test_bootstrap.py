"""A publication is made ready, in any database, and again without harm."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from pytest_django.fixtures import Settings
from wagtail.models import Collection, Locale, Page, Site

from newsletter.conf.config import load
from newsletter.doctor.configuration import check_base_url
from newsletter.doctor.results import Status
from newsletter.doctor.surroundings import Surroundings, read_senders
from newsletter.publishing import bootstrap
from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.models import ArchivePage, Issue, Publication
from newsletter.runtime import startup
from subscribers.models import List
from tests import desks


def test_ready(publication: Publication) -> None:
    """A founded publication has a list, an archive as the front of the site, and a rhythm."""
    site = Site.objects.get(is_default_site=True)

    assert [each.name for each in publication.lists.all()] == ["Tideline Digest"]
    assert site.root_page.specific == publication.archive
    assert (site.hostname, site.port) == ("127.0.0.1", 8000)
    assert publication.starts_on.weekday() == publication.weekday
    assert publication.starts_on >= dt.date.today() - dt.timedelta(days=1)


def test_nothing_of_the_empty_site_is_left(publication: Publication) -> None:
    """The welcome page and the moderators that Wagtail comes with are gone."""
    assert Page.objects.count() == 2
    assert not Group.objects.filter(name="Moderators").exists()


def test_again(publication: Publication) -> None:
    """Founding again changes and doubles nothing, whatever it is told."""
    again = create_publication("Tideline Digest", from_name="Somebody else")

    assert again == publication
    assert again.from_name == "Tideline Digest"
    assert (ArchivePage.objects.count(), Site.objects.count(), List.objects.count()) == (1, 1, 1)


def test_what_is_lost_comes_back(publication: Publication) -> None:
    """A publication that lost its archive and list gets new ones."""
    publication.lists.clear()
    List.objects.all().delete()
    publication.archive.delete()

    again = create_publication("Tideline Digest")

    assert again.lists.count() == 1
    assert again.home == "/"


@pytest.mark.django_db
def test_a_database_without_a_root() -> None:
    """Not even the root of all pages has to be there."""
    Site.objects.all().delete()
    Page.objects.all().delete()
    Collection.objects.all().delete()
    Locale.objects.all().delete()
    Group.objects.all().delete()

    publication = create_publication("Tideline Digest")

    assert desks.on_the_web(publication).url == "/vol-1-1/"


def test_a_second_publication(publication: Publication) -> None:
    """Another publication stands below the first, with a list of its own."""
    other = create_publication("Night Trains", weekday=0, time_zone="Asia/Tokyo")

    assert other.archive.get_parent().specific == publication.archive
    assert other.starts_on.weekday() == 0
    assert desks.on_the_web(other, 5).url == "/night-trains/vol-1-5/"


@pytest.mark.django_db
def test_what_is_said_counts() -> None:
    """Everything but the name is up to the founder."""
    publication = create_publication(
        "Night Trains", slug="night", from_email="desk@example.org", every_weeks=1, language="de"
    )

    publication.full_clean(exclude=["postal_address"])
    assert (publication.slug, publication.from_email) == ("night", "desk@example.org")


def test_writers_write_and_senders_send(publication: Publication) -> None:
    """Writers write issues; only senders put them on the web and queue them."""
    writer, sender = desks.member("Writers"), desks.member("Senders")
    issue = desks.draft(publication)

    may = issue.permissions_for_user(writer)
    assert (may.can_edit(), may.can_publish()) == (True, False)
    assert not writer.has_perm("publishing.queue_issue")
    assert issue.permissions_for_user(sender).can_publish()
    assert sender.has_perm("publishing.queue_issue")
    assert Issue.can_create_at(publication.archive)
    assert not ArchivePage.is_creatable


@pytest.mark.django_db
def test_a_new_publication_is_in_the_zone_of_the_site(settings: Settings) -> None:
    """Without a word about it, slots are in the zone that `[site] time_zone` says."""
    settings.TIME_ZONE = "Asia/Tokyo"

    assert bootstrap.create_publication("Harbour").time_zone == "Asia/Tokyo"


def test_a_host_for_nobody(
    publication: Publication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A short name that no publication has is in the log at start, and in the system check."""
    hosts = {publication.slug: "https://tide.example", "tidelime": "https://lime.example"}
    site = load().site.model_copy(update={"addresses": hosts})
    config = load().model_copy(update={"site": site})
    monkeypatch.setattr(bootstrap, "load", lambda: config)

    startup.open_when_available()
    found = [*check_base_url(Surroundings(config=config, senders=read_senders()))][1:]

    said = [each.message for each in caplog.records if "short name" in each.message]
    assert len(said) == len(found) == 1
    assert "tidelime" in said[0]
    assert (found[0].status, "tidelime" in found[0].found) == (Status.LOOK, True)
    assert bool(found[0].fix)


def test_sites_that_are_in_place(publication: Publication) -> None:
    """A start compares the sites with the settings, and writes only where they differ."""
    bootstrap.place_sites()
    assert bootstrap.sites_in_place()
    for changed in ({"hostname": "old.example.org"}, {"port": 81}, {"site_name": "Old"}):
        Site.objects.update(**changed)
        assert not bootstrap.sites_in_place()
        bootstrap.place_sites()
        assert bootstrap.sites_in_place()
    Site.objects.create(hostname="gone.example.org", port=80, root_page=publication.archive)
    assert not bootstrap.sites_in_place()
