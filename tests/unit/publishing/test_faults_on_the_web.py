"""Public pages and feeds while something beside them is wrong: disk, time zone, one bad issue."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import OperationalError
from django.test import Client

from newsletter.conf.config import load
from newsletter.errors import BadInput
from newsletter.publishing.content import kept_files
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication, WebEntry
from newsletter.publishing.web import articles, cards, entries
from tests import desks

PUBLIC = ("/", "/vol-1-1/", "/feed.xml", "/atom.xml", "/feed.json", "/sitemap.xml")


def answers(client: Client) -> set[int]:
    """Return what the public addresses answer."""
    return {client.get(path).status_code for path in PUBLIC}


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    """Nothing is remembered of other tests, nor of this one later."""

    def forget() -> None:
        shutil.rmtree(load().data / "pdf", ignore_errors=True)
        articles._read_or_make.cache_clear()
        kept_files._refusing().clear()
        cards._failed().clear()

    forget()
    yield
    forget()


def test_a_picture_that_changes(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file, focal point or description makes an article again, and so does a release."""
    image = desks.stored_picture()
    lead = {"image": image, "alt": "", "credit": "", "address": ""}
    issue = desks.on_the_web(publication, body=[("lead_image", lead), desks.digest("Reed beds")])
    seen = [articles.article_hash(issue)]

    for field, value in (("description", "Eels"), ("file_hash", "f00d"), ("focal_point_x", 7)):
        setattr(image, field, value)
        image.save()
        seen.append(articles.article_hash(issue))
        if field == "description":
            assert articles.published_article(issue).lead["alt"] == "Eels"
    monkeypatch.setattr(articles, "_release", lambda: "99.0")
    seen.append(articles.article_hash(issue))

    assert len(set(seen)) == 5
    assert articles.article_hash(issue) == seen[-1]


def test_control_characters(client: Client, publication: Publication) -> None:
    """What XML cannot hold is left out of pages and feeds, also from an entry of before."""
    body = [desks.digest("Reed\x0bbeds")]
    desks.on_the_web(
        publication, title="Eels\x0b", preheader="A\x0cline", slug="vol-1-1", body=body
    )
    WebEntry.objects.update(title="Eels\x0b", summary="A\x0cline")
    Publication.objects.update(name="Tide\x01line")

    atom = client.get("/atom.xml").content
    told = client.get("/feed.json").json()["items"][0]

    assert "Reedbeds" in "".join(ET.fromstring(atom).itertext())
    assert (told["title"], told["summary"]) == ("Eels", "Aline")
    assert "Reedbeds" in told["content_html"]
    ET.fromstring(client.get("/feed.xml").content)
    assert answers(client) == {200}


@pytest.mark.usefixtures("nothing_kept")
def test_a_disk_that_takes_nothing(
    client: Client,
    publication: Publication,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Pages and feeds are answered all the same, and the log says so once for each folder."""
    desks.on_the_web(publication)
    desks.on_the_web(publication, 2)
    data = load().data
    # In place of a full disk, for whoever may write everywhere, too.
    rename = Path.replace

    def full(self: Path, target: Path) -> Path:
        if self.parent.parent == data:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", full)

    assert answers(client) == answers(client) == {200}
    assert client.get("/vol-1-1/card.png").status_code == 404
    said = [each.message for each in caplog.records if "can be kept" in each.message]
    assert len(said) == len(set(said)) <= 2
    assert any(str(data / "web") in each for each in said)
    assert client.get("/vol-1-1/vol-1-1.pdf").status_code == 404
    assert not [
        each for name in ("web", "cards", "pdf") for each in (data / name).glob("*.????????")
    ]


def test_a_lost_time_zone(client: Client, publication: Publication) -> None:
    """Where this machine does not know the zone any more, readers get their pages, with UTC."""
    desks.on_the_web(publication, date=None)
    Publication.objects.update(time_zone="Mars/Olympus")

    assert answers(client) == {200}


def unreadable(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the entry of Vol 1.1 be one that cannot be made."""
    make = entries.make_entry

    def fail(issue: Issue) -> WebEntry:
        if issue.slug == "vol-1-1":
            raise error
        return make(issue)

    monkeypatch.setattr(entries, "make_entry", fail)


@pytest.mark.parametrize("error", [BadInput("no picture"), OSError(5, "I/O"), KeyError("x")])
def test_one_bad_issue(
    client: Client,
    publication: Publication,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """It keeps no other from being found, and stands in the list with what its row says."""
    desks.on_the_web(publication, preheader="Of eels")
    desks.on_the_web(publication, 2)
    WebEntry.objects.all().delete()
    unreadable(monkeypatch, error)

    assert entries.write_missing() == 1
    assert "issue" in caplog.text
    assert list(WebEntry.objects.values_list("issue__slug", flat=True)) == ["vol-1-2"]
    shown = client.get("/").content.decode()
    assert "Tideline Digest Vol 1.1" in shown
    assert "Of eels" in shown
    assert answers(client) == {200}


@pytest.mark.parametrize("error", [OSError(28, "No space"), ValueError("x"), KeyError("x")])
def test_publishing_goes_on(
    publication: Publication, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Nothing about the archive stops an issue that is published, as its mail leaves then."""
    issue = desks.on_the_web(publication)
    unreadable(monkeypatch, error)

    draft = draft_of(issue)
    draft.save_revision().publish()

    assert Issue.objects.get(pk=issue.pk).live


def test_publishing_waits_for_the_database(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is away is no fault of the archive: whoever publishes tries again."""
    issue = desks.on_the_web(publication)
    away: Any = OperationalError("database is locked")
    away.__cause__ = sqlite3.OperationalError("database is locked")
    away.__cause__.sqlite_errorcode = sqlite3.SQLITE_BUSY
    unreadable(monkeypatch, away)

    with pytest.raises(OperationalError, match="locked"):
        draft_of(issue).save_revision().publish()
