"""Every screen of the desk is Japanese for a Japanese reader, whatever their role.

And speaks as `test_stray_words` says: both read the same pages, and to make them takes longest.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone
from wagtail.users.models import UserProfile

from newsletter.publishing.models import Publication
from newsletter.publishing.rights import RIGHTS
from newsletter.scheduling.slots import upcoming_slots
from newsletter.sending.models import Edition, Send
from tests import desks
from tests.latin_words import latin_texts
from tests.unit.desk import test_stray_words
from tests.unit.desk.conftest import LogIn
from tests.unit.desk.test_stray_words import stray_words_on

pytestmark = [
    # Words are the same on every database; test_stray_words opens these screens on both.
    pytest.mark.once,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def addresses(publication: Publication) -> list[str]:
    """Return the screens of a desk in which something of each kind is stored."""
    sent = desks.draft(publication, 9)
    edition = Edition.objects.create(issue=sent, subject="x", hash=f"{sent.pk:064}")
    send = Send.objects.create(
        issue=sent, edition=edition, state=Send.State.QUEUED, at=timezone.now() + dt.timedelta(9)
    )
    sends = [f"/admin/sends/{send.pk}/{name}" for name in ("", "people/", "cancel/", "resolve/")]
    more = [
        f"/admin/issues/{sent.pk}/test/",
        f"/admin/issues/{sent.pk}/compare/",
        f"/admin/issues/{sent.pk}/queue/",
        f"/admin/report/issues/{sent.pk}/",
        f"/admin/report/growth/{publication.pk}/",
        f"/admin/publications/look/{publication.pk}/",
        f"/admin/calendar/{publication.slug}/{next_slot(publication)}/",
    ]
    return [*test_stray_words.addresses(publication), *sends, *more]


def next_slot(publication: Publication) -> dt.date:
    """Return the date of a slot that nothing fills."""
    return upcoming_slots(publication, timezone.now(), 3)[-1].date


#: Screens of Wagtail's to which nothing in the desk leads, and what is no screen.
NOT_LED_TO = (
    *("/admin/api/", "/admin/collections/", "/admin/failwhale/", "/admin/groups/new/"),
    *("/admin/pages/", "/admin/reports/", "/admin/sites/", "/admin/test404/", "/admin/workflows/"),
)


def screens_of_nothing() -> Iterator[str]:
    """Yield the addresses of the desk that name nothing stored."""
    for address in addresses_of(get_resolver(), ""):
        is_whole = address.startswith("/admin/") and not set(address) & set("(<\\")
        if is_whole and not address.startswith(NOT_LED_TO):
            yield address


def addresses_of(resolver: URLResolver, before: str) -> Iterator[str]:
    """Yield every address below a resolver."""
    for each in resolver.url_patterns:
        address = before + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            yield from addresses_of(each, address)
        else:
            yield f"/{address}".replace("//", "/")


def english_on(answer: Any) -> list[str]:
    """Return what is English on a screen or in a dialog; nothing of what may not be opened."""
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code != 200 or not kind.startswith(("text/html", "application/json")):
        return []
    text = answer.content.decode()
    if kind.startswith("application/json"):
        data = json.loads(text)
        text = f"<div>{data.get('html') or ''}</div>" if isinstance(data, dict) else ""
    return latin_texts(text) if text else []


@pytest.mark.parametrize("address", ["/admin/login/", "/admin/password_reset/"])
def test_pages_before_the_login_are_japanese(publication: Publication, address: str) -> None:
    """Who has not logged in yet is spoken to in the language of the browser."""
    client = Client(headers={"accept-language": "ja"})

    assert english_on(client.get(address)) == []


@pytest.mark.parametrize("role", [*RIGHTS, ""])
def test_every_screen_is_japanese(publication: Publication, log_in: LogIn, role: str) -> None:
    """No screen that a role reaches has a word that was not translated, or one of the CMS."""
    client = log_in(role)
    UserProfile.objects.create(user=User.objects.get(), preferred_language="ja")
    named = addresses(publication)
    english, stray = {}, {}

    for address in dict.fromkeys([*named, *screens_of_nothing()]):
        answer = client.get(address)
        english[address] = english_on(answer)
        stray[address] = stray_words_on(answer) if address in named else []

    assert {address: texts for address, texts in english.items() if texts} == {}
    assert {address: words for address, words in stray.items() if words} == {}


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("11/28/2026", True),
        ("9 a.m.", True),
        ("9:30 PM", True),
        ("28th", True),
        ("2026-11-28", True),
        ("2026年11月28日(土) 9:30", False),
        ("1.2 MB", False),
    ],
)
def test_what_counts_as_english(text: str, is_english: bool) -> None:
    """Dates and times count as English writes them, or as computers do; sizes are alike."""
    assert bool(latin_texts(f"<p>{text}</p>")) == is_english
