"""`mj-html-attributes` sets attributes where its selectors find elements, and nothing else."""

from __future__ import annotations

import pytest

from newsletter.errors import MjmlError
from newsletter.rendering.pipeline import mjml

PAGE = (
    "<mjml><mj-head>\n<mj-html-attributes>{}</mj-html-attributes>\n</mj-head><mj-body><mj-section>"
    '<mj-column><mj-text css-class="lead"><p>a > b 日本</p></mj-text></mj-column></mj-section>'
    "</mj-body></mjml>"
)
RULE = (
    '<mj-selector path="{}"><mj-html-attribute name="data-x">1 &amp; "2"</mj-html-attribute>'
    "</mj-selector>"
)


def test_elements_that_are_found_get_it() -> None:
    """The rest of the document is the same to the letter."""
    with_it = mjml.to_html(PAGE.format(RULE.format(".lead p")))

    assert '<p data-x="1 &amp; &quot;2&quot;">a > b 日本</p>' in with_it
    assert with_it.replace(' data-x="1 &amp; &quot;2&quot;"', "") == mjml.to_html(PAGE.format(""))


def test_a_selector_that_is_none_is_named() -> None:
    """A mistake in a selector is an error with its text."""
    with pytest.raises(MjmlError, match="'p!!' is no selector"):
        mjml.to_html(PAGE.format(RULE.format("p!!")))


def test_raw_text_for_the_start_of_the_file() -> None:
    """It stands in front of the doctype; raw text anywhere else beside the body is left out."""
    source = "<mjml>{}<mj-body></mj-body></mjml>"

    made = mjml.to_html(source.format('<mj-raw position="file-start"><!-- 日本 --></mj-raw>'))

    assert made.startswith("<!-- 日本 -->\n<!doctype html>")
    assert mjml.to_html(source.format("<mj-raw>x</mj-raw>")) == mjml.to_html(source.format(""))
