"""A publication's colours, fonts and logo stand above those of its template."""

from __future__ import annotations

import tomllib

import pytest

from newsletter.rendering import Look, load_template, render
from newsletter.rendering.pipeline.fonts import STACKS
from newsletter.rendering.pipeline.looks import as_toml
from tests.unit.rendering import samples

DIGEST = load_template(samples.TEMPLATES, "digest")
READER = samples.ANN


def test_an_empty_look_changes_nothing() -> None:
    """Without any choice the template is the same, down to its hash."""
    assert Look().applied_to(DIGEST) is DIGEST
    same = {"light": {"ink": DIGEST.theme["light"]["ink"]}}
    assert Look(colours=same).applied_to(DIGEST) is DIGEST


def test_colours_show_in_the_mail() -> None:
    """A colour of the look stands in the mail, and the edition is another one."""
    look = Look(colours={"light": {"accent": "#123456"}, "dark": {"accent": "#fedcba"}})

    template = look.applied_to(DIGEST)
    html = render(samples.ENGLISH, template, READER).html.lower()

    assert "#123456" in html
    assert "#fedcba" in html
    assert DIGEST.theme["light"]["accent"] not in html
    assert template.hash != DIGEST.hash


def test_a_colour_that_the_template_does_not_know_is_left_out() -> None:
    """A look that was made for another template does not break this one."""
    look = Look(colours={"light": {"sparkle": "#123456"}})

    assert look.applied_to(DIGEST) is DIGEST


@pytest.mark.parametrize("key", sorted(STACKS))
def test_fonts_keep_their_sizes(key: str) -> None:
    """Each stack changes the families, ends with a generic one, and leaves the sizes."""
    theme = Look(fonts=key).applied_to(DIGEST).theme

    assert theme["fonts"]["latin"]["text"] == STACKS[key].text
    assert theme["fonts"]["latin"]["size"] == DIGEST.theme["fonts"]["latin"]["size"]
    assert theme["fonts"]["ar"] == DIGEST.theme["fonts"]["ar"]
    for table in (theme["fonts"]["latin"], theme["fonts"]["ja"]):
        assert table["text"].endswith("serif")


def test_a_logo_stands_in_the_place_of_the_name() -> None:
    """The logo is a picture with the name of the publication as its description."""
    look = Look(logo="https://example.org/media/logo.png", logo_width=180)

    html = render(samples.ENGLISH, look.applied_to(DIGEST), READER).html

    assert 'src="https://example.org/media/logo.png"' in html
    assert f'alt="{samples.ENGLISH.publication}"' in html


def test_tables_become_toml() -> None:
    """Whatever stands in a table is read as it was, quotes and line breaks too."""
    tables = {"logo": {"src": 'a"b\\c\nd', "width": 40}, "fonts": {"ja": {"text": "'明朝', serif"}}}

    assert tomllib.loads(as_toml(tables)) == tables
