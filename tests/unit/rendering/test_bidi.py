"""Values of another direction keep their numbers and full stops where they are."""

from __future__ import annotations

import dataclasses
import re

import pytest

from newsletter.rendering import load_template, template_names
from newsletter.rendering.content import Content, Html, LeadImage
from newsletter.rendering.pipeline import mail
from newsletter.rendering.text.bidi import direction_of, with_directions
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


@pytest.mark.parametrize("template", template_names(TEMPLATES))
def test_words_of_another_language_stand_apart(template: str) -> None:
    """Where the template has no words of the issue's language, English ones keep their order."""
    content = dataclasses.replace(arabic(), language="fa")

    html = mail.render(content, load_template(TEMPLATES, template), ANN).html

    assert re.search(r'<bdi dir="ltr">\d+ [A-Z][a-z]+ \d{4}</bdi></time>', html)
    assert re.search(
        rf'<p[^>]*><bdi dir="ltr">You receive .* at <bdi dir="ltr">{ANN.email}</bdi>\.</bdi></p>',
        html,
    )


def test_text_of_one_direction_is_plain() -> None:
    """Where everything goes one way, nothing is added."""
    html = mail.render(JAPANESE, load_template(TEMPLATES, "digest"), ANN).html

    assert "<bdi" not in html


@pytest.mark.parametrize(
    ("around", "html", "marked"),
    [
        ("rtl", "<p>A pier (2026).</p>", '<p dir="ltr">A pier (2026).</p>'),
        ("ltr", "<p>ميناء (2026).</p><p>Pier.</p>", '<p dir="rtl">ميناء (2026).</p><p>Pier.</p>'),
        ("rtl", "<p>ميناء <b>Pier</b></p><p>12</p>", "<p>ميناء <b>Pier</b></p><p>12</p>"),
        ("ltr", "<p>Pier <em>ميناء</em></p>", "<p>Pier <em>ميناء</em></p>"),
        ("rtl", '<td align="left">A &amp; b', '<td dir="ltr" align="left">A &amp; b'),
        ("rtl", '<p dir="rtl">Own.</p>', '<p dir="rtl">Own.</p>'),
        ("rtl", "<li>One</li>", "<li>One</li>"),
        ("rtl", "<pre>a.b(1)\n</pre>", '<pre dir="ltr">a.b(1)\n</pre>'),
        ("rtl", "<p>نعم <code>a.b</code></p>", '<p>نعم <code dir="ltr">a.b</code></p>'),
        ("ltr", "<pre>a</pre><param>é", "<pre>a</pre><param>é"),
        ("rtl", "<p>cut", '<p dir="ltr">cut'),
    ],
)  # fmt: skip
def test_paragraphs_say_their_direction(around: str, html: str, marked: str) -> None:
    """One without a letter of the direction around it is of the other; code goes left to right."""
    assert with_directions(Html(html), around) == marked
