"""Alt texts are held against the ground they stand on, in both schemes."""

from __future__ import annotations

import pytest

from newsletter.rendering import load_template, template_names
from newsletter.rendering.personalisation.variants import Parts
from newsletter.rendering.pipeline import mail
from newsletter.rendering.preflight import alt_contrast
from newsletter.rendering.preflight.pages import Page
from tests.unit.rendering import samples

DARK = "@media (prefers-color-scheme: dark) {{ .card {{ background: #191d23 !important; }} {} }}"


def said(css: str, picture: str) -> list[str]:
    """What is found in a mail of one picture on a card."""
    document = (
        f"<html><head><style>{css}</style></head><body>"
        f'<div class="card" style="background:#ffffff">{picture}</div></body></html>'
    )
    page = Page(samples.ALL_BLOCKS, Parts("", document, ""), samples.ANN)
    return [each.message for each in alt_contrast.of_page(page)]


PICTURE = '<img src="https://example.org/i.png" alt="Boats" style="color:{}">'


@pytest.mark.parametrize(
    ("css", "picture", "schemes"),
    [
        pytest.param("", PICTURE.format("#1f2328"), [], id="light-only"),
        pytest.param("", PICTURE.format("#cccccc"), ["light"], id="pale"),
        pytest.param(DARK.format(""), PICTURE.format("#1f2328"), ["dark"], id="dark-on-dark"),
        pytest.param(
            DARK.format("img { color: #dfe3e8 !important; }"),
            PICTURE.format("#1f2328"),
            [],
            id="both",
        ),
        pytest.param(
            "@media (prefers-color-scheme: dark) { u + .x { color: red; } }",
            PICTURE.format("#1f2328"),
            [],
            id="other",
        ),
        pytest.param(DARK.format(""), '<img src="x" alt="">', [], id="decorative"),
        pytest.param("img[ { color: red }", PICTURE.format("#1f2328"), [], id="broken-css"),
    ],
)
def test_what_cannot_be_read_is_found(css: str, picture: str, schemes: list[str]) -> None:
    """The colour of the alt text and the nearest ground decide, for each scheme."""
    assert [message.rpartition(" ")[2] for message in said(css, picture)] == schemes


@pytest.mark.parametrize("template", template_names(samples.TEMPLATES))
def test_the_shipped_templates_can_be_read(template: str) -> None:
    """With pictures off, nothing of the shipped templates is found."""
    made = mail.render(samples.ALL_BLOCKS, load_template(samples.TEMPLATES, template), samples.ANN)
    page = Page(samples.ALL_BLOCKS, Parts("", made.html, ""), samples.ANN)

    assert not list(alt_contrast.of_page(page))
