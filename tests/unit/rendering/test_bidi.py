"""Values of another direction keep their numbers and full stops where they are."""

from __future__ import annotations

import dataclasses

import pytest

from newsletter.rendering import load_template, mail, template_names
from newsletter.rendering.bidi import direction_of
from newsletter.rendering.content import Content, LeadImage
from tests.unit.rendering.samples import ANN, ARABIC, JAPANESE, PUBLISHER, TEMPLATES

ADDRESS = "15 Dupont Circle, Washington"
CREDIT = "12 Boats <b> (2026)"


@pytest.mark.parametrize(
    ("text", "direction"),
    [("15 Dupont", "ltr"), ("12 ميناء", "rtl"), ("3.11 – 4", ""), ("(שלום) a", "rtl")],
)
def test_the_first_letter_decides(text: str, direction: str) -> None:
    """Numbers and signs have no direction of their own."""
    assert direction_of(text) == direction


def arabic() -> Content:
    """An Arabic issue of an English house, with an English credit."""
    lead = LeadImage(src="https://example.org/x.png", alt="Boats", credit=CREDIT)
    publisher = dataclasses.replace(PUBLISHER, postal_address=ADDRESS)
    return dataclasses.replace(ARABIC, publisher=publisher, lead=lead)


@pytest.mark.parametrize("template", template_names(TEMPLATES))
def test_values_are_isolated(template: str) -> None:
    """An English address, name, credit and mail address stand apart in an Arabic mail."""
    html = mail.render(arabic(), load_template(TEMPLATES, template), ANN).html

    assert f'<bdi dir="ltr">{ADDRESS}</bdi>' in html
    assert f'<bdi dir="ltr">{PUBLISHER.name}</bdi>' in html
    assert '<bdi dir="ltr">12 Boats &lt;b&gt; (2026)</bdi>' in html
    assert f'<bdi dir="ltr">{ANN.email}</bdi>' in html


def test_text_of_one_direction_is_plain() -> None:
    """Where everything goes one way, nothing is added."""
    html = mail.render(JAPANESE, load_template(TEMPLATES, "digest"), ANN).html

    assert "<bdi" not in html
