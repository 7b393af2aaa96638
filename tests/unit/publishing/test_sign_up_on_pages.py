"""Every public page leads to the sign-up, by plain HTML."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from newsletter.publishing.models import Publication
from subscribers.models import List
from subscribers.sign_up.models import SignUpForm
from tests import desks
from tests.publications import create_publication

#: Each with its status; the last one is of nothing.
PAGES = {
    "/": 200,
    "/?q=reed": 200,
    "/?year=2026": 200,
    "/?volume=1": 200,
    "/vol-1-1/": 200,
    "/imprint/": 200,
    "/privacy/": 200,
    "/nowhere/": 404,
}


def open_sign_up(*publications: Publication) -> None:
    """Let people sign up to the lists of publications."""
    lists = List.objects.filter(publications__in=publications)
    lists.update(public=True)
    for each in lists:
        SignUpForm.objects.update_or_create(list=each, defaults={"is_open": True})


@pytest.mark.parametrize(("path", "status"), PAGES.items())
def test_a_form_on_each_page(
    client: Client, publication: Publication, path: str, status: int
) -> None:
    """With one publication the form itself stands there, once, and posts to its page."""
    desks.on_the_web(publication, date=dt.date(2026, 11, 12))
    open_sign_up(publication)

    answer = client.get(path)

    assert answer.status_code == status
    assert answer.text.count('<form class="card sign-up') == 1
    assert 'method="post" action="/subscribe/tideline-digest/"' in answer.text
    assert "Get Tideline Digest by email" in answer.text


@pytest.mark.parametrize("path", ["/imprint/", "/privacy/", "/nowhere/"])
def test_a_way_to_all_forms(client: Client, publication: Publication, path: str) -> None:
    """A page of several publications leads to the forms of all of them."""
    open_sign_up(publication, create_publication("Night Trains"))

    way = '<a class="button button--quiet" href="/subscribe/">Subscribe</a>'
    assert way in client.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_where_nobody_can_sign_up(client: Client, publication: Publication, path: str) -> None:
    """Without an open form no page offers one."""
    desks.on_the_web(publication, date=dt.date(2026, 11, 12))

    assert "/subscribe/" not in client.get(path).text
