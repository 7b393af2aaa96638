"""Files that no page needs any more are deleted at night, and never one that a page needs."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from wagtail.models import Revision

from newsletter.conf.config import Config, load
from newsletter.errors import PdfError
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication, WebEntry
from newsletter.publishing.web import articles, tidying
from newsletter.publishing.web.articles import article_hash, article_path
from tests import desks

PUBLIC = ("/vol-1-1/", "/vol-1-1/card.png", "/vol-1-1/vol-1-1.pdf")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep files apart from those of other tests."""
    monkeypatch.setattr(Config, "data", property(lambda _self: tmp_path / "var"))
    articles._read_or_make.cache_clear()


def kept() -> set[Path]:
    """Return the files that are kept."""
    folders = (load().data / name for name in tidying.FOLDERS)
    return {path for folder in folders for path in folder.glob("*") if path.name != tidying.MARK}


def grow_old() -> None:
    """Make all files older than what is kept for being new."""
    old = time.time() - (tidying.KEPT_DAYS + 1) * 86_400
    for path in kept():
        os.utime(path, (old, old))


def ask(client: Client) -> list[int]:
    """Ask for page, share card and PDF of an issue, and return what was answered."""
    answers = [client.get(path) for path in PUBLIC]
    for each in answers:
        if each.streaming:
            each.getvalue()  # closes the file
    return [each.status_code for each in answers]


def test_what_a_page_needs_stays(client: Client, publication: Publication) -> None:
    """The files of a former revision go, however they are called; those of the present stay."""
    issue = desks.on_the_web(publication)
    ask(client)
    former = kept()
    draft = draft_of(issue)
    draft.title = "Another title"
    draft.save_revision().publish()
    assert ask(client) == [200, 200, 200]
    present = kept() - former
    (load().data / "web" / "0.1a2b3c4d").write_bytes(b"half written")
    grow_old()

    assert (len(former), len(present)) == (3, 3)
    assert tidying.tidy(timezone.now()) == 4
    assert kept() == present
    assert ask(client) == [200, 200, 200]


def test_what_is_new_stays(client: Client, publication: Publication) -> None:
    """A file that was written within days stays, though no page on the web needs it."""
    issue = desks.on_the_web(publication)
    ask(client)
    Issue.objects.filter(pk=issue.pk).update(live=False)

    assert tidying.tidy(timezone.now()) == 0
    grow_old()
    assert tidying.tidy(timezone.now()) == 3
    assert not kept()


def test_nothing_goes_unseen(
    client: Client, publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the issues on the web cannot be read, nothing is deleted."""
    desks.on_the_web(publication)
    ask(client)
    grow_old()
    before = kept()

    def away() -> set[Path]:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(tidying, "list_needed", away)
    with pytest.raises(OperationalError):
        tidying.tidy(timezone.now())

    assert kept() == before


def test_an_issue_without_a_pdf(
    client: Client, publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An issue of which no PDF can be made keeps its text and its card."""
    desks.on_the_web(publication)
    ask(client)
    grow_old()

    def none(_issue: Issue) -> Path:
        raise PdfError("a picture cannot be printed")

    monkeypatch.setattr(tidying, "pdf_path", none)

    assert tidying.tidy(timezone.now()) == 1
    assert {path.suffix for path in kept()} == {".json", ".png"}


@pytest.mark.parametrize("broken", [{}, {"metadata": 5}])
def test_an_issue_that_cannot_be_read(
    client: Client, publication: Publication, broken: dict[str, object]
) -> None:
    """The files of the others stay, old ones go, and each feed has the others."""
    bad, good = (desks.on_the_web(publication, number) for number in (1, 2))
    content = {**bad.live_revision.content, **broken} if broken else {}
    Revision.objects.filter(pk=bad.live_revision.pk).update(content=content)
    WebEntry.objects.filter(issue=bad).delete()
    client.get(f"/{good.slug}/")
    old = load().data / "web" / "old.json"
    old.write_bytes(b"{}")
    grow_old()

    assert tidying.tidy(timezone.now()) >= 1
    assert not old.exists()
    assert article_path(article_hash(Issue.objects.get(pk=good.pk))).exists()
    for path in ("/", "/feed.xml", "/atom.xml", "/feed.json", "/sitemap.xml"):
        assert f"/{good.slug}/" in client.get(path).text


def test_once_a_night(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is done once a day, after the hour, also by a program that was started in between."""
    done: list[dt.datetime] = []

    def tidy(now: dt.datetime) -> int:
        done.append(now)
        return 0

    monkeypatch.setattr(tidying, "tidy", tidy)
    zone = ZoneInfo(settings.TIME_ZONE)
    evening, night, noon, next_night = (
        dt.datetime(2026, 11, day, hour, tzinfo=zone)
        for day, hour in ((11, 2), (11, 5), (11, 12), (12, 5))
    )

    assert not tidying.tidy_tonight(night)  # nothing was ever kept here
    (load().data / "web").mkdir(parents=True)
    answers = [tidying.tidy_tonight(now) for now in (evening, night, noon, next_night)]

    assert answers == [False, True, False, True]
    assert done == [night, next_night]
