"""The sitemap says what Wagtail's says, and reads no page whole."""

from __future__ import annotations

import re

from django.test import Client, RequestFactory
from wagtail.contrib.sitemaps.views import sitemap as wagtails_sitemap

from newsletter.publishing.models import Publication
from tests import desks


def plain(answer: str) -> str:
    """Return the elements without the space between them."""
    return re.sub(r"\s+(?=<)", "", answer).strip()


def test_it_is_that_of_wagtail(publication: Publication) -> None:
    """Each page stands there, with its address and the day on which it changed; no draft does."""
    desks.on_the_web(publication, 1)
    desks.on_the_web(publication, 2)
    desks.draft(publication, 3)

    ours = Client().get("/sitemap.xml")
    theirs = wagtails_sitemap(RequestFactory().get("/sitemap.xml"))

    theirs.render()
    assert plain(ours.text) == plain(theirs.content.decode())
    assert ours.text.count("<url>") == 3
    assert ours.headers["X-Robots-Tag"] == theirs.headers["X-Robots-Tag"]
    assert ours.headers["Content-Type"] == theirs.headers["Content-Type"]
