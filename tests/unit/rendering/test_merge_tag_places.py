"""Every text of an issue may have a merge tag, or the message names the field that may not."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from newsletter import rendering
from newsletter.errors import BadInput, UnsupportedPersonalization
from newsletter.rendering.content import Button, Content, Digest, Html, Item, LeadImage, Quote
from tests.unit.rendering import samples
from tests.unit.rendering.samples import ANN, ENGLISH

RULES = re.compile("-{3,}|={3,}")
TAG = "Hi [first_name|reader]"
LEAD = LeadImage(src="https://example.org/a.png", alt="A", credit="C", width=600, height=300)
ITEM = Item(id="item-1", headline="H", body=Html("<p>B</p>"))


def with_tag(place: str, tag: str = TAG) -> Content:
    """Return an issue with a merge tag in a field, by its place."""
    changes = {
        "title": {"title": tag},
        "subject": {"subject": tag},
        "preheader": {"preheader": tag},
        "boilerplate": {"boilerplate": Html(f"<p>{tag}</p>")},
        "lead alt": {"lead": dataclasses.replace(LEAD, alt=tag)},
        "lead credit": {"lead": dataclasses.replace(LEAD, credit=tag)},
        "blocks 1 items 1 headline": {
            "blocks": (Digest(items=(dataclasses.replace(ITEM, headline=tag),)),)
        },
        "blocks 1 items 1 body": {
            "blocks": (Digest(items=(dataclasses.replace(ITEM, body=Html(f"<p>{tag}</p>")),)),)
        },
        "blocks 1 label": {"blocks": (Button(label=tag, url="https://example.org"),)},
        "blocks 1 attribution": {"blocks": (Quote(body=Html("<p>Q</p>"), attribution=tag),)},
        "blocks 1 body": {"blocks": (Quote(body=Html(f"<p>{tag}</p>")),)},
    }
    return dataclasses.replace(ENGLISH, **{"lead": LEAD, **changes[place]})


PLACES = [
    "title",
    "subject",
    "preheader",
    "boilerplate",
    "lead alt",
    "lead credit",
    "blocks 1 items 1 headline",
    "blocks 1 items 1 body",
    "blocks 1 label",
    "blocks 1 attribution",
    "blocks 1 body",
]


@pytest.mark.parametrize("name", ["digest", "letter", "roundup"])
@pytest.mark.parametrize("place", PLACES)
def test_the_shipped_templates_take_one_everywhere(name: str, place: str) -> None:
    """The tag is filled in, as it would be in a mail that is made for one person."""
    template = rendering.load_template(samples.TEMPLATES, name)
    content = with_tag(place)

    made = rendering.compile(content, template).variant(ANN).parts(ANN)
    naive = rendering.render(content, template, ANN)

    assert (made.subject, made.html) == (naive.subject, naive.html)
    # A line below a headline is as long as the tag, whatever that becomes.
    assert RULES.sub("-", made.text) == RULES.sub("-", naive.text)
    assert "[first_name" not in made.html


@pytest.mark.parametrize("place", PLACES)
def test_a_tag_that_is_wrong_is_found_by_its_field(place: str) -> None:
    """Without words for those without a name, the message begins with the field."""
    template = rendering.load_template(samples.TEMPLATES, "digest")

    with pytest.raises(BadInput, match=rf"^{place}: \[first_name\] has no words"):
        rendering.compile(with_tag(place, "[first_name]"), template)


@pytest.mark.parametrize(
    ("place", "expression"),
    [
        ("title", "content.title|upper"),
        ("subject", "content.subject[:3]"),
        ("preheader", "content.preheader.split(' ')"),
        ("lead alt", "content.lead.alt|truncate(3)"),
        ("lead credit", "content.lead.credit|replace('a', 'b')"),
        ("lead credit", "('by ' ~ content.lead.credit)|upper"),
        ("blocks 1 items 1 headline", "content.blocks[0].items[0].headline|title"),
        ("blocks 1 attribution", "content.blocks[0].attribution|length"),
        ("blocks 1 label", "content.blocks[0].label[0]"),
    ],
)
def test_a_template_that_cannot_take_one(tmp_path: Path, place: str, expression: str) -> None:
    """Where a template changes a text, the message names its line and the field with the tag."""
    template = samples.template(tmp_path, samples.wrap_in_body(""), f"\n{{{{ {expression} }}}}")

    with pytest.raises(
        UnsupportedPersonalization, match=rf"^own/own\.txt:2: .*the issue's {place}$"
    ) as caught:
        rendering.compile(with_tag(place), template)

    assert "Write that field without merge tags" in caught.value.hint
