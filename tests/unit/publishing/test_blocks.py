"""Blocks demand what an edition needs, but never from a draft."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.blocks import StructBlockValidationError

from newsletter.publishing.blocks import Digest, Item, LeadImage
from tests import desks


def lead(**fields: Any) -> Any:
    """Return the value of a lead picture."""
    empty = {"image": None, "address": "", "alt": "", "credit": ""}
    return LeadImage().normalize(empty | fields)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        pytest.param({}, {"image", "alt"}, id="nothing"),
        pytest.param({"address": "http://example.org/a.png", "alt": "A"}, {"address"}, id="http"),
        pytest.param({"address": "https://example.org/a.png"}, {"alt"}, id="no-description"),
    ],
)
def test_lead_picture(fields: dict[str, str], wrong: set[str]) -> None:
    """A lead picture needs one picture from a safe address, and a description."""
    with pytest.raises(StructBlockValidationError) as refusal:
        LeadImage().clean(lead(**fields))

    assert set(refusal.value.block_errors) == wrong


def test_a_picture_that_only_decorates_needs_no_words() -> None:
    """Somebody must say so; then a lead picture without a description is taken."""
    value = lead(address="https://example.org/a.png", decorative=True)

    assert LeadImage().clean(value)["alt"] == ""


@pytest.mark.django_db
def test_the_pictures_own_description_is_enough() -> None:
    """What was said of a picture when it was uploaded need not be said again."""
    assert LeadImage().clean(lead(image=desks.stored_picture()))["alt"] == ""


@pytest.mark.django_db
def test_one_picture_not_two() -> None:
    """A picture is uploaded or elsewhere, not both."""
    both = lead(image=desks.stored_picture(), address="https://example.org/a.png", alt="A quay")

    with pytest.raises(StructBlockValidationError) as refusal:
        LeadImage().clean(both)

    assert set(refusal.value.block_errors) == {"image"}


def test_a_draft_may_lack_its_picture() -> None:
    """While it is a draft, a lead picture may be empty."""
    assert LeadImage().clean_deferred(lead())["credit"] == ""


def test_a_headline_needs_its_text() -> None:
    """An item without a text is refused when it is to be published, and fine in a draft."""
    bare = Item().normalize({"headline": "Reed beds", "body": "", "markdown": ""})

    assert Item().clean_deferred(bare)["headline"] == "Reed beds"
    with pytest.raises(StructBlockValidationError) as refusal:
        Item().clean(bare)
    assert set(refusal.value.block_errors) == {"body"}


def test_markdown_will_do_as_text() -> None:
    """An item whose text is all Markdown is whole."""
    item = Item().normalize({"headline": "Reed beds", "body": "", "markdown": "| a |\n|---|"})

    assert Item().clean(item)["markdown"].startswith("| a |")


def test_a_digest_begins_with_one_empty_item() -> None:
    """An editor who adds a digest finds the place for the first headline."""
    value = Digest().get_default()

    assert value["show_headlines"] is True
    assert [item["headline"] for item in value["items"]] == [""]
