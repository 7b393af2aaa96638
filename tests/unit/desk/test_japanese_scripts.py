"""What scripts say in the desk is Japanese for a Japanese reader: blocks, panels and dialogs."""

from __future__ import annotations

import contextlib
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import wagtail.admin
from babel.messages.pofile import read_po
from django.contrib.auth.models import User
from wagtail.users.models import UserProfile

from newsletter.publishing.models import Publication
from tests import desks
from tests.latin_words import ALLOWED, has_other_words
from tests.unit.desk.conftest import LogIn

#: Of what a script is given, these are shown.
SHOWN = ("label", "helpText", "help_text", "title", "text", "placeholder", "description")
#: An element with data.
SCRIPT = re.compile(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', re.DOTALL)
#: What a script fills in.
FIELD = re.compile(r"\{\w+\}")
#: Wagtail's messages in scripts, without translations.
MESSAGES = Path(wagtail.admin.__file__).parent / "locale/en/LC_MESSAGES/djangojs.po"


def shown_in(data: Any) -> Iterator[str]:
    """Yield every text that a definition of blocks or of the editor shows."""
    if isinstance(data, dict):
        for name, value in data.items():
            # What an editor wrote is JSON itself.
            if name in SHOWN and isinstance(value, str) and not value.startswith("{\n"):
                yield FIELD.sub("", value)
            yield from shown_in(value)
    elif isinstance(data, list):
        for each in data:
            yield from shown_in(each)


def definitions_on(page: str) -> Iterator[Any]:
    """Yield what elements of a page give to scripts, as JSON."""
    for value in re.findall(r'\sdata-[\w-]+="([\[{][^"]*)"', page):
        # What begins like JSON may be an action, such as `[data-field]`.
        with contextlib.suppress(json.JSONDecodeError):
            yield json.loads(html.unescape(value))
    for text in SCRIPT.findall(page):
        yield json.loads(text)


@pytest.mark.once
def test_blocks_are_japanese(publication: Publication, log_in: LogIn) -> None:
    """Every name, help and button of a block is translated, also those that scripts make."""
    issue = desks.draft(publication)
    client = log_in("")
    UserProfile.objects.create(user=User.objects.get(), preferred_language="ja")

    page = client.get(f"/admin/pages/{issue.pk}/edit/").content.decode()

    shown = {text for data in definitions_on(page) for text in shown_in(data)}
    assert {"見出し", "項目"} <= shown
    assert {text for text in shown if has_other_words(text, ALLOWED)} == set()


@pytest.mark.once
def test_words_of_wagtails_scripts_are_japanese(publication: Publication, log_in: LogIn) -> None:
    """Every message that Wagtail's scripts look up has a translation."""
    client = log_in("")
    UserProfile.objects.create(user=User.objects.get(), preferred_language="ja")
    with MESSAGES.open("rb") as file:
        asked = {each.id if isinstance(each.id, str) else each.id[0] for each in read_po(file)}

    told = client.get("/admin/jsi18n/").content.decode()

    catalogue = json.loads(re.search(r"const newcatalog = (\{.*?\});", told, re.DOTALL)[1])  # type: ignore[index]
    assert {message for message in asked if message and message not in catalogue} == set()
