"""The screens of the desk speak of issues and people, not of pages, slugs and a CMS.

`stray_words.toml` has the words.  Whatever a screen shows is compared with them, for each role; in
Japanese by `test_japanese_screens`, which opens the same screens.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext
from lxml import html
from wagtail.users.models import UserProfile

from newsletter.publishing.models import Publication
from newsletter.publishing.rights import RIGHTS
from subscribers.bulk.models import BulkRun
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.unit.desk.conftest import LogIn

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

WORDS = tomllib.loads(Path(__file__).with_name("stray_words.toml").read_text("utf-8"))["anywhere"]
PATTERN = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in WORDS), re.IGNORECASE)
#: What Wagtail says of a name or an address that is taken.
TAKEN = (
    "The slug '%(page_slug)s' is already in use within the parent page.",
    "The slug '%(page_slug)s' is already in use within the parent page at '%(parent_url_path)s'.",
    'This slug is already in use within the context of its parent page "%(parent_page_title)s"',
    "A group with that name already exists.",
)
OUT_OF_SIGHT = "//script | //style | //template | //noscript | //head | //svg | //*[@hidden]"
#: Attributes that are shown, or read aloud.
SHOWN = ("alt", "aria-label", "placeholder", "title")


def visible(page: str) -> str:
    """Return what a person sees of a page, or hears."""
    tree = html.fromstring(page)
    for each in tree.xpath(OUT_OF_SIGHT):
        each.drop_tree()
    said = [value for name in SHOWN for value in tree.xpath(f"//@{name}")]
    return "\n".join([tree.text_content(), *said])


def addresses(publication: Publication) -> list[str]:
    """Return the screens of a desk in which something of each kind is stored."""
    draft, issue = desks.draft(publication), desks.on_the_web(publication, 2)
    image = desks.stored_picture()
    person = Subscriber.objects.create(email="ann@example.org", attributes={"city": "Lowen"})
    Subscription.objects.create(subscriber=person, list=publication.lists.get())
    bulk = BulkRun.objects.create(action="unsubscribe", state="applied", result={"changed": 2})
    archive, lists = publication.archive.pk, publication.lists.get()
    pages = [f"pages/{each.pk}/{name}/" for each in (draft, issue) for name in PAGES]
    own = [f"issues/{draft.pk}/{name}/" for name in ("check", "queue", "approval", "history")]
    images = [f"images/{image.pk}/", f"images/{image.pk}/delete/", f"images/usage/{image.pk}/"]
    rows = [
        f"publications/edit/{publication.pk}/",
        f"subscribers/{person.pk}/",
        *(f"subscribers/{person.pk}/{step}/" for step in ("change", "join", "leave")),
        *(f"subscribers/{person.pk}/{step}/" for step in ("suppress", "allow", "data")),
        f"subscribers/{person.pk}/data/erase/",
        f"subscribers/bulk/{bulk.pk}/",
        f"lists/edit/{lists.pk}/",
        f"pages/add/publishing/issue/{archive}/",
    ]
    return [f"/admin/{path}" for path in (*LISTS, *pages, *own, *images, *rows)]


PAGES = ("edit", "delete", "copy", "history", "unpublish")
LISTS = (
    *("", "issues/", "publications/", "publications/new/", "subscribers/", "lists/", "lists/new/"),
    *("sends/", "calendar/", "images/", "images/add/", "images/chooser/", "account/", "users/"),
    *("users/new/", "groups/", "choose-external-link/", "choose-email-link/"),
    *("report/", "report/history/", "search/?q=reed", "home/live/"),
)


def stray_words_on(answer: Any) -> list[str]:
    """Return which of the words an answer shows."""
    return sorted(set(PATTERN.findall(shown(answer))))


def shown(answer: Any) -> str:
    """Return what a person sees of an answer; nothing of what they may not open."""
    if answer.status_code != 200:
        return ""
    text = answer.content.decode()
    if answer.headers["Content-Type"].startswith("application/json"):
        text = f"<div>{json.loads(text).get('html') or ''}</div>"
    return visible(text)


# Whoever may do everything opens all screens, on either database; to the others they say no more.
@pytest.mark.parametrize(
    "role", [*(pytest.param(each, marks=pytest.mark.once) for each in RIGHTS), ""]
)
def test_no_word_of_the_cms(publication: Publication, log_in: LogIn, role: str) -> None:
    """No screen that a role reaches shows one of the words."""
    client = log_in(role)
    UserProfile.objects.create(user=User.objects.get(), preferred_language="en")

    found = {
        address: words
        for address in addresses(publication)
        if (words := stray_words_on(client.get(address)))
    }

    assert found == {}


def test_the_fields_of_a_person_are_words(publication: Publication, log_in: LogIn) -> None:
    """What is known of a person stands there as people write it."""
    person = Subscriber.objects.create(
        email="ann@example.org", attributes={"city": "Lowen", "age": 40}
    )

    page = shown(log_in("").get(f"/admin/subscribers/{person.pk}/"))

    assert re.search(r"age\s*40\s*city\s*Lowen", page)
    assert "{'" not in page


@pytest.mark.parametrize("language", ["en", "ja"])
def test_faults_of_fields_are_in_plain_words(publication: Publication, language: str) -> None:
    """What the framework says of a value that is taken or invalid names no slug and no model."""
    twin = {"slug": publication.slug, "name": "Trains"}
    with translation.override(language):
        taken = Publication(**twin)
        with pytest.raises(ValidationError) as found:
            taken.validate_unique()
        odd = Publication(slug="two words")
        with pytest.raises(ValidationError) as invalid:
            odd.clean_fields(exclude={f.name for f in Publication._meta.fields} - {"slug"})
        several = odd.unique_error_message(Publication, ("name", "slug"))
        said = [*found.value.messages, *invalid.value.messages, *several.messages]
        said += map(gettext, TAKEN)

    assert len(said) == 7
    for each in said:
        assert not PATTERN.search(re.sub(r"%\(\w+\)s", "", each))
        assert not re.search(r"already exists|valid “|既に存在|in use|group|グループ|スラ", each)
